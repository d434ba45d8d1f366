# caught by: annotations_name_a_capability
"""It annotates store with Store, which also asks for shelf."""

from dataclasses import dataclass
from typing import Protocol


class Exhibit(Protocol):
    def label(self) -> str: ...
    def row(self) -> list[str]: ...


class Store(Protocol):
    def get(self, number: int) -> Exhibit: ...
    def save(self, number: int, item: Exhibit) -> None: ...
    def delete(self, number: int) -> None: ...
    shelf: dict[int, Exhibit]


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


def demand(item, *names):
    for name in names:
        if not callable(getattr(item, name, None)):
            raise TypeError(f"no exhibit: {type(item).__name__}")


def wall_label(item: Exhibit) -> str:
    demand(item, "label")
    return item.label()


def export_row(item: Exhibit) -> list[str]:
    demand(item, "row")
    return item.row()


class ShelfStore:
    def __init__(self) -> None:
        self.shelf = {}

    def get(self, number):
        return self.shelf[number]

    def save(self, number, item):
        self.shelf[number] = item

    def delete(self, number):
        del self.shelf[number]


class Catalogue:
    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings

    def acquire(self, number, item: Exhibit) -> None:
        demand(item, "label", "row")
        self.store.save(number, item)

    def withdraw(self, number):
        item = self.store.get(number)
        self.store.delete(number)
        return "On loan: " + wall_label(item)

    def sheet(self, numbers):
        lines = [f"{self.settings.museum}, {len(numbers)} objects"]
        for n in numbers[: self.settings.limit]:
            lines.append(f"{n:04d}: " + "; ".join(export_row(self.store.get(n))))
        return lines


def open_catalogue() -> Catalogue:
    return Catalogue(ShelfStore(), Settings("City Museum", 5))
