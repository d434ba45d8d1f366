from typing import NamedTuple, Protocol


class Lesson(NamedTuple):
    learner: str
    instructor: str
    start: str
    minutes: int
    kind: str
    cents: int

    def line(self) -> str:
        return f"{self.start[11:]} {self.learner} {self.kind} {self.minutes} min"


class Book(Protocol):
    def add(self, lesson: Lesson) -> int: ...

    def take(self, number: int) -> Lesson | None: ...

    def day(self, instructor: str, day: str) -> list[Lesson]: ...
