"""Own importers enter by __init_subclass__; the decorator is the same door for all others."""

import json
import re
from abc import ABC, abstractmethod

_known: dict[str, type] = {}


def register(name: str):
    def enter(cls: type) -> type:
        if name in _known:
            raise ValueError(f"format {name} exists")
        if not all(callable(getattr(cls, m, None)) for m in ("validate", "process")):
            raise TypeError(f"format {name}: both validate and process are needed")
        _known[name] = cls
        return cls

    return enter


class Importer(ABC):
    def __init_subclass__(cls, format: str | None = None, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        if format:
            register(format)(cls)

    @abstractmethod
    def validate(self, text: str) -> bool: ...

    @abstractmethod
    def process(self, text: str) -> list: ...


def create_importer(name: str, **options):
    if name not in _known:
        raise ValueError("unknown format: %s (known: %s)" % (name, ", ".join(_known)))
    return _known[name](**options)


def formats() -> list[str]:
    return sorted(_known.keys())


def import_statement(name: str, text: str, **options) -> list:
    importer = create_importer(name, **options)
    if importer.validate(text):
        return importer.process(text)
    raise ValueError(f"not valid as {name}")


def cents(amount: str) -> int:
    return int(amount.replace(",", ""))


class CsvImporter(Importer, format="csv"):
    def __init__(self, separator: str = ";") -> None:
        self.separator = separator

    def validate(self, text: str) -> bool:
        lines = text.splitlines()
        return bool(lines) and all(line.count(self.separator) == 2 for line in lines)

    def process(self, text: str) -> list:
        rows = [line.split(self.separator) for line in text.splitlines()[1:]]
        return [(day, cents(amount), purpose) for day, amount, purpose in rows]


class Mt940Importer(Importer, format="mt940"):
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


class JsonImporter(Importer, format="json"):
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
