"""Visible criteria: learners have this file."""

from itertools import accumulate
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    calls_to,
    expect_equal,
    fresh_word,
    same_as_original,
)
from autograder.namespace import Namespace

Visits = list[tuple[str, Any]]
DAYS = st.fixed_dictionaries(
    {"prefix": st.sampled_from(["A", "B", "KFZ-"]), "seats": st.integers(0, 4)}
)
VISIT = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(["passport", "marriage", "move"])),
    st.tuples(st.just("call"), st.integers(1, 9)),
    st.tuples(st.just("board"), st.just("")),
)
SECONDS = st.sampled_from([0, 1, 30.5, 59, 59.5, 60, 61, 119, 120, 3599, 3600])


def _printed(printer: Fake) -> list[str]:
    return [
        str([*call.args, *call.kwargs.values()][0])
        for call in calls_to(printer)
        if call.method == "print"
    ]


def _clock(gaps: list[float]) -> Fake:
    readings = list(accumulate(gaps))
    return Fake(f"<clock that shows {readings}>", attributes={"readings": readings})


def _watched(code: Namespace) -> SimpleNamespace:
    """The same code, whose main also tells what was printed."""

    def main(day: dict[str, Any], clock: Fake, _: Fake, visits: Visits) -> object:
        readings = iter(clock.readings)
        printer = Fake("printer", print=None, close=None)
        lines = code.main(day, lambda: next(readings), lambda: printer, visits)
        return {"lines": lines, "tickets": _printed(printer)}

    return SimpleNamespace(main=main)


@criterion(
    points=2,
    kind="behaviour",
    rule="PATTERNS-13.2.R1",
    hint="Change where the state lives, not what is done with it.",
)
def test_same_day_as_before(solution: Namespace, original: Namespace) -> None:
    """main returns the same lines and prints the same tickets."""
    day = {"prefix": "A", "seats": 2}
    quiet: Visits = [("take", "passport"), ("call", 1), ("call", 2)]
    crowd: Visits = [*[("take", "move")] * 4, ("board", ""), ("call", 3), ("board", "")]
    same_as_original(
        _watched(solution),
        _watched(original),
        lambda code, day, gaps, visits: code.main(
            day, _clock(gaps), Fake("open_printer"), visits
        ),
        cases=[
            *(
                {"day": day, "gaps": [10, gap], "visits": quiet}
                for gap in (0, 59, 59.5, 60, 61, 119, 120, 121, 6000)
            ),
            {"day": day, "gaps": [10, 20, 30], "visits": crowd},
        ],
        day=DAYS,
        gaps=st.lists(SECONDS, min_size=12, max_size=12),
        visits=st.lists(VISIT, max_size=12),
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-13.2.R2",
    hint="An office must work though main never ran: open_office hands it all.",
)
def test_office_uses_what_it_is_given(solution: Namespace) -> None:
    """An office works with the settings, the clock and the printer handed to it."""
    prefix, matter = fresh_word("P"), fresh_word("matter_")
    now = [50_000.0]
    printer = Fake("printer", print=None)
    office = solution.open_office(
        {"prefix": prefix, "seats": 7}, lambda: now[0], printer
    )
    made = f"office = open_office({{'prefix': {prefix!r}, 'seats': 7}}, clock, printer)"
    taken = f"{made}; office.take({matter!r})"
    expect_equal(office.take(matter), f"{prefix}001", called=taken)
    expect_equal(
        _printed(printer),
        [f"{prefix}001 {matter}"],
        called=f"{taken} and looked at what the printer got",
    )
    now[0] += 7 * 60 + 20
    expect_equal(
        office.board(),
        f"1 of 7 seats taken: {prefix}001",
        called=f"{taken}; office.board()",
    )
    expect_equal(
        office.call(4),
        f"window 4: {prefix}001 after 7 min",
        called=f"{taken}; office.call(4) when the clock shows 7 minutes more",
    )
