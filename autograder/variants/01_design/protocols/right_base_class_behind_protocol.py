"""Own exhibits share a base class; strangers need only the protocol that it satisfies too."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Exhibit(Protocol):
    label: Callable[[], str]
    row: Callable[[], list[str]]


class Store(Protocol[T]):
    def get(self, number: int) -> T:
        raise NotImplementedError

    def save(self, number: int, item: T) -> None:
        raise NotImplementedError

    def delete(self, number: int) -> None:
        raise NotImplementedError


class OwnExhibit(ABC):
    @abstractmethod
    def label(self) -> str: ...

    @abstractmethod
    def columns(self) -> tuple[str, ...]: ...

    def row(self) -> list[str]:
        return [type(self).__name__.lower(), *self.columns()]


@dataclass(frozen=True)
class Painting(OwnExhibit):
    title: str
    artist: str
    year: int

    def label(self) -> str:
        return f"{self.title}. {self.artist}, {self.year}"

    def columns(self) -> tuple[str, ...]:
        return self.title, self.artist


@dataclass(frozen=True)
class Coin(OwnExhibit):
    ruler: str
    year: int
    grams: float

    def label(self) -> str:
        era = " BC" if self.year < 0 else ""
        return f"Coin of {self.ruler}, {abs(self.year)}{era}"

    def columns(self) -> tuple[str, ...]:
        return self.ruler, f"{self.grams:.1f} g"


@dataclass(frozen=True)
class Settings:
    museum: str
    limit: int


def refuse_what_is_no_exhibit(item: object, *needed: str) -> None:
    if any(not callable(getattr(item, name, None)) for name in needed):
        raise TypeError(f"no exhibit: {type(item).__name__}")


def wall_label(item: "Exhibit") -> str:
    refuse_what_is_no_exhibit(item, "label")
    return item.label()


def export_row(item: "Exhibit") -> list[str]:
    refuse_what_is_no_exhibit(item, "row")
    return item.row()


class ShelfStore(Generic[T]):
    def __init__(self) -> None:
        self.shelf: dict[int, T] = {}

    def get(self, number: int) -> T:
        return self.shelf[number]

    def save(self, number: int, item: T) -> None:
        self.shelf[number] = item

    def delete(self, number: int) -> None:
        self.shelf.pop(number)


class Catalogue:
    __slots__ = ("__store", "__settings")

    def __init__(self, store: Store[Exhibit], settings: Settings) -> None:
        self.__store = store
        self.__settings = settings

    def acquire(self, number: int, item: Exhibit) -> None:
        refuse_what_is_no_exhibit(item, "label", "row")
        self.__store.save(number=number, item=item)

    def withdraw(self, number: int) -> str:
        item = self.__store.get(number=number)
        self.__store.delete(number=number)
        return f"On loan: {wall_label(item)}"

    def sheet(self, numbers: list[int]) -> list[str]:
        def line(number: int) -> str:
            return f"{number:04d}: {'; '.join(export_row(self.__store.get(number)))}"

        heading = f"{self.__settings.museum}, {len(numbers)} objects"
        return [heading, *map(line, numbers[: self.__settings.limit])]


def open_catalogue() -> Catalogue:
    return Catalogue(store=ShelfStore[Exhibit](), settings=Settings("City Museum", 5))
