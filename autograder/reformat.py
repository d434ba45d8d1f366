"""Cosmetic edits: other layout and other local names, the same program."""

import ast
import builtins
from collections.abc import Callable
from pathlib import PurePosixPath

from autograder import yaml_edits
from autograder.files import CELL_FILE, is_packed, pack, unpack

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAMED = (*_DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)


def reformat(source: str) -> str:
    """Rewrite code without refactoring it.

    A criterion that this satisfies judges spelling.

    Args:
        source: Code that runs, or packed files.

    Returns:
        The same program in other words; files of no known language as they are.
    """
    if not is_packed(source):
        return _in_other_words(CELL_FILE, source)
    files = unpack(source)
    return pack({path: _in_other_words(path, text) for path, text in files.items()})


def _in_other_words(path: str, text: str) -> str:
    rewrite = REWRITERS.get(PurePosixPath(path).suffix)
    return rewrite(text) if rewrite else text


def _reformat_python(source: str) -> str:
    """Change quotes, line breaks and all local names; comments and blank lines go."""
    tree = ast.parse(source)
    fixed = _fixed_names(tree)
    local = {
        node.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } - fixed
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in local:
            node.id += "_renamed"
    return ast.unparse(tree) + "\n"


def _fixed_names(tree: ast.Module) -> set[str]:
    """Names that are seen from outside a function, or that Python itself defines."""
    fixed = set(dir(builtins))
    for statement in [*tree.body, *(s for c in _classes(tree) for s in c.body)]:
        if not isinstance(statement, _DEFINITIONS):
            fixed |= {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            fixed.add(node.arg)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            fixed |= set(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            fixed |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, _NAMED):
            fixed.add(node.name or "")
    return fixed


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


REWRITERS: dict[str, Callable[[str], str]] = {
    ".py": _reformat_python,
    ".yml": yaml_edits.rewrite,
    ".yaml": yaml_edits.rewrite,
}
"""How a file is rewritten, by the suffix of its name."""
