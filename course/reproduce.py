"""Executed notebooks, laid out for nbval: chapters and solutions."""

import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.exercises import find_exercise
from autograder.files import is_packed, unpack, write_folder
from autograder.rooms import Rooms

# nbval's client knows no Output widgets, which is where a control's text goes. These
# cells are still executed. tests/test_site.py compares what their controls show, and
# the pictures, which nbval leaves out too.
LEFT_OUT = "explore"


def without_repeats(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Drop pieces of streams: MyST-NB has joined them in the first, and leaves them.

    Args:
        outputs: The outputs of an executed cell of the book.

    Returns:
        The outputs without what the first of each stream holds already.
    """
    seen: set[str] = set()
    kept = []
    for output in outputs:
        stream = output.get("name", "")
        if not stream or stream not in seen:
            kept.append(output)
        seen.add(stream)
    return kept


def lay_out(rooms: Rooms) -> list[Path]:
    """Write what nbval is to run again into ``build/nbval``.

    Args:
        rooms: The course, with book and assignments built.

    Returns:
        The executed chapters, then the executed solution notebooks.
    """
    folder = rooms.build / "nbval"
    shutil.rmtree(folder, ignore_errors=True)
    chapters = rooms.build / "_build" / "jupyter_execute" / "book"
    made = []
    for source in sorted(chapters.rglob("*.ipynb")):
        notebook = nbformat.read(source, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell["outputs"] = without_repeats(cell["outputs"])
            tags = cell.metadata.get("tags", [])
            if LEFT_OUT in tags:
                cell.metadata["tags"] = [*tags, "nbval-ignore-output"]
        made.append(_write(notebook, folder / "book" / source.relative_to(chapters)))
    solutions = rooms.build / "nbgrader" / "source"
    for source in sorted(solutions.glob("*/*.ipynb")):
        target = folder / "solutions" / source.relative_to(solutions)
        solution = find_exercise(rooms, source.stem).solution
        if is_packed(solution):
            write_folder(target.with_suffix(""), unpack(solution))
        made.append(_execute(nbformat.read(source, as_version=4), target))
    return made


def _execute(notebook: nbformat.NotebookNode, target: Path) -> Path:
    """Execute a notebook where it is written: ``check`` reads the file beside it."""
    _write(notebook, target)
    resources = {"metadata": {"path": str(target.parent)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    return _write(notebook, target)


def _write(notebook: nbformat.NotebookNode, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return target
