"""Mutants of a reference solution: small changes that good criteria must notice.

cosmic-ray makes the changes: of the kept mutation tools it is the one that mutates a
string in memory, with no project on disk.
"""

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from autograder.errors import CourseError
from autograder.exercises import Exercise
from autograder.files import is_packed, pack, unpack

# These two need to be told a variable and its causes; the others stand for themselves.
_SKIPPED_OPERATORS = ("core/VariableReplacer", "core/VariableInserter")


@dataclass(frozen=True)
class Mutant:
    """One changed solution.

    Attributes:
        key: The changed lines, ``before => after``, with the function they stand in; of
            files with the path before.
        source: The changed code, or packed files.
    """

    key: str
    source: str


def make_mutants(source: str) -> list[Mutant]:
    """Make every single change that is known for the languages of a solution.

    Args:
        source: The reference solution: code, or packed files.

    Returns:
        The mutants, one file changed in each.
    """
    if not is_packed(source):
        return _mutate_python(source)
    files = unpack(source)
    return [
        Mutant(f"{path}: {mutant.key}", pack({**files, path: mutant.source}))
        for path, text in files.items()
        if (mutate := MUTATORS.get(PurePosixPath(path).suffix))
        for mutant in mutate(text)
    ]


def _mutate_python(source: str) -> list[Mutant]:
    """Mutants that compile and differ in more than annotations and docstrings."""
    meaning = _meaning(source)
    seen = {meaning}
    mutants: list[Mutant] = []
    for name in sorted(operator_names()):
        if name.startswith(_SKIPPED_OPERATORS):
            continue
        operator = get_operator(name)()
        for occurrence in range(10_000):
            mutated = mutate_code(source, operator, occurrence)
            if mutated is None:
                break
            try:
                changed = _meaning(mutated)
            except SyntaxError:
                continue
            if changed not in seen:
                seen.add(changed)
                mutants.append(Mutant(_key(source, mutated), mutated))
    return mutants


def read_equivalents(exercise: Exercise) -> dict[str, str]:
    """Read which mutants are declared equivalent, and why.

    Args:
        exercise: The exercise; the list is ``equivalent.yml`` in its variants folder.

    Returns:
        The reason by mutant key.

    Raises:
        CourseError: The file is not a mapping of texts.
    """
    path = exercise.variants_path / "equivalent.yml"
    if not path.exists():
        return {}
    declared = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(declared, dict) or not all(
        isinstance(v, str) for v in declared.values()
    ):
        raise CourseError(
            "This is not a list of equivalent mutants.",
            remedy='Write "<key>": <reason> for each; `prove` prints the keys.',
            path=path,
        )
    return declared


class _Bare(ast.NodeTransformer):
    """Drops what does not run or cannot be told apart: annotations and docstrings."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(value=None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._without_docstring(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._without_docstring(node)

    def _without_docstring(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module,
    ) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)


def _meaning(source: str) -> str:
    return ast.dump(_Bare().visit(ast.parse(source)))


def _key(before: str, after: str) -> str:
    old_lines, new_lines = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(a=old_lines, b=new_lines, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            old = " ".join(line.strip() for line in old_lines[i1:i2])
            new = " ".join(line.strip() for line in new_lines[j1:j2])
            return f"{_scope(before, i1 + 1)}: {old} => {new}"
    raise AssertionError("a mutant differs from its source")


def _scope(source: str, line: int) -> str:
    """The innermost function or class around a line, dotted."""
    names: list[str] = []
    node: ast.AST = ast.parse(source)
    while True:
        inner = next(
            (
                child
                for child in ast.iter_child_nodes(node)
                if isinstance(
                    child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
                )
                and _first_line(child) <= line <= (child.end_lineno or 0)
            ),
            None,
        )
        if inner is None:
            return ".".join(names) or "module"
        names.append(inner.name)
        node = inner


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


MUTATORS: dict[str, Callable[[str], list[Mutant]]] = {".py": _mutate_python}
"""What makes the mutants of a file, by the suffix of its name."""
