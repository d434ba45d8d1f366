"""``grade``: a whole assignment, quickly and safely."""

from typing import Annotated

import typer

from autograder.platforms import require_unix


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
    require_unix()
    # Only here: the grader loads nbgrader, and parts of it are for Linux alone.
    from course.grading import Wishes, grade_assignment  # noqa: PLC0415

    wishes = Wishes(jobs, cluster, feedback, trust_learners)
    grade_assignment(assignment, wishes, as_json=as_json)
