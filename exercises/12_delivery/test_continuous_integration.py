"""Visible criteria: learners have this file."""

import re
from collections.abc import Callable

from autograder import criterion
from autograder.checks import expect
from autograder.checks.workflows import (
    Command,
    Event,
    Run,
    pull_request,
    push,
    simulate,
)
from autograder.namespace import Namespace

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
INSTALLS = re.compile(r"(\S*python\S* -m )?(pip|uv)\b.* \S*requirements\.txt")
PUBLISHES = ("pools.publish",)
EVENTS = [push(), pull_request(), pull_request(fork=True)]


def _tested_on(run: Run) -> list[str]:
    return sorted({command.python for command in run.commands("pytest")})


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-13.R1",
    hint="Follow a push, then a pull request: which commands are reached?",
)
def test_same_work_as_before(solution: Namespace) -> None:
    """Pushes to main and pull requests into it are checked; a push publishes once."""
    for event in EVENTS:
        run = simulate(solution, event)
        called = f"your workflows with {event.text}"
        for tool in (("ruff", "check"), ("mypy",)):
            expect(
                run.commands(*tool),
                called=called,
                got=f"did not come to {' '.join(tool)}",
                expected="all checks to run",
            )
        expect(
            _tested_on(run) == PYTHONS,
            called=called,
            got=f"ran pytest under {', '.join(_tested_on(run)) or 'no Python'}",
            expected=f"{', '.join(PYTHONS)}",
        )
        expect(
            not run.is_red,
            called=f"{called}, with commands that all succeed",
            got="failed",
            expected="a green run",
        )
        published = run.commands(*PUBLISHES)
        wanted = 1 if event.text == "a push to main" else 0
        expect(
            len(published) == wanted,
            called=called,
            got=f"published {len(published)} times",
            expected=f"{wanted}",
        )
        for command in published:
            expect(
                command.secrets.get("POOLS_TOKEN") == "POOLS_TOKEN",
                called=called,
                got=f"published with the secrets {dict(command.secrets)!r}",
                expected="the variable POOLS_TOKEN to be the secret POOLS_TOKEN",
            )
        _expect_prepared(run, called)


def _expect_prepared(run: Run, called: str) -> None:
    """Demand that all commands find the code, a Python and what they import."""
    for job in run.jobs_with(*PUBLISHES) + run.jobs_with("pytest"):
        may = job.permissions.get("contents") or job.permissions.get("all")
        expect(
            may in ("read", "write"),
            called=called,
            got=f"gave the job {job.id} a token that may not read the contents",
            expected="actions/checkout to be allowed",
        )
    for tool in (("ruff", "check"), ("mypy",), ("pytest",), PUBLISHES):
        for command in run.commands(*tool):
            expect(
                "actions/checkout" in command.done
                and any(map(INSTALLS.match, command.done)),
                called=called,
                got=f"came to {command} after {list(command.done)!r}",
                expected="actions/checkout and an install of requirements.txt first",
            )
            expect(
                command.python in PYTHONS,
                called=called,
                got=f"ran {command} under Python {command.python or 'of the machine'}",
                expected=f"one of {', '.join(PYTHONS)}",
            )


def _fails(*tool: str, python: str = "") -> Callable[[Command], bool]:
    def fails(command: Command) -> bool:
        return command.is_run_of(*tool) and python in ("", command.python)

    return fails


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-13.1.R4",
    hint="A failure is lost in ||, in a pipe, in continue-on-error, and without needs.",
)
def test_failing_check_stops_it(solution: Namespace) -> None:
    """When a check fails, the run is red and nothing is published."""
    faults = {
        "ruff check fails": _fails("ruff", "check"),
        "mypy fails": _fails("mypy"),
        "pytest fails": _fails("pytest"),
        "the install fails": lambda command: "install" in command.words,
        **{
            f"pytest fails under Python {python}": _fails("pytest", python=python)
            for python in _tested_on(simulate(solution, push()))
        },
    }
    for fault, fails in faults.items():
        for event in EVENTS:
            _expect_red(solution, event, fault, fails)


def _expect_red(
    solution: Namespace, event: Event, fault: str, fails: Callable[[Command], bool]
) -> None:
    run = simulate(solution, event, fails=fails)
    called = f"your workflows with {event.text}, where {fault}"
    expect(
        not run.commands(*PUBLISHES),
        called=called,
        got="published the site",
        expected="python -m pools.publish not to run",
    )
    expect(run.is_red, called=called, got="was green", expected="a red run")
