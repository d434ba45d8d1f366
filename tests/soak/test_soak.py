"""The faults of `test_grading_faults.py`, as large and as long as a course has them."""

import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import Level, best_level
from course.commands.test import FULL_VARIABLE
from tests.attacks.attack import corpus
from tests.classes import (
    Class,
    Grading,
    assert_honest_are_graded_right,
    assert_same,
    grade,
    hand_in_attacks,
    kill_again_and_again,
    locked,
    summary,
    wait_for,
)

HONEST_LEARNERS = 70
HOSTILE = 300
SECONDS_LOCKED = 30
# Most attackers try to use up all the time that a notebook has.
SECONDS_FOR_EACH_HOSTILE = 20

pytestmark = [
    pytest.mark.skipif(
        FULL_VARIABLE not in os.environ,
        reason="takes hours: python3 -m course test --full",
    ),
    pytest.mark.skipif(
        best_level() is Level.NONE, reason="nothing closes learner code in here"
    ),
    pytest.mark.timeout(4 * 3600),
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is not kept: a large class weighs as much as a film."""
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_4000_notebooks_killed_ten_times(folder: Path) -> None:
    undisturbed = Class.make(folder / "undisturbed", 400)
    course = undisturbed.copy(folder / "course")
    assert grade(undisturbed)["notebooks"] == 4000
    assert_honest_are_graded_right(undisturbed)
    assert kill_again_and_again(course, 10, seed=30) >= 9
    assert_same(course, undisturbed)


@pytest.mark.parametrize("when", ["from the start", "on the way"])
def test_another_writer_for_30_seconds(folder: Path, when: str) -> None:
    undisturbed = Class.make(folder / "undisturbed", 4)
    course = undisturbed.copy(folder / "course")
    grade(undisturbed)
    if when == "from the start":
        with locked(course):
            grading = Grading(course)
            time.sleep(SECONDS_LOCKED)
    else:
        grading = Grading(course)
        wait_for(lambda: course.results() > 0)
        with locked(course):
            time.sleep(SECONDS_LOCKED)
    summary(grading.wait())
    assert_same(course, undisturbed)


def test_300_hostile_among_700_honest(folder: Path) -> None:
    course = Class.make(folder / "course", HONEST_LEARNERS)
    attacks = random.Random(40).sample(corpus(), HOSTILE)  # noqa: S311
    hand_in_attacks(course, folder / "nowhere", attacks)
    started = time.monotonic()
    told = grade(course)
    assert told["notebooks"] >= 10 * HONEST_LEARNERS + HOSTILE
    assert time.monotonic() - started < HOSTILE * SECONDS_FOR_EACH_HOSTILE
    assert_honest_are_graded_right(course)
