# caught by: incomplete_class_is_refused
"""on a class without process. It returned"""

import json
import re
from collections.abc import Callable
from typing import Protocol, TypeVar

Booking = tuple[str, int, str]


class Importer(Protocol):
    """What every importer offers, whoever wrote it."""

    def validate(self, text: str) -> bool: ...

    def process(self, text: str) -> list[Booking]: ...


ImporterClass = TypeVar("ImporterClass", bound=Callable[..., Importer])

_importers: dict[str, Callable[..., Importer]] = {}


def register(name: str) -> Callable[[ImporterClass], ImporterClass]:
    """Enter the decorated class under a name that is still free."""

    def enter(importer: ImporterClass) -> ImporterClass:
        if name in _importers:
            raise ValueError(f"format {name} is already taken by {_importers[name]}")
        _importers[name] = importer
        return importer

    return enter


def create_importer(name: str, **options: object) -> Importer:
    if name not in _importers:
        known = ", ".join(formats())
        raise ValueError(f"unknown format: {name}; known formats: {known}")
    return _importers[name](**options)


def formats() -> list[str]:
    return sorted(_importers)


def import_statement(name: str, text: str, **options: object) -> list[Booking]:
    importer = create_importer(name, **options)
    if not importer.validate(text):
        raise ValueError(f"not a valid {name} statement")
    return importer.process(text)


def cents(amount: str) -> int:
    return int(amount.replace(",", ""))


@register("csv")
class CsvImporter:
    def __init__(self, separator: str = ";") -> None:
        self.separator = separator

    def validate(self, text: str) -> bool:
        lines = text.splitlines()
        return bool(lines) and all(line.count(self.separator) == 2 for line in lines)

    def process(self, text: str) -> list[Booking]:
        rows = [line.split(self.separator) for line in text.splitlines()[1:]]
        return [(day, cents(amount), purpose) for day, amount, purpose in rows]


@register("mt940")
class Mt940Importer:
    def __init__(self, century: int = 20) -> None:
        self.century = century

    def validate(self, text: str) -> bool:
        return bool(re.fullmatch(r":20:.*(\n:61:\d{6}[CD]\d+,\d\d\n:86:.*)*", text))

    def process(self, text: str) -> list[Booking]:
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

    def process(self, text: str) -> list[Booking]:
        bookings = json.loads(text)[self.key]
        return [(b["day"], b["cents"], b["purpose"]) for b in bookings]
