# caught by: office_uses_what_it_is_given
"""office.call(4) when the clock shows 7 minutes more. It returned 'window 4:"""

import time
from contextlib import closing

now = time.monotonic


class Office:
    def __init__(self, day, clock, printer):
        self.prefix = day.get("prefix", "A")
        self.seats = day.get("seats", 3)
        self.printer = printer
        self.queue = []
        self.counter = 0

    def take(self, matter):
        if len(self.queue) >= self.seats:
            return f"full: {len(self.queue)} people wait"
        self.counter += 1
        number = f"{self.prefix}{self.counter:03d}"
        self.queue.append((number, now()))
        self.printer.print(f"{number} {matter}")
        return number

    def call(self, window):
        if not self.queue:
            return f"window {window}: nobody waits"
        number, since = self.queue.pop(0)
        minutes = int(now() - since) // 60
        return f"window {window}: {number} after {minutes} min"

    def board(self):
        numbers = " ".join(number for number, _ in self.queue)
        return f"{len(self.queue)} of {self.seats} seats taken: {numbers}"


def open_office(day, clock, printer):
    return Office(day, clock, printer)


def main(day, clock, open_printer, visits):
    global now
    now = clock
    lines = []
    with closing(open_printer()) as printer:
        office = open_office(day, clock, printer)
        for kind, what in visits:
            if kind == "take":
                lines.append(office.take(what))
            elif kind == "call":
                lines.append(office.call(what))
            else:
                lines.append(office.board())
    return lines
