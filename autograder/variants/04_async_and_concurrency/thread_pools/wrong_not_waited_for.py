# caught by: no_thread_lives_on
"""of its threads lived on"""

import zlib
from concurrent.futures import ThreadPoolExecutor


def check(name, text):
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names, vault, workers=4):
    pool = ThreadPoolExecutor(workers)
    try:
        texts = pool.map(vault.fetch, names)
        found = [check(name, text) for name, text in zip(names, texts)]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    checksums, totals = [], {}
    for checksum, amounts in found:
        checksums.append(checksum)
        for account, cents in amounts:
            totals[account] = totals.get(account, 0) + cents
    return {"checksums": checksums, "totals": totals}
