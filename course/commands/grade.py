"""``grade``: a whole assignment, quickly and safely."""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer
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
from autograder.grading.batch import (
    Batch,
    CourseFolder,
    Runner,
    Summary,
    on_this_machine,
)
from autograder.grading.grader import TRUST_VARIABLE, Grader, salt_of
from autograder.rooms import Rooms

_SHOWN = 10


def grade(
    assignment: Annotated[
        str, typer.Argument(help="The assignment: a part, such as 01_design.")
    ],
    *,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Notebooks at once; as many as there are processors."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Send the work to a Dask scheduler, as tcp://host:8786."),
    ] = None,
    feedback: Annotated[
        bool, typer.Option(help="Write a feedback page for every notebook.")
    ] = True,
    trust_learners: Annotated[
        bool,
        typer.Option(
            help="Grade also where nothing can close learner code in.",
            envvar=TRUST_VARIABLE,
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as one JSON object.")
    ] = False,
) -> None:
    """Grade an assignment: every notebook handed in, into the gradebook."""
    started = time.monotonic()
    rooms = Rooms.of_this_course()
    course = CourseFolder.configured(rooms)
    total = _count(course, assignment)
    console = Console(stderr=True)
    at_once = jobs or len(os.sched_getaffinity(0))
    with (
        Grader(
            rooms, trust_learners=trust_learners, salt=salt_of(course.root)
        ) as grader,
        _runner(grader, at_once, cluster) as runner,
        _progress(console) as progress,
    ):
        task = progress.add_task("grading", total=total)
        batch = Batch(course, assignment, grader, runner, feedback=feedback)
        summary = batch.run(lambda count: progress.advance(task, count))
    _tell(summary, course, assignment, time.monotonic() - started, as_json=as_json)


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
def _runner(grader: Grader, jobs: int, cluster: str | None) -> Iterator[Runner]:
    if cluster:
        # Dask is loaded where it is asked for: it takes longer than a small class.
        from autograder.grading.cluster import connect  # noqa: PLC0415

        with connect(cluster, grader) as runner:
            yield runner
        return
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


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
    )


def _tell(
    summary: Summary,
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
