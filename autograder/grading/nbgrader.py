"""The grader behind nbgrader's own commands and the formgrader's button.

One line in ``nbgrader_config.py`` puts it there: ``configure(c)``.
"""

import os
from typing import Any

from autograder.errors import CourseError

PLAIN = "plain"
"""``COURSE_GRADER=plain``: nbgrader runs the notebooks itself, without a border."""

_HERE = "autograder.grading.nbgrader_plugin"
_FEEDBACK = "autograder.grading.feedback_exporter.FeedbackExporter"


def configure(c: Any) -> None:
    """Put the grader into nbgrader.

    Args:
        c: The configuration object of ``nbgrader_config.py``.

    Raises:
        CourseError: ``COURSE_GRADER`` asks for a grader that does not exist.
    """
    asked = os.environ.get("COURSE_GRADER", "")
    if asked not in ("", PLAIN):
        raise CourseError(
            f"There is no grader {asked!r}.",
            remedy=f"Unset COURSE_GRADER, or set it to {PLAIN!r}.",
        )
    if asked == PLAIN:
        return
    c.GenerateFeedback.exporter_class = _FEEDBACK
    c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
    c.Autograde.exporter_class = f"{_HERE}.SubmissionExporter"
    # The exporter gives nothing but what was released, so there is nothing to mend.
    c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.CheckCellMetadata"]
    c.Autograde.autograde_preprocessors = [
        f"{_HERE}.JudgeAcrossTheBorder",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
