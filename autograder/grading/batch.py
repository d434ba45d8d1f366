"""A whole assignment, graded at once: many boxes, one writer, nothing done twice."""

import contextlib
import csv
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.course_folder import CourseFolder
from autograder.grading.feedback import feedback_page, write_feedback
from autograder.grading.gradebook import (
    Booking,
    GradebookWriter,
    pass_on_receipts,
)
from autograder.grading.graded import graded_notebook, scores_of
from autograder.grading.grader import Grader, Task
from autograder.grading.intake import (
    Submission,
    Template,
    read_submission,
    write_notebook,
)
from autograder.grading.result import Result
from autograder.grading.results import disk_error

_BATCH = 200  # notebooks for each transaction of the gradebook


@dataclass(frozen=True)
class Runner:
    """Whoever carries out tasks: threads of this machine, or a cluster.

    Attributes:
        executor: Where work is handed out.
        run: Carries out tasks, each as JSON, and returns their results as JSON.
        in_flight: How many groups of tasks are handed out at once.
        group: How many tasks are handed out together.
    """

    executor: Executor
    run: Callable[[list[str]], list[str]]
    in_flight: int
    group: int = 1


def on_this_machine(grader: Grader, executor: Executor, jobs: int) -> Runner:
    """Carry out tasks in threads; each waits for boxes, which do the work.

    Args:
        grader: The grader.
        executor: As many threads as jobs.
        jobs: How many notebooks are graded at once.

    Returns:
        A runner.
    """

    def run(tasks: list[str]) -> list[str]:
        return [grader.run(Task.from_json(task)).to_json() for task in tasks]

    # A little more than can be done, so that no thread waits for the writer.
    return Runner(executor, run, in_flight=jobs + 2)


@dataclass(frozen=True)
class HandedIn:
    """One notebook of one learner.

    Attributes:
        learner: The learner's name.
        folder: The learner's folder of the assignment.
        template: What was released.
        submission: What was handed in.
        task: What grading it takes.
    """

    learner: str
    folder: Path
    template: Template
    submission: Submission
    task: Task


@dataclass
class Summary:
    """What a run came to.

    Attributes:
        notebooks: How many were graded, those from earlier runs included.
        kept: How many of them had a result from an earlier run.
        learners: How many learners handed in.
        remarks: What an instructor should look at: learner, notebook, words.
    """

    notebooks: int = 0
    kept: int = 0
    learners: int = 0
    remarks: list[tuple[str, str, str]] = field(default_factory=list)


class Batch:
    """Grades an assignment.

    Args:
        course: Where nbgrader keeps the course.
        assignment: The assignment.
        grader: Knows the exercises; whoever carries out tasks may be another one.
        runner: Carries out tasks.
        feedback: Whether feedback pages are written.
    """

    def __init__(
        self,
        course: CourseFolder,
        assignment: str,
        grader: Grader,
        runner: Runner,
        *,
        feedback: bool = True,
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._grader = grader
        self._runner = runner
        self._feedback = feedback
        self._store = course.results
        self._started = time.time()
        self.summary = Summary()

    def run(self, advance: Callable[[int], None] = lambda _: None) -> Summary:
        """Grade everything that was handed in.

        Killed at any moment and started again it goes on: results are kept one by one,
        and what is written is the same however often it is written.

        Args:
            advance: Called with how many more notebooks are in the gradebook.

        Returns:
            What it came to.

        Raises:
            CourseError: The assignment is not released, the gradebook stays locked or
                was tampered with, or the disk is full.
        """
        course = self._course
        with GradebookWriter(
            course.db_url,
            self._assignment,
            course_id=course.course_id,
            config=course.config,
            folders=[course.root / "release", course.root / "source"],
        ) as writer:
            booked: list[tuple[HandedIn, Result]] = []
            try:
                for done in self._results(writer.templates):
                    booked.append(done)
                    if len(booked) >= _BATCH:
                        self._book(writer, booked)
                        advance(len(booked))
                        booked = []
                self._book(writer, booked)
                advance(len(booked))
                self._write_remarks()
                self._sweep()
            except OSError as error:
                raise disk_error(error) from error
        return self.summary

    def _results(
        self, templates: dict[str, Template]
    ) -> Iterator[tuple[HandedIn, Result]]:
        """Give results as they come, those of earlier runs at once."""
        waiting: dict[Future[list[str]], list[HandedIn]] = {}
        group: list[HandedIn] = []
        for handed_in in self._handed_in(templates):
            result = self._known(handed_in)
            if result:
                yield handed_in, result
                continue
            group.append(handed_in)
            if len(group) >= self._runner.group:
                waiting[self._submit(group)] = group
                group = []
            while len(waiting) >= self._runner.in_flight:
                yield from self._finished(waiting)
        if group:
            waiting[self._submit(group)] = group
        while waiting:
            yield from self._finished(waiting)

    def _handed_in(self, templates: dict[str, Template]) -> Iterator[HandedIn]:
        for learner, folder in self._course.submitted(self._assignment):
            self.summary.learners += 1
            there = [s for s, known in templates.items() if known.handed_in(folder)]
            # Of a folder without any notebook all count as handed in unreadable:
            # whoever handed in something has a result.
            for slug in there or templates:
                template = templates[slug]
                submission = read_submission(folder / f"{slug}.ipynb", template)
                task = self._grader.task(submission, learner)
                yield HandedIn(learner, folder, template, submission, task)

    def _known(self, handed_in: HandedIn) -> Result | None:
        unreadable = self._grader.unreadable(handed_in.submission, handed_in.task)
        if unreadable:
            return unreadable
        kept = self._store.get(handed_in.task.key)
        self.summary.kept += kept is not None
        return kept

    def _submit(self, group: Sequence[HandedIn]) -> Future[list[str]]:
        tasks = [handed_in.task.to_json() for handed_in in group]
        return self._runner.executor.submit(self._runner.run, tasks)

    def _finished(
        self, waiting: dict[Future[list[str]], list[HandedIn]]
    ) -> Iterator[tuple[HandedIn, Result]]:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            for handed_in, told in zip(
                waiting.pop(future), future.result(), strict=True
            ):
                result = Result.from_json(told)
                self._store.put(result)
                yield handed_in, result

    def _book(
        self, writer: GradebookWriter, booked: Sequence[tuple[HandedIn, Result]]
    ) -> None:
        """Write notebooks, then the gradebook, then feedback, which shows both."""
        bookings: list[Booking] = []
        for handed_in, result in booked:
            exercise = self._grader.exercise(result.slug)
            submission = handed_in.submission
            flagged = result.remarked(submission.remarks)
            notebook = graded_notebook(
                submission, handed_in.template, flagged, exercise
            )
            write_notebook(self._path("autograded", handed_in, "ipynb"), notebook)
            scores = scores_of(result, exercise, handed_in.template)
            bookings.append(
                Booking(handed_in.learner, handed_in.folder, submission, scores)
            )
            self._remark(handed_in, flagged.flags)
        self._pass_on_receipts({h.learner: h.folder for h, _ in booked})
        for remark in writer.write(bookings):
            learner, _, words = remark.partition(": ")
            self.summary.remarks.append((learner, "", words))
        self.summary.notebooks += len(booked)
        if self._feedback:
            self._write_feedback(writer, booked)

    def _pass_on_receipts(self, folders: Mapping[str, Path]) -> None:
        """Let nbgrader release feedback later: it asks for time and secret."""
        for learner, folder in folders.items():
            for step in ("autograded", *(("feedback",) if self._feedback else ())):
                target = self._course.root / step / learner / self._assignment
                pass_on_receipts(folder, target)

    def _write_feedback(
        self, writer: GradebookWriter, booked: Sequence[tuple[HandedIn, Result]]
    ) -> None:
        learners = sorted({handed_in.learner for handed_in, _ in booked})
        grades = writer.grades(learners)
        for handed_in, result in booked:
            learner = handed_in.learner
            page = feedback_page(
                self._grader.exercise(result.slug),
                handed_in.submission,
                result,
                grades.get((learner, result.slug)),
                learner,
            )
            write_feedback(page, self._path("feedback", handed_in, "html"))

    def _path(self, step: str, handed_in: HandedIn, suffix: str) -> Path:
        folder = self._course.root / step / handed_in.learner / self._assignment
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{handed_in.submission.slug}.{suffix}"

    def _remark(self, handed_in: HandedIn, flags: Sequence[str]) -> None:
        for words in flags:
            self.summary.remarks.append(
                (handed_in.learner, handed_in.submission.slug, words)
            )

    def _write_remarks(self) -> None:
        path = self._course.root / "grading" / f"{self._assignment}-remarks.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["learner", "notebook", "remark"])
            writer.writerows(self.summary.remarks)

    def _sweep(self) -> None:
        """Remove the half files of runs that were killed while they wrote.

        Such a file lives for a moment: one older than this run is nobody's any more.
        """
        for pattern in (
            f"autograded/*/{self._assignment}/.*.????????",
            f"feedback/*/{self._assignment}/.feedback-????????",
            "grading/results/??/*.new",
        ):
            for path in self._course.root.glob(pattern):
                with contextlib.suppress(FileNotFoundError):  # another run swept it
                    state = path.lstat()
                    if stat.S_ISREG(state.st_mode) and state.st_mtime < self._started:
                        path.unlink()
