"""Exercises on concurrency: no verdict differs from run to run, on a busy machine too.

Two runs of each answer; with COURSE_FULL 200, and as many while others use the machine.
"""

import multiprocessing
import os
from collections.abc import Iterator

import pytest

from autograder.chance import preparing, seeded
from autograder.exercises import Exercise, find_exercise
from autograder.judge import judge
from autograder.rooms import Rooms

FULL = "COURSE_FULL" in os.environ
RUNS = 200 if FULL else 2
ROOMS = Rooms.of_this_course()
EXERCISES = [find_exercise(ROOMS, s) for s in ("bounded_concurrency", "thread_pools")]


def answers(exercise: Exercise) -> dict[str, str]:
    right = next(variant for variant in exercise.variants if variant.right)
    wrong = [variant for variant in exercise.variants if not variant.right]
    named = {variant.name: variant.source for variant in [right, *wrong]}
    return {"solution": exercise.solution, **named}


def busy() -> None:
    while True:
        pass


@pytest.fixture(scope="module")
def prepared() -> None:
    """Generates inputs once, as a grader does."""
    for exercise in EXERCISES:
        with preparing():
            judge(exercise, exercise.solution)


@pytest.fixture(params=["idle", "loaded"] if FULL else ["idle"], scope="module")
def load(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keeps each processor busy twice over, or not at all."""
    spawn = multiprocessing.get_context("spawn")
    count = 2 * (os.cpu_count() or 1) if request.param == "loaded" else 0
    others = [spawn.Process(target=busy, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    yield
    for other in others:
        other.kill()
        other.join()


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("exercise", "name"),
    [(exercise, name) for exercise in EXERCISES for name in answers(exercise)],
    ids=lambda value: getattr(value, "slug", value),
)
def test_every_run_ends_in_the_same_words(
    prepared: None, load: None, exercise: Exercise, name: str
) -> None:
    source = answers(exercise)[name]
    seen = set()
    for _ in range(RUNS):
        with seeded("the same chance in each run"):
            seen.add(tuple(judge(exercise, source)))
    assert len(seen) == 1
