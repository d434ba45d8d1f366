import dataclasses as dc
import typing as t


class CanLabel(t.Protocol):
    @property
    def label(self) -> t.Callable[[], str]: ...


class CanRow(t.Protocol):
    @property
    def row(self) -> t.Callable[[], list[str]]: ...


class Item(CanLabel, CanRow, t.Protocol): ...


class ItemStore(t.Protocol):
    get: t.Callable[[int], Item]
    save: t.Callable[[int, Item], None]
    delete: t.Callable[[int], None]


class Shown:
    """Mixin: subclasses say what they are made of."""
    PATTERN: t.ClassVar[str]
    def label(self): return self.PATTERN.format(self)
    def row(self):
        kind, *rest = self._columns()
        return [kind, *rest]


@dc.dataclass(frozen=True)
class Painting(Shown):
    title: str
    artist: str
    year: int
    PATTERN = "{0.title}. {0.artist}, {0.year}"
    def _columns(self): return "painting", self.title, self.artist


@dc.dataclass(frozen=True)
class Coin(Shown):
    ruler: str
    year: int
    grams: float
    PATTERN = "Coin of {0.ruler}, {0.era}"
    @property
    def era(self): return f"{-self.year} BC" if self.year < 0 else f"{self.year}"
    def _columns(self): return "coin", self.ruler, f"{self.grams:.1f} g"


@dc.dataclass(frozen=True)
class Settings:
    museum: str
    limit: int


def wall_label(item: CanLabel) -> str:
    match item:
        case object(label=say) if callable(say):
            return say()
        case _:
            raise TypeError(f"no label for {item.__class__.__name__}")


def export_row(item: CanRow) -> list[str]:
    match item:
        case object(row=say) if callable(say):
            return say()
        case _:
            raise TypeError(f"no row for {item.__class__.__name__}")


class ShelfStore:
    def __init__(self): self._d = {}
    def get(self, n): return self._d[n]
    def save(self, n, item): self._d[n] = item
    def delete(self, n): self._d.pop(n)


class Catalogue:
    def __init__(self, store: ItemStore, settings: Settings):
        self.__dict__.update(store=store, settings=settings)

    def acquire(self, number, item):
        for check in (wall_label, export_row):
            check(item)
        self.store.save(number, item)

    def withdraw(self, number):
        out = f"On loan: {wall_label(self.store.get(number))}"
        self.store.delete(number)
        return out

    def sheet(self, numbers):
        def gen():
            yield f"{self.settings.museum}, {len(numbers)} objects"
            for n in numbers[: self.settings.limit]:
                yield "%04d: %s" % (n, "; ".join(export_row(self.store.get(n))))
        return list(gen())


def open_catalogue():
    return Catalogue(ShelfStore(), Settings("City Museum", 5))
