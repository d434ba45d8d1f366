"""As somebody in a hurry writes it: aliases, dict(...), sort, an assert for what is known."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Final, TypeAlias, TypedDict

Meter: TypeAlias = str
Day: TypeAlias = int
CENTS: Final = 2


class Reading(TypedDict):
    meter: Meter
    day: Day
    kwh: float | None


def parse(lines: Iterable[str]) -> list[Reading]:
    out: list[Reading] = []
    for line in lines:
        meter, day, register = line.split(";")
        out.append(dict(meter=meter, day=int(day), kwh=float(register) if register else None))
    return out


def latest(readings: Iterable[Reading], meter: Meter, before: Day | None = None) -> Reading | None:
    mine = [r for r in readings if r["meter"] == meter and r["kwh"] is not None]
    if before is not None:
        mine = [r for r in mine if r["day"] < before]
    mine.sort(key=lambda r: r["day"])
    return mine[-1] if mine else None


def used(readings: list[Reading], meter: Meter, start: Day, end: Day) -> float | None:
    first, last = latest(readings, meter, start), latest(readings, meter, end)
    if not (first and last):
        return None
    assert first["kwh"] is not None and last["kwh"] is not None
    return last["kwh"] - first["kwh"]


def bills(
    readings: list[Reading], meters: Iterable[Meter], start: Day, end: Day, tariff: Callable[[float], float]
) -> Mapping[Meter, float | None]:
    result = {}
    for meter in meters:
        kwh = used(readings, meter, start, end)
        result[meter] = round(tariff(kwh), CENTS) if kwh is not None else None
    return result
