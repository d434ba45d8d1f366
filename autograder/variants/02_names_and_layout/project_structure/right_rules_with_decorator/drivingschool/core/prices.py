from ..timetable import when
from .errors import UnknownKind
from .traced import traced
from datetime import timedelta

RATES = {"car": 110, "motorbike": 95, "trailer": 140}  # cents a minute
SATURDAY = 5
EVENING = 18


def euros(cents: int) -> str:
    """Write an amount for people."""
    return f"{cents // 100}.{cents % 100:02d} EUR"


@traced
def price(kind: str, minutes: int, start: str) -> int:
    """Price a lesson in cents; evenings and weekends cost a quarter more."""
    if kind not in RATES:
        raise UnknownKind(f"no lessons for {kind}")
    cents = RATES[kind] * minutes
    if when(start).weekday() >= SATURDAY or when(start).hour >= EVENING:
        cents = cents * 5 // 4
    return cents


@traced
def refund(cents: int, start: str, now: str) -> int:
    """Pay back all, half or nothing, by how early a lesson is cancelled."""
    ahead = when(start) - when(now)
    if ahead >= timedelta(hours=48):
        return cents
    if ahead >= timedelta(hours=24):
        return cents // 2
    return 0
