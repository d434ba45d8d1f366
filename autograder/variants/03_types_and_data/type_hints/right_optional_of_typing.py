"""The older spellings, and what is missing caught where it is subtracted."""

from typing import Callable, Dict, List, Optional, TypedDict


Reading = TypedDict(
    "Reading", {"meter": str, "day": int, "kwh": Optional[float]}
)


def parse(lines: List[str]) -> List[Reading]:
    readings: List[Reading] = []
    for line in lines:
        meter, day, register = line.split(";")
        kwh = float(register) if register else None
        readings.append({"meter": meter, "day": int(day), "kwh": kwh})
    return readings


def latest(
    readings: List[Reading], meter: str, before: Optional[int] = None
) -> Optional[Reading]:
    found: Optional[Reading] = None
    for reading in readings:
        if reading["meter"] != meter or reading["kwh"] is None:
            continue
        if before is not None and reading["day"] >= before:
            continue
        if found is None or reading["day"] >= found["day"]:
            found = reading
    return found


def used(readings: List[Reading], meter: str, start: int, end: int) -> Optional[float]:
    first = latest(readings, meter, start)
    last = latest(readings, meter, end)
    if not first or first["kwh"] is None:
        return None
    if not last or last["kwh"] is None:
        return None
    return last["kwh"] - first["kwh"]


def bills(
    readings: List[Reading],
    meters: List[str],
    start: int,
    end: int,
    tariff: Callable[[float], float],
) -> Dict[str, Optional[float]]:
    amounts: Dict[str, Optional[float]] = {}
    for meter in meters:
        kwh = used(readings, meter, start, end)
        amounts[meter] = None if kwh is None else round(tariff(kwh), 2)
    return amounts
