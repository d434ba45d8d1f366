"""Modules that exercises give: learner code imports them by their plain names.

They stand in ``exercises/given``. Learners read them in the brief, where the mark
``{given} <module>`` stands for the source; so nothing is written twice.
"""

import ast
import importlib
import re
import sys
from pathlib import Path

from autograder.errors import CourseError
from autograder.rooms import Rooms

_MARK = re.compile(r"```\{given\} (\w+)\n```")


_FOLDER = Rooms.of_this_course().given


def offer() -> None:
    """Let learner code import what exercises give, here and from now on."""
    if str(_FOLDER) not in sys.path:
        sys.path.append(str(_FOLDER))


def load_all() -> None:
    """Import every given module, for a process that will not see the files."""
    offer()
    for path in sorted(_FOLDER.glob("*.py")):
        importlib.import_module(path.stem)


def source_of(module: str) -> str:
    """Read a given module.

    Args:
        module: Its name.

    Returns:
        Its source.

    Raises:
        CourseError: No exercise gives such a module.
    """
    path = _FOLDER / f"{module}.py"
    if not path.exists():
        raise CourseError(
            f"No exercise gives a module {module!r}.",
            remedy="Write it: exercises/given/<module>.py.",
            path=path,
        )
    return path.read_text(encoding="utf-8")


def shown(markdown: str) -> str:
    """Put the sources of given modules where a brief marks their places.

    Args:
        markdown: A brief.

    Returns:
        The brief as learners read it.
    """
    return _MARK.sub(lambda mark: block(mark[1]), markdown)


def block(module: str) -> str:
    """Write a given module as a block of code.

    Args:
        module: Its name.

    Returns:
        Markdown.
    """
    return f"```python\n{source_of(module)}```"


def imported(*sources: str) -> list[Path]:
    """Find the given modules that sources import.

    Args:
        *sources: Code that parses.

    Returns:
        Their files.
    """
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    names |= {str(n.module) for n in nodes if isinstance(n, ast.ImportFrom)}
    return sorted(p for p in _FOLDER.glob("*.py") if p.stem in names)
