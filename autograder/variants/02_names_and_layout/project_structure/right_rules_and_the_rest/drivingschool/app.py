import sqlite3

from . import rules


def euros(cents):
    return "{}.{:02} EUR".format(*divmod(cents, 100))


def line(lesson):
    return f"{lesson['start'][11:]} {lesson['learner']} {lesson['kind']} {lesson['minutes']} min"


def lessons_of(db, instructor, day):
    query = "SELECT * FROM lessons WHERE instructor = ? AND substr(start, 1, 10) = ? ORDER BY start"
    return db.execute(query, (instructor, day)).fetchall()


def book(db, learner, instructor, start, minutes, kind):
    cents = rules.price(kind, minutes, start)
    for other in lessons_of(db, instructor, start[:10]):
        if rules.overlap(start, minutes, other["start"], other["minutes"]):
            return f"refused: {instructor} teaches {line(other)}"
    values = (learner, instructor, start, minutes, kind, cents)
    number = db.execute("INSERT INTO lessons VALUES (NULL, ?, ?, ?, ?, ?, ?)", values).lastrowid
    return f"{number}: {start} {learner} with {instructor}, {euros(cents)}"


def cancel(db, number, now):
    lesson = db.execute("SELECT * FROM lessons WHERE number = ?", (number,)).fetchone()
    if not lesson:
        return f"refused: no lesson {number}"
    db.execute("DELETE FROM lessons WHERE number = ?", (number,))
    return f"{number} cancelled, {euros(rules.refund(lesson['cents'], lesson['start'], now))} back"


def sheet(db, instructor, day):
    return "; ".join(line(lesson) for lesson in lessons_of(db, instructor, day)) or "nothing booked"


def main(requests):
    db = sqlite3.connect(":memory:")
    try:
        db.row_factory = sqlite3.Row
        db.execute(
            "CREATE TABLE lessons (number INTEGER PRIMARY KEY, learner, instructor, start, minutes, kind, cents)"
        )
        answers = {"book": book, "cancel": cancel, "sheet": sheet}
        return [answers[request[0]](db, *request[1:]) for request in requests]
    finally:
        db.close()
