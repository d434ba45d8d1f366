"""The feedback page by way of ``nbgrader generate_feedback``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from autograder.criteria import Evidence
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercise
from autograder.files import FILES_ID
from autograder.grading import untrusted
from autograder.grading.feedback import (
    MOST_CELLS,
    Card,
    Grades,
    Page,
    own_cells,
    render,
    verdict_card,
)
from autograder.grading.intake import ANSWER_ID
from autograder.grading.result import COURSE, EVIDENCE, FILES
from autograder.judge import verdicts_of
from autograder.report import chapter_url
from autograder.rooms import Rooms

_FACTS = 3


class FeedbackExporter(Exporter):  # type: ignore[misc]
    """Turns a notebook that was graded into its feedback page.

    A notebook that is no exercise of the course, such as an instructor's own assignment
    in the same gradebook, gets nbgrader's usual page.
    """

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Write the page.

        Args:
            nb: A notebook under ``autograded``.
            resources: nbconvert's resources; ``nbgrader`` names learner and notebook.
            kw: What nbconvert hands on.

        Returns:
            The page and the resources.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        told = resources["nbgrader"]
        exercise = _find(told["notebook"])
        if exercise is None:
            usual = HTMLExporter(config=self.config)
            html, resources = usual.from_notebook_node(nb, resources)
            return str(html), resources
        page = read_page(nb, exercise, told, graded=_written(resources))
        return render(page), resources


@lru_cache(maxsize=256)
def _find(slug: str) -> Exercise | None:
    try:
        return find_exercise(Rooms.of_this_course(), slug)
    except CourseError:
        return None


def _written(resources: Mapping[str, Any]) -> datetime | None:
    """When the graded notebook was written, if it came from a file."""
    told = resources.get("metadata", {})
    path = Path(told.get("path", "")) / f"{told.get('name', '')}.ipynb"
    if not path.is_file():
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def read_page(
    nb: NotebookNode,
    exercise: Exercise,
    told: Mapping[str, Any],
    *,
    graded: datetime | None = None,
) -> Page:
    """Read back from a graded notebook what its page says.

    Args:
        nb: The notebook, with what nbgrader's ``GetGrades`` puts into it.
        exercise: The exercise.
        told: nbgrader's resources: ``student``, ``score``, ``max_score`` and so on.
        graded: When it was graded.

    Returns:
        What the template needs.
    """
    by_id = {_grade_id(cell): cell for cell in nb.cells}
    own = [
        (cell.cell_type, cell.source, cell.get("outputs", ()))
        for cell in nb.cells
        if not _grade_id(cell)
    ]
    problem = nb.metadata.get(COURSE, {}).get("problem")
    answer = by_id.get(ANSWER_ID)
    return Page(
        exercise=exercise,
        learner=told["student"],
        cards=_cards(nb.cells, exercise),
        grades=_grades(nb.cells, told, graded),
        answer=None if problem else _answer(by_id),
        answer_shown=untrusted.show(answer.get("outputs", ()) if answer else ()),
        cells=own_cells(own),
        cells_left_out=max(len(own) - MOST_CELLS, 0),
        problem=str(problem) if problem else None,
    )


def _answer(by_id: Mapping[str, NotebookNode]) -> str | None:
    """The answer cell's source, or the files that the grader noted."""
    if ANSWER_ID in by_id:
        return str(by_id[ANSWER_ID].source)
    for output in by_id.get(FILES_ID, {}).get("outputs", ()):
        packed = output.get("metadata", {}).get(COURSE, {}).get(FILES)
        if isinstance(packed, str):
            return packed
    return None


def _nbgrader(cell: NotebookNode) -> Mapping[str, Any]:
    found = cell.metadata.get("nbgrader", {})
    return found if isinstance(found, Mapping) else {}


def _grade_id(cell: NotebookNode) -> str:
    return str(_nbgrader(cell).get("grade_id", ""))


def _grades(
    cells: Sequence[NotebookNode],
    told: Mapping[str, Any],
    graded: datetime | None,
) -> Grades:
    """What ``GetGrades`` put into resources and cells; it takes the penalty off."""
    manual = {
        _grade_id(cell): float(score)
        for cell in cells
        if (score := _nbgrader(cell).get("score")) is not None
        and score != _automatic(cell)
    }
    comments = {
        _grade_id(cell): str(comment)
        for cell in cells
        if (comment := _nbgrader(cell).get("comment"))
    }
    penalty = float(told.get("late_penalty") or 0)
    return Grades(
        score=float(told.get("score") or 0) + penalty,
        max_score=float(told.get("max_score") or 0),
        late_penalty=penalty,
        comments=comments,
        manual=manual,
        graded=graded,
    )


def _automatic(cell: NotebookNode) -> float | None:
    """The points that nbgrader reads from a cell; None when people give them."""
    if not _nbgrader(cell).get("grade"):
        return None
    if not cell.get("outputs"):  # nothing to read: the gradebook's word must do
        return float(_nbgrader(cell).get("score") or 0)
    try:
        return determine_grade(cell)[0]  # type: ignore[no-any-return]
    except (IndexError, KeyError, TypeError, ValueError):
        return None


def _cards(cells: Sequence[NotebookNode], exercise: Exercise) -> list[Card]:
    """One card for each grade cell: of its evidence, or of whatever stands there."""
    graded = [cell for cell in cells if _nbgrader(cell).get("grade")]
    known = {criterion.name for criterion in exercise.criteria}
    findings: dict[str, Evidence | None] = {}
    for cell in graded:
        name = _grade_id(cell)
        if name in known and (found := _evidence(cell)) is not None:
            findings[name] = found[0]
    made = {v.criterion.name: verdict_card(v) for v in verdicts_of(exercise, findings)}
    return [
        made.get(_grade_id(cell)) or _plain_card(cell, exercise, known)
        for cell in graded
    ]


def _evidence(cell: NotebookNode) -> tuple[Evidence | None] | None:
    """The evidence, or None for "met", in a tuple; no tuple if it is not told."""
    for output in cell.get("outputs", ()):
        told = output.get("metadata", {}).get(COURSE)
        if not isinstance(told, Mapping) or EVIDENCE not in told:
            continue
        parts = told[EVIDENCE]
        if parts is None:
            return (None,)
        if isinstance(parts, list) and len(parts) == _FACTS:
            return (Evidence(*map(str, parts)),)
    return None


def _plain_card(cell: NotebookNode, exercise: Exercise, known: set[str]) -> Card:
    """A card of what plain nbgrader left: the words of the verdict, or an error."""
    name = _grade_id(cell)
    score, most = _automatic(cell) or 0.0, float(_nbgrader(cell).get("points") or 0)
    words = _words(cell, exercise)
    if not words:
        title = exercise.criterion(name).title if name in known else name
        shown = untrusted.show(cell.get("outputs", ()))
        said = shown[0].text if shown else "Nothing came of it."
        words = Markup("<p><strong>{}</strong></p><p>{}</p>").format(title, said)
    waits = words.striptags().startswith("Met:") and not score
    return Card(
        name=name,
        state="waiting" if waits else "met" if most and score >= most else "todo",
        points=score,
        max_points=most,
        words=words,
    )


def _words(cell: NotebookNode, exercise: Exercise) -> Markup:
    for output in cell.get("outputs", ()):
        html = output.get("data", {}).get("text/html")
        if html:
            given = html if isinstance(html, str) else "".join(html)
            return untrusted.card(given, chapter_url(exercise))
    return Markup()
