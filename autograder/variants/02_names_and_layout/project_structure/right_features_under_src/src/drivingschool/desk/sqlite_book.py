import sqlite3

from .ports import Lesson


class SqliteBook:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE TABLE lessons (learner, instructor, start, minutes, kind, cents)")

    def add(self, lesson):
        return self.db.execute("INSERT INTO lessons VALUES (?, ?, ?, ?, ?, ?)", lesson).lastrowid

    def take(self, number):
        row = self.db.execute("SELECT * FROM lessons WHERE rowid = ?", [number]).fetchone()
        self.db.execute("DELETE FROM lessons WHERE rowid = ?", [number])
        return row and Lesson(*row)

    def day(self, instructor, day):
        rows = self.db.execute("SELECT * FROM lessons WHERE instructor = ?", [instructor])
        lessons = [Lesson(*row) for row in rows]
        return sorted((x for x in lessons if x.start.startswith(day)), key=lambda x: x.start)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.db.close()
