"""Lets pytest run criteria over the answers of their exercise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.brief import Brief
from autograder.exercises import Exercise
from autograder.logging_state import fresh_logging
from autograder.modules import put_away
from autograder.namespace import Namespace
from autograder.rooms import Rooms


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out starters: tests in them are the learner's to refactor.

    Args:
        collection_path: What pytest is about to look into.

    Returns:
        True for the folder of a starter; None for all else.
    """
    exercises = Rooms.of_this_course().exercises
    starter = collection_path.is_dir() and collection_path.parent.parent == exercises
    return starter or None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a criterion the right answers, and the wrong ones that it must catch.

    That a wrong answer loses nothing else is for ``prove`` to say, which judges all.

    Args:
        metafunc: The test function that pytest is about to collect.
    """
    exercise = _exercise_of(Path(metafunc.module.__file__))
    if exercise is None or "solution" not in metafunc.fixturenames:
        return
    name = metafunc.function.__name__.removeprefix("test_")
    answers = [pytest.param(exercise.solution, id="solution")]
    for variant in exercise.variants:
        marks = []
        if not variant.right:
            if variant.caught_by != name:
                continue
            marks.append(pytest.mark.xfail(strict=True, reason=variant.message))
        answers.append(pytest.param(variant.source, id=variant.name, marks=marks))
    metafunc.parametrize("answer", answers)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let answers warn: to a judge that is nobody's business.

    Args:
        items: What pytest has collected.
    """
    for item in items:
        if _exercise_of(item.path):
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture
def solution(request: pytest.FixtureRequest, answer: str) -> Iterator[Namespace]:
    """The names of one answer, run afresh."""
    with fresh_logging():
        yield Namespace(answer, "solution", _brief_of(request).package)
    put_away()


@pytest.fixture
def original(request: pytest.FixtureRequest) -> Namespace:
    """The names of the starter, run afresh."""
    brief = _brief_of(request)
    return Namespace(brief.starter, "original", brief.package)


def _brief_of(request: pytest.FixtureRequest) -> Brief:
    exercise = _exercise_of(Path(request.module.__file__))
    assert exercise is not None  # noqa: S101 - pytest_generate_tests found it
    return exercise.brief


def _exercise_of(path: Path) -> Exercise | None:
    rooms = Rooms.of_this_course()
    slug = path.stem.removeprefix("test_")
    if path.parent.parent in {rooms.exercises, rooms.hidden_tests}:
        return Exercise(path.parent.name, slug, rooms)
    return None
