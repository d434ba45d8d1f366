import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

__all__ = ['UnknownKind', 'main', 'overlap', 'price', 'refund']

def when(text: str) -> datetime:
    """Read a time on the school's clock."""
    return datetime.fromisoformat(text)


def overlap(start: str, minutes: int, other_start: str, other_minutes: int) -> bool:
    """Tell whether two lessons need the instructor at the same time."""
    end = when(start) + timedelta(minutes=minutes)
    other_end = when(other_start) + timedelta(minutes=other_minutes)
    return when(start) < other_end and when(other_start) < end


RATES = {"car": 110, "motorbike": 95, "trailer": 140}  # cents a minute
SATURDAY = 5
EVENING = 18


class UnknownKind(ValueError):
    """There are no lessons of this kind."""


def euros(cents: int) -> str:
    """Write an amount for people."""
    return f"{cents // 100}.{cents % 100:02d} EUR"


def price(kind: str, minutes: int, start: str) -> int:
    """Price a lesson in cents; evenings and weekends cost a quarter more."""
    if kind not in RATES:
        raise UnknownKind(f"no lessons for {kind}")
    cents = RATES[kind] * minutes
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


_COLUMNS = "learner, instructor, start, minutes, kind, cents"


@dataclass(frozen=True)
class Lesson:
    """One lesson as it was booked."""

    learner: str
    instructor: str
    start: str
    minutes: int
    kind: str
    cents: int

    def __str__(self) -> str:
        return f"{self.start[11:]} {self.learner} {self.kind} {self.minutes} min"


class Lessons:
    """The lessons in a database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TABLE IF NOT EXISTS lessons (number INTEGER PRIMARY KEY,"
            " learner TEXT, instructor TEXT, start TEXT, minutes INTEGER, kind TEXT,"
            " cents INTEGER)"
        )

    def add(self, lesson: Lesson) -> int:
        """Keep a lesson and give its number."""
        added = self._connection.execute(
            f"INSERT INTO lessons ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                lesson.learner,
                lesson.instructor,
                lesson.start,
                lesson.minutes,
                lesson.kind,
                lesson.cents,
            ),
        )
        return int(added.lastrowid or 0)

    def remove(self, number: int) -> Lesson | None:
        """Take a lesson out, if it is there."""
        row = self._connection.execute(
            f"DELETE FROM lessons WHERE number = ? RETURNING {_COLUMNS}",  # noqa: S608
            (number,),
        ).fetchone()
        return Lesson(*row) if row else None

    def on(self, instructor: str, day: str) -> list[Lesson]:
        """Give an instructor's lessons of a day in their order."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM lessons"  # noqa: S608 - the names are ours
            " WHERE instructor = ? AND start LIKE ? ORDER BY start",
            (instructor, f"{day}%"),
        )
        return [Lesson(*row) for row in rows]


class Desk:
    """Books, cancels and lists lessons."""

    def __init__(self, lessons: Lessons) -> None:
        self._lessons = lessons

    def book(
        self, learner: str, instructor: str, start: str, minutes: int, kind: str
    ) -> str:
        """Book a lesson, unless the instructor has another one then."""
        cents = price(kind, minutes, start)
        for other in self._lessons.on(instructor, start[:10]):
            if overlap(start, minutes, other.start, other.minutes):
                return f"refused: {instructor} teaches {other}"
        lesson = Lesson(learner, instructor, start, minutes, kind, cents)
        number = self._lessons.add(lesson)
        return f"{number}: {start} {learner} with {instructor}, {euros(cents)}"

    def cancel(self, number: int, now: str) -> str:
        """Cancel a lesson and pay back what is due."""
        lesson = self._lessons.remove(number)
        if lesson is None:
            return f"refused: no lesson {number}"
        back = refund(lesson.cents, lesson.start, now)
        return f"{number} cancelled, {euros(back)} back"

    def sheet(self, instructor: str, day: str) -> str:
        """List an instructor's day."""
        lessons = self._lessons.on(instructor, day)
        return "; ".join(map(str, lessons)) or "nothing booked"


def main(requests: list[tuple[Any, ...]]) -> list[str]:
    """Answer a day's requests."""
    with closing(sqlite3.connect(":memory:")) as connection:
        desk = Desk(Lessons(connection))
        actions: dict[str, Callable[..., str]] = {
            "book": desk.book,
            "cancel": desk.cancel,
            "sheet": desk.sheet,
        }
        return [actions[kind](*details) for kind, *details in requests]
