"""What was seen to hold, and need not all be seen again while nothing has changed.

Some tests take minutes and depend on unchanged content alone: whether attacks fail,
whether answers earn the same across the border and in a browser. ``course test --full``
tries everything and writes down a digest for each of these subjects; while one stays
the same, other runs try a sample. Any change brings all of it back.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from autograder.exercises import Exercise, find_exercises
from autograder.imports import reached_modules
from autograder.rooms import Rooms
from course.chapters import Chapter, find_chapters
from course.commands.test import FULL_VARIABLE
from course.freshness import digest_of
from tests.attacks.attack import corpus

RECORD = Path(__file__).with_name("held.json")
ATTACKS = "attacks"
EVERY = 6

_ROOT = Path(__file__).resolve().parents[1]
_GRADER = tuple(
    f"autograder.grading.{name}"
    for name in ("batch", "judge_box", "learner_box", "nbgrader_plugin")
)
_COMMAND = ("course/grading.py", "course/commands/grade.py", "requirements.txt")
_BROWSER = ("python", "scripts", "run_cells.mjs", "package-lock.json", "wheels.txt")


def across_border(slug: str) -> str:
    """Name the subject: the answers to an exercise earn the same in boxes.

    Args:
        slug: The exercise.

    Returns:
        The subject.
    """
    return f"border/{slug}"


def in_browser(slug: str) -> str:
    """Name the subject: a page's cells, controls and answers do what they do here.

    Args:
        slug: The chapter and its exercise.

    Returns:
        The subject.
    """
    return f"browser/{slug}"


def is_held(subject: str) -> bool:
    """Tell whether all of a subject was tried, and nothing changed since.

    Args:
        subject: ``ATTACKS``, or what the functions above name.

    Returns:
        True when a sample will do.
    """
    if FULL_VARIABLE in os.environ or not RECORD.exists():
        return False
    held = json.loads(RECORD.read_text(encoding="utf-8"))
    return bool(held.get(subject) == _digest(subject))


def sample(names: Iterable[str], *subjects: str) -> set[str]:
    """Choose some of what is tried; after a change, others.

    Args:
        names: All there are.
        *subjects: What they belong to.

    Returns:
        Every sixth of them.
    """
    told = " ".join(f"{subject} {_digest(subject)}" for subject in subjects)
    drawn = hashlib.sha256(told.encode()).hexdigest()
    return set(sorted(names)[int(drawn, 16) % EVERY :: EVERY])


def chapters_to_try(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Choose chapters for a test that takes long.

    Args:
        chapters: All there are.

    Returns:
        Those that changed, and some of the others.
    """
    subjects = {chapter.slug: in_browser(chapter.slug) for chapter in chapters}
    known = [slug for slug, subject in subjects.items() if is_held(subject)]
    kept = sample(known, *subjects.values())
    return [c for c in chapters if c.slug not in known or c.slug in kept]


def main() -> None:
    """Write down that everything was tried."""
    told = {subject: _digest(subject) for subject in _subjects()}
    RECORD.write_text(f"{json.dumps(told, indent=1)}\n", encoding="utf-8")
    sys.stdout.write(f"{RECORD.name}: {len(told)} subjects were tried whole\n")


def _subjects() -> Iterator[str]:
    yield ATTACKS
    yield from map(across_border, _exercises())
    for chapter in find_chapters(Rooms(_ROOT)):
        if chapter.browser:
            yield in_browser(chapter.slug)


@cache
def _digest(subject: str) -> str:
    kind, _, slug = subject.partition("/")
    paths = {"border": _border_paths, "browser": _browser_paths}
    found = paths[kind](slug) if slug else _attack_paths()
    return digest_of(_ROOT, sorted({*found, _ROOT / "requirements.txt"}))


def _attack_paths() -> Iterable[Path]:
    attacked = {_exercises()[attack.slug] for attack in corpus()}
    tests = [path for e in attacked for path in (e.visible_path, e.hidden_path)]
    own = (_ROOT / "tests" / "attacks").glob("*.py")
    return {*_grader(), *reached_modules(_ROOT, tests), *tests, *own}


def _border_paths(slug: str) -> Iterable[Path]:
    exercise = _exercises()[slug]
    tests = [exercise.visible_path, exercise.hidden_path]
    own = [*tests, *_answers(exercise), _ROOT / "tests" / "test_grader.py"]
    return {*_grader(), *reached_modules(_ROOT, tests), *own}


def _browser_paths(slug: str) -> Iterable[Path]:
    exercise = _exercises()[slug]
    chapter = _ROOT / "book" / exercise.part / f"{slug}.md"
    test = exercise.visible_path
    browser = [_ROOT / "course" / "browser" / name for name in _BROWSER]
    own = [chapter, test, *_answers(exercise), *browser]
    own += (
        _ROOT / "tests" / "browser" / f"test_{n}.py" for n in ("pyodide", "widgets")
    )
    return {*reached_modules(_ROOT, [test], "autograder.judge"), *own}


def _answers(exercise: Exercise) -> list[Path]:
    return [exercise.brief_path, exercise.solution_path, exercise.variants_path]


@cache
def _grader() -> frozenset[Path]:
    command = {_ROOT / name for name in _COMMAND}
    return frozenset(command | reached_modules(_ROOT, [], *_GRADER))


@cache
def _exercises() -> dict[str, Exercise]:
    return {exercise.slug: exercise for exercise in find_exercises(Rooms(_ROOT))}


if __name__ == "__main__":
    main()
