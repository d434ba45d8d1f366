# caught by: an_error_reaches_the_caller
"""It raised RuntimeError"""

import zlib
from concurrent.futures import ThreadPoolExecutor


def check(name, text):
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names, vault, workers=4):
    found = []
    with ThreadPoolExecutor(workers) as pool:
        try:
            for name, text in zip(names, pool.map(vault.fetch, names)):
                found.append(check(name, text))
        except OSError as error:
            raise RuntimeError("audit failed") from error
    checksums, totals = [], {}
    for checksum, amounts in found:
        checksums.append(checksum)
        for account, cents in amounts:
            totals[account] = totals.get(account, 0) + cents
    return {"checksums": checksums, "totals": totals}
