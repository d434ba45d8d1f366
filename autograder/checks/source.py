"""The shape of the source; comments that would silence a checker are ignored."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

from autograder.checks.outcomes import TEXT_LIMIT
from autograder.namespace import Namespace


def syntax_tree(solution: Namespace) -> ast.Module:
    """Parse the learner's code.

    Args:
        solution: The learner's code.

    Returns:
        Its syntax tree, of files that of all Python files one after the other;
        comments, and so suppressions, are not part of it.
    """
    trees = [ast.parse(text, path) for path, text in python_files(solution).items()]
    body = [statement for tree in trees for statement in tree.body]
    return ast.Module(body=body, type_ignores=[])


def python_files(solution: Namespace) -> dict[str, str]:
    """Give the Python files of an answer.

    Args:
        solution: The learner's code.

    Returns:
        Text by path; a cell is one file.
    """
    return {p: text for p, text in solution.files.items() if p.endswith(".py")}


def _within(tree: ast.AST, names: Sequence[str]) -> list[ast.AST]:
    """The definitions of some names; the whole tree when none are named."""
    if not names:
        return [tree]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [n for n in ast.walk(tree) if isinstance(n, kinds) and n.name in names]


def literal_branches(solution: Namespace, words: Sequence[str]) -> list[str]:
    """Find decisions that name a kind: ``if kind == "card"``, ``match``, ``in``.

    A constant or enum member whose name is the word counts like the literal.

    Args:
        solution: The learner's code.
        words: The names of the kinds, such as ``card`` and ``invoice``.

    Returns:
        The source of each such comparison or pattern.
    """
    wanted = {word.lower() for word in words}

    def names_a_kind(node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return str(node.value).lower() in wanted
        if isinstance(node, ast.Attribute):
            return node.attr.lower() in wanted
        if isinstance(node, ast.Name):
            return node.id.isupper() and node.id.lower() in wanted
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return any(map(names_a_kind, node.elts))
        return False

    found: list[str] = []
    for node in ast.walk(syntax_tree(solution)):
        if isinstance(node, ast.Compare) and any(
            map(names_a_kind, [node.left, *node.comparators])
        ):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.MatchValue) and names_a_kind(node.value):
            found.append("case " + ast.unparse(node))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"startswith", "endswith", "__eq__"}
            and any(map(names_a_kind, node.args))
        ):
            found.append(ast.unparse(node))
    return found


def type_tests(
    solution: Namespace, classes: Sequence[str] = (), within: Sequence[str] = ()
) -> list[str]:
    """Find decisions on a class: ``isinstance``, ``type(x) is``, ``case A()``.

    Args:
        solution: The learner's code.
        classes: The classes that matter; empty for all that the code itself defines.
        within: Functions or classes to look in; empty for the whole code.

    Returns:
        The source of each test.
    """
    tree = syntax_tree(solution)
    wanted = set(classes) or set(class_names(solution))

    def mentions(node: ast.AST) -> bool:
        return any(
            (isinstance(n, ast.Name) and n.id in wanted)
            or (isinstance(n, ast.Constant) and n.value in wanted)
            for n in ast.walk(node)
        )

    found: list[str] = []
    for node in (n for top in _within(tree, within) for n in ast.walk(top)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in {"isinstance", "issubclass"} and mentions(node):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Compare) and mentions(node) and _asks_for_class(node):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.MatchClass) and mentions(node.cls):
            found.append("case " + ast.unparse(node))
    return found


def _asks_for_class(node: ast.Compare) -> bool:
    return any(
        (
            isinstance(n, ast.Call)
            and isinstance(n.func, ast.Name)
            and n.func.id == "type"
        )
        or (isinstance(n, ast.Attribute) and n.attr in {"__class__", "__name__"})
        for n in ast.walk(node)
    )


def class_names(solution: Namespace) -> list[str]:
    """Name the classes that the code defines, nested ones too.

    Args:
        solution: The learner's code.

    Returns:
        Their names in the order of the source.
    """
    return [
        n.name for n in ast.walk(syntax_tree(solution)) if isinstance(n, ast.ClassDef)
    ]


def calls(solution: Namespace, within: Sequence[str] = ()) -> list[str]:
    """Name what is called, such as ``Database`` or ``datetime.now``.

    Args:
        solution: The learner's code.
        within: Functions or classes to look in; empty for the whole code.

    Returns:
        The dotted names of all calls, in no particular order.
    """
    return [
        ast.unparse(node.func)
        for top in _within(syntax_tree(solution), within)
        for node in ast.walk(top)
        if isinstance(node, ast.Call)
    ]


def names_read(solution: Namespace, within: Sequence[str] = ()) -> set[str]:
    """Name the bare names that code reads.

    Args:
        solution: The learner's code.
        within: Functions or classes to look in; empty for the whole code.

    Returns:
        The names, annotations included.
    """
    return {
        node.id
        for top in _within(syntax_tree(solution), within)
        for node in ast.walk(top)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


_CHANGING_METHODS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "rotate",
        "setdefault",
        "sort",
        "update",
    ]
)


def globals_changed(solution: Namespace) -> set[str]:
    """Name the module-level variables and class attributes that functions change.

    Counted are ``global`` statements, item and attribute assignment, ``del`` and
    changing methods such as ``append``, inside a function, on a name of the module.

    Args:
        solution: The learner's code.

    Returns:
        The names changed from inside functions.
    """
    tree = syntax_tree(solution)
    module_names = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in ast.walk(statement)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    } | {
        statement.name for statement in tree.body if isinstance(statement, ast.ClassDef)
    }
    changed: set[str] = set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for function in (n for n in ast.walk(tree) if isinstance(n, functions)):
        local = _local_names(function)
        for node in ast.walk(function):
            changed |= {name for name in _changed_by(node) if name not in local}
            if isinstance(node, ast.Global):
                changed |= set(node.names)
    return changed & module_names | {
        name for n in ast.walk(tree) if isinstance(n, ast.Global) for name in n.names
    }


def _local_names(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> set[str]:
    declared = {
        n
        for node in ast.walk(function)
        if isinstance(node, ast.Global)
        for n in node.names
    }
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored - declared | {
        n.arg for n in ast.walk(function.args) if isinstance(n, ast.arg)
    }


def _changed_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(
        node.ctx, ast.Store | ast.Del
    ):
        target: ast.expr = node.value
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _CHANGING_METHODS
    ):
        target = node.func.value
    else:
        return
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id


def cognitive_complexity(solution: Namespace) -> dict[str, int]:
    """Measure how hard each function is to follow.

    Args:
        solution: The learner's code.

    Returns:
        Cognitive complexity by function name, as complexipy measures it; methods as
        ``Class::method``.
    """
    import complexipy  # noqa: PLC0415 - a browser lacks it

    return {
        function.name: function.complexity
        for text in python_files(solution).values()
        for function in complexipy.code_complexity(text, no_ignore=True).functions
    }


def lint_remarks(solution: Namespace, rules: Sequence[str]) -> list[str]:
    """Ask ruff for its remarks, whatever the code says to silence it.

    Args:
        solution: The learner's code.
        rules: Ruff rule codes, such as ``B006``.

    Returns:
        One remark a line: code, line and message, of files with the path before.
    """
    files = python_files(solution)
    return [
        remark if len(files) == 1 else f"{path}: {remark}"
        for path, text in files.items()
        for remark in _remarks_on(text, rules)
    ]


def _remarks_on(text: str, rules: Sequence[str]) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--ignore-noqa",
        "--no-cache",
    ]
    command += ["--output-format", "json", "--select", ",".join(rules), "-"]
    run = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if run.returncode not in {0, 1}:
        _broken_tool("ruff", run.stderr)
    return [
        f"{remark['code']} in line {remark['location']['row']}: {remark['message']}"
        for remark in json.loads(run.stdout)
    ]


def _broken_tool(name: str, output: str) -> NoReturn:
    raise RuntimeError(f"{name} failed: {output.strip()[:TEXT_LIMIT]}")
