# caught by: tariff_is_described
"""used as bills(parse(lines), ['A7'], 2, 13, in_words). It found nothing wrong. Expected an error: a tariff returns a number"""

from collections.abc import Callable
from typing import TypedDict


class Reading(TypedDict):
    meter: str
    day: int
    kwh: float | None


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
        if before is not None and reading["day"] >= before:
            continue
        if found is None or reading["day"] >= found["day"]:
            found = reading
    return found


def used(readings: list[Reading], meter: str, start: int, end: int) -> float | None:
    first = _register(readings, meter, start)
    last = _register(readings, meter, end)
    if first is None or last is None:
        return None
    return last - first


def _register(readings: list[Reading], meter: str, before: int) -> float | None:
    reading = latest(readings, meter, before)
    return None if reading is None else reading["kwh"]


def bills(
    readings: list[Reading],
    meters: list[str],
    start: int,
    end: int,
    tariff: Callable[[float], float | str],
) -> dict[str, float | None]:
    amounts: dict[str, float | None] = {}
    for meter in meters:
        kwh = used(readings, meter, start, end)
        amounts[meter] = None if kwh is None else round(float(tariff(kwh)), 2)
    return amounts
