"""An abstract base class with the shared import, and a factory object that owns the table."""

import json
import re
from abc import ABC, abstractmethod


class Importer(ABC):
    @abstractmethod
    def validate(self, text: str) -> bool: ...

    @abstractmethod
    def process(self, text: str) -> list: ...


class ImporterFactory:
    def __init__(self) -> None:
        self._classes: dict[str, type] = {}

    def register(self, name: str):
        return lambda cls: self._add(name, cls)

    def _add(self, name: str, cls: type) -> type:
        if name in self._classes:
            raise ValueError(f"{name}: taken by {self._classes[name].__name__}")
        for method in Importer.__abstractmethods__:
            if not callable(getattr(cls, method, None)):
                raise TypeError(f"{cls.__name__}.{method} is missing")
        self._classes[name] = cls
        return cls

    def create(self, name: str, /, **options):
        if name not in self._classes:
            raise ValueError(f"unknown format {name}. Known: {self.names()}")
        return self._classes[name](**options)

    def names(self) -> list[str]:
        return sorted(self._classes)

    def run(self, name: str, text: str, /, **options) -> list:
        product = self.create(name, **options)
        if not product.validate(text):
            raise ValueError(f"invalid {name} statement")
        return product.process(text)


factory = ImporterFactory()
register = factory.register
create_importer = factory.create
formats = factory.names
import_statement = factory.run


def cents(amount: str) -> int:
    return int(amount.replace(",", ""))


@register("csv")
class CsvImporter(Importer):
    def __init__(self, separator: str = ";") -> None:
        self.separator = separator

    def validate(self, text: str) -> bool:
        lines = text.splitlines()
        return bool(lines) and all(line.count(self.separator) == 2 for line in lines)

    def process(self, text: str) -> list:
        rows = [line.split(self.separator) for line in text.splitlines()[1:]]
        return [(day, cents(amount), purpose) for day, amount, purpose in rows]


@register("mt940")
class Mt940Importer(Importer):
    def __init__(self, century: int = 20) -> None:
        self.century = century

    def validate(self, text: str) -> bool:
        return bool(re.fullmatch(r":20:.*(\n:61:\d{6}[CD]\d+,\d\d\n:86:.*)*", text))

    def process(self, text: str) -> list:
        found = re.findall(r":61:(\d\d)(\d\d)(\d\d)([CD])(.+)\n:86:(.*)", text)
        sign = {"C": 1, "D": -1}
        return [
            (f"{self.century}{y}-{m}-{d}", sign[side] * cents(amount), purpose)
            for y, m, d, side, amount, purpose in found
        ]


@register("json")
class JsonImporter(Importer):
    def __init__(self, key: str = "bookings") -> None:
        self.key = key

    def validate(self, text: str) -> bool:
        try:
            return isinstance(json.loads(text)[self.key], list)
        except (ValueError, KeyError, TypeError):
            return False

    def process(self, text: str) -> list:
        bookings = json.loads(text)[self.key]
        return [(b["day"], b["cents"], b["purpose"]) for b in bookings]
