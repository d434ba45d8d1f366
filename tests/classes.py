"""Classes for tests of load and faults: made, graded by the command, looked at."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

from autograder.exercises import find_exercises
from autograder.grading.grader import SALT_VARIABLE
from autograder.judge import judge, points
from autograder.rooms import Rooms
from autograder.sandbox import LEVEL_VARIABLE
from benchmarks.grading import PART, is_answer, make_class
from course.nbgrader import nbgrader_environment
from tests.attacks.attack import (
    _SUPERVISOR,
    SECRETS,
    Attack,
    Run,
    World,
    learner_of,
)

PATIENCE = 600.0
_SALT = "0123456789abcdef"
_RANDOM = 32  # letters of an id that says nothing
_TEMPORARY = Path("/tmp")  # noqa: S108 - where boxes of the level LANDLOCK have theirs


def wait_for(condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Wait until something is true, and give it."""
    ends = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.01)
    return found


class Class:
    """A course folder of nbgrader with a class that handed in.

    Args:
        root: The course folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def make(cls, root: Path, learners: int) -> Self:
        """Make one with ten notebooks of each learner; copies have the same seeds."""
        made = cls(root)
        make_class(root, learners)
        made.salt.parent.mkdir()
        made.salt.write_text(_SALT, encoding="ascii")
        return made

    def copy(self, root: Path) -> Self:
        """Copy it, to be graded."""
        shutil.copytree(self.root, root)
        return type(self)(root)

    @property
    def salt(self) -> Path:
        """What seeds begin with."""
        return self.root / "grading" / "salt"

    @property
    def gradebook(self) -> Path:
        """The gradebook."""
        return self.root / "gradebook.db"

    def handed_in(self) -> list[Path]:
        """All notebooks that were handed in."""
        return sorted(self.root.glob(f"submitted/*/{PART}/*.ipynb"))

    def results(self) -> int:
        """How many results are kept."""
        return sum(1 for _ in self.root.glob("grading/results/??/*.json"))

    def progress(self) -> int:
        """How many files grading has written: up to three for each notebook."""
        written = (f"autograded/*/{PART}/*.ipynb", f"feedback/*/{PART}/*.html")
        return self.results() + sum(
            1 for pattern in written for _ in self.root.glob(pattern)
        )

    def rows(self) -> list[str]:
        """All that stands in the gradebook, but for ids that are drawn at random."""
        with contextlib.closing(sqlite3.connect(self.gradebook)) as connection:
            return _Tables(connection).rows()

    def files(self) -> dict[str, str]:
        """All that grading wrote beside the gradebook and the kept results."""
        found = {}
        for step in ("autograded", "feedback", "grading"):
            for path in sorted((self.root / step).rglob("*")):
                if path.is_file() and path.suffix != ".json":
                    found[str(path.relative_to(self.root))] = path.read_text("utf-8")
        return found

    def score(self, handed_in: Path) -> float:
        """The points of one notebook."""
        found = self.scores()[handed_in.parents[1].name, handed_in.stem]
        return sum(score or 0.0 for score in found)

    def scores(self) -> dict[tuple[str, str], list[float | None]]:
        """The points of each grade cell, by learner and notebook."""
        found: dict[tuple[str, str], list[float | None]] = {}
        with contextlib.closing(sqlite3.connect(self.gradebook)) as connection:
            for learner, notebook, score in connection.execute(_SCORES):
                found.setdefault((learner, notebook), []).append(score)
        return found


_SCORES = """
    SELECT handed_in.student_id, notebook.name, grade.auto_score
    FROM grade
    JOIN submitted_notebook AS mine ON mine.id = grade.notebook_id
    JOIN submitted_assignment AS handed_in ON handed_in.id = mine.assignment_id
    JOIN notebook ON notebook.id = mine.notebook_id
"""


class _Tables:
    """A database whose rows are told by what they say, not by their random ids."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        )
        names = [name for (name,) in found]
        self._rows = {
            name: {
                row["id"] if "id" in row.keys() else number: dict(row)  # noqa: SIM118
                for number, row in enumerate(
                    connection.execute(f"SELECT * FROM {name}")  # noqa: S608
                )
            }
            for name in names
        }
        self._references = {
            name: {
                key["from"]: key["table"]
                for key in connection.execute(f"PRAGMA foreign_key_list({name})")
            }
            for name in names
        }
        self._told: dict[tuple[str, str], str] = {}

    def rows(self) -> list[str]:
        """Each row of each table as text, in order."""
        return sorted(
            f"{table}{self._tell(table, key)}"
            for table, rows in self._rows.items()
            for key in rows
        )

    def _tell(self, table: str, key: Any) -> str:
        if (table, key) not in self._told:
            references = self._references[table]
            said = [
                self._tell(references[name], value)
                if value is not None and name in references
                else str(value)
                for name, value in self._rows[table][key].items()
                if name in references or name != "id" or len(str(value)) < _RANDOM
            ]
            self._told[table, key] = f"({', '.join(said)})"
        return self._told[table, key]


class Grading:
    """One `python3 -m course grade`, under a supervisor whom no process escapes.

    Args:
        course: What is graded.
        options: Further arguments.
        level: The sandbox's level, when it is not the best one.
        rooms: The course's sources, when they are not these.
    """

    def __init__(
        self, course: Class, *options: str, level: str = "", rooms: Rooms | None = None
    ) -> None:
        rooms = rooms or Rooms.of_this_course()
        runs = f"{course.root.name}-run"
        number = sum(1 for _ in course.root.parent.glob(f"{runs}-*.log"))
        self._report = course.root.parent / f"{runs}-{number}"
        self._temporary = self._report.with_suffix(".tmp")
        self._temporary.mkdir()
        self._log = self._report.with_suffix(".log")
        self._boxes = set(_TEMPORARY.glob("box-*"))
        environment = nbgrader_environment(rooms, course.root)
        environment["TMPDIR"] = str(self._temporary)
        environment.pop(SALT_VARIABLE, None)
        if level:
            environment[LEVEL_VARIABLE] = level
        steps = [sys.executable, "-I", "-c", _SUPERVISOR, str(self._report), "0"]
        command = [sys.executable, "-m", "course", "grade", PART, "--json", *options]
        with self._log.open("wb") as log:
            self._supervisor = subprocess.Popen(
                [*steps, str(4 * PATIENCE), *command],
                cwd=rooms.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._supervisor.poll() is None

    @cached_property
    def pid(self) -> int:
        """The command's process, once it is there."""
        found = wait_for(
            lambda: next(_children(self._supervisor.pid), None) or not self.running
        )
        return 0 if found is True else int(found)

    def kill(self) -> None:
        """Kill the command, as -9 and the kernel short of memory do."""
        if self.running and self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def warm_process(self, kind: str) -> int:
        """The warm process that forks `judge_box`, or `learner_box`; 0 if none is."""
        for child in _children(self.pid):
            with contextlib.suppress(OSError):
                if kind in Path(f"/proc/{child}/cmdline").read_text():
                    return child
        return 0

    def wait(self) -> Run:
        """Wait until it ends; nothing may be left of it."""
        self._supervisor.wait(4 * PATIENCE)
        told = json.loads(self._report.read_text(encoding="utf-8"))
        run = Run(told["code"], self._log.read_text("utf-8"), tuple(told["left"]))
        assert run.left_running == ()
        if run.code == 0:
            assert list(self._temporary.iterdir()) == []
        # Boxes of other tests come and go.
        mine = set(_TEMPORARY.glob("box-*")) - self._boxes
        wait_for(lambda: not any(box.exists() for box in mine), 60)
        return run


def grade(course: Class, *options: str, rooms: Rooms | None = None) -> dict[str, Any]:
    """Grade a class and give the summary."""
    return summary(Grading(course, *options, rooms=rooms).wait())


def summary(run: Run) -> dict[str, Any]:
    """What a run that went well said last."""
    assert run.code == 0, run.log
    told = json.loads(run.log.splitlines()[-1])
    assert isinstance(told, dict)
    return told


def assert_same(course: Class, undisturbed: Class) -> None:
    """Compare gradebooks, graded notebooks, feedback, remarks and kept results."""
    rows, wanted_rows = course.rows(), undisturbed.rows()
    assert set(rows) == set(wanted_rows)
    assert len(rows) == len(wanted_rows)
    found, wanted = course.files(), undisturbed.files()
    assert sorted(found) == sorted(wanted)
    assert [path for path in found if found[path] != wanted[path]] == []
    assert course.results() == undisturbed.results()


def kill_again_and_again(course: Class, kills: int, *, seed: int) -> int:
    """Grade a class, killed at random moments of all its phases, until it is done.

    Args:
        course: The class.
        kills: How often to kill; for the first time while it starts.
        seed: Of the moments.

    Returns:
        How often it was killed in fact: it may have ended a moment before.
    """
    chance = random.Random(seed)  # noqa: S311
    in_all = 3 * len(course.handed_in())
    killed = 0
    for target in [0, *sorted(chance.choices(range(1, in_all), k=kills - 1))]:
        grading = Grading(course)
        wait_for(partial(_is_at, grading, course, target))
        time.sleep(chance.uniform(0, 0.05 if target else 2))
        grading.kill()
        killed += grading.wait().code == -signal.SIGKILL
    kept = course.results()
    assert grade(course)["kept"] == kept
    return killed


@contextlib.contextmanager
def locked(course: Class) -> Iterator[None]:
    """Have another program write to the gradebook: nobody can even read it."""
    path = course.gradebook
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout = 10000")
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def hand_in_attacks(course: Class, folder: Path, attacks: Sequence[Attack]) -> None:
    """Have attackers in a class; what they are after is nowhere."""
    folder.mkdir()
    nothing = dict.fromkeys(SECRETS, "nothing-is-secret-here")
    (folder / "canaries.json").write_text(json.dumps(nothing), encoding="utf-8")
    world = World(folder)
    world.course = course.root
    for attack in attacks:
        world.hand_in(attack, learner_of(attack))


def assert_honest_are_graded_right(course: Class) -> None:
    """Compare with what a judge says who shares a process with the answer."""
    scores = course.scores()
    assert [key for key, found in scores.items() if None in found] == []
    exercises = {e.slug: e for e in find_exercises(Rooms.of_this_course())}
    right: dict[tuple[str, str], float] = {}
    wrong = []
    honest = [path for path in course.handed_in() if "learner" in str(path.parents[1])]
    for path in honest:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        answer = next(cell["source"] for cell in cells if is_answer(cell))
        exercise = exercises[path.stem]
        if (path.stem, answer) not in right:
            right[path.stem, answer] = points(judge(exercise, answer))
        learner = path.parents[1].name
        if (
            sum(score or 0.0 for score in scores[learner, path.stem])
            != right[path.stem, answer]
        ):
            wrong.append(path)
    assert wrong == []


def _is_at(grading: Grading, course: Class, target: int) -> bool:
    return course.progress() >= target or not grading.running


def _children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text()
                if int(stat.rpartition(")")[2].split()[1]) == pid:
                    yield int(entry.name)
