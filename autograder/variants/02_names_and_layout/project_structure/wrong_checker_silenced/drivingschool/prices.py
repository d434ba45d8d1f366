"""What lessons cost, and what is paid back for them."""

from importlib import import_module
from datetime import timedelta

from drivingschool.timetable import when


def rates() -> dict[str, int]:
    lessons = import_module("drivingschool.lessons")  # noqa
    return lessons.RATES  # type: ignore


SATURDAY = 5
EVENING = 18


class UnknownKind(ValueError):
    """There are no lessons of this kind."""


def euros(cents: int) -> str:
    """Write an amount for people."""
    return f"{cents // 100}.{cents % 100:02d} EUR"


def price(kind: str, minutes: int, start: str) -> int:
    """Price a lesson in cents; evenings and weekends cost a quarter more."""
    if kind not in rates():
        raise UnknownKind(f"no lessons for {kind}")
    cents = rates()[kind] * minutes
    if when(start).weekday() >= SATURDAY or when(start).hour >= EVENING:
        cents = cents * 5 // 4
    return cents


def refund(cents: int, start: str, now: str) -> int:
    """Pay back all, half or nothing, by how early a lesson is cancelled."""
    ahead = when(start) - when(now)
    if ahead >= timedelta(hours=48):
        return cents
    if ahead >= timedelta(hours=24):
        return cents // 2
    return 0
