"""Verdicts of an exercise's page: the judge and the words of every other place."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from autograder import judge as judging
from autograder import report
from autograder.criteria import Criterion, Evidence
from autograder.exercises import Exercise
from autograder.judge import Verdict
from autograder.namespace import Namespace
from autograder.rooms import Rooms
from course_page.cells import imports

Finding = dict[str, str] | None
"""Evidence as plain data; None when the criterion is met."""


@cache
def _exercise(part: str, slug: str) -> Exercise:
    return Exercise(part, slug, Rooms.of_this_course())


def _criteria(part: str, slug: str) -> list[Criterion]:
    """The visible criteria, also where the hidden ones are at hand."""
    return [c for c in _exercise(part, slug).criteria if c.visible]


def judge(part: str, slug: str, source: str) -> list[dict[str, Any]]:
    """Judge code by all visible criteria of an exercise.

    Args:
        part: The exercise's part, such as ``01_design``.
        slug: The exercise, such as ``open_closed``.
        source: The code.

    Returns:
        What ``verdicts`` makes of it.
    """
    starter = _exercise(part, slug).brief.starter
    findings = {
        c.name: find(part, slug, starter, source, c.name) for c in _criteria(part, slug)
    }
    return verdicts(part, slug, findings)


async def prepare(part: str, slug: str, source: str) -> None:
    """Do everything that needs no time limit: fetch and load what judging needs.

    Args:
        part: The exercise's part.
        slug: The exercise.
        source: The code that is to be judged; what it imports is fetched.
    """
    import pyodide_js  # noqa: PLC0415 - only there where Python runs in a browser

    wanted = "\n".join(f"import {name}" for name in imports(source))
    await pyodide_js.loadPackagesFromImports(wanted)
    _criteria(part, slug)


def find(part: str, slug: str, starter: str, source: str, criterion: str) -> Finding:
    """Judge code by one criterion; whoever calls ends what runs too long.

    Args:
        part: The exercise's part.
        slug: The exercise.
        starter: The original code: the page has it, and parsing the brief takes long.
        source: The code.
        criterion: The criterion's name.

    Returns:
        Why it is not met; None when it is.
    """
    evidence = judging.find(
        _exercise(part, slug).criterion(criterion),
        starter,
        lambda: Namespace(source, "solution"),
        seconds=judging.SECONDS_PER_CRITERION,
    )
    return asdict(evidence) if evidence else None


def took_too_long(seconds: float) -> Finding:
    """Tell what the page found when it had to end Python.

    Args:
        seconds: The time that the criterion was given.

    Returns:
        Why it is not met.
    """
    return asdict(judging.took_too_long(seconds))


def verdicts(
    part: str, slug: str, findings: Mapping[str, Finding]
) -> list[dict[str, Any]]:
    """Put findings into words.

    Args:
        part: The exercise's part.
        slug: The exercise.
        findings: By criterion what was found; others were not judged.

    Returns:
        A verdict for each finding, in the order of the criteria.
    """
    evidence = {
        name: Evidence(**finding) if finding else None
        for name, finding in findings.items()
    }
    made = judging.verdicts_of(_exercise(part, slug), evidence)
    return [_told(verdict) for verdict in made]


def _told(verdict: Verdict) -> dict[str, Any]:
    criterion, lines = verdict.criterion, report.explanation(verdict)
    return {
        "name": criterion.name,
        "title": criterion.title,
        "kind": criterion.kind,
        "points": criterion.points,
        "met": verdict.met,
        "counts": verdict.counts,
        "headline": report.headline(verdict),
        "lines": lines,
        "facts": report.facts(verdict.evidence) if verdict.evidence else [],
        "hint": criterion.hint,
        "rule": lines[-1] if lines else "",
    }


def forget_names() -> None:
    """Let the next run start from nothing, as a check does."""
    names = vars(sys.modules["__main__"])
    for name in [name for name in names if not name.startswith("__")]:
        del names[name]
