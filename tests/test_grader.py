"""The grader with its border: fair to honest code, unmoved by the rest."""

import dataclasses
import json
import os
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.grading.grader import Grader, Task, refuse_without_border
from autograder.grading.intake import Submission
from autograder.grading.result import Result
from autograder.grading.results import ResultStore
from autograder.judge import judge, points
from autograder.reformat import reformat
from autograder.rooms import Rooms
from autograder.sandbox import Level, best_level
from course.commands.test import FULL_VARIABLE
from course.demo_class import BROKEN
from tests.held import across_border, is_held

ROOMS = Rooms.of_this_course()
EXERCISES = {exercise.slug: exercise for exercise in find_exercises(ROOMS)}
LEVELS = [level for level in Level if Level.NONE < level <= best_level()]


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.name)
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    with Grader(ROOMS, level=request.param) as opened:
        yield opened


def run(grader: Grader, slug: str, answer: str, *cells: str, seed: int = 1) -> Result:
    own = tuple(
        {"id": f"own-{number}", "source": source}
        for number, source in enumerate(cells, start=1)
    )
    return grader.run(Task(slug, "key", seed, answer, own))


def test_ci_has_both_levels() -> None:
    """A machine without namespaces or Landlock would prove nothing of the border."""
    if "CI" not in os.environ:
        pytest.skip("not on CI (variable CI unset): this machine may lack a level")
    assert LEVELS == [Level.LANDLOCK, Level.NAMESPACES]


def answers_to(exercise: Exercise) -> Iterator[tuple[str, str]]:
    starter = exercise.brief.starter
    yield from [
        ("solution", exercise.solution),
        ("starter", starter),
        ("reformatted", reformat(starter)),
        ("broken", BROKEN),
    ]
    yield from ((variant.name, variant.source) for variant in exercise.variants)


def a_few(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Enough where all were judged once, or are by a stronger level."""
    variants = exercise.variants
    first = {variant.right: variant for variant in reversed(variants)}
    yield from [("solution", exercise.solution), ("starter", exercise.brief.starter)]
    yield from ((variant.name, variant.source) for variant in first.values())


@cache
def points_here(slug: str, source: str) -> dict[str, int]:
    """The verdicts without a border; both levels are compared with them."""
    return {v.criterion.name: v.points for v in judge(EXERCISES[slug], source)}


@pytest.mark.parametrize("slug", EXERCISES)
def test_every_answer_has_the_same_verdicts_with_and_without_a_border(
    grader: Grader, slug: str, request: pytest.FixtureRequest
) -> None:
    exercise = EXERCISES[slug]
    strongest = request.node.callspec.params["grader"] is best_level()
    held = is_held(across_border(slug))
    all_of_them = FULL_VARIABLE in os.environ or (strongest and not held)
    answers = answers_to(exercise) if all_of_them else a_few(exercise)
    for number, (name, source) in enumerate(answers):
        result = run(grader, slug, source, seed=number)
        across = {v.criterion.name: v.points for v in result.verdicts(exercise)}
        assert across == points_here(slug, source), name
        assert not result.flags


def test_what_a_learner_reads_is_the_same_words(grader: Grader) -> None:
    exercise = EXERCISES["open_closed"]
    starter = exercise.brief.starter
    result = run(grader, "open_closed", starter)
    here = {v.criterion.name: v.evidence for v in judge(exercise, starter)}
    expected = {name: e and (e.called, e.expected) for name, e in here.items()}
    told = {n: e and (e.called, e.expected) for n, e in result.findings.items()}
    # Words drawn at random differ; nothing else does.
    assert [bool(e) for e in told.values()] == [bool(e) for e in expected.values()]
    same = [n for n in told if told[n] == expected[n]]
    assert len(same) >= len(told) - 2


def test_a_seed_repeats_everything_and_another_changes_it(grader: Grader) -> None:
    touched = f"{EXERCISES['singleton'].brief.starter}\n# thought about it"
    first, again, other = (
        run(grader, "singleton", touched, seed=seed) for seed in (5, 5, 6)
    )
    assert first.findings == again.findings
    assert first.findings != other.findings
    assert other.seed == 6


def test_starters_are_judged_once_for_all(grader: Grader) -> None:
    """Whoever comes first, the words are the same; each learner has a result."""
    starter = EXERCISES["factory"].brief.starter
    given, own = (
        Submission("factory", (), answer, None, (), "digest")
        for answer in (f"{starter}\n", f"{starter}\n# thought about it")
    )
    first, second = (grader.task(given, learner) for learner in ("ada", "bob"))
    assert (first.seed, first.answer) == (second.seed, second.answer)
    assert first.key != second.key
    result = grader.run(first)
    assert grader.run(second) == dataclasses.replace(result, key=second.key)
    assert grader.task(own, "ada").seed != grader.task(own, "bob").seed


def test_learners_cells_are_shown_and_decide_nothing(grader: Grader) -> None:
    exercise = EXERCISES["open_closed"]
    result = run(
        grader,
        "open_closed",
        exercise.solution,
        "print('hello'); 1 + 1",
        "1 / 0",
        "import asyncio\nawait asyncio.sleep(0)\n'late'",
        "import os\nos._exit(0)",
        "'never'",
    )
    assert points(result.verdicts(exercise)) == 10
    kinds = {
        cell: [output["output_type"] for output in outputs]
        for cell, outputs in result.outputs.items()
    }
    assert kinds == {
        "own-1": ["stream", "execute_result"],
        "own-2": ["error"],
        "own-3": ["execute_result"],
    }


def test_a_hang_and_a_kill_cost_what_they_hit(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise = EXERCISES["singleton"]
    lost = {
        "os.kill(os.getpid(), 9)": "ended its own process",
        "ctypes.string_at(0)": "ended its own process",
        "time.sleep(60)": "was still running",
    }
    for harm, told in lost.items():
        code = exercise.solution + (
            "\nimport os, time, ctypes\nbefore = send_reminders\n"
            f"def send_reminders(*args, **kwargs):\n    {harm}\n"
        )
        started = time.monotonic()
        result = run(grader, "singleton", code)
        got = [e.got for e in result.findings.values() if e]
        assert any(told in words for words in got), harm
        assert len(got) < len(result.findings) or "time" in harm
        assert set(result.findings) == {c.name for c in exercise.criteria}
        assert time.monotonic() - started < 60
        again = run(grader, "singleton", exercise.solution)
        assert points(again.verdicts(exercise)) == 10


def test_a_hidden_test_is_withheld_where_an_exception_quotes_it(grader: Grader) -> None:
    spy = (
        "\nimport builtins\nreal = builtins.compile\nseen = []\n"
        "def spy(source, *args, **kwargs):\n"
        "    if isinstance(source, str): seen.append(source)\n"
        "    return real(source, *args, **kwargs)\n"
        "builtins.compile = spy\n"
        "def invoice(*args, **kwargs): raise ValueError(''.join(seen))\n"
        "def bill(*args, **kwargs): raise ValueError(''.join(seen))\n"
    )
    exercise = EXERCISES["liskov_substitution"]
    result = run(grader, "liskov_substitution", exercise.solution + spy)
    told = json.dumps([str(e) for e in result.findings.values() if e])
    hidden = exercise.hidden_path.read_text(encoding="utf-8")
    assert "def declines_and_owes" in hidden
    assert "def declines_and_owes" not in told


def test_results_are_kept_whole_and_read_back(tmp_path: Path, grader: Grader) -> None:
    store = ResultStore(tmp_path)
    result = dataclasses.replace(
        run(grader, "singleton", EXERCISES["singleton"].brief.starter), key="ab12"
    )
    assert store.get("ab12") is None
    store.put(result)
    assert store.get("ab12") == result
    (tmp_path / "ab" / "ab12.json").write_text("{", encoding="utf-8")
    assert store.get("ab12") is None


def test_without_a_border_untrusted_work_is_refused() -> None:
    with pytest.raises(CourseError, match="--trust-learners"):
        Grader(ROOMS, level=Level.NONE)
    refuse_without_border(Level.NONE, trust_learners=True)


def test_on_another_system_the_refusal_says_where_it_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    for trusted in (True, False):
        with pytest.raises(CourseError, match="Grade on Linux"):
            refuse_without_border(Level.NONE, trust_learners=trusted)


def test_zygotes_end_with_the_grader() -> None:
    with Grader(ROOMS) as grader:
        children = [z._process for z in (grader._judges, grader._learners)]
        assert all(child.poll() is None for child in children)
    assert all(child.poll() is not None for child in children)
