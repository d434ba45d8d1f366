"""Hidden criteria of the exercise thread_pools."""

from itertools import count

from autograder import criterion
from autograder.checks import expect, expect_equal, fresh_number, fresh_word
from autograder.checks.threads import Run, Service, Takes, Threads
from autograder.namespace import Namespace


def _names(number: int) -> list[str]:
    year = fresh_word("y")
    return [f"{year}/{n}" for n in range(number)]


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-6.1.R2",
    hint="A name is not a key: it may occur twice, with another text each time.",
)
def test_a_name_may_occur_twice(solution: Namespace, original: Namespace) -> None:
    """Names that occur twice are read twice, listed twice and counted twice."""
    reports = []
    for code in (solution, original):
        fetched = count(1)
        vault = Service("vault", fetch=lambda _: Takes(1.0, f"CH-{next(fetched)};5\n"))
        run = Threads(code).run("audit", ["a", "b", "a", "a"], vault, 1)
        reports.append(run.value(called="audit(['a', 'b', 'a', 'a'], vault, 1)"))
    expect_equal(reports[0], reports[1], called="audit(['a', 'b', 'a', 'a'], vault, 1)")


@criterion(
    points=2,
    kind="design",
    rule="RULES-6.1.R3",
    hint="Between what is read and what is stored another thread may have stored.",
)
def test_no_amount_is_lost(solution: Namespace) -> None:
    """The totals are complete also when threads are switched at the worst moment."""
    cents = fresh_number(100, 1000)
    for workers in (2, 5):
        vault = Service("vault", fetch=Takes(2.0, f"CH-1;{cents}\nCH-2;1\n" * 2))
        run = Threads(solution).run("audit", _names(10), vault, workers)
        called = (
            f"audit(<10 names>, vault, {workers}), each statement with {cents} cents "
            "for CH-1 and 1 cent for CH-2, twice"
        )
        report = run.value(called=called)
        totals = report.get("totals") if isinstance(report, dict) else report
        expect_equal(
            totals, {"CH-1": 20 * cents, "CH-2": 20}, called=f"{called}: its totals"
        )


def _broken_off(solution: Namespace) -> tuple[Run, Service, str]:
    """Run an audit of 80 statements with 3 workers, the second of which fails."""
    names, word = _names(80), fresh_word("torn_")
    vault = Service(
        "vault",
        fetch=lambda name: Takes(
            2.0, OSError(word) if name == names[1] else "CH-1;100\n"
        ),
    )
    return Threads(solution).run("audit", names, vault, 3), vault, word


BROKEN_OFF = "audit(<80 names>, vault, 3) when the second statement cannot be read"


@criterion(
    points=1,
    kind="design",
    rule="RULES-6.1.R5",
    hint="A future keeps its error until somebody asks for its result.",
)
def test_an_error_reaches_the_caller(solution: Namespace) -> None:
    """What fetch raises in a thread is raised by audit."""
    run, _, word = _broken_off(solution)
    expect(
        "OSError" in run.outcome.errors and run.outcome.message == word,
        called=BROKEN_OFF,
        got=str(run.outcome),
        expected=f"raise OSError: {word}",
    )


@criterion(
    points=1,
    kind="design",
    rule="RULES-6.1.R5",
    hint="Leaving the pool waits for everything that was handed to it.",
)
def test_an_error_ends_the_audit(solution: Namespace) -> None:
    """After an error, statements that nobody has begun are not read any more."""
    _, vault, _ = _broken_off(solution)
    failed = [call.ended for call in vault.calls if call.how == "raised"]
    late = [call for call in vault.calls if failed <= [call.started]]
    expect(
        len(late) <= 6,
        called=BROKEN_OFF,
        got=f"began {len(late)} more statements after that",
        expected="6 at most, twice the number of workers",
    )


@criterion(
    points=1,
    kind="design",
    rule="RULES-6.1.R1",
    hint="Who makes a pool ends it, and waits for it; there is a statement that does.",
)
def test_no_thread_lives_on(solution: Namespace) -> None:
    """When audit is done, well or with an error, all its threads have ended."""
    vault = Service("vault", fetch=Takes(2.0, "CH-1;100\n"))
    well = Threads(solution).run("audit", _names(10), vault, 3)
    for run, called in (
        (well, "audit(<10 names>, vault, 3)"),
        (_broken_off(solution)[0], BROKEN_OFF),
    ):
        expect(
            not run.workers_left,
            called=called,
            got=f"was done while {run.workers_left} of its threads lived on",
            expected="threads that have ended",
        )
