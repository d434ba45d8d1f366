"""Visible criteria: learners have this file."""

import builtins
import itertools
from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    Outcome,
    calls_to,
    expect,
    expect_equal,
    expect_result,
    fresh_word,
    outcome_of,
    same_as_original,
)
from autograder.namespace import Namespace

FAILURES = ("ConnectionError", "TimeoutError", "PermissionError")

# A coroutine is driven by hand: this works where an event loop is running already.
AWAIT_RELEASE = """
class Desk:
    async def release(self, reference, seals):
        return answer(reference, seals)

async def ask():
    return await release(Desk(), "R-5", **options)

def finish(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as done:
        return done.value

result = finish(ask())
"""

WEIGH = """
@retry(times, on=TimeoutError)
def weigh(parcel, scale="A", *, unit="kg"):
    return attempt(parcel, scale, unit)

result = weigh(parcel, unit=unit)
"""


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-1.3.3.R2",
    hint="Count how many calls each of the three makes before it gives up, and when.",
)
def test_same_calls_and_answers_as_before(
    solution: Namespace, original: Namespace
) -> None:
    """submit, duty and release call the desk as before, with the same results."""
    expect_release_as_before(solution, original)
    same_as_original(
        solution,
        original,
        submit_and_duty,
        cases=[
            {"failure": failure, "failures": failures, "cents": cents, "word": "P-9"}
            for failure, failures, cents in [
                *itertools.product(FAILURES, range(6), [150]),
                *((FAILURES[0], 0, cents) for cents in (0, 149, 151, 9000)),
            ]
        ],
        failure=st.sampled_from(FAILURES),
        failures=st.integers(0, 7),
        cents=st.integers(0, 10**6),
        word=st.text(max_size=8),
    )


def submit_and_duty(
    code: Namespace, failure: str, failures: int, cents: int, word: str
) -> list[str]:
    desk = Fake(
        named(failure, failures),
        submit=failing(failure, failures, {"reference": f"R-{word}"}),
        duty=failing(failure, failures, cents),
    )
    for call in (
        lambda: code.submit(desk, word),
        lambda: code.submit(desk, word, priority=word),
        lambda: code.duty(desk, word),
        lambda: code.duty(desk, word, "NOK"),
    ):
        outcome_of(call)
    return [repr(call) for call in calls_to(desk)]


def expect_release_as_before(solution: Namespace, original: Namespace) -> None:
    options: tuple[dict[str, object], ...] = ({}, {"seals": ("S2", "S1")})
    for failure, failures, given in itertools.product(FAILURES, range(5), options):
        outcome, calls = released(solution, failure, failures, given)
        wanted, wanted_calls = released(original, failure, failures, given)
        shown = "".join(f", {name}={value!r}" for name, value in given.items())
        called = f"await release({named(failure, failures)}, 'R-5'{shown})"
        expect(
            outcome.matches(wanted),
            called=called,
            got=str(outcome),
            expected=f"what the original does: it {wanted}",
        )
        expect(
            calls == wanted_calls,
            called=called,
            got=f"called the desk like this: {'; '.join(calls)}",
            expected=f"the original's calls: {'; '.join(wanted_calls)}",
        )


def released(
    code: Namespace, failure: str, failures: int, options: Mapping[str, object]
) -> tuple[Outcome, list[str]]:
    desk = Fake("desk", release=failing(failure, failures, 17))
    given = {"answer": desk.release, "options": options}
    outcome = outcome_of(lambda: code.probe(AWAIT_RELEASE, **given).result)
    return outcome, [repr(call) for call in calls_to(desk)]


def failing(failure: str, failures: int, answer: object) -> Callable[..., object]:
    """What a desk answers that fails some times before it works."""
    attempts = itertools.count(1)

    def ask(*_args: object) -> object:
        attempt = next(attempts)
        if attempt <= failures:
            raise getattr(builtins, failure)(f"failure {attempt}")
        return answer

    return ask


def named(failure: str, failures: int) -> str:
    return f"<desk that fails {failures} times with {failure}>"


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.3.R1",
    hint="Pass on what the caller gave; return what the function returned.",
)
def test_repeats_until_it_works(solution: Namespace) -> None:
    """A decorated function is repeated, with the same arguments, until it works."""
    for times, failures in ((3, 0), (3, 1), (3, 2), (4, 3)):
        parcel, unit, weight = fresh_word("P-"), fresh_word(), fresh_word()
        scale = Fake("scale", weigh=failing("TimeoutError", failures, weight))
        given = {"attempt": scale.weigh, "parcel": parcel, "unit": unit}
        called = (
            f"weigh({parcel!r}, unit={unit!r}), decorated with "
            f"retry({times}, on=TimeoutError), whose first {failures} attempts time out"
        )
        expect_result(
            lambda: solution.probe(WEIGH, times=times, **given).result,
            weight,
            called=called,
        )
        expect_equal(
            [list(call.args) for call in calls_to(scale)],
            [[parcel, "A", unit]] * (failures + 1),
            called=f"{called}; then the arguments that reached weigh at each attempt",
        )
