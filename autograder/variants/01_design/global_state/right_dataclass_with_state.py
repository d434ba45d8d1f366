"""A dataclass: what is handed in are fields, what belongs to it has a default factory."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

DEFAULTS = {"prefix": "A", "seats": 3}


@dataclass
class Office:
    prefix: str
    seats: int
    clock: Callable[[], float]
    printer: Any
    waiting: deque[tuple[str, float]] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, matter: str) -> str:
        taken = len(self.waiting)
        if taken >= self.seats:
            return f"full: {taken} people wait"
        number = f"{self.prefix}{next(self.numbers):03d}"
        self.printer.print(text=f"{number} {matter}")
        self.waiting.append((number, self.clock()))
        return number

    def call(self, window: int) -> str:
        if not self.waiting:
            return f"window {window}: nobody waits"
        number, since = self.waiting.popleft()
        return f"window {window}: {number} after {int(self.clock() - since) // 60} min"

    def board(self) -> str:
        return f"{len(self.waiting)} of {self.seats} seats taken: {' '.join(n for n, _ in self.waiting)}"


def open_office(day, clock, printer):
    return Office(**(DEFAULTS | day), clock=clock, printer=printer)


@contextmanager
def printing(open_printer):
    printer = open_printer()
    try:
        yield printer
    finally:
        printer.close()


def main(day, clock, open_printer, visits):
    with printing(open_printer) as printer:
        office = open_office(day, clock, printer)
        return [getattr(office, kind)(*([what] if kind != "board" else [])) for kind, what in visits]
