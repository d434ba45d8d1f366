"""A plain dict of the own classes; register is a function that adds to it."""

import json
import re
from typing import Protocol, runtime_checkable


@runtime_checkable
class Importer(Protocol):
    def validate(self, text: str) -> bool: ...

    def process(self, text: str) -> list: ...


def cents(amount: str) -> int:
    return int(amount.replace(",", ""))


class CsvImporter:
    def __init__(self, separator: str = ";") -> None:
        self.separator = separator

    def validate(self, text: str) -> bool:
        lines = text.splitlines()
        return bool(lines) and all(line.count(self.separator) == 2 for line in lines)

    def process(self, text: str) -> list:
        rows = [line.split(self.separator) for line in text.splitlines()[1:]]
        return [(day, cents(amount), purpose) for day, amount, purpose in rows]


class Mt940Importer:
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


class JsonImporter:
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


IMPORTERS = {"csv": CsvImporter, "mt940": Mt940Importer, "json": JsonImporter}


def register(name):
    if name in IMPORTERS:
        raise ValueError(f"{name!r} is registered already")

    def check_and_add(cls):
        if not issubclass(cls, Importer):
            raise TypeError(f"{cls.__name__} needs validate and process")
        IMPORTERS[name] = cls
        return cls

    return check_and_add


def formats():
    return sorted(IMPORTERS)


def create_importer(name, **options):
    try:
        cls = IMPORTERS[name]
    except KeyError:
        raise ValueError(f"unknown format {name!r}, choose one of {formats()}") from None
    return cls(**options)


def import_statement(name, text, **options):
    importer = create_importer(name, **options)
    if importer.validate(text):
        return importer.process(text)
    raise ValueError(f"this is no {name} statement")
