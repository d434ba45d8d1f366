"""Where lessons are kept."""

import sqlite3
from dataclasses import dataclass

RATES = {"car": 110, "motorbike": 95, "trailer": 140}  # cents a minute
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
