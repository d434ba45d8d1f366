"""Visible criteria: learners have this file."""

from types import SimpleNamespace

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect, fresh_number, same_as_original
from autograder.checks.threads import Service, Takes, Threads
from autograder.namespace import Namespace

HOUR = 3600.0
SECONDS = st.sampled_from([0.1, 1.0, 7.0, 60.0, 3600.0])


def _watched(code: Namespace) -> SimpleNamespace:
    """The same code, run with threads that take turns, and what the vault saw."""

    def audit(amounts: list[list[int]], seconds: list[float], workers: int) -> object:
        # Accounts of its own for each statement: nothing is lost while all are read.
        texts = {
            f"2024/{number}": "".join(
                f"CH-{number}-{place % 2};{cents}\n"
                for place, cents in enumerate(found)
            )
            for number, found in enumerate(amounts)
        }
        times = dict(zip(texts, seconds, strict=False))
        vault = Service("vault", fetch=lambda name: Takes(times[name], texts[name]))
        run = Threads(code).run("audit", list(texts), vault, workers)
        if run.outcome.raised:
            return str(run.outcome)
        return {"fetched": sorted(map(repr, vault.calls)), "report": run.outcome.value}

    return SimpleNamespace(audit=audit)


@criterion(
    points=2,
    kind="behaviour",
    rule="RULES-6.1.R2",
    hint="A checksum belongs to the place of its name, whoever is done first.",
)
def test_same_report_as_before(solution: Namespace, original: Namespace) -> None:
    """audit reads each statement once and returns the same checksums and totals."""
    same_as_original(
        _watched(solution),
        _watched(original),
        lambda code, amounts, seconds, workers: code.audit(amounts, seconds, workers),
        cases=[{"amounts": [], "seconds": [], "workers": 3}],
        examples=8,
        amounts=st.lists(st.lists(st.integers(-900, 90_000), max_size=4), max_size=7),
        seconds=st.lists(SECONDS, min_size=7, max_size=7),
        workers=st.integers(1, 5),
    )


@criterion(
    points=2,
    kind="design",
    rule="RULES-6.1.R6",
    hint="The pool is as large as workers says.",
)
def test_workers_is_kept_and_used(solution: Namespace) -> None:
    """While there are statements, as many threads read them as workers says."""
    count = fresh_number(24, 30)
    names = [f"2024/{number}" for number in range(count)]
    for given, workers in (([3], 3), ([7], 7), ([], 4)):
        vault = Service(
            "vault",
            fetch=lambda name: Takes(HOUR if name == names[0] else 2.0, "CH-1;100\n"),
        )
        run = Threads(solution).run("audit", names, vault, *given)
        inputs = ", ".join([f"<{count} names>", "vault", *map(str, given)])
        called = f"audit({inputs}) when the first statement takes an hour"
        run.value(called=called)
        own = sum(call.by == 0 for call in vault.calls)
        expect(
            own == 0,
            called=called,
            got=f"read {own} statements in the thread that called it",
            expected="none there",
        )
        late = sum(call.started >= HOUR for call in vault.calls)
        expect(
            run.peak == workers and not late,
            called=called,
            got=f"read {run.peak} statements at once, and {late} only after that hour",
            expected=f"{workers} at once, and none that waits for the slow one",
        )
