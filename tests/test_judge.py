"""Verdicts: points, the gate on behaviour, and code that misbehaves."""

import pytest

from autograder import judge as judging
from autograder.criteria import Evidence
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercise
from autograder.judge import judge, judge_one, points
from autograder.report import as_html, as_text
from autograder.rooms import Rooms


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return find_exercise(Rooms.of_this_course(), "open_closed")


def test_solution_earns_all(exercise: Exercise) -> None:
    verdicts = judge(exercise, exercise.solution)
    assert points(verdicts) == 10
    assert all(verdict.met for verdict in verdicts)


def test_starter_earns_nothing_though_its_behaviour_is_right(
    exercise: Exercise,
) -> None:
    verdicts = judge(exercise, exercise.brief.starter)
    assert points(verdicts) == 0
    assert {v.criterion.kind: v.met for v in verdicts} == {
        "behaviour": True,
        "design": False,
    }
    behaviour = next(v for v in verdicts if v.criterion.kind == "behaviour")
    assert "counts as soon as" in as_text(behaviour)


def test_one_criterion_alone_gets_the_same_verdict(exercise: Exercise) -> None:
    for source in (exercise.brief.starter, exercise.solution, "x = 1"):
        for verdict in judge(exercise, source):
            alone = judge_one(exercise, source, verdict.criterion.name)
            assert (alone.met, alone.points) == (verdict.met, verdict.points)
            assert alone.evidence == verdict.evidence


def test_unknown_criterion_is_named(exercise: Exercise) -> None:
    with pytest.raises(CourseError, match="has no criterion 'nonsense'"):
        judge_one(exercise, exercise.solution, "nonsense")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def broken(:", "raised SyntaxError"),
        ("1 // 0", "raised ZeroDivisionError"),
        ("import sys; sys.exit(3)", "raised SystemExit"),
        ("", "defines no"),
        ("from nowhere_at_all import x", "raised ModuleNotFoundError"),
    ],
)
def test_code_that_does_not_run_loses_everything_with_a_reason(
    exercise: Exercise, source: str, words: str
) -> None:
    verdicts = judge(exercise, source)
    assert points(verdicts) == 0
    assert all(words in as_text(verdict) for verdict in verdicts)


def test_endless_code_is_stopped_and_told(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "SECONDS_PER_CRITERION", 1)
    source = exercise.solution.replace(
        "    return _find(carrier).days(zone)", "    while True:\n        pass"
    )
    verdict = judge_one(exercise, source, "same_answers_as_before")
    assert "was still running after 1 seconds" in as_text(verdict)


def test_prints_and_warnings_cost_nothing(
    exercise: Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    noisy = exercise.solution.replace(
        "    return _find(carrier).days(zone)",
        "    import warnings; warnings.warn('careful'); print('asked')\n"
        "    return _find(carrier).days(zone)",
    )
    assert points(judge(exercise, noisy)) == 10
    assert capsys.readouterr() == ("", "")


def test_the_same_failure_has_the_same_words_in_every_run() -> None:
    error = LookupError(object())
    told = Evidence(f"use({object()!r})", f"raised {error}", "no exception here")
    assert told.called == "use(<object object>)"
    assert told.got == "raised <object object>"


def test_learner_text_cannot_become_markup(exercise: Exercise) -> None:
    source = exercise.solution.replace(
        'f"P-{parcel_id:08d}"', '"<script>alert(1)</script>"'
    )
    verdict = judge_one(exercise, source, "same_answers_as_before")
    assert not verdict.met
    page = as_html(verdict, exercise)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_message_never_shows_a_tests_source(exercise: Exercise) -> None:
    for variant in exercise.variants:
        for verdict in judge(exercise, variant.source):
            assert "solution." not in as_text(verdict)
            assert "test_" not in as_text(verdict)
