import threading
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor


class Ledger:
    def __init__(self):
        self._lock = threading.RLock()
        self._totals = Counter()

    def add(self, text):
        found = Counter()
        for line in text.splitlines():
            account, _, cents = line.partition(";")
            found[account] += int(cents)
        with self._lock:
            self._totals.update(found)

    def totals(self):
        with self._lock:
            return dict(self._totals)


def audit(names, vault, workers=4):
    ledger = Ledger()

    def check(name):
        text = vault.fetch(name)
        ledger.add(text)
        return f"{name} {zlib.crc32(text.encode()):08x}"

    with ThreadPoolExecutor(workers, thread_name_prefix="audit") as pool:
        return {"checksums": list(pool.map(check, names)), "totals": ledger.totals()}
