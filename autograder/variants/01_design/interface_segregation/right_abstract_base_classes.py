from abc import ABC, abstractmethod


class Reader(ABC):
    @abstractmethod
    def read(self, name: str) -> str: ...


class Catalogue(ABC):
    @abstractmethod
    def names(self) -> list[str]: ...


class Appender(ABC):
    @abstractmethod
    def append(self, name: str, line: str) -> None: ...


class Deleter(ABC):
    @abstractmethod
    def delete(self, name: str) -> None: ...


class ReadableCatalogue(Reader, Catalogue): ...


class RetirableCatalogue(Reader, Catalogue, Deleter): ...


class Snapshot(ReadableCatalogue):
    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = dict(texts)

    def names(self) -> list[str]:
        return sorted(self._texts)

    def read(self, name: str) -> str:
        return self._texts[name]


class Journal(ReadableCatalogue, Appender):
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


class Bucket(RetirableCatalogue, Appender):
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


def require(store: object, interface: type) -> None:
    """The interface tells what is needed; being a subclass of it is not."""
    missing = [o for o in sorted(interface.__abstractmethods__) if not hasattr(store, o)]
    if missing:
        raise TypeError(f"{type(store).__name__} cannot {' or '.join(missing)}")


def latest(store: Reader, names: list[str]) -> list[str]:
    require(store, Reader)
    return [store.read(name).split("\n")[-1] for name in names]


def ingest(store: Appender, readings: list[tuple[str, str]]) -> int:
    require(store, Appender)
    for name, line in readings:
        store.append(name, line)
    return len(readings)


def summary(store: ReadableCatalogue) -> dict[str, int]:
    require(store, ReadableCatalogue)
    return {name: len(store.read(name).split("\n")) for name in store.names()}


def retire(store: RetirableCatalogue, archive: Appender, prefix: str) -> list[str]:
    require(store, RetirableCatalogue)
    require(archive, Appender)
    retired = [name for name in store.names() if name.startswith(prefix)]
    for name in retired:
        for line in store.read(name).split("\n"):
            archive.append(name, line)
        store.delete(name)
    return retired
