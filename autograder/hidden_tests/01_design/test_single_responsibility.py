"""Hidden criteria of the exercise single_responsibility."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    calls_to,
    expect,
    expect_equal,
    expect_raises,
    expect_result,
    fresh_number,
    outcome_of,
    result_of,
    same_as_original,
)
from autograder.namespace import Namespace

PHONE = "+44 7700 900123"
PHONES = {"E10001": PHONE}
MONTHS = ["2025-12", *(f"2026-{number:02}" for number in range(1, 13)), "2027-01"]

# Runs beside the learner's code: makes a call while some of its parts cannot be used.
WITHOUT = """
import contextlib
import solution
from unittest import mock

def out_of_order(name):
    def part(*args, **kwargs):
        raise RuntimeError(name + " is out of order")
    return part

def without(names, call):
    with contextlib.ExitStack() as stack:
        for name in names:
            part = getattr(solution, name)
            broken = out_of_order(name)
            if isinstance(part, type):  # wherever else the class is known, it is broken
                stack.enter_context(mock.patch.object(part, "__init__", broken))
            stack.enter_context(mock.patch.object(solution, name, broken))
        return call()
"""


def without(solution: Namespace, parts: list[str], call: Callable[[], Any]) -> Any:
    """Make a call while some parts of the learner's code cannot be used."""
    for part in parts:
        getattr(solution, part)  # what is missing is told as missing
    return solution.probe(WITHOUT).without(parts, call)


def gateway(send: object = None) -> tuple[Fake, Fake]:
    """A gateway's connect function, and the line that it opens."""
    line = Fake("line", send=send)
    return Fake("connect", when_called="connect", connect=lambda: line), line


def gateway_down() -> Fake:
    """A connect function that never opens a line."""
    failure = ConnectionError("gateway is down")
    return Fake("down", when_called="connect", connect=failure)


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.1.R1",
    hint="All five refusals come before anything is kept.",
)
def test_bad_readings_are_refused_as_before(
    solution: Namespace, original: Namespace
) -> None:
    """A bad reading raises the same ValueError as before, and is not kept."""

    def read(code: Any, meter: str, month: str, count: int) -> None:
        connect, _ = gateway()
        service = code.open_service(connect, {})
        service.submit("E10001", "2026-05", 100)
        outcome_of(lambda: service.submit(meter, month, count))
        service.monthly_csv(month)
        outcome_of(lambda: service.submit("E10001", "2026-06", 140))

    same_as_original(
        solution,
        original,
        read,
        cases=[
            {"meter": meter, "month": month, "count": count}
            for meter, month, count in [*_misshapen(), *_out_of_order()]
        ],
        messages=True,
        meter=st.just("G20002"),
        month=st.sampled_from(["2026-05", "2026-06"]),
        count=st.integers(-5000, 400),
    )


def _misshapen() -> list[tuple[str, str, int]]:
    """Readings on both sides of what a meter, a month and a count may look like."""
    too_short_or_long = ["", "E1000", "E100011", " E10001", "E10001\n"]
    meters = [*too_short_or_long, "e10001", "X10001", "EG0001", "E1000\u0661"]
    months = ["", "2026-00", "2026-13", "2026-1", "26-01", "2026/01", "2026-010"]
    return [
        *((meter, "2026-06", 5) for meter in meters),
        *(("G20002", month, 5) for month in [*months, "2026-01-01", *MONTHS]),
        *(("G20002", "2026-06", count) for count in (-2, -1, 0, 1)),
    ]


def _out_of_order() -> list[tuple[str, str, int]]:
    """Readings before, at and after the meter's last one: 100 in 2026-05."""
    return [
        *(("E10001", month, 200) for month in MONTHS),
        *(("E10001", "2026-06", count) for count in (0, 99, 100, 101, 139, 140)),
    ]


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.2.1.R1",
    hint="Keep the order: first the reading, then the text; let errors through.",
)
def test_alerts_as_before(solution: Namespace, original: Namespace) -> None:
    """High usage sends the same text; when sending fails, the reading is kept."""

    def read(code: Any, used: int, fails: bool, phones: dict[str, str]) -> object:
        failure = TimeoutError("the gateway does not answer") if fails else None
        connect, line = gateway(send=failure)
        service = code.open_service(connect, phones)
        service.submit("E10001", "2026-02", 5000)
        outcome_of(lambda: service.submit("E10001", "2026-03", 5000 + used))
        service.monthly_csv("2026-03")
        outcome_of(lambda: service.submit("E10001", "2026-04", 5000 + used + 1))
        return {"texts sent": [call.args for call in calls_to(line)]}

    listed, unlisted = {"E10001": PHONE, "G20002": "+44 1"}, {"G20002": PHONE}
    same_as_original(
        solution,
        original,
        read,
        cases=[
            {"used": used, "fails": fails, "phones": phones}
            for phones in (listed, unlisted)
            for fails in (False, True)
            for used in (0, 1, 599, 600, 601, 602, 4000)
        ],
        used=st.integers(0, 3000),
        fails=st.booleans(),
        phones=st.sampled_from([listed, unlisted]),
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.2.1.R2",
    hint="What these two functions need comes in as arguments, and nothing else.",
)
def test_check_and_list_need_only_arguments(
    solution: Namespace, original: Namespace
) -> None:
    """Plain values are enough to check a reading and to make the monthly list."""
    _list_needs_only_rows(solution, original)
    _check_needs_only_values(solution)


def _list_needs_only_rows(solution: Namespace, original: Namespace) -> None:
    rows = []
    connect, _ = gateway()
    service = original.open_service(connect, {})
    for meter in ("E30001", "E30002", "G30003"):
        first = fresh_number(100, 9000)
        used = fresh_number(1, 500)
        service.submit(meter, "2026-07", first)
        service.submit(meter, "2026-08", first + used)
        rows.append((meter, first + used, used))
    expect_result(
        lambda: solution.report_csv(rows).splitlines(),
        service.monthly_csv("2026-08").splitlines(),
        called=f"report_csv({rows}).splitlines()",
    )


def _check_needs_only_values(solution: Namespace) -> None:
    last = ("2026-07", 250)
    for bad, word in {
        ("Q30001", "2026-07", 10, None): "Q30001",
        ("E30001", "July", 10, None): "July",
        ("E30001", "2026-07", -17, None): "-17",
        ("E30001", "2026-03", 900, last): "2026-07",
        ("E30001", "2026-08", 123, last): "123",
    }.items():
        expect_raises(
            "ValueError",
            lambda: solution.check_reading(*bad),
            called=f"check_reading{bad!r}",
            mentions=[word],
        )
    for good in [("E30001", "2026-07", 10, None), ("E30001", "2026-08", 300, last)]:
        result_of(
            lambda: solution.check_reading(*good),
            called=f"check_reading{good!r}",
            expected="no exception: this reading is good",
        )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.1.R1",
    hint="Nobody but the first text needs a line to the gateway.",
)
def test_gateway_matters_only_to_texts(solution: Namespace) -> None:
    """With the gateway down, readings are taken and listed; only a text needs it."""
    _service_works_without_gateway(solution)
    expect_raises(
        "ConnectionError",
        lambda: solution.Alerts(gateway_down(), PHONES).send("E10001", "high"),
        called=f"Alerts(down, {PHONES!r}).send('E10001', 'high')",
    )
    _one_line_carries_all_texts(solution)


def _service_works_without_gateway(solution: Namespace) -> None:
    steps = ["service = open_service(down, {}), where down() raises ConnectionError"]
    no_text = "no exception: no text is due"
    service = result_of(
        lambda: solution.open_service(gateway_down(), {}),
        called=steps[0],
        expected=no_text,
    )
    # The second is high, but the meter has no phone.
    for month, count in [("2026-01", 250), ("2026-02", 2150)]:
        steps.append(f"service.submit('E10001', {month!r}, {count})")
        result_of(
            lambda: service.submit("E10001", month, count),
            called="; ".join(steps),
            expected=no_text,
        )
    called = "; ".join([*steps, "service.monthly_csv('2026-02')"])
    listed = outcome_of(lambda: service.monthly_csv("2026-02"))
    expect(
        "E10001,2150,1900" in str(listed.value),
        called=called,
        got=str(listed),
        expected="the list with the reading E10001,2150,1900",
    )


def _one_line_carries_all_texts(solution: Namespace) -> None:
    connect, line = gateway()
    steps = [f"alerts = Alerts(connect, {PHONES!r})"]
    alerts = result_of(
        lambda: solution.Alerts(connect, PHONES),
        called=steps[0],
        expected="an object with a method send",
    )
    expect(
        not calls_to(connect),
        called=steps[0],
        got="called connect() at once",
        expected="no connection before the first text",
    )
    for text in ("one", "two"):
        steps.append(f"alerts.send('E10001', {text!r})")
        result_of(
            lambda: alerts.send("E10001", text),
            called="; ".join(steps),
            expected="the text to be on its way",
        )
    texts = [call.args for call in calls_to(line)]
    expect(
        texts == [(PHONE, "one"), (PHONE, "two")],
        called="; ".join(steps),
        got=f"sent {texts} over the line",
        expected=f"both texts, in this order, to {PHONE}",
    )
    opened = len(calls_to(connect))
    expect(
        opened == 1,
        called="; ".join(steps),
        got=f"called connect() {opened} times",
        expected="one line, kept for all texts",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R1",
    hint="Let a part know nothing of its neighbours; only open_service knows them all.",
)
def test_parts_stand_alone(solution: Namespace) -> None:
    """Each part does its own job, with the others out of order, and no other job."""
    _store_stands_alone(solution)
    _alerts_stand_alone(solution)
    _nothing_does_the_job_of_another(solution)


def _store_stands_alone(solution: Namespace) -> None:
    others = ["check_reading", "report_csv", "Alerts", "Intake"]
    used = fresh_number(1, 500)

    def keep() -> list[Any]:
        store, other = solution.ReadingStore(), solution.ReadingStore()
        store.add("E50001", "2026-09", 800, used)
        last, rows = store.last("E50001"), store.rows("2026-09")
        return [tuple(last), [tuple(row) for row in rows], other.last("E50001")]

    keeping = (
        "store, other = ReadingStore(), ReadingStore(); "
        f"store.add('E50001', '2026-09', 800, {used})"
    )
    last, rows, unknown = result_of(
        lambda: without(solution, others, keep),
        called=f"{keeping}; store.last('E50001'); store.rows('2026-09') "
        f"with {', '.join(others)} out of order",
        expected="a store that needs none of them",
    )
    expect_equal(last, ("2026-09", 800), called=f"{keeping}; store.last('E50001')")
    expect_equal(
        rows, [("E50001", 800, used)], called=f"{keeping}; store.rows('2026-09')"
    )
    expect_equal(unknown, None, called=f"{keeping}; other.last('E50001')")


def _alerts_stand_alone(solution: Namespace) -> None:
    others = ["check_reading", "ReadingStore", "report_csv", "Intake"]
    connect, line = gateway()
    called = f"Alerts(connect, {PHONES!r}).send('E10001', 'high')"
    result_of(
        lambda: without(
            solution,
            others,
            lambda: solution.Alerts(connect, PHONES).send("E10001", "high"),
        ),
        called=f"{called} with {', '.join(others)} out of order",
        expected="an alert service that needs none of them",
    )
    texts = [call.args for call in calls_to(line)]
    expect(
        texts == [(PHONE, "high")],
        called=called,
        got=f"sent {texts} over the line",
        expected="that text to that meter's phone",
    )


def _nothing_does_the_job_of_another(solution: Namespace) -> None:
    connect, _ = gateway()
    store, alerts = solution.ReadingStore(), solution.Alerts(connect, {})
    intake = solution.Intake(store, alerts)
    service = solution.open_service(connect, {})
    for made, part, methods in [
        ("ReadingStore()", store, ("send", "submit")),
        ("Alerts(connect, {})", alerts, ("add", "rows", "submit")),
        ("Intake(store, alerts)", intake, ("add", "rows", "send")),
        ("open_service(connect, {})", service, ("add", "rows", "send")),
    ]:
        for method in methods:
            outcome = outcome_of(lambda: getattr(part, method))
            expect(
                "AttributeError" in outcome.errors,
                called=f"{made}.{method}",
                got="is there, so this object also does the job of another part",
                expected="each part to offer its own job only",
            )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R1",
    hint="Follow a reading from open_service to the list: which parts does it meet?",
)
def test_service_is_made_of_the_parts(solution: Namespace) -> None:
    """The service does its work through the store, the alerts and the intake."""

    def work() -> None:
        connect, _ = gateway()
        service = solution.open_service(connect, PHONES)
        service.submit("E10001", "2026-09", 300)
        service.submit("E10001", "2026-10", 2300)
        service.monthly_csv("2026-10")

    for part in ("ReadingStore", "Alerts", "Intake"):
        outcome = outcome_of(lambda: without(solution, [part], work))
        expect(
            outcome.raised,
            called=f"open_service(connect, {PHONES!r}) with {part} out of order, "
            "then submit and monthly_csv",
            got=f"worked all the same, so something else does the job of {part}",
            expected=f"the service to use {part}",
        )
