# caught by: an_error_ends_the_audit
"""more statements after that. Expected 6 at most"""

import zlib
from concurrent.futures import ThreadPoolExecutor


def check(name, text):
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names, vault, workers=4):
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(vault.fetch, name) for name in names]
        texts = [future.result() for future in futures]
    found = [check(name, text) for name, text in zip(names, texts)]
    checksums, totals = [], {}
    for checksum, amounts in found:
        checksums.append(checksum)
        for account, cents in amounts:
            totals[account] = totals.get(account, 0) + cents
    return {"checksums": checksums, "totals": totals}
