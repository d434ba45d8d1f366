"""Asks forgiveness: the missing method shows when it is looked up, apart from its call."""

from dataclasses import dataclass
from typing import Any, Protocol


class Exhibit(Protocol):
    def label(self) -> str: ...
    def row(self) -> list[str]: ...


class Store(Protocol):
    def get(self, number: int) -> Any: ...
    def save(self, number: int, item: Any) -> None: ...
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
        return f"Coin of {self.ruler}, " + (f"{-self.year} BC" if self.year < 0 else f"{self.year}")

    def row(self) -> list[str]:
        return ["coin", self.ruler, f"{self.grams:.1f} g"]


@dataclass(frozen=True)
class Settings:
    museum: str
    limit: int


def wall_label(item: Exhibit) -> str:
    try:
        label = item.label
    except AttributeError:
        raise TypeError(f"no label for {type(item).__name__}") from None
    if not callable(label):
        raise TypeError(f"label of {type(item).__name__} is no method")
    return label()


def export_row(item: Exhibit) -> list[str]:
    try:
        row = item.row
    except AttributeError:
        raise TypeError(f"no row for {type(item).__name__}") from None
    if not callable(row):
        raise TypeError(f"row of {type(item).__name__} is no method")
    return row()


class ShelfStore:
    def __init__(self) -> None:
        self.shelf: dict[int, Exhibit] = {}
        self.get = self.shelf.__getitem__
        self.save = self.shelf.__setitem__
        self.delete = self.shelf.__delitem__


class Catalogue:
    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings

    def acquire(self, number: int, item: Exhibit) -> None:
        wall_label(item), export_row(item)
        self.store.save(number, item)

    def withdraw(self, number: int) -> str:
        text = "On loan: " + wall_label(self.store.get(number))
        self.store.delete(number)
        return text

    def sheet(self, numbers: list[int]) -> list[str]:
        lines = [f"{self.settings.museum}, {len(numbers)} objects"]
        for number in numbers[: self.settings.limit]:
            columns = export_row(self.store.get(number))
            lines += [f"{number:04d}: " + "; ".join(columns)]
        return lines


def open_catalogue() -> Catalogue:
    return Catalogue(ShelfStore(), Settings("City Museum", 5))
