"""What a result becomes: points for the gradebook, and a notebook with verdicts."""

from typing import Any

from autograder.exercises import Exercise
from autograder.files import FILES_ID
from autograder.grading.intake import Submission, Template, as_notebook
from autograder.grading.result import Output, Result, files_output, grade_output


def scores_of(
    result: Result, exercise: Exercise, template: Template
) -> dict[str, float]:
    """Give the points for each grade cell, never more than it is worth.

    Args:
        result: What grading led to.
        exercise: The exercise as it is now.
        template: The notebook as it was released, perhaps with fewer or other criteria.

    Returns:
        Points by grade id; a grade cell whose criterion is gone earns none.
    """
    earned = {v.criterion.name: v.points for v in result.verdicts(exercise)}
    return {
        cell.grade_id: min(float(earned.get(cell.grade_id, 0)), cell.points)
        for cell in template.cells
        if cell.grade
    }


def graded_notebook(
    submission: Submission, template: Template, result: Result, exercise: Exercise
) -> dict[str, Any]:
    """Write the notebook that stands under ``autograded``.

    Args:
        submission: What was handed in.
        template: What was released.
        result: What grading led to.
        exercise: The exercise.

    Returns:
        A notebook as plain data, with a verdict in each grade cell.
    """
    scores = scores_of(result, exercise, template)
    verdicts = {v.criterion.name: v for v in result.verdicts(exercise)}
    # nbgrader gives full marks for silence, so every grade cell says something.
    outputs: dict[str, Output] = {}
    for grade_id, score in scores.items():
        if grade_id in verdicts:
            output = grade_output(verdicts[grade_id], exercise)
            data = {**output["data"], "text/plain": f"{score:g}"}
            outputs[grade_id] = {**output, "data": data}
    shown = dict(result.outputs)
    if template.of_files and submission.answer:
        shown[FILES_ID] = [files_output(submission.answer)]
    return as_notebook(submission, template, shown, outputs, flags=result.flags)
