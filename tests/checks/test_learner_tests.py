"""Tests that a learner wrote, run on right and wrong versions of a module."""

import builtins
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checks.learner_tests import (
    changed,
    expect_any_order,
    expect_nothing_left,
    expect_notices,
    expect_own_objects,
    expect_passes,
    run_tests,
)
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

CODE = """
_rung = []

class Bell:
    def ring(self, times):
        _rung.append(times)
        return "ding " * times

    def stop(self):
        _rung.clear()

def rung():
    return sum(_rung)
"""
BREAKS = CODE.replace("_rung.append(times)", "raise OSError")
HEAD = """
import os
import pytest
from bells import Bell, rung

@pytest.fixture
def bell():
    bell = Bell()
    yield bell
    bell.stop()
"""
GOOD = f"""{HEAD}
@pytest.mark.parametrize("times", [0, 2])
def test_ring(bell, times):
    assert bell.ring(times) == "ding " * times
    assert rung() == times

def test_silent(bell, tmp_path, monkeypatch):
    monkeypatch.setenv("BELL", "brass")
    monkeypatch.chdir(tmp_path)
    open("score.txt", "w").close()
    assert rung() == 0
"""


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Namespace]:
    """Make an answer; loading it finds the module, as it finds a given one."""

    def make(source: str) -> Namespace:
        monkeypatch.setitem(sys.modules, "bells", Namespace(CODE, "bells")._module)
        return Namespace(source, "solution")

    return make


Make = Callable[[str], Namespace]


def test_outcomes_are_told_by_name(answer: Make) -> None:
    source = f"""{GOOD}
def test_wrong(bell):
    assert bell.ring(1) == "dong"

@pytest.mark.skip(reason="no bell")
def test_skipped(): ...

@pytest.fixture
def cracked():
    raise OSError("crack")

def test_error(cracked): ...

class TestRing:
    def test_ring(self): ...
"""
    (report,) = run_tests(answer(source), "bells", [{"code": CODE}], explain=True)
    assert report.passed == [
        "test_ring[0]",
        "test_ring[2]",
        "test_silent",
        "TestRing::test_ring",
    ]
    assert report.failed == ["test_wrong", "test_error"]
    assert report.outcomes["test_skipped"] == "skipped"
    assert report.texts["test_error"] == "OSError: crack"
    assert "assert 'ding ' == 'dong'" in report.texts["test_wrong"]


def test_runs_are_in_the_order_asked_for_and_stop(answer: Make) -> None:
    source = f"{HEAD}\ndef test_a(): ...\ndef test_b(): assert 0\ndef test_c(): ..."
    ways: list[dict[str, object]] = [
        {},
        {"backwards": True},
        {"first": "test_b"},
        {"first": "test_b", "alone": True},
        {"stop": True},
    ]
    runs = [{"code": CODE, **way} for way in ways]
    reports = run_tests(answer(source), "bells", runs)
    assert ["".join(name[-1] for name in report.outcomes) for report in reports] == [
        "abc",
        "cba",
        "bca",
        "b",
        "ab",
    ]


def test_each_run_has_its_own_module_and_world(answer: Make) -> None:
    source = f"""{HEAD}
def test_leaves_traces():
    assert not os.path.exists("trace") and "TRACE" not in os.environ
    assert rung() == 0
    open("trace", "w").close()
    os.environ["TRACE"] = "1"
    Bell().ring(1)
"""
    here, variables, modules = Path.cwd(), dict(os.environ), sys.modules["sys"]
    reports = run_tests(answer(source), "bells", [{"code": CODE}] * 3)
    assert [report.failed for report in reports] == [[], [], []]
    assert set(reports[0].left) == {
        "bells._rung",
        "files in the current folder",
        "environment variables",
    }
    assert (Path.cwd(), dict(os.environ), sys.modules["sys"]) == (
        here,
        variables,
        modules,
    )
    assert not any("test_answer" in name for name in sys.modules)


def test_tests_may_import_the_module_anew(answer: Make) -> None:
    source = f"""{HEAD}
import importlib
import bells

def test_anew():
    bells.Bell().ring(3)
    importlib.reload(bells)
    assert bells.rung() == 0
    assert bells.Bell().ring(1) == "ding "
"""
    silent = changed(CODE, ('"ding "', '"dong "'))
    runs = [{"code": CODE}, {"code": silent}]
    right, wrong = run_tests(answer(source), "bells", runs)
    assert not right.failed
    assert wrong.failed == ["test_anew"]


def test_what_breaks_while_it_is_imported_is_a_failure(answer: Make) -> None:
    good = answer(HEAD)
    good.source = "from bells import Gong"
    (report,) = run_tests(good, "bells", [{"code": CODE}])
    assert "Gong" in report.texts["importing them"]


def test_a_limit_of_time_ends_the_run(answer: Make) -> None:
    """pytest takes anything that a test raises for its failure; this must get out."""
    out = f"{HEAD}\nclass Out(BaseException): ...\n"
    source = f"{out}def test_long(): raise Out('time is up')\n"
    with pytest.raises(BaseException, match="time is up") as caught:
        run_tests(answer(source), "bells", [{"code": CODE}] * 2)
    assert type(caught.value).__name__ == "Out"


def test_good_tests_meet_everything(answer: Make) -> None:
    solution = answer(GOOD)
    loud = changed(CODE, ('"ding "', '"dong "'))
    expect_passes(solution, "bells", {"as it is": CODE, "again": CODE}, tests=3)
    expect_notices(solution, "bells", [CODE], "sounds wrong", [loud])
    expect_any_order(solution, "bells", CODE, breaks=BREAKS)
    expect_nothing_left(solution, "bells", CODE, breaks=BREAKS)
    expect_own_objects(solution, "bells", CODE, ["Bell"], breaks=BREAKS)


DEPENDS = f"{HEAD}\ndef test_a(): Bell().ring(1)\ndef test_b(): assert rung() == 1"


def test_order_matters(answer: Make) -> None:
    with pytest.raises(CriterionNotMet, match=r"test_b.*assert 0 == 1"):
        expect_any_order(answer(DEPENDS), "bells", CODE, breaks=BREAKS)


@pytest.mark.parametrize("source", [HEAD, f"{HEAD}\ndef test_nothing(): ..."])
def test_a_fault_goes_unnoticed(answer: Make, source: str) -> None:
    with pytest.raises(CriterionNotMet, match=r"ran no test|passed in 1 test"):
        expect_notices(answer(source), "bells", [CODE], "is mute", ["Bell = rung = 0"])


def test_a_right_version_is_blamed(answer: Make) -> None:
    """Tests that always fail notice everything, and earn nothing."""
    solution = answer(f"{HEAD}\ndef test_all(): assert 0")
    with pytest.raises(CriterionNotMet, match="without a fault"):
        expect_notices(solution, "bells", [CODE], "is mute", [CODE])


def test_versions_cannot_be_told_apart_by_their_text(answer: Make) -> None:
    source = f"""{HEAD}
import bells
def test_seen():
    seen.append(bells._made)
seen = __import__("builtins").__dict__.setdefault("seen_by_tests", [])
"""
    run_tests(answer(source), "bells", [{"code": CODE}] * 2)
    first, second = vars(builtins).pop("seen_by_tests")
    assert first != second


def test_what_is_left_when_tests_fail_is_seen(answer: Make) -> None:
    source = f"""{HEAD}
def test_a():
    bell = Bell()
    bell.ring(1)
    bell.ring(2)
    bell.stop()
"""
    breaks = changed(CODE, ("_rung.append(times)", "_rung.append(1 // (2 - times))"))
    with pytest.raises(CriterionNotMet, match=r"breaks half-way.*since test_a"):
        expect_nothing_left(answer(source), "bells", CODE, breaks=breaks)


def test_one_object_in_two_tests_is_seen(answer: Make) -> None:
    source = GOOD.replace("@pytest.fixture", '@pytest.fixture(scope="module")')
    source = source.replace("    assert rung() == times\n", "    bell.stop()\n")
    with pytest.raises(CriterionNotMet, match="one Bell in"):
        expect_own_objects(answer(source), "bells", CODE, ["Bell"], breaks=BREAKS)


def test_a_change_must_meet_one_place() -> None:
    with pytest.raises(ValueError, match="2 times"):
        changed("a = 1; b = 1", ("1", "2"))


def test_empty_tests_earn_nothing(answer: Make) -> None:
    solution = answer(f"{HEAD}\ndef test_a(): ...\ndef test_b(): ...")
    judgements: list[Callable[[], None]] = [
        lambda: expect_any_order(solution, "bells", CODE, breaks=BREAKS),
        lambda: expect_own_objects(solution, "bells", CODE, ["Bell"], breaks=BREAKS),
        lambda: expect_nothing_left(solution, "bells", CODE, breaks=BREAKS),
    ]
    for judged in judgements:
        with pytest.raises(CriterionNotMet, match="breaks half-way"):
            judged()


def test_a_test_that_ends_pytest_has_not_passed(answer: Make) -> None:
    solution = answer(f"{HEAD}\ndef test_a(): pytest.exit('bye', returncode=0)")
    (report,) = run_tests(solution, "bells", [{"code": CODE}])
    assert report.failed == ["test_a"]
