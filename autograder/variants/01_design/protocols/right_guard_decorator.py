"""One decorator guards every door; the catalogue is put together from functions."""

import functools
from dataclasses import dataclass
from typing import Callable, Protocol


class Exhibit(Protocol):
    """Label and row are all that the museum asks."""

    def label(self) -> str:
        """What hangs beside it."""

    def row(self) -> list[str]:
        """What goes into the export."""


class Store(Protocol):
    def get(self, number: int) -> Exhibit: ...
    def save(self, number: int, item: Exhibit) -> None: ...
    def delete(self, number: int) -> None: ...


@dataclass(frozen=True)
class Painting:
    title: str
    artist: str
    year: int

    def label(self) -> str:
        return f"{self.title}. {self.artist}, {self.year}"

    def row(self) -> list[str]:
        return ["painting", self.title, self.artist]


@dataclass(frozen=True)
class Coin:
    ruler: str
    year: int
    grams: float

    def label(self) -> str:
        era = f"{-self.year} BC" if self.year < 0 else f"{self.year}"
        return f"Coin of {self.ruler}, {era}"

    def row(self) -> list[str]:
        return ["coin", self.ruler, f"{self.grams:.1f} g"]


@dataclass(frozen=True)
class Settings:
    museum: str
    limit: int


def needs(*methods: str) -> Callable:
    def decorate(function):
        @functools.wraps(function)
        def guarded(*args):
            for method in methods:
                if not callable(getattr(args[-1], method, None)):
                    raise TypeError(f"{type(args[-1]).__name__} has no {method}")
            return function(*args)

        return guarded

    return decorate


@needs("label")
def wall_label(item: Exhibit) -> str:
    return item.label()


@needs("row")
def export_row(item: Exhibit) -> list[str]:
    return item.row()


def ShelfStore():
    shelf = {}

    class Shelf:
        get = staticmethod(shelf.__getitem__)
        save = staticmethod(shelf.__setitem__)
        delete = staticmethod(shelf.__delitem__)

    return Shelf()


class Catalogue:
    def __new__(cls, store: Store, settings: Settings):
        self = super().__new__(cls)
        self.get, self.save, self.delete = store.get, store.save, store.delete
        self.settings = settings
        return self

    @needs("label", "row")
    def acquire(self, number, item):
        self.save(number, item)

    def withdraw(self, number):
        label = wall_label(self.get(number))
        self.delete(number)
        return f"On loan: {label}"

    def sheet(self, numbers):
        lines = [f"{self.settings.museum}, {len(numbers)} objects"]
        for number, _ in zip(numbers, range(self.settings.limit)):
            lines.append(f"{number:0>4}: " + "; ".join(export_row(self.get(number))))
        return lines


open_catalogue = lambda: Catalogue(ShelfStore(), Settings("City Museum", 5))  # noqa: E731
