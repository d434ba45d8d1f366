"""Visible criteria: learners have this file."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect_equal, same_as_original
from autograder.checks.packages import offered_names
from autograder.namespace import Namespace

OFFERED = ["UnknownKind", "main", "overlap", "price", "refund"]
MONDAY = datetime(2026, 3, 2)  # noqa: DTZ001 - the school's clock knows no zones

TIMES = st.integers(7 * 24, 13 * 24).map(
    lambda half_hours: f"{MONDAY + timedelta(minutes=30 * half_hours):%Y-%m-%d %H:%M}"
)
INSTRUCTORS = st.sampled_from(["Roos", "Vik"])
REQUESTS = st.one_of(
    st.tuples(
        st.just("book"),
        st.sampled_from(["Kim", "Lee", "Ada"]),
        INSTRUCTORS,
        TIMES,
        st.sampled_from([45, 90, 120]),
        st.sampled_from(["car", "motorbike", "trailer"]),
    ),
    st.tuples(st.just("cancel"), st.integers(1, 6), TIMES),
    st.tuples(st.just("sheet"), INSTRUCTORS, TIMES.map(lambda time: time[:10])),
)
BUSY_DAY = [
    ("book", "Kim", "Roos", "2026-03-02 09:00", 90, "car"),
    ("book", "Lee", "Roos", "2026-03-02 10:00", 45, "motorbike"),
    ("book", "Lee", "Roos", "2026-03-02 10:30", 45, "motorbike"),
    ("book", "Ada", "Vik", "2026-03-02 10:00", 45, "trailer"),
    ("book", "Ada", "Roos", "2026-03-02 08:15", 45, "car"),
    ("sheet", "Roos", "2026-03-02"),
    ("cancel", 1, "2026-02-28 09:00"),
    ("cancel", 1, "2026-02-28 09:00"),
    ("book", "Ada", "Roos", "2026-03-02 09:15", 45, "car"),
    ("sheet", "Roos", "2026-03-02"),
    ("sheet", "Roos", "2026-03-03"),
]

NIGHT = [
    ("book", "Kim", "Vik", "2026-03-02 23:30", 90, "car"),
    ("book", "Lee", "Vik", "2026-03-03 00:15", 45, "car"),
]


@criterion(
    points=1,
    kind="behaviour",
    rule="BACKEND-3.R1",
    hint="Move code, do not rewrite it: the same requests get the same answers.",
)
def test_same_answers_as_before(solution: Namespace, original: Namespace) -> None:
    """main answers every request as before, and each run starts with an empty book."""
    same_as_original(
        solution,
        original,
        lambda code, requests: [code.main(requests), code.main(requests[:1])],
        cases=[{"requests": BUSY_DAY}, {"requests": NIGHT}],
        requests=st.lists(REQUESTS, max_size=8),
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-3.1.R12",
    hint="__init__.py names what it takes from where, and lists it in __all__.",
)
def test_offers_what_callers_use(solution: Namespace) -> None:
    """from drivingschool import * gives the five names that callers use, no others."""
    expect_equal(
        offered_names(solution, "drivingschool"),
        OFFERED,
        called="from drivingschool import * and sorted the names",
    )
