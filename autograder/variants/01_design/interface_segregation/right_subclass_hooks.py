from abc import ABC, abstractmethod


class Capability(ABC):
    """An interface that is met by having its methods."""

    @classmethod
    def __subclasshook__(cls, other):
        known = {name for base in other.__mro__ for name in vars(base)}
        return cls.__abstractmethods__ <= known


class CanRead(Capability):
    @abstractmethod
    def read(self, name: str) -> str: ...


class CanList(Capability):
    @abstractmethod
    def names(self) -> list[str]: ...


class CanAppend(Capability):
    @abstractmethod
    def append(self, name: str, line: str) -> None: ...


class CanDelete(Capability):
    @abstractmethod
    def delete(self, name: str) -> None: ...


class Snapshot(CanRead, CanList):
    def __init__(self, texts):
        self._texts = {**texts}

    def names(self):
        return sorted(self._texts)

    def read(self, name):
        return self._texts[name]


class Journal(CanRead, CanList, CanAppend):
    def __init__(self):
        self._entries = []

    def names(self):
        return sorted({name for name, _ in self._entries})

    def read(self, name):
        lines = [line for entry, line in self._entries if entry == name]
        if not lines:
            raise KeyError(name)
        return "\n".join(lines)

    def append(self, name, line):
        self._entries.append((name, line))


class Bucket(CanRead, CanList, CanAppend, CanDelete):
    def __init__(self):
        self._lines = {}

    def names(self):
        return sorted(self._lines)

    def read(self, name):
        return "\n".join(self._lines[name])

    def append(self, name, line):
        self._lines.setdefault(name, []).append(line)

    def delete(self, name):
        del self._lines[name]


def demand(store, *capabilities):
    for capability in capabilities:
        if not isinstance(store, capability):
            raise TypeError(f"{type(store).__name__} is no {capability.__name__}")


def latest(store: CanRead, names):
    demand(store, CanRead)
    return [store.read(name).split("\n")[-1] for name in names]


def ingest(store: CanAppend, readings):
    demand(store, CanAppend)
    for name, line in readings:
        store.append(name, line)
    return len(readings)


def summary(store):
    demand(store, CanList, CanRead)
    return {name: len(store.read(name).split("\n")) for name in store.names()}


def retire(store, archive: CanAppend, prefix):
    demand(store, CanList, CanRead, CanDelete)
    demand(archive, CanAppend)
    retired = [name for name in store.names() if name.startswith(prefix)]
    for name in retired:
        for line in store.read(name).split("\n"):
            archive.append(name, line)
        store.delete(name)
    return retired
