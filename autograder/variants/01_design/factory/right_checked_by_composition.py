"""create_importer hands out an importer in a wrapper that checks before it processes."""

import json
import re
from dataclasses import dataclass, field
from typing import Any


class UnknownFormat(ValueError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"{name!r} is none of {known}")


@dataclass
class Checked:
    name: str
    inner: Any

    def validate(self, text: str) -> bool:
        return self.inner.validate(text)

    def process(self, text: str) -> list[tuple[str, int, str]]:
        if not self.inner.validate(text):
            raise ValueError(f"{self.name}: not a valid statement")
        return self.inner.process(text)


@dataclass
class Formats:
    entries: dict[str, type] = field(default_factory=dict)

    def add(self, name: str, importer: type) -> None:
        if name in self.entries:
            raise ValueError(f"{name} is taken")
        for needed in ("validate", "process"):
            if getattr(importer, needed, None) is None:
                raise TypeError(f"{importer.__name__} has no {needed}()")
        self.entries[name] = importer

    def make(self, name: str, options: dict[str, Any]) -> Checked:
        if name not in self.entries:
            raise UnknownFormat(name, self.names())
        return Checked(name, self.entries[name](**options))

    def names(self) -> list[str]:
        return sorted(self.entries)


FORMATS = Formats()


def register(name: str):
    def decorator(importer: type) -> type:
        FORMATS.add(name, importer)
        return importer

    return decorator


def create_importer(name: str, **options):
    return FORMATS.make(name, options)


def formats() -> list[str]:
    return FORMATS.names()


def import_statement(name: str, text: str, **options) -> list[tuple[str, int, str]]:
    return create_importer(name, **options).process(text)


def cents(amount: str) -> int:
    return int(amount.replace(",", ""))


@register("csv")
class CsvImporter:
    def __init__(self, separator: str = ";") -> None:
        self.separator = separator

    def validate(self, text: str) -> bool:
        lines = text.splitlines()
        return bool(lines) and all(line.count(self.separator) == 2 for line in lines)

    def process(self, text: str) -> list[tuple[str, int, str]]:
        rows = [line.split(self.separator) for line in text.splitlines()[1:]]
        return [(day, cents(amount), purpose) for day, amount, purpose in rows]


@register("mt940")
class Mt940Importer:
    def __init__(self, century: int = 20) -> None:
        self.century = century

    def validate(self, text: str) -> bool:
        return bool(re.fullmatch(r":20:.*(\n:61:\d{6}[CD]\d+,\d\d\n:86:.*)*", text))

    def process(self, text: str) -> list[tuple[str, int, str]]:
        found = re.findall(r":61:(\d\d)(\d\d)(\d\d)([CD])(.+)\n:86:(.*)", text)
        sign = {"C": 1, "D": -1}
        return [
            (f"{self.century}{y}-{m}-{d}", sign[side] * cents(amount), purpose)
            for y, m, d, side, amount, purpose in found
        ]


@register("json")
class JsonImporter:
    def __init__(self, key: str = "bookings") -> None:
        self.key = key

    def validate(self, text: str) -> bool:
        try:
            return isinstance(json.loads(text)[self.key], list)
        except (ValueError, KeyError, TypeError):
            return False

    def process(self, text: str) -> list[tuple[str, int, str]]:
        return [(b["day"], b["cents"], b["purpose"]) for b in json.loads(text)[self.key]]
