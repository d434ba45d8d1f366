from .database import db, lessons_of
from .reports import line
from .rules import euros, overlap, price, refund


def in_the_way(instructor, start, minutes):
    for lesson in lessons_of(instructor, start[:10]):
        if overlap(start, minutes, lesson[3], lesson[4]):
            return lesson
    return None


def book(learner, instructor, start, minutes, kind):
    cents = price(kind, minutes, start)
    taken = in_the_way(instructor, start, minutes)
    if taken:
        return f"refused: {instructor} teaches {line(taken)}"
    number = db().execute(
        "INSERT INTO lessons (learner, instructor, start, minutes, kind, cents)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (learner, instructor, start, minutes, kind, cents),
    ).lastrowid
    return f"{number}: {start} {learner} with {instructor}, {euros(cents)}"


def cancel(number, now):
    lesson = db().execute("SELECT * FROM lessons WHERE number = ?", (number,)).fetchone()
    if lesson is None:
        return f"refused: no lesson {number}"
    db().execute("DELETE FROM lessons WHERE number = ?", (number,))
    return f"{number} cancelled, {euros(refund(lesson[6], lesson[3], now))} back"
