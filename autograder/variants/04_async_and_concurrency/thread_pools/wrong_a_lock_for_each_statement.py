# caught by: no_amount_is_lost
"""and 1 cent for CH-2, twice: its totals. It returned {'CH-1': """

import threading
import zlib
from concurrent.futures import ThreadPoolExecutor


def audit(names, vault, workers=4):
    totals = {}

    def check(name):
        lock = threading.Lock()
        text = vault.fetch(name)
        for line in text.splitlines():
            account, _, cents = line.partition(";")
            with lock:
                totals[account] = totals.get(account, 0) + int(cents)
        return f"{name} {zlib.crc32(text.encode()):08x}"

    with ThreadPoolExecutor(workers) as pool:
        checksums = list(pool.map(check, names))
    return {"checksums": checksums, "totals": totals}
