# caught by: workers_is_kept_and_used
"""statements in the thread that called it. Expected none there"""

import zlib


def check(name, text):
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names, vault, workers=4):
    found = [check(name, vault.fetch(name)) for name in names]
    checksums, totals = [], {}
    for checksum, amounts in found:
        checksums.append(checksum)
        for account, cents in amounts:
            totals[account] = totals.get(account, 0) + cents
    return {"checksums": checksums, "totals": totals}
