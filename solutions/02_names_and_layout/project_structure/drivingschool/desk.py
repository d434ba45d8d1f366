"""What can be asked for at the desk."""

from drivingschool.lessons import Lesson, Lessons
from drivingschool.prices import euros, price, refund
from drivingschool.timetable import overlap


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
