"""Cosmetic edits: other layout and other local names, the same program."""

import ast
import builtins

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAMED = (*_DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)


def reformat(source: str) -> str:
    """Rewrite code without refactoring it.

    Comments and blank lines go, quotes and line breaks change, and every local variable
    gets another name. A criterion that this satisfies judges spelling.

    Args:
        source: Code that runs.

    Returns:
        The same program in other words.
    """
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
