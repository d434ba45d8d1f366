"""register guards process itself, so nobody can call it on an invalid text."""

import functools
import json
import re


class Registry(dict):
    def __setitem__(self, name, cls):
        if name in self:
            raise ValueError(f"two importers for {name}: {self[name]} and {cls}")
        super().__setitem__(name, cls)

    def __missing__(self, name):
        raise ValueError(f"{name} is not one of: {' '.join(self)}")


registry = Registry()


def guarded(name, process):
    @functools.wraps(process)
    def checked(self, text):
        if not self.validate(text):
            raise ValueError(f"invalid statement for {name}")
        return process(self, text)

    return checked


def register(name):
    def decorate(cls):
        try:
            cls.validate, cls.process  # noqa: B018
        except AttributeError as error:
            raise TypeError(f"cannot register {name}: {error}") from error
        registry[name] = cls
        cls.process = guarded(name, cls.process)
        return cls

    return decorate


def formats():
    return sorted(registry)


def create_importer(name, **options):
    return registry[name](**options)


def import_statement(name, text, **options):
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

    def process(self, text: str) -> list:
        rows = [line.split(self.separator) for line in text.splitlines()[1:]]
        return [(day, cents(amount), purpose) for day, amount, purpose in rows]


@register("mt940")
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


@register("json")
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
