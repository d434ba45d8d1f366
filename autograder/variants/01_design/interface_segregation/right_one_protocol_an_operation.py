from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar


class HasNames(Protocol):
    def names(self) -> list[str]: ...


class HasRead(Protocol):
    read: Callable[[str], str]


class HasAppend(Protocol):
    def append(self, name: str, line: str) -> None: ...


class HasDelete(Protocol):
    def delete(self, name: str) -> None: ...


class Catalogue(HasNames, HasRead, Protocol): ...


class Movable(HasNames, HasRead, HasDelete, Protocol): ...


Archive = TypeVar("Archive", bound=HasAppend)


class _Reading:
    """What all three stores share: they are full of lines, by name."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def names(self) -> list[str]:
        return sorted(self._lines)

    def read(self, name: str) -> str:
        return "\n".join(self._lines[name])


class Snapshot(_Reading):
    def __init__(self, texts: dict[str, str]) -> None:
        self._lines = {name: [text] for name, text in texts.items()}


class Journal(_Reading):
    def append(self, name: str, line: str) -> None:
        self._lines.setdefault(name, []).append(line)


class Bucket(Journal):
    def delete(self, name: str) -> None:
        del self._lines[name]


def _fit(store: object, *operations: str) -> None:
    for operation in operations:
        if getattr(store, operation, None) is None:
            raise TypeError(f"{store!r} has no {operation}")


def latest(store: HasRead, names: list[str]) -> list[str]:
    _fit(store, "read")
    return [store.read(name).split("\n")[-1] for name in names]


def ingest(store: HasAppend, readings: list[tuple[str, str]]) -> int:
    _fit(store, "append")
    for name, line in readings:
        store.append(name, line)
    return len(readings)


def summary(store: Catalogue) -> dict[str, int]:
    _fit(store, "names", "read")
    return {name: len(store.read(name).split("\n")) for name in store.names()}


def retire(store: Movable, archive: Archive, prefix: str) -> list[str]:
    _fit(store, "names", "read", "delete")
    _fit(archive, "append")
    retired = [name for name in store.names() if name.startswith(prefix)]
    for name in retired:
        for line in store.read(name).split("\n"):
            archive.append(name, line)
        store.delete(name)
    return retired
