"""No global table: the three functions share one that lives in a closure."""

import json
import re


def make_factory():
    classes = {}

    def register(name):
        def add(cls):
            missing = [m for m in ("validate", "process") if not hasattr(cls, m)]
            if missing:
                raise TypeError(f"{cls.__qualname__} lacks {' and '.join(missing)}")
            if classes.setdefault(name, cls) is not cls:
                raise ValueError(f"{name} belongs to {classes[name].__qualname__}")
            return cls

        return add

    def create(name, **options):
        if cls := classes.get(name):
            return cls(**options)
        raise ValueError(f"no importer for {name!r}; there are {', '.join(classes)}")

    return register, create, lambda: sorted(classes)


register, create_importer, formats = make_factory()


def import_statement(name, text, **options):
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
