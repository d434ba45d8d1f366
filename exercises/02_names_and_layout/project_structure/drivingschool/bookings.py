from . import utils
from .reports import line
from .utils import db, euros, price, refund


def lessons_of(instructor, day):
    return db.execute(
        "SELECT * FROM lessons WHERE instructor = ? AND start LIKE ? ORDER BY start",
        (instructor, day + "%"),
    ).fetchall()


def book(learner, instructor, start, minutes, kind):
    cents = price(kind, minutes, start)
    taken = utils.in_the_way(instructor, start, minutes)
    if taken:
        return f"refused: {instructor} teaches {line(taken)}"
    number = db.execute(
        "INSERT INTO lessons (learner, instructor, start, minutes, kind, cents)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (learner, instructor, start, minutes, kind, cents),
    ).lastrowid
    return f"{number}: {start} {learner} with {instructor}, {euros(cents)}"


def cancel(number, now):
    lesson = db.execute("SELECT * FROM lessons WHERE number = ?", (number,)).fetchone()
    if lesson is None:
        return f"refused: no lesson {number}"
    db.execute("DELETE FROM lessons WHERE number = ?", (number,))
    return f"{number} cancelled, {euros(refund(lesson[6], lesson[3], now))} back"
