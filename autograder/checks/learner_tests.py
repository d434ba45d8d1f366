"""The learner writes tests: they are run on right and on wrong versions of a module.

The exercise gives the module (``autograder.given``) and the answer holds pytest tests
for it. A criterion prepares versions of that module as source and says what the tests
must do with them::

    FERRY = given.source_of("ferry")
    LATE = changed(FERRY, "age < 16", "age <= 16")

    def test_borders_are_noticed(solution):
        expect_notices(solution, "ferry", [FERRY], "has a wrong border", [LATE])

Tests run with pytest in the learner's process (``autograder.border.suite``), each time
on a fresh copy of the module, in folders of their own. That process tells what happened
and may lie; but which of the versions are right it is not told, and they come in an
order that nobody foresees. So a lie, too, has to find the faults first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import border
from autograder.chance import fresh_number, fresh_word
from autograder.checks.outcomes import expect
from autograder.namespace import Namespace

__all__ = [
    "Report",
    "changed",
    "expect_any_order",
    "expect_nothing_left",
    "expect_notices",
    "expect_own_objects",
    "expect_passes",
    "run_tests",
]

if TYPE_CHECKING:  # the judge has no need of pytest; who follows imports finds it here
    from autograder.border import suite  # noqa: F401

_RUNNER = Path(border.__file__).with_name("suite.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Report:
    """What one run of an answer's tests led to.

    Attributes:
        outcomes: ``passed``, ``failed`` or ``skipped`` by name of the test.
        texts: What the ones that did not pass said.
        left: What was not as before after the last test and its fixtures, such as
            ``environment variables``, and the test that changed it.
        shared: For each watched object that several tests used, its class and these.
    """

    outcomes: Mapping[str, str]
    texts: Mapping[str, str]
    left: Mapping[str, str]
    shared: Sequence[tuple[str, str]]

    @property
    def failed(self) -> list[str]:
        """The tests that failed, or whose fixtures did."""
        return [name for name, how in self.outcomes.items() if how == "failed"]

    @property
    def passed(self) -> list[str]:
        """The tests that passed."""
        return [name for name, how in self.outcomes.items() if how == "passed"]

    @property
    def functions(self) -> list[str]:
        """The names of the test functions, without their cases."""
        return list(dict.fromkeys(name.partition("[")[0] for name in self.outcomes))


def changed(source: str, *replacements: tuple[str, str]) -> str:
    """Make another version of a module.

    Args:
        source: The module.
        *replacements: Pairs of what stands there, exactly once, and what shall.

    Returns:
        The other version.

    Raises:
        ValueError: A text stands there more than once, or not at all.
    """
    for old, new in replacements:
        if source.count(old) != 1:
            raise ValueError(f"{old!r} stands there {source.count(old)} times")
        source = source.replace(old, new)
    return source


def run_tests(
    solution: Namespace,
    module: str,
    runs: Sequence[Mapping[str, Any]],
    *,
    watched: Sequence[str] = (),
    explain: bool = False,
) -> list[Report]:
    """Run an answer's tests, each time on a fresh copy of a version of the module.

    Args:
        solution: The answer.
        module: The name of the module that the tests import.
        runs: For each run a version as ``code``; and, where it matters, ``first`` (a
            test function to begin with), ``alone`` (no other), ``backwards``, ``stop``
            (after the first failure).
        watched: Classes of the module whose objects are watched.
        explain: Whether failing assertions tell their values; that takes longer.

    Returns:
        A report of each run.
    """
    # No two versions are equal as text or as code, whatever they do.
    coded = [
        {**run, "code": f"{run['code']}\n_made = {fresh_word()!r}"} for run in runs
    ]
    runner = solution.probe(_RUNNER)
    told = runner.run_suite(solution.source, module, coded, list(watched), explain)
    return [_report(one) for one in told]


def _report(told: Mapping[str, Any]) -> Report:
    return Report(
        outcomes={str(name): str(t["outcome"]) for name, t in told["tests"].items()},
        texts={str(name): str(t["text"]) for name, t in told["tests"].items()},
        left={str(what): str(who) for what, who in told["left"].items()},
        shared=[
            (str(one["class"]), " and ".join(map(str, one["tests"][:2])))
            for one in told["shared"]
        ],
    )


def expect_passes(
    solution: Namespace, module: str, versions: Mapping[str, str], *, tests: int = 1
) -> None:
    """Demand that all tests pass on right versions of the module.

    Args:
        solution: The answer.
        module: The name of the module.
        versions: By description, such as ``as it is``, right versions. What a failing
            test says is shown for the first, which the learner has, and no other.
        tests: How many tests must pass at least.

    Raises:
        CriterionNotMet: A test failed, or too few passed.
    """
    reports = run_tests(
        solution, module, [{"code": code} for code in versions.values()]
    )
    for number, ((name, code), report) in enumerate(
        zip(versions.items(), reports, strict=True)
    ):
        called = f"your tests on {module} {name}"
        if number == 0:
            _expect_all_passed(solution, module, {"code": code}, report, called)
        expect(
            not report.failed,
            called=called,
            got=f"failed in {''.join(report.failed[:1])}",
            expected="all tests to pass",
        )
        expect(
            len(report.passed) >= tests,
            called=called,
            got=f"ran {_tests(len(report.passed))} to the end",
            expected=f"at least {tests}",
        )


def expect_notices(
    solution: Namespace,
    module: str,
    right: Sequence[str],
    kind: str,
    faults: Sequence[str],
) -> None:
    """Demand that tests pass on right versions and fail on each wrong one.

    Args:
        solution: The answer.
        module: The name of the module.
        right: Right versions.
        kind: What is wrong with the others, as words that complete "a ferry that ...".
        faults: The wrong versions.

    Raises:
        CriterionNotMet: A fault went unnoticed, or a right version was blamed.
    """
    versions = [(code, True) for code in right] + [(code, False) for code in faults]
    shuffled = _shuffled(versions)
    reports = run_tests(
        solution, module, [{"code": code, "stop": True} for code, _ in shuffled]
    )
    for (_, is_right), report in zip(shuffled, reports, strict=True):
        if is_right:
            expect(
                report.passed and not report.failed,
                called=f"your tests on a {module} without a fault",
                got=f"failed in {report.failed[0]}" if report.failed else "ran no test",
                expected="all tests to pass",
            )
    for (_, is_right), report in zip(shuffled, reports, strict=True):
        expect(
            is_right or report.failed,
            called=f"your tests on a {module} that {kind}",
            got=f"passed in {_tests(len(report.passed))}",
            expected="one test at least to fail",
        )


def expect_any_order(
    solution: Namespace, module: str, code: str, *, breaks: str
) -> None:
    """Demand that tests pass alone, backwards, and from any of them on.

    Args:
        solution: The answer.
        module: The name of the module.
        code: A right version of it.
        breaks: A version on which tests must fail: empty ones pass in any order.

    Raises:
        CriterionNotMet: A test needs another one to run before it, or not to; or none
            tests anything.
    """
    written = {"code": code}
    report, broken = run_tests(solution, module, [written, _stopping(breaks)])
    _expect_all_passed(solution, module, written, report, "your tests as they stand")
    _expect_some_failed(module, broken)
    names = report.functions
    first = names[fresh_number(0, len(names))]
    ways: dict[str, dict[str, Any]] = {
        "your tests, the last one first": {"code": code, "backwards": True},
        f"your tests, beginning with {first}": {"code": code, "first": first},
        **{f"your {n} alone": {"code": code, "first": n, "alone": True} for n in names},
    }
    reports = run_tests(solution, module, list(ways.values()))
    for (called, run), report in zip(ways.items(), reports, strict=True):
        _expect_all_passed(solution, module, run, report, called)


def _expect_all_passed(
    solution: Namespace,
    module: str,
    run: Mapping[str, Any],
    report: Report,
    called: str,
) -> None:
    """Demand that a run failed nowhere; if it did, say why."""
    if report.outcomes and not report.failed:
        return
    (again,) = run_tests(solution, module, [run], explain=True)
    texts = {**report.texts, **again.texts}
    expect(
        False,
        called=called,
        got="".join(f"failed in {n}: {texts[n]}" for n in report.failed[:1])
        or "found no tests",
        expected="them to pass, in every order",
    )


def _stopping(code: str) -> dict[str, Any]:
    return {"code": code, "stop": True}


def _expect_some_failed(module: str, report: Report) -> None:
    expect(
        report.failed,
        called=f"your tests on a {module} that breaks half-way",
        got=f"passed in {_tests(len(report.passed))}",
        expected="one test at least to fail",
    )


def expect_nothing_left(
    solution: Namespace, module: str, code: str, *, breaks: str
) -> None:
    """Demand that the world is in the end as it was, also when tests fail half-way.

    Files in the current folder, environment variables, the current folder itself and
    what the module keeps at its top level count. That nothing is left from one test to
    the next is for ``expect_any_order`` and ``expect_own_objects``.

    Args:
        solution: The answer.
        module: The name of the module.
        code: A right version of it.
        breaks: One on which tests fail half-way.

    Raises:
        CriterionNotMet: Something is left behind, or no test failed half-way.
    """
    runs = [{"code": code}, {"code": breaks}]
    good, bad = run_tests(solution, module, runs)
    _expect_all_passed(solution, module, runs[0], good, "your tests")
    for report, fault in ((good, ""), (bad, f" on a {module} that breaks half-way")):
        for what, test in list(report.left.items())[:1]:
            expect(
                False,
                called=f"your tests{fault}, and looked at {what} afterwards",
                got=f"found them changed since {test}",
                expected="them to be as before the tests",
            )
    _expect_some_failed(module, bad)


def expect_own_objects(
    solution: Namespace, module: str, code: str, watched: Sequence[str], *, breaks: str
) -> None:
    """Demand that no two tests use the same object, whether or not one is harmed.

    Args:
        solution: The answer.
        module: The name of the module.
        code: A right version of it.
        watched: The classes whose objects count; their public methods are uses.
        breaks: A version on which tests must fail: empty ones share nothing.

    Raises:
        CriterionNotMet: Tests share an object, or none tests anything.
    """
    run = {"code": code}
    report, broken = run_tests(
        solution, module, [run, _stopping(breaks)], watched=watched
    )
    _expect_all_passed(solution, module, run, report, "your tests")
    _expect_some_failed(module, broken)
    for kind, tests in report.shared[:1]:
        expect(
            False,
            called=f"your tests, and watched which of them use which {kind}",
            got=f"used one {kind} in {tests}",
            expected=f"each test to have a {kind} of its own",
        )


def _shuffled(items: Sequence[Any]) -> list[Any]:
    left = list(items)
    return [left.pop(fresh_number(0, len(left))) for _ in items]


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"
