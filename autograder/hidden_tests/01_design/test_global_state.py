"""Hidden criteria of the exercise global_state."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    calls_to,
    expect,
    expect_equal,
    outcome_of,
    same_as_original,
)
from autograder.namespace import Namespace

Visits = list[tuple[str, Any]]
TWO_TICKETS: Visits = [("take", "passport"), ("take", "move")]
VANS: Visits = [("take", "van"), ("take", "lorry")]


def clock() -> float:
    return 43_200.0


def _printed(printer: Fake) -> list[str]:
    return [
        str([*call.args, *call.kwargs.values()][0])
        for call in calls_to(printer)
        if call.method == "print"
    ]


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-13.2.R1",
    hint="A constant stays what it is: combine it with the day, do not write into it.",
)
def test_defaults_fill_the_gaps(solution: Namespace, original: Namespace) -> None:
    """What a day leaves out is A and 3, whatever the day before was set to."""

    def two_days(code: Namespace, first: dict[str, Any], day: dict[str, Any]) -> None:
        visits: Visits = [*[("take", "move")] * 5, ("board", "")]

        def open_printer() -> Fake:
            return Fake("printer", print=None, close=None)

        for settings in (first, day):
            code.main(settings, clock, open_printer, visits)

    days = st.fixed_dictionaries(
        {},
        optional={
            "prefix": st.sampled_from(["B", "KFZ-"]),
            "seats": st.integers(1, 6),
        },
    )
    same_as_original(
        solution,
        original,
        two_days,
        cases=[{"first": {"prefix": "B", "seats": 2}, "day": {}}],
        first=days,
        day=days,
    )


def _traced(code: Namespace) -> SimpleNamespace:
    """The same code, whose main tells what the printer saw, and how it ended."""

    def main(time: Fake, open_printer: Fake, visits: Visits) -> object:
        events: list[str] = []

        def print_ticket(text: str) -> None:
            events.append(f"print {text}")
            if open_printer.jams:
                raise OSError("paper jam")

        def opened() -> Fake:
            events.append("open")
            if open_printer.fails:
                raise PermissionError("no such printer")
            return Fake(
                "printer", print=print_ticket, close=lambda: events.append("close")
            )

        def now() -> float:
            if time.fails:
                raise RuntimeError("the clock stands still")
            return 0.0

        outcome = outcome_of(lambda: code.main({"seats": 9}, now, opened, visits))
        if outcome.raised:
            # Whether it is closed after a failure has a criterion of its own.
            events = [event for event in events if event == "open"]
        end = outcome.errors[0] if outcome.raised else "lines"
        return {"seen by the printer": events, "main ended with": end}

    return SimpleNamespace(main=main)


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-1.R4",
    hint="Who opens the printer closes it; an error on the way is not yours to keep.",
)
def test_one_printer_and_its_errors(solution: Namespace, original: Namespace) -> None:
    """main opens one printer, closes it after the last ticket, and hides no error."""
    works = {"fails": False, "jams": False}
    good_clock, bad_clock = (
        Fake(name, attributes={"fails": fails})
        for name, fails in (("clock", False), ("clock that fails", True))
    )
    good, refuses, jams = (
        Fake(name, attributes=works | faults)
        for name, faults in (
            ("open_printer", {}),
            ("open_printer that fails", {"fails": True}),
            ("open_printer whose paper jams", {"jams": True}),
        )
    )
    same_as_original(
        _traced(solution),
        _traced(original),
        lambda code, given: code.main(*given),
        cases=[
            {"given": [time, printer, visits]}
            for time, printer in (
                (good_clock, good),
                (bad_clock, good),
                (good_clock, refuses),
                (good_clock, jams),
            )
            for visits in ([], TWO_TICKETS, [("board", ""), *TWO_TICKETS])
        ],
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-13.2.R1",
    hint="Whatever one office writes to must have been made for that office.",
)
def test_two_offices_share_nothing(solution: Namespace) -> None:
    """Two offices side by side have their own queue, numbers, settings and printer."""
    printers = {
        name: Fake(f"{name}'s printer", print=None) for name in ("town", "cars")
    }
    days = {
        "town": {"prefix": "T", "seats": 4},
        "cars": {"prefix": "C", "seats": 6},
    }
    offices = {
        name: solution.open_office(days[name], clock, printers[name]) for name in days
    }
    told = [
        f"{name} = open_office({days[name]!r}, clock, {printers[name]})"
        for name in days
    ]
    steps: list[tuple[str, str, Any, str]] = [
        ("town", "take", "passport", "T001"),
        ("cars", "take", "van", "C001"),
        ("town", "take", "move", "T002"),
        ("cars", "board", None, "1 of 6 seats taken: C001"),
        ("town", "board", None, "2 of 4 seats taken: T001 T002"),
    ]
    for name, method, argument, wanted in steps:
        given = [] if argument is None else [argument]
        told.append(f"{name}.{method}({', '.join(map(repr, given))})")
        answer = outcome_of(lambda: getattr(offices[name], method)(*given))
        expect(
            not answer.raised and answer.value == wanted,
            called="; ".join(told),
            got=str(answer),
            expected=repr(wanted),
        )
    for name, tickets in {
        "town": ["T001 passport", "T002 move"],
        "cars": ["C001 van"],
    }.items():
        expect_equal(
            _printed(printers[name]),
            tickets,
            called=f"{'; '.join(told)} and looked at what {printers[name]} got",
        )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-13.2.R3",
    hint="A run of main holds its printer and its office in local names only.",
)
def test_two_days_at_once(solution: Namespace) -> None:
    """A run of main that starts during another one has its own printer and numbers."""
    going: list[bool] = []

    def print_ticket(*_: str, **__: str) -> None:
        if not going:
            going.append(True)
            solution.main({"prefix": "C"}, clock, lambda: second, VANS)

    first = Fake("first printer", print=print_ticket, close=None)
    second = Fake("second printer", print=None, close=None)
    outcome = outcome_of(
        lambda: solution.main({"prefix": "T"}, clock, lambda: first, TWO_TICKETS)
    )
    printed = {str(printer): _printed(printer) for printer in (first, second)}
    wanted = {
        "first printer": ["T001 passport", "T002 move"],
        "second printer": ["C001 van", "C002 lorry"],
    }
    expect(
        not outcome.raised and printed == wanted,
        called=f"main({{'prefix': 'T'}}, clock, open_printer, {TWO_TICKETS!r}) and, "
        "while its first ticket is printed, main({'prefix': 'C'}, clock, "
        f"open_another_printer, {VANS!r})",
        got=f"printed {printed!r}"
        + (f", and main {outcome}" if outcome.raised else ""),
        expected=f"{wanted!r}",
    )


@criterion(
    points=1,
    kind="design",
    rule="RULES-1.R4",
    hint="There is a statement that closes what it opened on every way out.",
)
def test_printer_is_closed_after_a_failure(solution: Namespace) -> None:
    """main closes its printer, once, also when a ticket jams or the clock fails."""

    def stopped() -> float:
        raise RuntimeError("the clock stands still")

    for now, jam, cause in (
        (clock, OSError("paper jam"), "a printer that jams"),
        (stopped, None, "a clock that fails"),
    ):
        printer = Fake("printer", print=jam, close=None)
        outcome_of(lambda: solution.main({}, now, lambda: printer, TWO_TICKETS))
        closed = [call.method for call in calls_to(printer)].count("close")
        expect(
            closed == 1,
            called=f"main({{}}, clock, open_printer, {TWO_TICKETS!r}) with {cause}",
            got=f"closed the printer {closed} times",
            expected="the printer to be closed once",
        )
