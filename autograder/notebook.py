"""``check("...")`` in a learner's notebook."""

import base64
import html
import json
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from autograder import given
from autograder.errors import CourseError
from autograder.exercises import Exercise
from autograder.files import pack, read_answer, unpack, write_folder, write_zip
from autograder.judge import Verdict, judge_one
from autograder.namespace import files_of
from autograder.report import as_html, as_text
from autograder.rooms import Rooms

ANSWER_ID = "answer"
_NAME = "check"
_CHECK = re.compile(rf'^{_NAME}\("(\w+)"\)', re.MULTILINE)


class CheckResult:
    """A verdict as a cell's result.

    Its plain text is the points, which is what nbgrader reads from a grade cell; its
    HTML is what people read.

    Args:
        verdict: The verdict.
        exercise: The exercise it belongs to.
    """

    def __init__(self, verdict: Verdict, exercise: Exercise) -> None:
        self.verdict = verdict
        self._exercise = exercise

    def __repr__(self) -> str:
        return str(self.verdict.points)

    def __str__(self) -> str:
        return as_text(self.verdict)

    def _repr_html_(self) -> str:
        return as_html(self.verdict, self._exercise)


class FileList:
    """The files of an answer as a cell's result.

    Args:
        files: Text by path.
        slug: The exercise, which names the folder.
    """

    def __init__(self, files: dict[str, str], slug: str) -> None:
        self._files = files
        self._slug = slug

    def __repr__(self) -> str:
        width = max(map(len, self._files), default=0)
        lines = [
            f"{path:{width}}  {len(text.splitlines()):4} lines"
            for path, text in self._files.items()
        ]
        return "\n".join(lines) or "There are no files."

    def _repr_html_(self) -> str | None:
        """In JupyterLite, where no folder can be handed in, a link to a zip of it."""
        if sys.platform == "emscripten":
            return f"<pre>{html.escape(repr(self))}</pre>\n{self._zip_link()}"
        return None

    def _zip_link(self) -> str:
        name = f"{self._slug}.zip"
        data = base64.b64encode(write_zip(self._files, self._slug)).decode()
        return (
            f'<p><a download="{name}" href="data:application/zip;base64,{data}">'
            f"Download {name}</a> and hand it in beside the notebook.</p>"
        )


class Checker:
    """Judges the answer cell of the running notebook, or the files beside it.

    Only that one cell is judged, run afresh on its own: what was defined by other cells
    or by earlier versions of it neither helps nor harms. Files are read anew each time.

    Args:
        exercise: The exercise.
        shell: The IPython shell that runs the notebook.
    """

    def __init__(self, exercise: Exercise, shell: InteractiveShell) -> None:
        self._exercise = exercise
        self._shell = shell
        self._by_cell: dict[str, str] = {}
        self._run: set[str] = set()
        self._theirs: object = self
        shell.events.register("pre_run_cell", self._remember)
        shell.events.register("post_run_cell", self._give_back_name)

    def __call__(self, criterion: str) -> CheckResult:
        """Judge the answer by one criterion.

        Args:
            criterion: The criterion's name.

        Returns:
            The verdict; Jupyter shows it as a card.

        Raises:
            CourseError: There is no such criterion, the answer cell was not run, or the
                files are not what an answer may hold.
        """
        verdict = judge_one(self._exercise, self._answer(), criterion)
        return CheckResult(verdict, self._exercise)

    def files(self) -> FileList:
        """List the files that are judged.

        Returns:
            The list; Jupyter shows it.

        Raises:
            CourseError: As for a check.
        """
        files = files_of(self._answer(), self._exercise.brief.package)
        return FileList(files, self._exercise.slug)

    def _remember(self, info: Any) -> None:
        """Keep the source of each cell; JupyterLab says which cell it runs."""
        self._run.add(info.raw_cell)
        cell_id = info.cell_id or self._cell_asked_for()
        if cell_id:
            self._by_cell[cell_id] = info.raw_cell
        # An answer may define a name like ours: ours is lent to our own cells.
        asked = _CHECK.search(info.raw_cell)
        if asked and asked[1] in {c.name for c in self._exercise.criteria}:
            self._theirs = self._shell.user_ns.get(_NAME, self)
            self._shell.user_ns[_NAME] = self

    def _give_back_name(self, _: Any) -> None:
        if self._theirs is not self:
            self._shell.user_ns[_NAME] = self._theirs
            self._theirs = self

    def _cell_asked_for(self) -> str | None:
        """Read the cell's id off the request: Pyodide's kernel does not pass it on."""
        kernel = getattr(self._shell, "kernel", None)
        request = kernel.get_parent() if kernel else {}
        cell_id = request.get("metadata", {}).get("cellId")
        return cell_id if isinstance(cell_id, str) else None

    def _answer(self) -> str:
        if self._exercise.brief.package is not None:
            return pack(read_answer(Path.cwd(), self._exercise.slug))
        if ANSWER_ID in self._by_cell:
            return self._by_cell[ANSWER_ID]
        # nbgrader and nbval run the saved file from top to bottom and name no cells.
        saved = self._saved_answer() or ""
        if saved in self._run:
            return saved
        raise CourseError(
            "Your answer cell was not run in this session.",
            remedy="Run it, then run this check again.",
        )

    def _saved_answer(self) -> str | None:
        path = Path.cwd() / f"{self._exercise.slug}.ipynb"
        if not path.exists():
            return None
        # Read as plain JSON: importing nbformat takes longer than judging.
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER_ID:
                return "".join(cell["source"])
        return None


def exercise(slug: str) -> Checker:
    """Open an exercise in a notebook.

    Args:
        slug: The exercise, such as ``open_closed``.

    Returns:
        The function ``check`` of the notebook.

    Raises:
        CourseError: There is no such exercise, or this is no notebook.
    """
    shell = get_ipython()
    if shell is None:
        raise CourseError(
            "This is not a notebook.",
            remedy="Use `python3 -m course prove` in a terminal.",
        )
    if sys.platform == "emscripten":
        _link_to_the_book_around()
    rooms = Rooms.of_this_course()
    given.offer()
    found = sorted(rooms.exercises.glob(f"*/{slug}.md"))
    if not found:
        raise CourseError(
            f"There is no exercise {slug!r}.", remedy="Restore this cell as it was."
        )
    opened = Exercise(found[0].parent.name, slug, rooms)
    if sys.platform == "emscripten":
        _lay_out_starter(opened)
    return Checker(opened, shell)


def _lay_out_starter(opened: Exercise) -> None:
    """JupyterLite cannot move files that a site serves: they are written here."""
    folder = Path.cwd() / opened.slug
    if opened.brief.package is None or folder.exists():
        return
    write_folder(folder, unpack(opened.brief.starter))
    print(f"Your answer is the folder {opened.slug} beside this notebook.")


def _link_to_the_book_around() -> None:
    """JupyterLite is a folder of the book's site: verdicts link to that book."""
    worker = str(import_module("js").location.href)
    site, _, _ = worker.rpartition("/lite/")
    os.environ.setdefault("COURSE_BOOK_URL", site)
