"""Intake: what a learner handed in, as bounded plain data.

A submission is a file that somebody else wrote. It is read up to a limit and taken as
data; what a cell is, what it is worth and what locked cells say comes from the template
that was released, never from the learner.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.files import FILES_ID, pack, read_answer, read_plain
from autograder.grading.files import write_whole

ANSWER_ID = "answer"
"""The only cell that is judged; ``autograder.notebook`` says so too, with IPython."""

MAX_BYTES = 5_000_000
MAX_DEPTH = 60
MAX_CELLS = 500
MAX_SOURCE = 200_000
MAX_OWN_SOURCES = 1_000_000
_MAX_REMARKS = 20
_MAX_DIGITS = 18

_PYTHON3 = {
    "name": "python3",
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
}
_AGAIN = "download it from JupyterLab again and hand that in"
_CELL_TYPES = ("code", "markdown", "raw")
_NBGRADER_SCHEMA = 3
# A grade cell that shows nothing would earn full marks from nbgrader.
_NO_POINTS: dict[str, Any] = {
    "output_type": "execute_result",
    "execution_count": None,
    "metadata": {},
    "data": {"text/plain": "0"},
}
# Possessive, so that a string that is never closed is not tried twice.
_JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class TemplateCell:
    """A cell as it was released.

    Attributes:
        grade_id: nbgrader's name for it, unique in the notebook.
        cell_type: ``code`` or ``markdown``.
        source: Its text, as the gradebook keeps it.
        locked: Whether the text is ours whatever the learner made of it.
        grade: Whether it carries points.
        solution: Whether learners write in it.
        task: Whether it is one of nbgrader's task cells.
        points: What it is worth.
        checksum: nbgrader's checksum of it.
    """

    grade_id: str
    cell_type: str
    source: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float
    checksum: str | None

    @property
    def own_id(self) -> str:
        """The cell's id as ``autograder.assemble`` writes it."""
        return self.grade_id.replace("_", "-")[:64]


@dataclass(frozen=True)
class Template:
    """A notebook as it was released.

    Attributes:
        slug: The exercise.
        cells: Its cells in order.
        kernelspec: The kernel it was released with.
    """

    slug: str
    cells: tuple[TemplateCell, ...]
    kernelspec: Mapping[str, Any] = field(default_factory=lambda: dict(_PYTHON3))

    @property
    def of_files(self) -> bool:
        """Whether the answer is the files beside the notebook, not one of its cells."""
        return any(cell.grade_id == FILES_ID for cell in self.cells)

    def handed_in(self, folder: Path) -> bool:
        """Tell whether a learner's folder holds something of this exercise.

        Args:
            folder: The learner's folder of the assignment.

        Returns:
            Whether there is a notebook, or files in its stead.
        """
        suffixes = (".ipynb", "", ".zip") if self.of_files else (".ipynb",)
        return any(os.path.lexists(folder / f"{self.slug}{s}") for s in suffixes)


@dataclass(frozen=True)
class Cell:
    """A cell of a submission.

    Attributes:
        id: Given by us: the grade id of a released cell, ``own-<n>`` for the learner's.
        cell_type: ``code``, ``markdown`` or ``raw``.
        source: Its text.
        grade_id: Which released cell it is; None for the learner's own.
    """

    id: str
    cell_type: str
    source: str
    grade_id: str | None


@dataclass(frozen=True)
class Submission:
    """What one learner handed in for one exercise.

    Attributes:
        slug: The exercise.
        cells: All released cells, each once, and the learner's own between them.
        answer: The source of the answer cell, or packed files; None when there is none
            to judge.
        problem: Why there is none, as a clause that completes "Your notebook ...".
        remarks: What was odd, for the instructor.
        digest: A SHA-256 of all that matters for grading.
    """

    slug: str
    cells: tuple[Cell, ...]
    answer: str | None
    problem: str | None
    remarks: tuple[str, ...]
    digest: str


class UnreadableError(Exception):
    """There is nothing to grade; the text completes "Your notebook ..."."""


@dataclass(frozen=True)
class _Given:
    """A cell as the learner's file tells it, still to be matched."""

    number: int
    cell_type: str
    source: str
    claim: str | None
    id: str | None


class _Remarks:
    """Remarks for the instructor, not more than anybody would read."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._count = 0

    def add(self, remark: str) -> None:
        self._count += 1
        if self._count <= _MAX_REMARKS:
            self._kept.append(remark)

    def __call__(self) -> tuple[str, ...]:
        more = self._count - len(self._kept)
        return (*self._kept, f"and {more} more remarks") if more else tuple(self._kept)


def read_submission(path: Path, template: Template) -> Submission:
    """Read a notebook that a learner handed in, with the files beside it.

    Args:
        path: The notebook.
        template: What was released.

    Returns:
        The submission; with a ``problem`` when there is nothing to judge. Nothing that
        a learner can put there raises.
    """
    remarks = _Remarks()
    try:
        given = _cells_of(_parse(read_plain_file(path, MAX_BYTES)), remarks)
        cells, problem = _merge(given, template, remarks)
    except UnreadableError as error:
        cells, problem = [_as_released(cell) for cell in template.cells], str(error)
    if template.of_files:
        if problem:  # all that counts are the files
            remarks.add(f"the notebook {problem}; its files were graded")
        answer, problem = _files_beside(path)
    else:
        answers = (cell.source for cell in cells if cell.grade_id == ANSWER_ID)
        answer = None if problem else next(answers, None)
        if answer is None and problem is None:
            problem = "has no answer cell in what was released; tell your instructor"
    return Submission(
        template.slug,
        tuple(cells),
        answer,
        problem,
        remarks(),
        _digest(cells, answer, problem),
    )


def _files_beside(path: Path) -> tuple[str | None, str | None]:
    """Read the files of an answer; else say why that cannot be done."""
    if path.parent.is_symlink():
        return None, "lies in a folder that is a link; hand in a folder"
    try:
        return pack(read_answer(path.parent, path.stem)), None
    except CourseError as error:
        reason = str(error)
    except OSError:
        reason = "The folder cannot be read; hand it in again."
    return None, f"comes without files that can be graded: {reason.rstrip('.')}"


def read_plain_file(path: Path, limit: int) -> bytes:
    """Read a file of a learner: a plain one, not a large one, or not at all.

    Args:
        path: The file.
        limit: The most bytes it may have.

    Returns:
        Its bytes.

    Raises:
        UnreadableError: A clause that says why not, such as "is not a plain file".
    """
    try:
        # A link in place of the folder would lead to another learner's work.
        if path.parent.is_symlink():
            raise UnreadableError("lies in a folder that is a link; hand in a folder")
        content = read_plain(path, limit)
    except FileNotFoundError as error:
        raise UnreadableError("was not handed in") from error
    except (OSError, ValueError) as error:
        raise UnreadableError(
            "is not a plain file that can be read; hand in the notebook itself"
        ) from error
    if content is None:
        raise UnreadableError(
            f"is larger than {limit / 1e6:g} MB; clear its outputs, save it and hand "
            "it in again"
        )
    return content


def _parse(data: bytes) -> object:
    """Parse JSON whose nesting and numbers cannot hurt."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"is not UTF-8 text; {_AGAIN}") from error
    if _depth(data) > MAX_DEPTH:
        raise UnreadableError(f"is nested deeper than any notebook; {_AGAIN}")
    try:
        parsed: object = json.loads(
            text, parse_int=_small_int, parse_constant=lambda _: None
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"is not valid JSON (line {error.lineno}); {_AGAIN}"
        ) from error
    return parsed


def _depth(data: bytes) -> int:
    """How deeply brackets are nested outside strings, without parsing."""
    brackets = _JSON_STRING.sub(b"", data).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def _small_int(digits: str) -> int | None:
    """Numbers are of use only as versions; long ones take long to convert."""
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _cells_of(notebook: object, remarks: _Remarks) -> list[_Given]:
    """Take the cells out of a parsed notebook of format 4."""
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(notebook, dict) or type(version) is not int:
        raise UnreadableError(f"is not a Jupyter notebook; {_AGAIN}")
    if version != 4:
        raise UnreadableError(
            f"is written in notebook format {version}, not 4; open it in JupyterLab, "
            "save it and hand it in again"
        )
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError(f"is not a Jupyter notebook: it has no cells; {_AGAIN}")
    read = (_read_cell(n, cell, remarks) for n, cell in enumerate(cells, start=1))
    return [cell for cell in read if cell is not None]


def _read_cell(number: int, cell: object, remarks: _Remarks) -> _Given | None:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
        remarks.add(f"cell {number} is of no known type; it was left out")
        return None
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    claim = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    own_id = cell.get("id")
    return _Given(
        number,
        cell["cell_type"],
        _text(number, cell.get("source"), remarks),
        claim if isinstance(claim, str) else None,
        own_id if isinstance(own_id, str) else None,
    )


def _text(number: int, source: object, remarks: _Remarks) -> str:
    lines = source if isinstance(source, list) else [source]
    texts = [line for line in lines if isinstance(line, str)]
    if len(texts) != len(lines):
        remarks.add(f"the source of cell {number} is not all text; the rest counts")
    # Half a character pair cannot be written to any file later on.
    return _SURROGATE.sub("\ufffd", "".join(texts))


def _merge(
    given: Sequence[_Given], template: Template, remarks: _Remarks
) -> tuple[list[Cell], str | None]:
    """Put released cells and the learner's own into one order."""
    matched = _match(given, template, remarks)
    released = {cell.grade_id: cell for cell in template.cells}
    room = _Room(MAX_CELLS - len(released), MAX_OWN_SOURCES)
    cells: list[Cell] = []
    problem = None
    taken = {number: grade_id for grade_id, number in matched.items()}
    for cell in given:
        if cell.number not in taken:
            own = _own_cell(cell, released, room, remarks)
            cells += [own] if own else []
            continue
        known = released[taken[cell.number]]
        if not known.locked and len(cell.source) > MAX_SOURCE:
            remarks.add(f"the cell {known.grade_id!r} is too long; it was left out")
            if known.grade_id == ANSWER_ID:
                problem = (
                    f"has an answer cell of {len(cell.source)} characters; shorten it "
                    f"to less than {MAX_SOURCE}"
                )
            cells.append(_as_released(known))
        else:
            text = known.source if known.locked else cell.source
            cells.append(Cell(known.grade_id, known.cell_type, text, known.grade_id))
    _restore(cells, template, remarks)
    if ANSWER_ID in released and ANSWER_ID not in matched:
        problem = (
            "has no answer cell; fetch the exercise again and write your answer into "
            "the cell that is there for it"
        )
    return cells, problem


def _match(
    given: Sequence[_Given], template: Template, remarks: _Remarks
) -> dict[str, int]:
    """Find out which cell of the file is which released cell, by its number."""
    ids = {cell.grade_id for cell in template.cells}
    claims: dict[str, list[_Given]] = {}
    unclaimed: dict[str, list[_Given]] = {}
    for cell in given:
        if cell.claim in ids:
            claims.setdefault(cell.claim or "", []).append(cell)
        elif cell.id is not None:
            unclaimed.setdefault(cell.id, []).append(cell)
        if cell.claim is not None and cell.claim not in ids:
            remarks.add(
                f"cell {cell.number} carries the id {cell.claim[:40]!r}, which was "
                "never released; it counts as the learner's own"
            )
    matched: dict[str, int] = {}
    for known in template.cells:
        claiming = claims.get(known.grade_id, [])
        chosen = _choose(known, claiming, unclaimed.get(known.own_id, []))
        if chosen:
            matched[known.grade_id] = chosen.number
        if chosen and chosen.cell_type != known.cell_type:
            remarks.add(
                f"the cell {known.grade_id!r} had become a {chosen.cell_type} cell; it "
                f"was taken as {known.cell_type}"
            )
        for other in claiming:
            if other is not chosen:
                remarks.add(
                    f"cell {other.number} carries the id of {known.grade_id!r} as "
                    "well; it counts as the learner's own"
                )
    return matched


def _choose(
    known: TemplateCell, claiming: Sequence[_Given], unclaimed: Sequence[_Given]
) -> _Given | None:
    """Choose the cell that a learner would call the released one.

    JupyterLab copies a cell with its metadata and a new id: of several, the one with
    the released id is the original. When metadata was lost, the id alone tells. A press
    of one key turns an answer into Markdown: its text is still the answer.
    """
    alike = [cell for cell in claiming if cell.cell_type == known.cell_type]
    original = [cell for cell in alike if cell.id == known.own_id]
    nameless = [cell for cell in unclaimed if cell.cell_type == known.cell_type]
    changed = [] if known.locked else claiming
    for candidates in (original, alike, nameless, changed):
        if candidates:
            return candidates[0]
    return None


@dataclass
class _Room:
    """What is left for the learner's own cells."""

    cells: int
    characters: int
    number: int = 0


def _own_cell(
    cell: _Given, released: Mapping[str, object], room: _Room, remarks: _Remarks
) -> Cell | None:
    room.number += 1
    while f"own-{room.number}" in released:
        room.number += 1
    size = len(cell.source)
    if room.cells < 1 or size > min(MAX_SOURCE, room.characters):
        remarks.add(f"cell {cell.number} is beyond what a notebook may hold; left out")
        return None
    room.cells -= 1
    room.characters -= size
    return Cell(f"own-{room.number}", cell.cell_type, cell.source, None)


def _restore(cells: list[Cell], template: Template, remarks: _Remarks) -> None:
    """Put released cells that are missing back after the one they stood behind."""
    there = {cell.grade_id for cell in cells}
    place = 0
    for known in template.cells:
        if known.grade_id in there:
            ids = [cell.grade_id for cell in cells]
            place = ids.index(known.grade_id) + 1
            continue
        remarks.add(f"the cell {known.grade_id!r} was missing; it was put back")
        cells.insert(place, _as_released(known))
        place += 1


def _as_released(cell: TemplateCell) -> Cell:
    return Cell(cell.grade_id, cell.cell_type, cell.source, cell.grade_id)


def _digest(cells: Iterable[Cell], answer: str | None, problem: str | None) -> str:
    told = [[cell.cell_type, cell.grade_id, cell.source] for cell in cells]
    text = json.dumps([told, answer, problem])
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def checksum(cell: TemplateCell, source: str) -> str:
    """Compute nbgrader's checksum of a cell, which tells whether it was changed.

    Args:
        cell: The released cell.
        source: The text to compare.

    Returns:
        What ``nbgrader.utils.compute_checksum`` gives, without a notebook around it.
    """
    locked = not cell.solution and (cell.grade or cell.locked)
    parts = [source, cell.cell_type, cell.grade, cell.solution, locked, cell.grade_id]
    if cell.grade:
        parts.append(float(cell.points))
    text = "".join(map(str, parts))
    # nbgrader's choice: a fingerprint of released text, no secret.
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def as_notebook(
    submission: Submission,
    template: Template,
    outputs: Mapping[str, Sequence[Mapping[str, Any]]],
    grade_outputs: Mapping[str, Mapping[str, Any]],
    *,
    flags: Sequence[str] = (),
) -> dict[str, Any]:
    """Write a submission as the notebook that nbgrader keeps under ``autograded``.

    Args:
        submission: The submission.
        template: What was released; all metadata come from it.
        outputs: What cells showed, by ``Cell.id``.
        grade_outputs: The verdict's output, by grade id.
        flags: What an instructor should look at, in words.

    Returns:
        A notebook of format 4.5 as plain data; the same for the same input.
    """
    released = {cell.grade_id: cell for cell in template.cells}
    ids = _notebook_ids(submission)
    cells: list[dict[str, Any]] = []
    count = 0
    for cell in submission.cells:
        known = released.get(cell.grade_id or "")
        written: dict[str, Any] = {
            "cell_type": cell.cell_type,
            "id": ids[cell.id],
            "metadata": _metadata(known) if known else {},
            "source": cell.source,
        }
        if cell.cell_type == "code":
            count += 1
            shown = list(outputs.get(cell.id, ()))
            if known and known.grade and not known.solution:
                shown = [grade_outputs.get(known.grade_id, _NO_POINTS)]
            written |= {"execution_count": count, "outputs": shown}
        cells.append(written)
    metadata: dict[str, Any] = {
        "kernelspec": dict(template.kernelspec),
        "language_info": {"name": "python"},
    }
    if submission.problem or submission.remarks or flags:
        metadata["course"] = {
            "problem": submission.problem,
            "remarks": list(submission.remarks),
            "flags": list(flags),
        }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _notebook_ids(submission: Submission) -> dict[str, str]:
    """Ids as the format wants them: letters, digits and hyphens, each once."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for cell in submission.cells:
        wanted = re.sub("[^a-zA-Z0-9-]", "-", cell.id)[:64] or "cell"
        found, number = wanted, 1
        while found in taken:
            number += 1
            found = f"{wanted[:55]}-{number}"
        taken.add(found)
        ids[cell.id] = found
    return ids


def _metadata(cell: TemplateCell) -> dict[str, Any]:
    """What nbgrader writes for a released cell, as its LockCells leaves it."""
    nbgrader: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "grade": cell.grade,
        "grade_id": cell.grade_id,
        "locked": cell.locked,
        "schema_version": _NBGRADER_SCHEMA,
        "solution": cell.solution,
        "task": cell.task,
    }
    if cell.checksum is not None:
        nbgrader["checksum"] = cell.checksum
    if cell.grade or cell.task:
        # Written as released: whole points are whole numbers there.
        whole = float(cell.points).is_integer()
        nbgrader["points"] = int(cell.points) if whole else cell.points
    metadata: dict[str, Any] = {"nbgrader": nbgrader}
    if cell.solution or cell.grade or cell.locked:
        metadata["deletable"] = False
    if not cell.solution and (cell.grade or cell.locked):
        metadata["editable"] = False
    return metadata


def write_notebook(path: Path, notebook: Mapping[str, Any]) -> None:
    """Write a notebook so that a reader finds all of it or the one before.

    Args:
        path: Where; the folder is made if it is missing.
        notebook: A notebook as plain data.
    """
    text = json.dumps(notebook, ensure_ascii=False, sort_keys=True)
    content = text.encode("utf-8", "replace") + b"\n"
    # Read-only, as nbgrader leaves what it graded.
    write_whole(path, content, mode=0o444, prefix=f".{path.stem}.")
