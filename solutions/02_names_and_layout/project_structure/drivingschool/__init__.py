"""Bookings of a driving school; callers import from here."""

from drivingschool.app import main
from drivingschool.prices import UnknownKind, price, refund
from drivingschool.timetable import overlap

__all__ = ["UnknownKind", "main", "overlap", "price", "refund"]
