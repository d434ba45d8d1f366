import zlib
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait


def check(name, text):
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names, vault, workers=4):
    def read(name):
        return check(name, vault.fetch(name))

    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        futures = [pool.submit(read, name) for name in names]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        found = [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)
    checksums, totals = [], {}
    for checksum, amounts in found:
        checksums.append(checksum)
        for account, cents in amounts:
            totals[account] = totals.get(account, 0) + cents
    return {"checksums": checksums, "totals": totals}
