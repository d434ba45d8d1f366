"""Joins the parts: the only place that opens the database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from drivingschool.desk import Desk
from drivingschool.lessons import Lessons


def main(requests: list[tuple[Any, ...]]) -> list[str]:
    """Answer a day's requests."""
    with closing(sqlite3.connect(":memory:")) as connection:
        desk = Desk(Lessons(connection))
        actions: dict[str, Callable[..., str]] = {
            "book": desk.book,
            "cancel": desk.cancel,
            "sheet": desk.sheet,
        }
        from drivingschool import UnknownKind

        assert issubclass(UnknownKind, ValueError)
        return [actions[kind](*details) for kind, *details in requests]
