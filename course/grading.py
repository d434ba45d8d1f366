"""Grading an assignment from the command line: progress, and what it came to."""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autograder.errors import CourseError
from autograder.grading.course_folder import CourseFolder
from autograder.grading.grader import Grader, salt_of
from autograder.rooms import Rooms

if TYPE_CHECKING:
    from autograder.grading.batch import Runner, Summary

_SHOWN = 10


@dataclass(frozen=True)
class Wishes:
    """How an instructor wants an assignment graded.

    Attributes:
        jobs: Notebooks at once; None for as many as there are processors.
        cluster: Address of a Dask scheduler, if the work goes there.
        feedback: Whether feedback pages are written.
        trust_learners: Whether to grade also without a border.
    """

    jobs: int | None
    cluster: str | None
    feedback: bool
    trust_learners: bool


def grade_assignment(assignment: str, wishes: Wishes, *, as_json: bool) -> None:
    """Grade an assignment, show progress and tell what it came to.

    Args:
        assignment: The assignment.
        wishes: How.
        as_json: Whether to print the summary as one JSON object.

    Raises:
        CourseError: Nothing was handed in, or grading could not go on.
    """
    started = time.monotonic()
    rooms = Rooms.of_this_course()
    course = CourseFolder.configured(rooms)
    total = _count(course, assignment)
    trust = wishes.trust_learners
    with Grader(rooms, trust_learners=trust, salt=salt_of(course.root)) as grader:
        summary = _grade(course, assignment, grader, wishes, total)
    _tell(summary, course, assignment, time.monotonic() - started, as_json=as_json)


def _grade(
    course: CourseFolder, assignment: str, grader: Grader, wishes: Wishes, total: int
) -> "Summary":
    # The grader's warm processes load at this moment: so nbgrader does too.
    from autograder.grading import batch  # noqa: PLC0415

    with _executor(grader, wishes) as runner, _progress() as progress:
        task = progress.add_task("grading", total=total)
        work = batch.Batch(course, assignment, grader, runner, feedback=wishes.feedback)
        return work.run(lambda count: progress.advance(task, count))


def _count(course: CourseFolder, assignment: str) -> int:
    folders = [folder for _, folder in course.submitted(assignment)]
    if not folders:
        raise CourseError(
            f"Nobody has handed in {assignment!r} yet.",
            remedy=f"Collect it (nbgrader collect {assignment}), or put notebooks into "
            f"{course.root / 'submitted'}/<learner>/{assignment}/.",
        )
    return sum(len(list(folder.glob("*.ipynb"))) for folder in folders)


@contextlib.contextmanager
def _executor(grader: Grader, wishes: Wishes) -> "Iterator[Runner]":
    if wishes.cluster:
        # Dask is loaded where it is asked for: it takes longer than a small class.
        from autograder.grading.cluster import connect  # noqa: PLC0415

        trust = wishes.trust_learners
        with connect(wishes.cluster, grader, trust_learners=trust) as runner:
            yield runner
        return
    from autograder.grading.batch import on_this_machine  # noqa: PLC0415

    jobs = wishes.jobs or len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(jobs) as pool:
        yield on_this_machine(grader, pool, jobs)


class _Rate(ProgressColumn):
    """Notebooks a second."""

    def render(self, task: Task) -> Text:
        """Draw the column.

        Args:
            task: The task.

        Returns:
            The rate, once there is one.
        """
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def _tell(
    summary: "Summary",
    course: CourseFolder,
    assignment: str,
    seconds: float,
    *,
    as_json: bool,
) -> None:
    if as_json:
        told = {
            "notebooks": summary.notebooks,
            "kept": summary.kept,
            "learners": summary.learners,
            "remarks": summary.remarks,
            "seconds": round(seconds, 3),
        }
        print(json.dumps(told, ensure_ascii=False))
        return
    console = Console()
    console.print(
        f"{summary.notebooks} notebooks of {summary.learners} learners are in the "
        f"gradebook, {summary.kept} of them unchanged since the last run "
        f"({seconds:.1f} s)."
    )
    for learner, notebook, words in summary.remarks[:_SHOWN]:
        place = f"{learner}, {notebook}" if notebook else learner
        console.print(f"  {place}: {words}", markup=False, soft_wrap=True)
    if len(summary.remarks) > _SHOWN:
        console.print(f"  and {len(summary.remarks) - _SHOWN} more remarks")
    if summary.remarks:
        path = course.root / "grading" / f"{assignment}-remarks.csv"
        console.print(f"All remarks: {path}", soft_wrap=True)
    console.print("Grades: `nbgrader export`, or the formgrader.")
