"""Plain functions that take their state; the office binds them with partial."""

from contextlib import ExitStack
from functools import partial
from types import SimpleNamespace


def take(state, clock, printer, matter):
    if len(state["queue"]) >= state["seats"]:
        return f"full: {len(state['queue'])} people wait"
    state["given"] += 1
    number = f"{state['prefix']}{state['given']:03d}"
    state["queue"].append((number, clock()))
    printer.print(f"{number} {matter}")
    return number


def call(state, clock, window):
    if not state["queue"]:
        return f"window {window}: nobody waits"
    number, since = state["queue"].pop(0)
    return f"window {window}: {number} after {int(clock() - since) // 60} min"


def board(state):
    numbers = [number for number, _ in state["queue"]]
    return f"{len(numbers)} of {state['seats']} seats taken: {' '.join(numbers)}"


def open_office(day, clock, printer):
    state = {"prefix": "A", "seats": 3, **day, "queue": [], "given": 0}
    return SimpleNamespace(
        take=partial(take, state, clock, printer),
        call=partial(call, state, clock),
        board=partial(board, state),
    )


def main(day, clock, open_printer, visits):
    with ExitStack() as stack:
        printer = open_printer()
        stack.callback(printer.close)
        office = open_office(day, clock, printer)
        lines = []
        for visit in visits:
            match visit:
                case ("take", matter):
                    lines.append(office.take(matter))
                case ("call", window):
                    lines.append(office.call(window))
                case _:
                    lines.append(office.board())
        return lines
