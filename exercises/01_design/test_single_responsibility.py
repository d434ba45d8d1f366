"""Visible criteria: learners have this file."""

from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    expect,
    expect_result,
    fresh_number,
    same_as_original,
)
from autograder.namespace import Namespace

METERS = ("E10001", "E99999", "G00000")
MONTHS = ("2025-09", "2025-12", "2026-01", "2026-10")


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.1.R1",
    hint="Move the lines as they are; what is used and what is listed stays the same.",
)
def test_same_readings_and_list(solution: Namespace, original: Namespace) -> None:
    """Good readings give the same usage and the same monthly list as before."""

    def read(code: Any, readings: list[tuple[str, int]]) -> None:
        service = code.open_service(lambda: Fake("line", send=None), {})
        counts = dict.fromkeys(METERS, 0)
        taken: set[tuple[str, str]] = set()
        for number, (meter, used) in enumerate(readings):
            month = MONTHS[number * len(MONTHS) // len(readings)]
            if (meter, month) not in taken:
                taken.add((meter, month))
                counts[meter] += used
                service.submit(meter, month, counts[meter])
        for month in (*MONTHS, "2031-05"):
            service.monthly_csv(month)

    same_as_original(
        solution,
        original,
        read,
        cases=[{"readings": [("G00000", 7), ("E10001", 5)] * 4}],
        readings=st.lists(
            st.tuples(st.sampled_from(METERS), st.integers(0, 2000)), max_size=16
        ),
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.1.R2",
    hint="Use what the intake is given, through the methods that the brief names.",
)
def test_intake_works_with_other_parts(solution: Namespace) -> None:
    """The intake works with a store and an alert service that you have never seen."""
    before = fresh_number(1000, 51_000)
    used = fresh_number(700, 9700)
    count = before + used
    kept: list[object] = []
    texts: list[tuple[str, str]] = []

    def add(meter: str, month: str, count: int, used: int) -> None:
        kept.append((meter, month, count, used))

    def send(meter: str, text: str) -> None:
        texts.append((meter, text))

    store = Fake("your_store", last=("2026-03", before), add=add)
    alerts = Fake("your_alerts", send=send)
    called = f"Intake(your_store, your_alerts).submit('G40017', '2026-04', {count})"
    expect_result(
        lambda: solution.Intake(store, alerts).submit("G40017", "2026-04", count),
        used,
        called=f"{called}, where your_store.last('G40017') is ('2026-03', {before})",
    )
    expect(
        kept == [("G40017", "2026-04", count, used)],
        called=called,
        got=f"added {kept} to your_store",
        expected="one reading with meter, month, count and the kWh used",
    )
    expect(
        [meter for meter, _ in texts] == ["G40017"] and str(used) in texts[0][1],
        called=called,
        got=f"sent {texts} through your_alerts",
        expected=f"one text for meter G40017 that names the {used} kWh",
    )
