# caught by: two_days_at_once
"""It printed {'first printer': ['T001 passport', 'T003 move']"""

from contextlib import closing

counter = 0


class Office:
    def __init__(self, day, clock, printer):
        self.prefix = day.get("prefix", "A")
        self.seats = day.get("seats", 3)
        self.clock = clock
        self.printer = printer
        self.queue = []
        self.counter = 0

    def take(self, matter):
        if len(self.queue) >= self.seats:
            return f"full: {len(self.queue)} people wait"
        self.counter += 1
        number = f"{self.prefix}{self.counter:03d}"
        self.queue.append((number, self.clock()))
        self.printer.print(f"{number} {matter}")
        return number

    def call(self, window):
        if not self.queue:
            return f"window {window}: nobody waits"
        number, since = self.queue.pop(0)
        minutes = int(self.clock() - since) // 60
        return f"window {window}: {number} after {minutes} min"

    def board(self):
        numbers = " ".join(number for number, _ in self.queue)
        return f"{len(self.queue)} of {self.seats} seats taken: {numbers}"


def open_office(day, clock, printer):
    return Office(day, clock, printer)


class CountingOffice(Office):
    def take(self, matter):
        global counter
        self.counter = counter
        if len(self.queue) < self.seats:
            counter += 1
        return super().take(matter)


def main(day, clock, open_printer, visits):
    global counter
    counter = 0
    lines = []
    with closing(open_printer()) as printer:
        office = CountingOffice(day, clock, printer)
        for kind, what in visits:
            if kind == "take":
                lines.append(office.take(what))
            elif kind == "call":
                lines.append(office.call(what))
            else:
                lines.append(office.board())
    return lines
