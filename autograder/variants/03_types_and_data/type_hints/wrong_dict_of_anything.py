# caught by: records_are_described
"""used as parse(lines)[0]['day'] + 1. It said Unsupported"""

from collections.abc import Callable

Reading = dict[str, str | float | None]


def parse(lines: list[str]) -> list[Reading]:
    readings: list[Reading] = []
    for line in lines:
        meter, day, register = line.split(";")
        kwh = float(register) if register else None
        readings.append({"meter": meter, "day": int(day), "kwh": kwh})
    return readings


def latest(
    readings: list[Reading], meter: str, before: int | None = None
) -> Reading | None:
    found: Reading | None = None
    for reading in readings:
        if reading["meter"] != meter or reading["kwh"] is None:
            continue
        if before is not None and _number(reading["day"]) >= before:
            continue
        if found is None or _number(reading["day"]) >= _number(found["day"]):
            found = reading
    return found


def _number(value: str | float | None) -> float:
    if isinstance(value, str) or value is None:
        raise ValueError(value)
    return value


def used(readings: list[Reading], meter: str, start: int, end: int) -> float | None:
    first = _register(readings, meter, start)
    last = _register(readings, meter, end)
    if first is None or last is None:
        return None
    return last - first


def _register(readings: list[Reading], meter: str, before: int) -> float | None:
    reading = latest(readings, meter, before)
    return None if reading is None else _number(reading["kwh"])


def bills(
    readings: list[Reading],
    meters: list[str],
    start: int,
    end: int,
    tariff: Callable[[float], float],
) -> dict[str, float | None]:
    amounts: dict[str, float | None] = {}
    for meter in meters:
        kwh = used(readings, meter, start, end)
        amounts[meter] = None if kwh is None else round(tariff(kwh), 2)
    return amounts
