from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol


class Source(Protocol):
    def names(self) -> list[str]: ...
    def read(self, name: str) -> str: ...


class Sink(Protocol):
    def append(self, name: str, line: str) -> None: ...


class Disposable(Source, Protocol):
    def delete(self, name: str) -> None: ...


@dataclass
class Snapshot:
    texts: dict[str, str]

    def __post_init__(self) -> None:
        self.texts = self.texts.copy()
        self.read = self.texts.__getitem__

    def names(self) -> list[str]:
        return sorted(self.texts)


@dataclass
class Journal:
    entries: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> list[str]:
        return sorted(dict(self.entries))

    def read(self, name: str) -> str:
        if found := [line for entry, line in self.entries if entry == name]:
            return "\n".join(found)
        raise KeyError(name)

    def append(self, name: str, line: str) -> None:
        self.entries.append((name, line))


@dataclass
class Bucket:
    """Full store: a text for each name."""

    texts: dict[str, str] = field(default_factory=dict)

    def names(self) -> list[str]:
        return sorted(self.texts)

    def read(self, name: str) -> str:
        return self.texts[name]

    def append(self, name: str, line: str) -> None:
        self.texts[name] = f"{self.texts[name]}\n{line}" if name in self.texts else line

    def delete(self, name: str) -> None:
        self.texts.pop(name)


@contextmanager
def using(*demands: tuple[Any, str]) -> Iterator[None]:
    for store, operations in demands:
        lacking = set(operations.split()) - set(dir(store))
        if lacking:
            raise TypeError(f"{type(store).__name__} lacks {', '.join(sorted(lacking))}")
    yield


def latest(store: Any, names: list[str]) -> list[str]:
    with using((store, "read")):
        return [store.read(name).rsplit("\n", 1)[-1] for name in names]


def ingest(store: Sink, readings: list[tuple[str, str]]) -> int:
    with using((store, "append")):
        return len([store.append(*reading) for reading in readings])


def summary(store: Source) -> dict[str, int]:
    with using((store, "names read")):
        return {name: store.read(name).count("\n") + 1 for name in store.names()}


def _move(store: Disposable, archive: Sink, name: str) -> str:
    for line in store.read(name).split("\n"):
        archive.append(name, line)
    store.delete(name)
    return name


def retire(store: Disposable, archive: Sink, prefix: str) -> list[str]:
    with using((store, "names read delete"), (archive, "append")):
        names = [name for name in store.names() if name.startswith(prefix)]
        return [_move(store, archive, name) for name in names]
