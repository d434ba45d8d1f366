"""Verdicts of an exercise's page: the judge and the words of every other place."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from autograder import judge as judging
from autograder import report
from autograder.criteria import Criterion, Evidence
from autograder.exercises import Exercise
from autograder.imports import reached_modules
from autograder.judge import Verdict
from autograder.namespace import Namespace
from autograder.rooms import Rooms
from course_page import answers, bridge
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
        source: The code: of a cell, or packed files.

    Returns:
        What ``verdicts`` makes of it.
    """
    brief = _exercise(part, slug).brief
    findings = {
        c.name: find(part, slug, brief.starter, source, c.name, brief.package)
        for c in _criteria(part, slug)
    }
    return verdicts(part, slug, findings)


async def prepare(part: str, slug: str, source: str) -> None:
    """Do everything that needs no time limit: fetch and load what judging needs.

    Args:
        part: The exercise's part.
        slug: The exercise.
        source: The code that is to be judged; what it imports is fetched.
    """
    wanted = [*answers.imported(source), *_imported_by_criteria(part, slug)]
    await answers.fetch(wanted)
    _criteria(part, slug)
    _warm_up(part, slug)


@cache
def _judging_modules(part: str, slug: str) -> dict[str, Path]:
    """The modules of the grader that the visible criteria lead to, by name."""
    root = Rooms.of_this_course().root
    paths = reached_modules(root, [_exercise(part, slug).visible_path])
    places = {path: path.relative_to(root).with_suffix("") for path in paths}
    return {".".join(place.parts): path for path, place in places.items()}


@cache
def _imported_by_criteria(part: str, slug: str) -> list[str]:
    """What judging imports, and a learner's code perhaps does not."""
    files = [_exercise(part, slug).visible_path, *_judging_modules(part, slug).values()]
    found = {n for path in files for n in imports(path.read_text(encoding="utf-8"))}
    return sorted(found)


@cache
def _warm_up(part: str, slug: str) -> None:
    """Do once what would make the first check slow, such as reading mypy's stubs."""
    for name in _judging_modules(part, slug):
        warm_up = getattr(sys.modules.get(name), "warm_up", None)
        if warm_up:
            bridge.emit({"type": "status", "text": "Preparing to judge, once …"})
            warm_up()


def find(
    part: str,
    slug: str,
    starter: str,
    source: str,
    criterion: str,
    package: str | None,
) -> Finding:
    """Judge code by one criterion; whoever calls ends what runs too long.

    Args:
        part: The exercise's part.
        slug: The exercise.
        starter: The original code: the page has it, and parsing the brief takes long.
        source: The code: of a cell, or packed files.
        criterion: The criterion's name.
        package: What callers import from where answers are files; None for a cell.

    Returns:
        Why it is not met; None when it is.
    """
    evidence = judging.find(
        _exercise(part, slug).criterion(criterion),
        starter,
        lambda: Namespace(source, "solution", package),
        package=package,
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
