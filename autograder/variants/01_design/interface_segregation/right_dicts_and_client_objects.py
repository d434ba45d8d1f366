from __future__ import annotations

from abc import ABC, abstractmethod
from collections import UserDict
from typing import ClassVar


class Lines(dict):
    """Lines by gauge."""

    def names(self) -> list[str]:
        return sorted(self)

    def read(self, name: str) -> str:
        return "\n".join(self[name])


class Snapshot(Lines):
    def __init__(self, texts):
        super().__init__((name, text.split("\n")) for name, text in texts.items())


class Journal(Lines):
    def append(self, name: str, line: str) -> None:
        self.setdefault(name, []).append(line)


class Bucket(UserDict):
    def names(self) -> list[str]:
        return sorted(self.data)

    def read(self, name: str) -> str:
        return "\n".join(self[name])

    def append(self, name: str, line: str) -> None:
        self.setdefault(name, []).append(line)

    def delete(self, name: str) -> None:
        del self[name]


class Client(ABC):
    """Checks its stores, then runs."""

    needs: ClassVar[list[set[str]]]

    def __call__(self, *arguments):
        for store, needed in zip(arguments, self.needs):
            if missing := [name for name in sorted(needed) if not hasattr(store, name)]:
                raise TypeError(f"missing: {missing}")
        return self.run(*arguments)

    @abstractmethod
    def run(self, *arguments): ...


class Latest(Client):
    needs = [{"read"}]

    def run(self, store, names):
        return [store.read(name).split("\n")[-1] for name in names]


class Ingest(Client):
    needs = [{"append"}]

    def run(self, store, readings):
        for name, line in readings:
            store.append(name, line)
        return len(readings)


class Summary(Client):
    needs = [{"names", "read"}]

    def run(self, store):
        return {name: len(store.read(name).split("\n")) for name in store.names()}


class Retire(Client):
    needs = [{"names", "read", "delete"}, {"append"}]

    def run(self, store, archive, prefix):
        retired = [name for name in store.names() if name.startswith(prefix)]
        for name in retired:
            for line in store.read(name).split("\n"):
                archive.append(name, line)
            store.delete(name)
        return retired


latest, ingest, summary, retire = Latest(), Ingest(), Summary(), Retire()
