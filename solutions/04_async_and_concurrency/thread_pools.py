"""Workers return what they found; the caller's thread adds up."""

import zlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypedDict


class Vault(Protocol):
    def fetch(self, name: str) -> str: ...


class Report(TypedDict):
    checksums: list[str]
    totals: dict[str, int]


def check(name: str, text: str) -> tuple[str, list[tuple[str, int]]]:
    amounts = []
    for line in text.splitlines():
        account, _, cents = line.partition(";")
        amounts.append((account, int(cents)))
    return f"{name} {zlib.crc32(text.encode()):08x}", amounts


def audit(names: Sequence[str], vault: Vault, workers: int = 4) -> Report:
    checksums: list[str] = []
    totals: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for name, text in zip(names, pool.map(vault.fetch, names), strict=True):
            checksum, amounts = check(name, text)
            checksums.append(checksum)
            for account, cents in amounts:
                totals[account] += cents
    return {"checksums": checksums, "totals": dict(totals)}
