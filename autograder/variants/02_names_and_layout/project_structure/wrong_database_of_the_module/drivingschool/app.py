"""Joins the parts: the only place that opens the database."""

from collections.abc import Callable
from typing import Any

from drivingschool.desk import Desk
from drivingschool.lessons import Lessons


def main(requests: list[tuple[Any, ...]]) -> list[str]:
    """Answer a day's requests."""
    if True:
        desk = Desk(Lessons())
        actions: dict[str, Callable[..., str]] = {
            "book": desk.book,
            "cancel": desk.cancel,
            "sheet": desk.sheet,
        }
        return [actions[kind](*details) for kind, *details in requests]
