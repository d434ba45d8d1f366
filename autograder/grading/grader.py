"""The grader: notebooks in, results out, with learner code behind the border."""

import atexit
import fcntl
import hashlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autograder.criteria import Evidence
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.files import FILES_ID
from autograder.grading.cells import MAX_TOTAL, sound_outputs
from autograder.grading.intake import Submission
from autograder.grading.result import Output, Result
from autograder.grading.results import disk_error, exercise_digest, grader_digest
from autograder.grading.zygote import Zygote, deadline_in
from autograder.judge import out_of_time
from autograder.platforms import require_linux
from autograder.rooms import Rooms
from autograder.sandbox import Level, best_level

SECONDS_PER_CRITERION = 10.0
SECONDS_PER_NOTEBOOK = 30.0
SECONDS_PER_CELL = 10.0
SECONDS_FOR_CELLS = 20.0
PATIENCE_VARIABLE = "COURSE_GRADING_PATIENCE"
_GRACE = 3.0
_MAX_LINE = 1 << 20
_MAX_SHOWN = 6 << 20
_MOMENT = 0.5
_ATTEMPTS = 3  # at one notebook, when warm processes end under it
TRUST_VARIABLE = "COURSE_TRUST_LEARNERS"
SALT_VARIABLE = "COURSE_GRADING_SALT"


@dataclass(frozen=True)
class Task:
    """All that judging one notebook takes; it can be sent to another machine.

    Attributes:
        slug: The exercise.
        key: What the result depends on.
        seed: Where random inputs start from.
        answer: The source of the answer cell, or packed files.
        cells: The learner's own cells, each with ``id`` and ``source``.
    """

    slug: str
    key: str
    seed: int
    answer: str
    cells: tuple[dict[str, str], ...]

    def to_json(self) -> str:
        """Write the task as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Task":
        """Read a task back.

        Args:
            text: What ``to_json`` wrote.

        Returns:
            The task.
        """
        told = json.loads(text)
        return cls(**{**told, "cells": tuple(told["cells"])})


class Grader:
    """Grades notebooks, many at once, each in boxes of its own.

    Use it as a context manager, from as many threads as there are processors.

    Args:
        rooms: The course.
        level: How learner code is closed in; the best that this machine gives.
        trust_learners: Grade also where nothing can close learner code in.
        salt: Makes seeds that nobody can work out beforehand.

    Raises:
        CourseError: This machine has no border, and learners are not trusted.
    """

    def __init__(
        self,
        rooms: Rooms,
        *,
        level: Level | None = None,
        trust_learners: bool = False,
        salt: str = "",
    ) -> None:
        self.rooms = rooms
        self.level = best_level() if level is None else level
        refuse_without_border(self.level, trust_learners=trust_learners)
        self._patience = _patience()
        self._salt = salt
        self._exercises = {e.slug: e for e in find_exercises(rooms)}
        # Results of what nobody touched: many hand in the same.
        self._starters: dict[str, Result] = {}
        self._stack = ExitStack()
        self._renewing = threading.RLock()

    def __enter__(self) -> Self:
        # They start at once, and are waited for when they are first needed.
        self._judges = Zygote("judge_box", self.level)
        # Looked up at the end: a warm process that ended was replaced.
        self._stack.callback(lambda: self._judges.close())  # noqa: PLW0108
        self._learners = Zygote("learner_box", self.level)
        self._stack.callback(lambda: self._learners.close())  # noqa: PLW0108
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def slugs(self) -> list[str]:
        """The exercises that are graded here."""
        return list(self._exercises)

    def exercise(self, slug: str) -> Exercise:
        """Give an exercise that is graded here.

        Args:
            slug: Its slug, which is also its notebook's name.

        Returns:
            The exercise.

        Raises:
            CourseError: There is none.
        """
        if slug not in self._exercises:
            raise CourseError(
                f"There is no exercise {slug!r} to grade a notebook by.",
                remedy=f"There are: {', '.join(sorted(self._exercises))}.",
            )
        return self._exercises[slug]

    def task(self, submission: Submission, learner: str) -> Task:
        """Say what grading a submission takes.

        Args:
            submission: What was handed in.
            learner: Who handed it in; random inputs are drawn for each learner, but
                for the starter: all that handed in the same earn the same words.

        Returns:
            The task.
        """
        exercise = self.exercise(submission.slug)
        answer = submission.answer or ""
        drawn_for = "" if _is_starter(answer, exercise) else learner
        seed = _seed(self._salt, drawn_for, exercise)
        parts = (
            submission.digest,
            exercise_digest(exercise),
            grader_digest(self.rooms),
            f"{learner} {seed} {self._patience}",
        )
        return Task(
            slug=submission.slug,
            key=hashlib.sha256(" ".join(parts).encode()).hexdigest(),
            seed=seed,
            answer=answer,
            cells=tuple(
                {"id": cell.id, "source": cell.source}
                for cell in submission.cells
                if cell.cell_type == "code"
                and cell.grade_id != FILES_ID
                and not _is_judged(cell.grade_id, exercise)
            ),
        )

    def grade(self, submission: Submission, learner: str) -> Result:
        """Grade one notebook. There always is a result.

        Args:
            submission: What was handed in.
            learner: Who handed it in.

        Returns:
            The result.

        Raises:
            CourseError: The warm processes have ended.
        """
        task = self.task(submission, learner)
        result = self.unreadable(submission, task) or self.run(task)
        return result.remarked(submission.remarks)

    def unreadable(self, submission: Submission, task: Task) -> Result | None:
        """Give the result of a notebook that has no answer to judge.

        Args:
            submission: What was handed in.
            task: Its task.

        Returns:
            A result without points that says why, or None when it can be judged.
        """
        if submission.problem is None and submission.answer is not None:
            return None
        why = submission.problem or "has no answer cell"
        evidence = Evidence(
            "your notebook", why, "the notebook of this exercise, saved by Jupyter"
        )
        exercise = self.exercise(submission.slug)
        return Result(
            slug=task.slug,
            key=task.key,
            seed=task.seed,
            findings={criterion.name: evidence for criterion in exercise.criteria},
            flags=(f"The notebook {why}.",),
        )

    def run(self, task: Task) -> Result:
        """Judge an answer and run the learner's cells.

        Args:
            task: What to do.

        Returns:
            The result.

        Raises:
            CourseError: The warm processes end again and again.
        """
        exercise = self.exercise(task.slug)
        if not _is_starter(task.answer, exercise):
            return self._run(exercise, task)
        same_for_all = replace(task, key="").to_json()
        known = self._starters.get(same_for_all)
        if known:
            return replace(known, key=task.key)
        result = self._run(exercise, task)
        if not result.flags:
            self._starters[same_for_all] = result
        return result

    def _run(self, exercise: Exercise, task: Task) -> Result:
        started = time.monotonic()
        run, outputs, flags = self._judge_and_show(exercise, task)
        return Result(
            slug=task.slug,
            key=task.key,
            seed=task.seed,
            findings=run.findings,
            outputs=outputs,
            flags=tuple(flags),
            seconds=round(time.monotonic() - started, 3),
        )

    def _judge_and_show(
        self, exercise: Exercise, task: Task
    ) -> tuple["_Run", dict[str, list[Output]], list[str]]:
        """Judge, and judge again when a warm process was killed meanwhile.

        Its boxes died with it: it would look as if the answer had ended itself.
        """
        for _ in range(_ATTEMPTS):
            judges, learners = self._renewed()
            run = _Run(learners, judges, exercise, task, self._patience)
            try:
                outputs, flags = run.judge_and_show()
            except CourseError:
                if not self._have_ended(judges, learners, patience=_MOMENT):
                    raise
                continue
            patience = _MOMENT if flags else 0.0
            if not self._have_ended(judges, learners, patience=patience):
                return run, outputs, flags
        raise CourseError(
            "The grader's warm processes were killed again and again.",
            remedy="See whether memory runs out (`dmesg`), then start the command "
            "again, perhaps with fewer --jobs: what was graded is kept.",
        )

    def _renewed(self) -> tuple[Zygote, Zygote]:
        """Give both warm processes, anew where one has ended."""
        with self._renewing:
            if self._have_ended(self._judges):
                self._judges.close()
                self._judges = Zygote("judge_box", self.level)
            if self._have_ended(self._learners):
                self._learners.close()
                self._learners = Zygote("learner_box", self.level)
            return self._judges, self._learners

    def _have_ended(self, *zygotes: Zygote, patience: float = 0.0) -> bool:
        """Whether one of them has ended, or does within a moment.

        The kernel tells of it no later than their boxes end. Only work that was not
        taken yet is hung up a moment before.
        """
        with self._renewing:  # of two that ask at once, Popen tells one only
            return any(zygote.ends_within(patience) for zygote in zygotes)


class _Run:
    """One notebook on its way through the boxes."""

    def __init__(
        self,
        learners: Zygote,
        judges: Zygote,
        exercise: Exercise,
        task: Task,
        patience: float,
    ) -> None:
        self._patience = patience
        self._learners = learners
        self._judges = judges
        self._exercise = exercise
        self._task = task
        self._deadline = 0.0
        self._cells = task.cells
        self.findings: dict[str, Evidence | None] = {}

    def judge_and_show(self) -> tuple[dict[str, list[Output]], list[str]]:
        """Judge; should a judge die of what it was sent, another one goes on."""
        flags: list[str] = []
        names = [criterion.name for criterion in self._exercise.criteria]
        outputs: dict[str, list[Output]] = {}
        while todo := [name for name in names if name not in self.findings]:
            outputs |= self._pass(todo)
            left = [name for name in todo if name not in self.findings]
            if left:
                flags.append(f"The judge ended while it looked at {left[0]}.")
                self.findings[left[0]] = Evidence(
                    "your code", "ended the judging", "an answer to every call"
                )
        return outputs, flags

    def _pass(self, todo: Sequence[str]) -> dict[str, list[Output]]:
        with ExitStack() as stack:
            judge_ends, learner_ends = [], []
            for _ in todo:
                judge_end, learner_end = socket.socketpair()
                judge_ends.append(stack.enter_context(judge_end))
                learner_ends.append(stack.enter_context(learner_end))
            told = {
                "slug": self._task.slug,
                "libraries": " ".join(self._exercise.brief.libraries),
            }
            judge_line = stack.enter_context(_Line())
            learner_line = stack.enter_context(_Line())
            judge_line.send_box(self._judges, told, judge_ends)
            learner_line.send_box(self._learners, told, learner_ends)
            # The boxes have them now; whoever ends is noticed by the other.
            for end in (*judge_ends, *learner_ends):
                end.close()
            outputs = self._show(learner_line)
            self._judge(judge_line, todo)
            return outputs

    def _judge(self, line: "_Line", todo: Sequence[str]) -> None:
        if not self._deadline:
            self._deadline = deadline_in(SECONDS_PER_NOTEBOOK * self._patience)
        line.write(
            {
                "criteria": list(todo),
                "source": self._task.answer,
                "seed": self._task.seed,
                "seconds": SECONDS_PER_CRITERION * self._patience,
                "deadline": self._deadline,
            }
        )
        for told in line.read_all(len(todo), self._deadline + _GRACE):
            name, evidence = told
            self.findings[name] = Evidence(*evidence) if evidence else None
        if time.monotonic() > self._deadline:
            for name in todo:
                if name not in self.findings:
                    criterion = self._exercise.criterion(name)
                    self.findings[name] = out_of_time(criterion)

    def _show(self, line: "_Line") -> dict[str, list[Output]]:
        """Run the learner's cells for show; nothing depends on them."""
        outputs: dict[str, list[Output]] = {}
        cells, self._cells = self._cells, ()  # once, also when a judge dies
        line.write({"cells": cells, "seconds": SECONDS_PER_CELL * self._patience})
        known = {cell["id"] for cell in cells}
        room = MAX_TOTAL
        deadline = deadline_in(SECONDS_FOR_CELLS * self._patience)
        for told in line.read_all(len(cells), deadline):
            if type(told) is dict and told.get("id") in known:
                shown, room = sound_outputs(told.get("outputs"), room)
                outputs[told["id"]] = shown
        line.finish()
        return outputs


class _Line:
    """The grader's line to a box: JSON there and back, bounded in size and time."""

    def __init__(self) -> None:
        self._here, self._there = socket.socketpair()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The zygote sees this end close, and kills the box if it still runs.
        self._here.close()
        self._there.close()

    def send_box(
        self, zygote: Zygote, told: dict[str, str], ends: Sequence[socket.socket]
    ) -> None:
        zygote.fork(told, [self._there, *ends])
        self._there.close()

    def write(self, told: dict[str, Any]) -> None:
        self._here.settimeout(_GRACE)
        try:
            self._here.sendall(json.dumps(told).encode() + b"\n")
        except OSError:
            return  # the box has ended; reading will tell

    def finish(self) -> None:
        """Say that no more is wanted of the cells; the box itself goes on."""
        with suppress(OSError):
            self._here.shutdown(socket.SHUT_WR)

    def read_all(self, count: int, deadline: float) -> Iterator[Any]:
        """Read so many messages, or fewer when the box ends or time is up."""
        received, total = b"", 0
        while count:
            line, end, rest = received.partition(b"\n")
            if end:
                received = rest
                count -= 1
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError):
                    return
                continue
            left = deadline - time.monotonic()
            if left <= 0 or total > _MAX_SHOWN:
                return
            self._here.settimeout(left)
            try:
                chunk = self._here.recv(1 << 16)
            except OSError:
                return
            if not chunk:
                return
            total += len(chunk)
            received += chunk


def _is_starter(answer: str, exercise: Exercise) -> bool:
    return answer.strip() == exercise.brief.starter.strip()


def _is_judged(grade_id: str | None, exercise: Exercise) -> bool:
    return any(criterion.name == grade_id for criterion in exercise.criteria)


def _seed(salt: str, learner: str, exercise: Exercise) -> int:
    told = f"{salt}\n{learner}\n{exercise.part}/{exercise.slug}"
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:7])


def refuse_without_border(level: Level, *, trust_learners: bool) -> None:
    """Refuse to run learner code where nothing closes it in.

    Args:
        level: What this machine gives.
        trust_learners: Whether the instructor trusts all who handed in.

    Raises:
        CourseError: There is no border and learners are not trusted, or this is not
            Linux.
    """
    require_linux()
    if level is Level.NONE and not trust_learners:
        raise CourseError(
            "Nothing on this machine can close learner code in: it could read and "
            "change all that you can.",
            remedy="Run `python3 -m course doctor`: it says what is missing. If you "
            "trust everybody who handed in, say --trust-learners (for nbgrader: "
            f"{TRUST_VARIABLE}=1).",
        )


def salt_of(folder: Path) -> str:
    """Give the salt of a course's gradebook; made at random when there is none yet.

    Args:
        folder: nbgrader's course folder.

    Returns:
        Some letters; ``COURSE_GRADING_SALT`` where that is set.

    Raises:
        CourseError: It cannot be written.
    """
    given = os.environ.get(SALT_VARIABLE)
    if given:
        return given
    path = folder / "grading" / "salt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # two graders may start at once
            file.seek(0)
            salt = file.read()
            if not salt:  # also when whoever made the file was killed there
                salt = secrets.token_hex(16)
                file.write(salt)
    except OSError as error:
        raise disk_error(error) from error
    return salt


def _patience() -> float:
    """How much longer than usual everything may take, on a slow machine."""
    said = os.environ.get(PATIENCE_VARIABLE, "1")
    try:
        patience = float(said)
    except ValueError:
        patience = 0.0
    if not 0.1 <= patience <= 100:
        raise CourseError(
            f"{PATIENCE_VARIABLE} is {said!r}, which is no factor for time limits.",
            remedy="Unset it, or give a number from 0.1 to 100, such as 2.",
        )
    return patience


_starting = threading.Lock()


def shared_grader(folder: Path | None = None) -> Grader:
    """Give the one grader of this process, started when it is first wanted.

    Args:
        folder: nbgrader's course folder, for the salt.

    Returns:
        The grader.

    Raises:
        CourseError: This machine has no border, and learners are not trusted.
    """
    with _starting:
        return _shared_grader(folder)


@cache
def _shared_grader(folder: Path | None) -> Grader:
    grader = Grader(
        Rooms.of_this_course(),
        trust_learners=os.environ.get(TRUST_VARIABLE) == "1",
        salt=salt_of(folder) if folder else "",
    )
    grader.__enter__()
    atexit.register(grader.__exit__, None, None, None)
    return grader
