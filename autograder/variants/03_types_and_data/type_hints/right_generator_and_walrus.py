"""One generator finds what counts; readings in, the missing handled by early returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    found = None
    for reading in _that_count(readings, meter, before):
        if found is None or reading["day"] >= found["day"]:
            found = reading
    return found


def _that_count(
    readings: list[Reading], meter: str, before: int | None
) -> Iterator[Reading]:
    for reading in readings:
        early = before is None or reading["day"] < before
        if early and reading["meter"] == meter and reading["kwh"] is not None:
            yield reading


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
    tariff: Callable[[float], float],
) -> dict[str, float | None]:
    amounts: dict[str, float | None] = dict.fromkeys(meters)
    for meter in meters:
        if (kwh := used(readings, meter, start, end)) is not None:
            amounts[meter] = round(tariff(kwh), 2)
    return amounts
