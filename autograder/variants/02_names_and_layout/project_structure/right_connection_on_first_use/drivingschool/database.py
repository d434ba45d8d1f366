import sqlite3
from functools import cache


@cache
def db():
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE lessons (number INTEGER PRIMARY KEY, learner TEXT, instructor TEXT,"
        " start TEXT, minutes INTEGER, kind TEXT, cents INTEGER)"
    )
    return connection


def lessons_of(instructor, day):
    return db().execute(
        "SELECT * FROM lessons WHERE instructor = ? AND start LIKE ? ORDER BY start",
        (instructor, day + "%"),
    ).fetchall()
