"""Which modules of the grader a file leads to, read from its imports."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def reached_modules(root: Path, starts: Iterable[Path], *names: str) -> set[Path]:
    """Find the modules of the grader that are imported from files, directly or not.

    Args:
        root: The folder that ``autograder`` stands in.
        starts: The files.
        *names: Modules to start from besides, such as ``autograder.notebook``.

    Returns:
        The modules' files; imports inside functions count as well.
    """
    todo = {name for path in starts for name in _imported(path)} | set(names)
    reached: set[Path] = set()
    while todo:
        path = _module(root, todo.pop())
        if path is not None and path not in reached:
            reached.add(path)
            todo |= set(_imported(path))
    return reached


def _imported(path: Path) -> Iterator[str]:
    """The grader's names in the imports of a file, wherever in it they stand."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "autograder":  # importing a.b.c runs a and a.b as well
                yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _module(root: Path, name: str) -> Path | None:
    place = root.joinpath(*name.split("."))
    candidates = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in candidates if path.exists()), None)
