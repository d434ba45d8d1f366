from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Protocol, TypeGuard, runtime_checkable


@runtime_checkable
class Labelled(Protocol):
    def label(self) -> str: ...


@runtime_checkable
class Listed(Protocol):
    def row(self) -> list[str]: ...


@runtime_checkable
class Exhibit(Labelled, Listed, Protocol):
    """Small protocols, put together where both are needed."""


class Reads(Protocol):
    def get(self, number: int, /) -> Exhibit: ...


class Writes(Protocol):
    def save(self, number: int, item: Exhibit, /) -> None: ...
    def delete(self, number: int, /) -> None: ...


class Store(Reads, Writes, Protocol): ...


@dataclass(frozen=True, slots=True)
class Painting:
    title: str
    artist: str
    year: int

    def label(self) -> str:
        return f"{self.title}. {self.artist}, {self.year}"

    def row(self) -> list[str]:
        return ["painting", self.title, self.artist]


@dataclass(frozen=True, slots=True)
class Coin:
    ruler: str
    year: int
    grams: float

    @property
    def _era(self) -> str:
        return str(self.year) if self.year >= 0 else f"{abs(self.year)} BC"

    def label(self) -> str:
        return f"Coin of {self.ruler}, {self._era}"

    def row(self) -> list[str]:
        return ["coin", self.ruler, f"{self.grams:.1f} g"]


@dataclass(frozen=True)
class Settings:
    museum: str = "City Museum"
    limit: int = 5


def is_labelled(item: object) -> TypeGuard[Labelled]:
    return isinstance(item, Labelled) and callable(item.label)


def is_listed(item: object) -> TypeGuard[Listed]:
    return isinstance(item, Listed) and callable(item.row)


def wall_label(item: Labelled) -> str:
    if is_labelled(item):
        return item.label()
    raise TypeError(f"{type(item).__name__} has no label")


def export_row(item: Listed) -> list[str]:
    if is_listed(item):
        return item.row()
    raise TypeError(f"{type(item).__name__} has no row")


@dataclass
class ShelfStore:
    shelf: MutableMapping[int, Exhibit] = field(default_factory=dict)

    def get(self, number: int) -> Exhibit:
        return self.shelf[number]

    def save(self, number: int, item: Exhibit) -> None:
        self.shelf[number] = item

    def delete(self, number: int) -> None:
        del self.shelf[number]


@dataclass
class Catalogue:
    store: Store
    settings: Settings = Settings()

    def acquire(self, number: int, item: Exhibit) -> None:
        if not (is_labelled(item) and is_listed(item)):
            raise TypeError(f"{type(item).__name__} is no exhibit")
        self.store.save(number, item)

    def withdraw(self, number: int) -> str:
        item = self.store.get(number)
        self.store.delete(number)
        return f"On loan: {wall_label(item)}"

    def sheet(self, numbers: list[int]) -> list[str]:
        shown = numbers[: self.settings.limit]
        return [f"{self.settings.museum}, {len(numbers)} objects"] + [
            f"{number:04d}: {'; '.join(export_row(self.store.get(number)))}" for number in shown
        ]


def open_catalogue() -> Catalogue:
    return Catalogue(ShelfStore())
