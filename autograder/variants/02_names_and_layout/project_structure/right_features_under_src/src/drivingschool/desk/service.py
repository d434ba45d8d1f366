from ..money.prices import price
from ..money.refunds import refund
from ..timetable.slots import Slot
from .ports import Book, Lesson


def euros(cents: int) -> str:
    return f"{cents / 100:.2f} EUR"


def book(lessons: Book, learner, instructor, start, minutes, kind) -> str:
    cents = price(kind, minutes, start)
    wanted = Slot(start, minutes)
    for other in lessons.day(instructor, start[:10]):
        if wanted.meets(Slot(other.start, other.minutes)):
            return f"refused: {instructor} teaches {other.line()}"
    number = lessons.add(Lesson(learner, instructor, start, minutes, kind, cents))
    return f"{number}: {start} {learner} with {instructor}, {euros(cents)}"


def cancel(lessons: Book, number, now) -> str:
    lesson = lessons.take(number)
    if lesson is None:
        return f"refused: no lesson {number}"
    return f"{number} cancelled, {euros(refund(lesson.cents, lesson.start, now))} back"


def sheet(lessons: Book, instructor, day) -> str:
    return "; ".join(lesson.line() for lesson in lessons.day(instructor, day)) or "nothing booked"
