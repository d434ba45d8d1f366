# caught by: a_name_may_occur_twice
"""It returned {'checksums': ['a """

import zlib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed


def audit(names, vault, workers=4):
    texts = {}
    totals = defaultdict(int)
    with ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(vault.fetch, name): name for name in names}
        for future in as_completed(futures):
            try:
                texts[futures[future]] = future.result()
            except Exception:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    for name in names:
        for line in texts[name].splitlines():
            account, cents = line.split(";")
            totals[account] += int(cents)
    checksums = [f"{name} {zlib.crc32(texts[name].encode()):08x}" for name in names]
    return {"checksums": checksums, "totals": dict(totals)}
