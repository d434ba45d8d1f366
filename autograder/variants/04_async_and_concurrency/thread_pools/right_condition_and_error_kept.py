import threading
import zlib
from collections import defaultdict


class Audit:
    def __init__(self, names, vault):
        self.jobs = enumerate(names)
        self.vault = vault
        self.cond = threading.Condition()
        self.sums = {}
        self.totals = defaultdict(int)
        self.error = None

    def next_job(self):
        with self.cond:
            if self.error:
                return None
            return next(self.jobs, None)

    def loop(self):
        while (job := self.next_job()) is not None:
            i, name = job
            try:
                text = self.vault.fetch(name)
                with self.cond:
                    self.sums[i] = f"{name} {zlib.crc32(text.encode()):08x}"
                    for line in text.splitlines():
                        a, c = line.split(";")
                        self.totals[a] += int(c)
            except BaseException as e:
                with self.cond:
                    self.error = self.error or e


def audit(names, vault, workers=4):
    a = Audit(names, vault)
    ts = [threading.Thread(target=a.loop) for _ in range(workers)]
    for t in ts: t.start()
    for t in ts: t.join()
    if a.error:
        raise a.error
    return {"checksums": [a.sums[i] for i in sorted(a.sums)], "totals": dict(a.totals)}
