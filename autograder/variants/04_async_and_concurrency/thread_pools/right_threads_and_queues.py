import queue
import threading
import zlib


def check(name, text):
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names, vault, workers=4):
    tasks = queue.Queue()
    for task in enumerate(names):
        tasks.put(task)
    results = {}
    errors = []

    def work():
        while not errors:
            try:
                number, name = tasks.get_nowait()
            except queue.Empty:
                return
            try:
                results[number] = check(name, vault.fetch(name))
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    found = [results[number] for number in range(len(names))]
    checksums, totals = [], {}
    for checksum, amounts in found:
        checksums.append(checksum)
        for account, cents in amounts:
            totals[account] = totals.get(account, 0) + cents
    return {"checksums": checksums, "totals": totals}
