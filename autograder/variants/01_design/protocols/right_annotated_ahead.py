"""Names are annotated before they exist; what an exhibit can do is asked of its class."""

from dataclasses import dataclass
from typing import Callable, Optional, Protocol, TypeVar, Union

Shown = TypeVar("Shown", bound="Exhibit")
AnyExhibit = Union["Exhibit", Shown]


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


def method(item: object, name: str) -> Callable:
    found = getattr(type(item), name, None)
    if not callable(found):
        raise TypeError(f"{type(item).__name__} cannot {name}")
    return found.__get__(item)


def wall_label(item: Shown) -> str:
    return method(item, "label")()


def export_row(item: "AnyExhibit") -> list:
    return method(item, "row")()


class Catalogue:
    def __init__(self, store: Optional["Store"] = None, settings: Optional[Settings] = None):
        self.store = ShelfStore() if store is None else store
        self.settings = settings or Settings(museum="City Museum", limit=5)

    def acquire(self, number, item):
        method(item, "label"), method(item, "row")
        self.store.save(number, item)

    def withdraw(self, number):
        item, _ = self.store.get(number), self.store.delete(number)
        return "On loan: " + wall_label(item)

    def sheet(self, numbers):
        first = numbers[: self.settings.limit]
        rows = ["%04d: %s" % (n, "; ".join(export_row(self.store.get(n)))) for n in first]
        return ["%s, %d objects" % (self.settings.museum, len(numbers)), *rows]


def open_catalogue():
    return Catalogue()


class ShelfStore:
    def __init__(self) -> None:
        self.shelf = {}

    def get(self, number):
        return self.shelf[number]

    def save(self, number, item):
        self.shelf[number] = item

    def delete(self, number):
        del self.shelf[number]


class Exhibit(Protocol):
    def label(self) -> str: ...
    def row(self) -> list[str]: ...


class Store(Protocol):
    def get(self, number: int) -> Exhibit: ...
    def save(self, number: int, item: Exhibit) -> None: ...
    def delete(self, number: int) -> None: ...
