"""No class for the service: the constructor is a function, its methods are closures."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple, Protocol, TypeVar


class Exhibit(Protocol):
    def label(self) -> str: ...
    def row(self) -> list[str]: ...


class Store(Protocol):
    def get(self, number: int) -> Exhibit: ...
    def save(self, number: int, item: Exhibit) -> None: ...
    def delete(self, number: int) -> None: ...


E = TypeVar("E", bound=Exhibit)


@dataclass(frozen=True)
class Painting:
    title: str
    artist: str
    year: int

    def label(self):
        return f"{self.title}. {self.artist}, {self.year}"

    def row(self):
        return ["painting", self.title, self.artist]


@dataclass(frozen=True)
class Coin:
    ruler: str
    year: int
    grams: float

    def label(self):
        if self.year < 0:
            return f"Coin of {self.ruler}, {-self.year} BC"
        return f"Coin of {self.ruler}, {self.year}"

    def row(self):
        return ["coin", self.ruler, f"{self.grams:.1f} g"]


class Settings(NamedTuple):
    museum: str
    limit: int


def method_of(item, name):
    found = getattr(item, name, None)
    if callable(found):
        return found
    raise TypeError(f"{type(item).__name__} is no exhibit: {name} is missing")


def wall_label(item: E) -> str:
    return method_of(item, "label")()


def export_row(item: E) -> list[str]:
    return method_of(item, "row")()


class ShelfStore(dict):
    get = dict.__getitem__
    save = dict.__setitem__
    delete = dict.__delitem__


def Catalogue(store: Store, settings: Settings) -> SimpleNamespace:
    def acquire(number, item):
        for name in ("label", "row"):
            method_of(item, name)
        store.save(number, item)

    def withdraw(number):
        label = wall_label(store.get(number))
        store.delete(number)
        return "On loan: " + label

    def sheet(numbers):
        yield_lines = [f"{settings.museum}, {len(numbers)} objects"]
        for number in numbers[: settings.limit]:
            yield_lines.append("; ".join(export_row(store.get(number))))
            yield_lines[-1] = f"{number:04d}: " + yield_lines[-1]
        return yield_lines

    return SimpleNamespace(acquire=acquire, withdraw=withdraw, sheet=sheet)


def open_catalogue() -> SimpleNamespace:
    return Catalogue(ShelfStore(), Settings("City Museum", 5))
