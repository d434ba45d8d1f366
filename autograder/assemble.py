"""nbgrader source notebooks, put together from the rooms."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import given
from autograder.brief import CRITERIA_MARK
from autograder.criteria import Criterion
from autograder.exercises import Exercise
from autograder.files import FILES_ID
from autograder.notebook import ANSWER_ID

_SCHEMA = 3
_HIDDEN = "### BEGIN HIDDEN TESTS\n{call}\n### END HIDDEN TESTS"
_GATE = (
    "Points for behaviour count once at least one design criterion is met: code that "
    "was not refactored earns nothing."
)
_ANSWER_NOTE = (
    "**Your answer is the next cell, and only that cell**: it is run on its own, so "
    "keep everything it needs in it. Use other cells to try things; they are not "
    "judged."
)
_FILES_NOTE = (
    "**Your answer is the folder `{slug}` beside this notebook**: open it in the file "
    "browser on the left; edit, add, move, rename and delete files there. It is run on "
    "its own: what is defined in this notebook is not judged. The next cell shows "
    "which files are read."
)


def criteria_table(exercise: Exercise) -> str:
    """Say in plain words how an exercise is judged.

    Args:
        exercise: The exercise.

    Returns:
        A Markdown table of all criteria, and when behaviour points count.
    """
    rows = [
        f"| {c.title} | {c.kind} | {'yes' if c.visible else 'no'} | {c.points} |"
        for c in exercise.criteria
    ]
    return "\n".join(
        [
            "| You pass when | Kind | You can run it | Points |",
            "| :-- | :-- | :-- | --: |",
            *rows,
            "",
            _GATE,
        ]
    )


def assemble(exercise: Exercise) -> nbformat.NotebookNode:
    """Put together the source notebook of an exercise, with the solution in place.

    Args:
        exercise: A checked exercise.

    Returns:
        A notebook with nbgrader's metadata: a locked cell that opens the exercise, the
        answer cell or one that lists the answer's files, and a grade cell for each
        criterion.
    """
    brief = given.shown(exercise.brief.before)
    brief = brief.replace(CRITERIA_MARK, criteria_table(exercise))
    cells = [
        _locked(new_markdown_cell(brief), "brief"),
        _locked(new_code_cell(_opening(exercise)), "open"),
        *_answer(exercise),
        _locked(new_markdown_cell(f"## Hints\n\n{exercise.brief.hints}"), "hints"),
        *(_grade(criterion) for criterion in exercise.criteria),
    ]
    metadata = {
        "kernelspec": {
            "name": "python3",
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
        },
        "language_info": {"name": "python"},
        "title": exercise.brief.title,
    }
    return new_notebook(cells=cells, metadata=metadata)


def _opening(exercise: Exercise) -> str:
    # Where Python runs in a browser, what a cell names is fetched before it runs.
    libraries = ", ".join(exercise.brief.libraries)
    needed = f"import {libraries}\n\n" if libraries else ""
    return (
        f"{needed}from autograder.notebook import exercise\n\n"
        f'check = exercise("{exercise.slug}")'
    )


def _locked(cell: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return _with_metadata(cell, name, grade=False, solution=False, locked=True)


def _answer(exercise: Exercise) -> list[nbformat.NotebookNode]:
    if exercise.brief.package is not None:
        note = _FILES_NOTE.format(slug=exercise.slug)
        return [
            _locked(new_markdown_cell(note), "answer_note"),
            _locked(new_code_cell("check.files()"), FILES_ID),
        ]
    cell = new_code_cell(exercise.solution.rstrip("\n"))
    return [
        _locked(new_markdown_cell(_ANSWER_NOTE), "answer_note"),
        _with_metadata(cell, ANSWER_ID, grade=False, solution=True, locked=False),
    ]


def _grade(criterion: Criterion) -> nbformat.NotebookNode:
    call = f'check("{criterion.name}")'
    if not criterion.visible:
        note = f"# Judged after you hand in: {criterion.title}"
        call = f"{note}\n{_HIDDEN.format(call=call)}"
    cell = new_code_cell(call)
    _with_metadata(cell, criterion.name, grade=True, solution=False, locked=True)
    cell.metadata.nbgrader["points"] = criterion.points
    return cell


def _with_metadata(
    cell: nbformat.NotebookNode, name: str, *, grade: bool, solution: bool, locked: bool
) -> nbformat.NotebookNode:
    # Ids that say what a cell is make builds reproducible; `check` finds the answer.
    cell["id"] = name.replace("_", "-")[:64]
    cell.metadata["nbgrader"] = nbformat.from_dict(
        {
            "schema_version": _SCHEMA,
            "grade_id": name,
            "grade": grade,
            "solution": solution,
            "locked": locked,
            "task": False,
        }
    )
    return cell


def assemble_all(exercises: Sequence[Exercise], folder: Path) -> None:
    """Write the source notebooks of all exercises, or nothing at all.

    Files of an answer do not stand beside them: nbgrader would release them, and put
    them over what learners handed in.

    Args:
        exercises: Checked exercises.
        folder: nbgrader's source folder; what stood there before is replaced.
    """
    notebooks = {folder / e.part / f"{e.slug}.ipynb": assemble(e) for e in exercises}
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path, notebook in notebooks.items():
        target = fresh / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
