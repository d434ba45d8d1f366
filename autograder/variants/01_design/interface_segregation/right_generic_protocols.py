from typing import Generic, Protocol, TypeVar, runtime_checkable, Annotated

T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class Reads(Protocol[T_co]):
    def read(self, name: str) -> T_co: ...


@runtime_checkable
class Lists(Protocol):
    def names(self) -> list[str]: ...


@runtime_checkable
class ListsAndReads(Lists, Reads[T_co], Protocol[T_co]): ...


@runtime_checkable
class Deletes(ListsAndReads[T_co], Protocol[T_co]):
    def delete(self, name: str) -> None: ...


@runtime_checkable
class Appends(Protocol):
    def append(self, name: str, line: str, /) -> None: ...


class Snapshot:
    __slots__ = ("__texts",)

    def __init__(self, texts):
        self.__texts = dict(texts)

    def names(self):
        return sorted(self.__texts)

    def read(self, name):
        return self.__texts[name]


class Journal:
    def __init__(self):
        self.entries = []

    def names(self):
        return sorted({name for name, _ in self.entries})

    def read(self, name):
        if name not in self.names():
            raise KeyError(name)
        return "\n".join(line for entry, line in self.entries if entry == name)

    def append(self, name, line):
        self.entries.append((name, line))


class Bucket:
    """Has a journal and rewrites it, to delete."""

    def __init__(self):
        self._journal = Journal()

    def names(self):
        return self._journal.names()

    def read(self, name):
        return self._journal.read(name)

    def append(self, name, line):
        self._journal.append(name, line)

    def delete(self, name):
        self.read(name)
        self._journal.entries = [e for e in self._journal.entries if e[0] != name]


def latest(store: Reads[str], names):
    match store:
        case Reads():
            return [store.read(name).split("\n")[-1] for name in names]
        case _:
            raise TypeError(store)


def ingest(store: Annotated[Appends, "grows"], readings):
    match store:
        case Appends():
            return sum(store.append(name, line) is None for name, line in readings)
    raise TypeError(store)


def summary(store: ListsAndReads[str]):
    match store:
        case ListsAndReads():
            return {name: len(store.read(name).split("\n")) for name in store.names()}
    raise TypeError(store)


def retire(store: Deletes[str], archive: Appends, prefix):
    match store, archive:
        case Deletes(), Appends():
            retired = [name for name in store.names() if name.startswith(prefix)]
            for name in retired:
                for line in store.read(name).split("\n"):
                    archive.append(name, line)
                store.delete(name)
            return retired
    raise TypeError(store, archive)
