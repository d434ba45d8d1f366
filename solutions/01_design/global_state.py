"""An office owns its queue and numbers; main hands it the rest."""

from collections import deque
from collections.abc import Callable
from contextlib import closing
from typing import Any, NotRequired, Protocol, TypedDict


class Day(TypedDict):
    prefix: NotRequired[str]
    seats: NotRequired[int]


class Printer(Protocol):
    def print(self, text: str) -> None: ...


class OpenPrinter(Printer, Protocol):
    def close(self) -> None: ...


class Office:
    def __init__(self, day: Day, clock: Callable[[], float], printer: Printer) -> None:
        self._prefix = day.get("prefix", "A")
        self._seats = day.get("seats", 3)
        self._clock = clock
        self._printer = printer
        self._queue: deque[tuple[str, float]] = deque()
        self._given = 0

    def take(self, matter: str) -> str:
        if len(self._queue) >= self._seats:
            return f"full: {len(self._queue)} people wait"
        self._given += 1
        number = f"{self._prefix}{self._given:03d}"
        self._queue.append((number, self._clock()))
        self._printer.print(f"{number} {matter}")
        return number

    def call(self, window: int) -> str:
        if not self._queue:
            return f"window {window}: nobody waits"
        number, since = self._queue.popleft()
        minutes = int(self._clock() - since) // 60
        return f"window {window}: {number} after {minutes} min"

    def board(self) -> str:
        numbers = " ".join(number for number, _ in self._queue)
        return f"{len(self._queue)} of {self._seats} seats taken: {numbers}"


def open_office(day: Day, clock: Callable[[], float], printer: Printer) -> Office:
    return Office(day, clock, printer)


def main(
    day: Day,
    clock: Callable[[], float],
    open_printer: Callable[[], OpenPrinter],
    visits: list[tuple[str, Any]],
) -> list[str]:
    with closing(open_printer()) as printer:
        office = open_office(day, clock, printer)
        return [_answer(office, kind, what) for kind, what in visits]


def _answer(office: Office, kind: str, what: Any) -> str:
    match kind:
        case "take":
            return office.take(what)
        case "call":
            return office.call(what)
        case _:
            return office.board()
