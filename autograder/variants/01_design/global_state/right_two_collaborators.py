"""Numbers and waiting room are small objects of their own; the office joins them; main is a generator's reader."""

import contextlib
import typing


class WaitingRoom:
    def __init__(self, seats):
        self.seats, self.people = seats, {}

    def is_full(self):
        return self.seats <= len(self.people)

    def first(self):
        number = next(iter(self.people))
        return number, self.people.pop(number)


def numbers(prefix):
    last = 0
    while True:
        last += 1
        yield prefix + str(last).zfill(3)


class Office(typing.NamedTuple):
    room: WaitingRoom
    numbers: typing.Iterator[str]
    clock: typing.Callable[[], float]
    printer: object

    def take(self, matter):
        if self.room.is_full():
            return f"full: {len(self.room.people)} people wait"
        number = next(self.numbers)
        self.room.people[number] = self.clock()
        self.printer.print(f"{number} {matter}")
        return number

    def call(self, window):
        if not self.room.people:
            return f"window {window}: nobody waits"
        number, since = self.room.first()
        return f"window {window}: {number} after {int((self.clock() - since) / 60)} min"

    def board(self):
        return f"{len(self.room.people)} of {self.room.seats} seats taken: " + " ".join(self.room.people)


def open_office(day, clock, printer):
    return Office(WaitingRoom(day.get("seats", 3)), numbers(day.get("prefix", "A")), clock, printer)


@contextlib.contextmanager
def office_hours(day, clock, open_printer):
    printer = open_printer()
    with contextlib.closing(printer):
        yield open_office(day, clock, printer)


def answers(office, visits):
    for kind, what in visits:
        method = getattr(office, kind)
        yield method() if kind == "board" else method(what)


def main(day, clock, open_printer, visits):
    with office_hours(day, clock, open_printer) as office:
        return list(answers(office, visits))
