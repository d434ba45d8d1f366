"""Visible criteria of type_hints: learners have this file."""

from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import same_as_original
from autograder.checks.typecheck import expect_typed
from autograder.namespace import Namespace

METER = st.sampled_from(["A7", "B2", "C9"])
READING = st.fixed_dictionaries(
    {
        "meter": METER,
        "day": st.integers(0, 40),
        "kwh": st.none() | st.sampled_from([0.0, 1.5, 20.25, 300.0]),
    }
)
EARLY = [{"meter": name, "day": 0, "kwh": 1.0} for name in ("A7", "B2", "C9")]
TWICE = [
    {"meter": "A7", "day": 3, "kwh": 10.0},
    {"meter": "A7", "day": 3, "kwh": 12.345},
    {"meter": "A7", "day": 4, "kwh": None},
]


def tariff(kwh: float) -> float:
    return kwh * 0.31 + 2


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-4.2.R1",
    hint="Hints change nothing at run time. What did you change besides?",
)
def test_same_readings_and_bills(solution: Namespace, original: Namespace) -> None:
    """latest, used and bills return what they returned, where no reading is missing."""

    def bill(code: Namespace, readings: list[Any], start: int, end: int) -> None:
        known = EARLY + readings
        for name in ("A7", "B2"):
            meter = f"{name[0]}{name[1]}"  # an equal text, and not the same one
            code.latest(known, meter)
            code.latest(known, meter, end)
            code.used(known, meter, start, end)
        code.bills(known, ["B2", "A7"], start, end, tariff)

    same_as_original(
        solution,
        original,
        bill,
        cases=[
            {"readings": TWICE, "start": start, "end": end}
            for start, end in ((1, 3), (1, 4), (3, 5), (4, 9))
        ],
        readings=st.lists(READING, max_size=8),
        start=st.integers(1, 20),
        end=st.integers(1, 41),
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-4.2.R1",
    hint="Run mypy --strict yourself. Each remark is a question: what is this value?",
)
def test_mypy_finds_nothing(solution: Namespace) -> None:
    """mypy in strict mode finds nothing, and nothing keeps it from looking."""
    expect_typed(solution)
