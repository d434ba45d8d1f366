"""A protocol describes the tariff; comprehensions and max do the work."""

from collections.abc import Sequence
from typing import Protocol, TypedDict

class Measured(TypedDict):
    meter: str
    day: int
    kwh: float | None


class Tariff(Protocol):
    def __call__(self, kwh: float, /) -> float: ...


Bills = dict[str, float | None]


def _record(line: str) -> Measured:
    meter, day, register = line.split(";")
    return {
        "meter": meter,
        "day": int(day),
        "kwh": None if register == "" else float(register),
    }


def parse(lines: Sequence[str]) -> list[Measured]:
    return [_record(line) for line in lines]


def latest(
    readings: Sequence[Measured], meter: str, before: int | None = None
) -> Measured | None:
    candidates = [
        reading
        for reading in reversed(readings)
        if reading["meter"] == meter
        and reading["kwh"] is not None
        and (before is None or reading["day"] < before)
    ]
    return max(candidates, key=lambda reading: reading["day"], default=None)


def used(
    readings: Sequence[Measured], meter: str, start: int, end: int
) -> float | None:
    match latest(readings, meter, start), latest(readings, meter, end):
        case {"kwh": float(first)}, {"kwh": float(last)}:
            return last - first
        case _:
            return None


def _amount(kwh: float | None, tariff: Tariff) -> float | None:
    if kwh is None:
        return None
    return round(tariff(kwh), 2)


def bills(
    readings: Sequence[Measured],
    meters: Sequence[str],
    start: int,
    end: int,
    tariff: Tariff,
) -> Bills:
    return {
        meter: _amount(used(readings, meter, start, end), tariff) for meter in meters
    }
