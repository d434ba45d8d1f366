"""The state of an office lives in a closure; the office is the functions over it."""

from types import SimpleNamespace


def open_office(day, clock, printer):
    prefix, seats = day.get("prefix", "A"), day.get("seats", 3)
    queue, given = [], 0

    def take(matter):
        nonlocal given
        if len(queue) >= seats:
            return f"full: {len(queue)} people wait"
        given += 1
        number = f"{prefix}{given:03d}"
        queue.append((number, clock()))
        printer.print(f"{number} {matter}")
        return number

    def call(window):
        if not queue:
            return f"window {window}: nobody waits"
        number, since = queue.pop(0)
        return f"window {window}: {number} after {int(clock() - since) // 60} min"

    def board():
        return f"{len(queue)} of {seats} seats taken: {' '.join(number for number, _ in queue)}"

    return SimpleNamespace(take=take, call=call, board=board)


def main(day, clock, open_printer, visits):
    printer = open_printer()
    try:
        office = open_office(day, clock, printer)
        answers = {"take": office.take, "call": office.call, "board": lambda _: office.board()}
        return [answers[kind](what) for kind, what in visits]
    finally:
        printer.close()
