# caught by: stores_answer_as_before
"""snapshot.names(). It returned ['new_"""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Readable(Protocol):
    def read(self, name: str) -> str: ...


@runtime_checkable
class Browsable(Protocol):
    def names(self) -> list[str]: ...

    def read(self, name: str) -> str: ...


@runtime_checkable
class Retirable(Protocol):
    def names(self) -> list[str]: ...

    def read(self, name: str) -> str: ...

    def delete(self, name: str) -> None: ...


@runtime_checkable
class Appendable(Protocol):
    def append(self, name: str, line: str) -> None: ...


class Snapshot:
    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def names(self) -> list[str]:
        return sorted(self._texts)

    def read(self, name: str) -> str:
        return self._texts[name]


class Journal:
    def __init__(self) -> None:
        self._entries: list[tuple[str, str]] = []

    def names(self) -> list[str]:
        return sorted({name for name, _ in self._entries})

    def read(self, name: str) -> str:
        lines = [line for entry, line in self._entries if entry == name]
        if not lines:
            raise KeyError(name)
        return "\n".join(lines)

    def append(self, name: str, line: str) -> None:
        self._entries.append((name, line))


class Bucket:
    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def names(self) -> list[str]:
        return sorted(self._lines)

    def read(self, name: str) -> str:
        return "\n".join(self._lines[name])

    def append(self, name: str, line: str) -> None:
        self._lines.setdefault(name, []).append(line)

    def delete(self, name: str) -> None:
        del self._lines[name]


def _check(store: object, interface: type) -> None:
    if not isinstance(store, interface):
        raise TypeError(f"{type(store).__name__} is not {interface.__name__}")


def latest(store: Readable, names: list[str]) -> list[str]:
    _check(store, Readable)
    return [store.read(name).split("\n")[-1] for name in names]


def ingest(store: Appendable, readings: list[tuple[str, str]]) -> int:
    _check(store, Appendable)
    for name, line in readings:
        store.append(name, line)
    return len(readings)


def summary(store: Browsable) -> dict[str, int]:
    _check(store, Browsable)
    return {name: len(store.read(name).split("\n")) for name in store.names()}


def retire(store: Retirable, archive: Appendable, prefix: str) -> list[str]:
    _check(store, Retirable)
    _check(archive, Appendable)
    retired = [name for name in store.names() if name.startswith(prefix)]
    for name in retired:
        for line in store.read(name).split("\n"):
            archive.append(name, line)
        store.delete(name)
    return retired
