"""What goes wrong while a class is graded: kills, locks, full disks, bad company."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from autograder.errors import CourseError
from autograder.grading import batch, grader
from autograder.grading.batch import Batch, HandedIn, on_this_machine
from autograder.grading.course_folder import CourseFolder
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.grader import Grader, Task, salt_of
from autograder.grading.result import Result
from autograder.rooms import Rooms
from autograder.sandbox import Level, best_level
from benchmarks.grading import PART, is_answer
from course.nbgrader import nbgrader_environment
from tests.attacks.attack import EXERCISE, FULL_MARKS, corpus
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

ROOMS = Rooms.of_this_course()
LEARNERS = 4
NOTEBOOKS = LEARNERS * 10
# One attacker of each kind: a fork bomb, a forged verdict, a broken notebook ...
HOSTILE = ("x04", "n01", "m01", "r01", "w01", "b01")

pytestmark = pytest.mark.skipif(
    best_level() is Level.NONE, reason="nothing closes learner code in here"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return Class.make(tmp_path_factory.mktemp("class") / "base", LEARNERS)


@pytest.fixture(scope="module")
def undisturbed(base: Class) -> Class:
    graded = base.copy(base.root.parent / "undisturbed")
    assert grade(graded)["notebooks"] == NOTEBOOKS
    return graded


@pytest.fixture
def course(base: Class, undisturbed: Class, tmp_path: Path) -> Class:
    return base.copy(tmp_path / "course")


@pytest.fixture
def graded(undisturbed: Class, tmp_path: Path) -> Class:
    return undisturbed.copy(tmp_path / "course")


def test_the_undisturbed_run_is_right(undisturbed: Class) -> None:
    assert_honest_are_graded_right(undisturbed)
    assert len(undisturbed.scores()) == NOTEBOOKS
    assert undisturbed.progress() == 3 * NOTEBOOKS


# --------------------------------------------------------------------------------------
# Killed


def test_killed_again_and_again_it_goes_on(course: Class, undisturbed: Class) -> None:
    assert kill_again_and_again(course, 4, seed=20) >= 3
    assert_same(course, undisturbed)


@pytest.mark.skipif(best_level() < Level.LANDLOCK, reason="no Landlock here")
def test_killed_without_namespaces_it_leaves_no_box(course: Class) -> None:
    grading = Grading(course, level="LANDLOCK")
    wait_for(lambda: course.results() > 4)
    grading.kill()
    assert grading.wait().code == -signal.SIGKILL


def test_a_warm_process_that_still_loads_ends_with_its_grader() -> None:
    """Else it would go on for seconds after the grader was killed."""
    here, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    loading = (
        "import sys, time\n"
        "from autograder.grading.zygote import live\n"
        "def load():\n"
        "    print('loading', flush=True)\n"
        "    time.sleep(600)\n"
        f"live(load, {theirs.fileno()}, 0)\n"
    )
    with (
        theirs,
        subprocess.Popen(
            [sys.executable, "-c", loading],
            cwd=ROOMS.root,
            pass_fds=[theirs.fileno()],
            stdout=subprocess.PIPE,
        ) as warm,
    ):
        assert warm.stdout is not None
        assert warm.stdout.readline() == b"loading\n"
        here.close()
        try:
            assert warm.wait(60) == 0
        finally:
            warm.kill()


def is_at(grading: Grading, course: Class, goal: int) -> bool:
    return course.results() >= goal or not grading.running


def test_a_warm_process_that_is_killed_costs_nobody_a_point(
    course: Class, undisturbed: Class
) -> None:
    grading = Grading(course)
    for goal, kind in ((10, "learner_box"), (20, "judge_box")):
        wait_for(partial(is_at, grading, course, goal))
        assert grading.running, grading.wait().log
        victim = grading.warm_process(kind)
        assert victim
        os.kill(victim, signal.SIGKILL)
    told = summary(grading.wait())
    assert told["remarks"] == []
    assert_same(course, undisturbed)


def test_warm_processes_that_always_end_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(run: grader._Run) -> None:
        run._judges._process.kill()
        raise CourseError("It has ended.", remedy="")

    monkeypatch.setattr(grader, "_ATTEMPTS", 2)
    monkeypatch.setattr(grader._Run, "judge_and_show", die)
    with (
        Grader(ROOMS) as opened,
        pytest.raises(CourseError, match="killed again and again"),
    ):
        opened.run(Task(EXERCISE.slug, "key", 1, EXERCISE.solution, ()))


def test_half_files_of_a_killed_run_are_swept_and_live_ones_stay(
    graded: Class,
) -> None:
    learner = graded.handed_in()[0].parents[1].name
    halves = [
        graded.root / "grading/results/ab/x.new",
        graded.root / f"autograded/{learner}/{PART}/.{EXERCISE.slug}.abcd_123",
        graded.root / f"feedback/{learner}/{PART}/.feedback-abcd_123",
    ]
    for path in halves:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    live = halves[1].with_suffix(".abcd_124")
    live.touch()
    os.utime(live, (time.time() + 3600,) * 2)
    grade(graded, "--no-feedback")
    assert [path for path in halves if path.exists()] == []
    assert live.exists()


def test_a_salt_that_was_not_written_to_the_end_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "salt").touch()
    assert len(salt_of(tmp_path)) == 32
    assert salt_of(tmp_path) == salt_of(tmp_path)


def test_graders_that_start_at_once_have_one_salt(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(folder: Path) -> str:
        together.wait()
        return salt_of(folder)

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            folders = [tmp_path / f"{number}"] * 8
            salts = set(pool.map(start, folders))
            assert len(salts) == 1
            assert "" not in salts


# --------------------------------------------------------------------------------------
# Not alone


def test_another_writer_is_waited_for(course: Class, undisturbed: Class) -> None:
    grading = Grading(course)
    wait_for(lambda: course.results() > 0)
    with locked(course):
        time.sleep(3)
        assert grading.running
    summary(grading.wait())
    assert_same(course, undisturbed)


def test_a_lock_for_ever_ends_in_a_sentence(
    graded: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Locked(Batch):
        def _book(
            self, writer: GradebookWriter, booked: Sequence[tuple[HandedIn, Result]]
        ) -> None:
            with locked(graded):
                super()._book(writer, booked)

    short = partial(GradebookWriter, patience=0.5)
    monkeypatch.setattr(batch, "GradebookWriter", short)
    url = f"sqlite:///{graded.gradebook}"
    folder = CourseFolder(graded.root, url, "python-standards")
    # All results are kept from an earlier run: no warm process is wanted.
    known = Grader(ROOMS, salt=salt_of(graded.root))
    with ThreadPoolExecutor(1) as pool:
        work = Locked(folder, PART, known, on_this_machine(known, pool, 1))
        with pytest.raises(CourseError, match=r"kept the gradebook locked for 0\.5 s"):
            work.run()


def test_two_instructors_at_once(course: Class, undisturbed: Class) -> None:
    runs = [Grading(course), Grading(course)]
    for run in runs:
        assert summary(run.wait())["notebooks"] == NOTEBOOKS
    assert_same(course, undisturbed)


def test_hostile_among_honest(base: Class, undisturbed: Class, tmp_path: Path) -> None:
    course = base.copy(tmp_path / "course")
    kept = course.handed_in()[::4]
    for path in course.handed_in():
        if path not in kept:
            path.unlink()
    for folder in (course.root / "submitted").iterdir():
        if not list(folder.glob(f"{PART}/*.ipynb")):
            shutil.rmtree(folder)
    attacks = [attack for attack in corpus() if attack.id in HOSTILE]
    hand_in_attacks(course, tmp_path / "nowhere", attacks)
    told = grade(course)
    assert told["notebooks"] == len(kept) + len(HOSTILE)
    assert_honest_are_graded_right(course)


# --------------------------------------------------------------------------------------
# A full disk


def test_a_full_disk_is_told_and_nothing_is_lost(
    base: Class, undisturbed: Class, tmp_path: Path
) -> None:
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    mount = [*unshare, "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk of our own: this machine forbids mounting")
    small, out = tmp_path / "small", Class(tmp_path / "out")
    report = tmp_path / "report.json"
    small.mkdir()
    places = [str(path) for path in (base.root, undisturbed.root, small, out.root)]
    subprocess.run(
        [*unshare, sys.executable, "-I", "-c", _SMALL_DISK, str(report), *places],
        cwd=ROOMS.root,
        env=nbgrader_environment(ROOMS, small),
        check=True,
    )
    *full, last = json.loads(report.read_text(encoding="utf-8"))
    assert len(full) == 4
    for code, log in full:
        assert code == 1, log
        assert "disk is full" in log
        assert "what was graded" in log
        assert "Traceback" not in log
    assert last[0] == 0, last[1]
    assert [log.split(".")[0] for _, log in full].count("The disk is full") >= 3
    assert_same(out, undisturbed)


# The disk is full for the salt, for results, for the gradebook, and for feedback.
_SMALL_DISK = """
import json, os, pathlib, shutil, subprocess, sys

report, base, graded, small, out = map(pathlib.Path, sys.argv[1:])
command = [sys.executable, "-m", "course", "grade", "01_design", "--json"]

def mount(room, *options):
    used = 0
    if os.path.ismount(small):
        disk = os.statvfs(small)
        used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    size = (used + room) // 4096 * 4096
    options = ",".join([*options, f"size={size}"])
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", small], check=True)

def weight(*steps):
    files = [p for s in steps for p in (graded / s).rglob("*") if p.is_file()]
    return sum(-(-p.stat().st_size // 4096) * 4096 for p in files)

def grade():
    run = subprocess.run(command, stdout=-1, stderr=-2, text=True, env=os.environ)
    told.append([run.returncode, "\\n".join(
        line for line in run.stdout.splitlines() if not line.startswith("grading ")
    )])

told = []
mount(1 << 28)
for path in base.iterdir():
    copy = shutil.copytree if path.is_dir() else shutil.copyfile
    copy(path, small / path.name)
salt = small / "grading" / "salt"
salt.unlink()
mount(0, "remount")
grade()
mount(1 << 16, "remount")
assert salt.read_text() == ""
salt.write_text((base / "grading" / "salt").read_text())
grade()
done = sum(p.stat().st_blocks * 512 for p in small.glob("grading/results/*/*"))
books = weight("grading/results", "autograded") - done
mount(books, "remount")
grade()
mount(weight("gradebook.db") + (1 << 19), "remount")
grade()
mount(1 << 28, "remount")
grade()
shutil.copytree(small, out)
report.write_text(json.dumps(told))
"""


# --------------------------------------------------------------------------------------
# Results of an earlier run


def test_a_second_run_grades_nothing(graded: Class, undisturbed: Class) -> None:
    told = grade(graded)
    assert told["kept"] == told["notebooks"] == NOTEBOOKS
    assert_same(graded, undisturbed)


def test_a_changed_notebook_is_the_only_one_graded(graded: Class) -> None:
    before = graded.scores()
    wrong = next(
        path
        for path in graded.handed_in()
        if path.stem == EXERCISE.slug and graded.score(path) < FULL_MARKS
    )
    notebook = json.loads(wrong.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if is_answer(cell))
    cell["source"] = EXERCISE.solution
    wrong.write_text(json.dumps(notebook), encoding="utf-8")
    told = grade(graded)
    assert told["kept"] == told["notebooks"] - 1
    after = graded.scores()
    assert [key for key in after if after[key] != before[key]] == [
        (wrong.parents[1].name, wrong.stem)
    ]
    assert_honest_are_graded_right(graded)


def test_a_mended_hidden_test_has_its_exercise_graded_anew(
    graded: Class, undisturbed: Class, tmp_path: Path
) -> None:
    checkout = Rooms(tmp_path / "checkout")
    ignored = shutil.ignore_patterns("__pycache__")
    for room in ("autograder", "course", "exercises", "solutions"):
        shutil.copytree(ROOMS.root / room, checkout.root / room, ignore=ignored)
    for name in ("nbgrader_config.py", "requirements.txt"):
        shutil.copyfile(ROOMS.root / name, checkout.root / name)
    # Else the command would set one up.
    (checkout.root / ".venv").symlink_to(ROOMS.root / ".venv")
    hidden = checkout.hidden_tests / PART / f"test_{EXERCISE.slug}.py"
    with hidden.open("a", encoding="utf-8") as file:
        file.write("\n# Mended.\n")
    told = grade(graded, rooms=checkout)
    assert told["notebooks"] == NOTEBOOKS
    assert told["kept"] == NOTEBOOKS - LEARNERS
    assert graded.rows() == undisturbed.rows()
