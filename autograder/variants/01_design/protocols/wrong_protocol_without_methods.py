# caught by: annotations_name_a_capability
"""It annotates item with Exhibit, which has no label."""

from dataclasses import dataclass
from typing import Protocol


class Exhibit(Protocol):
    """What the catalogue needs from an exhibit: see wall_label and export_row."""


class Store(Protocol):
    """What the catalogue needs from a store."""

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


def _demand(item: object, *methods: str) -> None:
    # isinstance with a runtime-checkable protocol would not see a label that is a text.
    for method in methods:
        if not callable(getattr(item, method, None)):
            raise TypeError(f"no exhibit: {type(item).__name__} has no {method}()")


def wall_label(item: Exhibit) -> str:
    _demand(item, "label")
    return item.label()


def export_row(item: Exhibit) -> list[str]:
    _demand(item, "row")
    return item.row()


class ShelfStore:
    def __init__(self) -> None:
        self._shelf: dict[int, Exhibit] = {}

    def get(self, number: int) -> Exhibit:
        return self._shelf[number]

    def save(self, number: int, item: Exhibit) -> None:
        self._shelf[number] = item

    def delete(self, number: int) -> None:
        del self._shelf[number]


class Catalogue:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def acquire(self, number: int, item: Exhibit) -> None:
        _demand(item, "label", "row")
        self._store.save(number, item)

    def withdraw(self, number: int) -> str:
        item = self._store.get(number)
        self._store.delete(number)
        return "On loan: " + wall_label(item)

    def sheet(self, numbers: list[int]) -> list[str]:
        lines = [f"{self._settings.museum}, {len(numbers)} objects"]
        for number in numbers[: self._settings.limit]:
            row = export_row(self._store.get(number))
            lines.append(f"{number:04d}: " + "; ".join(row))
        return lines


def open_catalogue() -> Catalogue:
    return Catalogue(ShelfStore(), Settings("City Museum", 5))
