"""What nbgrader runs: reading, running and judging what learners handed in.

nbgrader goes on to find submissions, to write the gradebook and to make feedback.
``autograder.grading.nbgrader.configure`` names these classes.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.errors import CourseError
from autograder.exercises import find_exercise
from autograder.grading.gradebook import (
    load_template,
    pass_on_receipts,
    read_timestamp,
    refuse_triggers,
)
from autograder.grading.graded import graded_notebook
from autograder.grading.grader import shared_grader
from autograder.grading.intake import (
    Submission,
    Template,
    as_notebook,
    read_submission,
)
from autograder.rooms import Rooms


class _NothingFromLearners(BaseConverter):  # type: ignore[misc]
    """Copies no file of a submission, where nbgrader copies all and follows links."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Pass on the time and the secret of a submission."""
        pass_on_receipts(
            Path(self._format_source(assignment_id, student_id)),
            Path(self._format_dest(assignment_id, student_id)),
        )


class GuardedAutograde(Autograde, _NothingFromLearners):  # type: ignore[misc]
    """nbgrader's Autograde, whose first step takes no files from learners."""


class GuardedCourseDirectory(CourseDirectory):  # type: ignore[misc]
    """nbgrader's course directory, which a junk timestamp cannot stop."""

    def get_existing_timestamp(self, dest_path: str) -> Any:
        """Read when something was handed in.

        Args:
            dest_path: The folder of a submission.

        Returns:
            The time, or None.
        """
        timestamp, remark = read_timestamp(Path(dest_path))
        if remark:
            self.log.warning("%s: %s", dest_path, remark)
        return timestamp


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads what a learner handed in through intake; it always gives a notebook.

    nbgrader's converter cannot be replaced by configuration, but it makes its exporter
    itself and hands itself over. So this is where it is guarded.

    Args:
        config: nbgrader's configuration.
        **kwargs: What else nbconvert hands over; ``parent`` is the converter.

    Attributes:
        grader: The grader, for ``JudgeAcrossTheBorder``.
        handed_in: The submission at hand, and what was released.

    Raises:
        NbGraderException: The gradebook was tampered with, or nothing can be graded
            here; the log says why.
    """

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        self.handed_in: tuple[Submission, Template]
        course = self.parent.coursedir
        try:
            refuse_triggers(course.db_url)
            # Now: one clear refusal is better than one for each learner.
            self.grader = shared_grader(Path(course.root))
        except CourseError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error
        self.parent.__class__ = GuardedAutograde
        course.__class__ = GuardedCourseDirectory

    def from_filename(
        self, filename: str, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Read a submission, or on the second pass what the first one wrote.

        Args:
            filename: The notebook.
            resources: nbconvert's resources; ``nbgrader`` names learner and notebook.
            **kw: What nbconvert hands on.

        Returns:
            The notebook as text, and the resources.
        """
        told = resources["nbgrader"]
        if self.parent._sanitizing:
            self.handed_in = self._read(Path(filename), told)
        submission, template = self.handed_in
        resources["metadata"] = {"name": told["notebook"], "path": ""}
        notebook = nbformat.from_dict(as_notebook(submission, template, {}, {}))
        exported: tuple[str, Any] = self.from_notebook_node(notebook, resources, **kw)
        return exported

    def _read(self, path: Path, told: Mapping[str, str]) -> tuple[Submission, Template]:
        course = self.parent.coursedir
        folders = [
            Path(course.format_path(name, ".", told["assignment"]))
            for name in (course.release_directory, course.source_directory)
        ]
        # Read anew each time: the formgrader's server outlives many releases.
        with Gradebook(told["db_url"]) as gradebook:
            template = load_template(
                gradebook, told["assignment"], told["notebook"], folders
            )
        submission = read_submission(path, template)
        problem = submission.problem and f"the notebook {submission.problem}"
        for said in filter(None, [problem, *submission.remarks]):
            self.log.warning("%s, %s: %s", told["student"], told["notebook"], said)
        return submission, template


class JudgeAcrossTheBorder(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades a submission where nbgrader would run it beside its tests."""

    def preprocess(
        self,
        nb: NotebookNode,  # noqa: ARG002 - the same as what was handed in
        resources: dict[str, Any],
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade a submission.

        Args:
            nb: The notebook of the first pass.
            resources: nbconvert's resources; ``nbgrader`` names the learner.

        Returns:
            The notebook with verdicts in place, and the resources.
        """
        submission, template = self.parent.handed_in
        learner = resources["nbgrader"]["student"]
        exercise = find_exercise(Rooms.of_this_course(), submission.slug)
        result = self.parent.grader.grade(submission, learner)
        for flag in result.flags:
            self.log.warning("%s, %s: %s", learner, submission.slug, flag)
        graded = graded_notebook(submission, template, result, exercise)
        return nbformat.from_dict(graded), resources
