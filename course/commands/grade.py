"""``grade``: a whole assignment, quickly and safely."""

import sys
from typing import Annotated

import typer

from autograder.errors import CourseError


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
            envvar="COURSE_TRUST_LEARNERS",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as one JSON object.")
    ] = False,
) -> None:
    """Grade an assignment: every notebook handed in, into the gradebook."""
    if sys.platform == "win32":
        raise CourseError(
            "This grader closes learner code in by means that only Linux has.",
            remedy="Grade in WSL 2; reading the book and doing exercises work here.",
        )
    # Only here: the grader loads nbgrader, and parts of it are for Linux alone.
    from course.grading import Wishes, grade_assignment  # noqa: PLC0415

    wishes = Wishes(jobs, cluster, feedback, trust_learners)
    grade_assignment(assignment, wishes, as_json=as_json)
