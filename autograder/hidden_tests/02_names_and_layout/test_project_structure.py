"""Hidden criteria of the exercise project_structure."""

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect, same_as_original
from autograder.checks.packages import (
    expect_apart,
    expect_no_cycle,
    expect_quiet_import,
)
from autograder.namespace import Namespace

DAYS = st.integers(1, 28).map(lambda day: f"2026-03-{day:02d}")
TIMES = st.tuples(DAYS, st.sampled_from(["08:00", "17:59", "18:00", "21:30"])).map(
    " ".join
)
KINDS = st.sampled_from(["car", "motorbike", "trailer"])


@criterion(
    points=1,
    kind="behaviour",
    rule="BACKEND-3.R1",
    hint="Prices, refunds and overlaps stay what they are, on every day and minute.",
)
def test_rules_as_before(solution: Namespace, original: Namespace) -> None:
    """price, refund and overlap return what they returned."""
    same_as_original(
        solution,
        original,
        lambda code, kind, minutes, start: code.price(kind, minutes, start),
        cases=[
            {"kind": "car", "minutes": 45, "start": f"2026-03-{day} {hour}"}
            for day, hour in (
                ("06", "17:59"),
                ("06", "18:00"),
                ("07", "09:00"),
                ("08", "09:00"),
                ("09", "09:00"),
                ("09", "19:00"),
            )
        ],
        kind=KINDS,
        minutes=st.integers(1, 200),
        start=TIMES,
    )
    same_as_original(
        solution,
        original,
        lambda code, cents, start, now: code.refund(cents, start, now),
        cases=[
            {"cents": 4951, "start": "2026-03-10 12:00", "now": f"2026-03-{now}"}
            for now in (
                "08 11:59",
                "08 12:00",
                "08 12:01",
                "09 12:00",
                "09 12:01",
                "10 12:00",
            )
        ],
        cents=st.integers(0, 30_000),
        start=TIMES,
        now=TIMES,
    )
    same_as_original(
        solution,
        original,
        lambda code, **given: code.overlap(*given.values()),
        cases=[
            {"start": "2026-03-02 10:00", "minutes": 60, "other": other, "length": 30}
            for other in (
                "2026-03-02 09:29",
                "2026-03-02 09:30",
                "2026-03-02 09:31",
                "2026-03-02 10:15",
                "2026-03-02 10:59",
                "2026-03-02 11:00",
                "2026-03-03 10:00",
            )
        ],
        start=TIMES,
        minutes=st.sampled_from([30, 60, 240]),
        other=TIMES,
        length=st.sampled_from([30, 60, 240]),
    )


_CAUGHT = """
import drivingschool


def caught(call):
    try:
        call()
    except drivingschool.UnknownKind as error:
        return [isinstance(error, ValueError), str(error)]
    except Exception as error:
        return [type(error).__name__, str(error)]
    return ["nothing"]


request = ("book", "Kim", "Roos", "2026-03-02 09:00", 45, kind)
told = [
    caught(lambda: drivingschool.price(kind, 45, "2026-03-02 09:00")),
    caught(lambda: drivingschool.main([request])),
]
"""


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-3.1.R13",
    hint="The class that is raised is the very one that callers import.",
)
def test_callers_catch_what_is_raised(solution: Namespace) -> None:
    """price and main raise the UnknownKind that callers import from the package."""
    told = solution.probe(_CAUGHT, kind="boat").told
    for call, caught in zip(("price", "main"), told, strict=True):
        expect(
            caught == [True, "no lessons for boat"],
            called=f"{call} with the kind 'boat' in try: and except UnknownKind:",
            got=f"raised {caught[0]}: {caught[-1]}"
            if len(caught) == 2 and caught[0] is not True
            else f"gave {caught!r}",
            expected="UnknownKind, a ValueError, to be caught: no lessons for boat",
        )


@criterion(
    points=3,
    kind="design",
    rule="BACKEND-3.R3",
    hint="Follow the imports from the rules; cut where one leads to the database.",
)
def test_rules_know_no_database(solution: Namespace) -> None:
    """From the modules of price, refund and overlap no import leads to sqlite3."""
    expect_apart(solution, ["price", "refund", "overlap", "UnknownKind"], ["sqlite3"])


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-3.1.R2",
    hint="Two modules that need each other share a third thing: give it a module.",
)
def test_imports_point_one_way(solution: Namespace) -> None:
    """No module of the package imports itself over others, also inside functions."""
    expect_no_cycle(solution)


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-3.1.R5",
    hint="What is made when the program starts is made in main, or by what main calls.",
)
def test_importing_does_nothing(solution: Namespace) -> None:
    """Importing any module opens no database or file and prints nothing."""
    expect_quiet_import(solution, "drivingschool")
