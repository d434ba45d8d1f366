"""The whole corpus against the grader with a border, at each level of this machine.

One class for each level: alice, right and graded before; every attacker; zoe, right and
graded after them. Nobody may gain a point, read a secret or cost anybody anything.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from course.commands.test import FULL_VARIABLE
from tests.attacks.attack import (
    FULL_MARKS,
    Attack,
    Graded,
    Run,
    World,
    corpus,
    grade_class,
    learner_of,
    levels_here,
)

ATTACKS = corpus()
LEVELS = ("NAMESPACES", "LANDLOCK")


@dataclass(frozen=True)
class GradedClass:
    """A class with all attackers in it, after grading."""

    world: World
    run: Run
    files_before: Mapping[str, str]
    home_before: frozenset[str]
    victim_lives: bool

    def look(self, attack: Attack) -> Graded:
        """Give what one attacker got."""
        learner = learner_of(attack)
        return Graded(self.world, attack, learner, self.run, self.files_before)


def files_in_home(world: World) -> frozenset[str]:
    # The instructor's own nbgrader notes there what is installed and when it looked.
    paths = (path for path in world.home.rglob("*") if path.is_file())
    return frozenset(
        f"{path} {path.read_bytes()!r:.200}"
        for path in paths
        if path.parent.name != "python-entrypoints" and path.name != "migrated"
    )


@pytest.fixture(scope="session", params=LEVELS)
def graded(
    request: pytest.FixtureRequest,
    template: World,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GradedClass]:
    level = request.param
    if level not in levels_here():
        pytest.skip(f"this machine does not give the level {level}")
    if level != levels_here()[0] and not os.environ.get(FULL_VARIABLE):
        pytest.skip(f"{level} is not the strongest level here: `course test --full`")
    world = template.copy(tmp_path_factory.mktemp(level.lower()) / "world")
    # With -k only the attacks that were chosen are in the class.
    chosen = {item.name.rpartition("-")[2] for item in request.session.items}
    with world.open_to_visits():
        for attack in [attack for attack in ATTACKS if f"{attack.id}]" in chosen]:
            world.hand_in(attack, learner_of(attack))
        world.hand_in_right("zoe")
        files, home = world.fingerprint(), files_in_home(world)
        run = grade_class(world, level)
        yield GradedClass(world, run, files, home, world.victim_is_alive)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.id)
def test_attack_gains_nothing(graded: GradedClass, attack: Attack) -> None:
    seen = graded.look(attack)
    assert seen.score is not None, "a submission always ends in a result"
    assert seen.score <= attack.honest
    assert not seen.leaked
    assert not attack.achieves(seen)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.id)
def test_attacker_gets_a_feedback_page(graded: GradedClass, attack: Attack) -> None:
    assert graded.look(attack).feedback.exists()


@pytest.mark.parametrize("learner", ["alice", "zoe"])
def test_honest_classmates_have_their_points(graded: GradedClass, learner: str) -> None:
    assert graded.world.score(learner) == FULL_MARKS


def test_the_class_went_through(graded: GradedClass) -> None:
    assert graded.run.code == 0, graded.run.log


def test_files_outside_are_untouched(graded: GradedClass) -> None:
    now = graded.world.fingerprint()
    before = dict(graded.files_before)
    assert {path for path in {*now, *before} if now.get(path) != before.get(path)} == (
        set()
    )


def test_home_is_untouched(graded: GradedClass) -> None:
    assert files_in_home(graded.world) == graded.home_before


def test_nothing_is_left_running(graded: GradedClass) -> None:
    assert graded.run.left_running == ()
    assert graded.victim_lives


def test_nothing_is_left_in_the_temporary_folder(graded: GradedClass) -> None:
    assert list(graded.world.temporary.iterdir()) == []


def test_no_secret_is_in_the_log(graded: GradedClass) -> None:
    told = {n for n, text in graded.world.canaries.items() if text in graded.run.log}
    assert told == set()


def test_nobody_came_to_visit(graded: GradedClass) -> None:
    assert graded.world.visits == []
