from __future__ import annotations

from collections import UserDict
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Annotated, Generic, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

T_co = TypeVar("T_co", covariant=True)


class HasLabel(Protocol):
    def label(self) -> str: ...


class HasRow(Protocol):
    def row(self) -> Sequence[str]: ...


@runtime_checkable
class Exhibit(HasLabel, HasRow, Protocol):
    ...


class Store(Protocol[T_co]):
    def get(self, number: int, /) -> T_co: ...
    def save(self, number: int, item: Exhibit, /) -> None: ...
    def delete(self, number: int, /) -> None: ...


@dataclass(frozen=True)
class Painting(Exhibit):
    title: str
    artist: str
    year: int

    def label(self) -> str:
        return f"{self.title}. {self.artist}, {self.year}"

    def row(self) -> list[str]:
        return ["painting", self.title, self.artist]


@dataclass(frozen=True)
class Coin(Exhibit):
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


class NoExhibit(TypeError):
    pass


def ask(item, question):
    answer = getattr(item, question, None)
    if callable(answer):
        return answer()
    raise NoExhibit(f"{type(item).__qualname__}: no {question}")


def wall_label(item: Annotated[HasLabel, "shown on the wall"]) -> str:
    return ask(item, "label")


def export_row(item: HasRow) -> list[str]:
    return list(ask(item, "row"))


@dataclass(frozen=True, slots=True)
class ShelfStore:
    _shelf: UserDict = field(default_factory=UserDict)

    def get(self, number):
        return self._shelf[number]

    def save(self, number, item):
        self._shelf[number] = item

    def delete(self, number):
        del self._shelf[number]


@dataclass(frozen=True)
class Catalogue(Generic[T_co]):
    store: Store[T_co]
    settings: InitVar[Settings]

    def __post_init__(self, settings):
        object.__setattr__(self, "museum", settings.museum)
        object.__setattr__(self, "limit", settings.limit)

    def acquire(self, number: int, item: Exhibit) -> None:
        _ = wall_label(item), export_row(item)
        self.store.save(number, item)

    def withdraw(self, number: int) -> str:
        loaned = wall_label(self.store.get(number))
        self.store.delete(number)
        return "On loan: " + loaned

    def sheet(self, numbers: Sequence[int]) -> list[str]:
        return [f"{self.museum}, {len(numbers)} objects"] + [
            f"{number:04d}: {'; '.join(export_row(self.store.get(number)))}"
            for number in numbers[: self.limit]
        ]


def open_catalogue() -> Catalogue:
    return Catalogue(ShelfStore(), Settings("City Museum", 5))
