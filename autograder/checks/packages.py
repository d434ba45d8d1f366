"""Packages: who imports whom, what a package offers, and what importing it does.

Contracts are on roles: on the module that defines a name which callers know, or that
imports a library; never on names of files. The graph is read from the files as
import-linter reads it, imports inside functions included, so that a cycle cannot hide
there. It is not import-linter's own: that starts threads, which a process that forks
boxes must not have, and a browser lacks it. Its tests compare the two.
"""

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.checks.outcomes import expect
from autograder.checks.source import python_files
from autograder.modules import ROOTS
from autograder.namespace import Namespace


@dataclass(frozen=True)
class Import:
    """One import of one module by another.

    Attributes:
        importer: The module that imports.
        imported: The module of the answer, or the library, that it imports.
        path: The file it stands in.
        line: The line.
        relative: Whether it is written with leading dots.
        inside: Whether it stands inside a function, and so runs late.
    """

    importer: str
    imported: str
    path: str
    line: int
    relative: bool = False
    inside: bool = False

    def __str__(self) -> str:
        return f"{self.path} imports {self.imported} in line {self.line}"


@dataclass(frozen=True)
class ImportGraph:
    """Who imports whom in an answer.

    Attributes:
        modules: The file of each module of the answer.
        imports: All imports, also those of libraries, in the order of files and lines.
    """

    modules: Mapping[str, str]
    imports: Sequence[Import]
    _by_importer: dict[str, list[Import]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for found in self.imports:
            self._by_importer.setdefault(found.importer, []).append(found)

    def chain(self, starts: Iterable[str], goals: Iterable[str]) -> list[Import]:
        """Find a shortest way from one module to another.

        Args:
            starts: Where it may start.
            goals: Where it may end: modules, with all that is in them, or libraries.

        Returns:
            The imports on the way; none when there is no way.
        """
        wanted = set(goals)
        return self._way(starts, lambda name: bool(wanted & set(_with_parents(name))))

    def cycle(self) -> list[Import]:
        """Find a shortest cycle.

        Returns:
            Its imports; none when there is no cycle.
        """
        ways = [self._way([module], module.__eq__) for module in sorted(self.modules)]
        return min(filter(None, ways), key=len, default=[])

    def _way(
        self, starts: Iterable[str], arrived: Callable[[str], bool]
    ) -> list[Import]:
        """Go breadth first, so that the first way found is a shortest one."""
        waiting = deque[tuple[str, list[Import]]]((start, []) for start in starts)
        seen: set[str] = set()
        while waiting:
            module, way = waiting.popleft()
            for step in self._by_importer.get(module, []):
                if arrived(step.imported):
                    return [*way, step]
                if step.imported not in seen:
                    seen.add(step.imported)
                    waiting.append((step.imported, [*way, step]))
        return []


def import_graph(solution: Namespace) -> ImportGraph:
    """Read who imports whom, without running anything.

    Imports for a type checker alone do not count: they never run. Modules that are
    imported by a name that is written out, as ``import_module("a.b")``, do.

    Args:
        solution: The learner's code.

    Returns:
        The graph.
    """
    files = python_files(solution)
    modules = {_module_name(path): path for path in files}
    imports = [
        found
        for name, path in sorted(modules.items())
        for found in _Reader(name, path, set(modules)).read(files[path])
    ]
    return ImportGraph(modules, imports)


def _module_name(path: str) -> str:
    for root in ROOTS:
        if path.startswith(root):
            path = path.removeprefix(root)
            break
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(len(parts), 0, -1))


class _Reader(ast.NodeVisitor):
    """Reads the imports of one file."""

    def __init__(self, name: str, path: str, modules: set[str]) -> None:
        self._name = name
        self._path = path
        self._modules = modules
        self._depth = 0
        self._found: list[Import] = []

    def read(self, text: str) -> list[Import]:
        self.visit(ast.parse(text, self._path))
        return self._found

    def _add(self, target: str, node: ast.stmt | ast.expr, *, level: int = 0) -> None:
        """Note an import of a module of the answer, or of a library's top."""
        known = next((n for n in _with_parents(target) if n in self._modules), None)
        imported = known or target.partition(".")[0]
        if imported and imported != self._name:
            self._found.append(
                Import(
                    self._name,
                    imported,
                    self._path,
                    node.lineno,
                    relative=level > 0,
                    inside=self._depth > 0,
                )
            )

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self._absolute(node.module or "", node.level)
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            self._add(inner if inner in self._modules else base, node, level=node.level)

    def _absolute(self, name: str, level: int) -> str:
        """Resolve leading dots."""
        if not level:
            return name
        parts = self._name.split(".")
        up = level - self._path.endswith("/__init__.py")
        return ".".join([*parts[: len(parts) - up], *filter(None, [name])])

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func).rpartition(".")[2]
        first = node.args[0] if node.args else None
        by_name = called in {"import_module", "__import__"}
        if by_name and isinstance(first, ast.Constant):
            name = str(first.value)
            level = len(name) - len(name.lstrip("."))
            self._add(self._absolute(name.lstrip("."), level), node)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" in ast.unparse(node.test).split("."):
            for statement in node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1


# --- Contracts ----------------------------------------------------------------------


_PLACES = """
def places_of(thing):
    found = []
    while thing is not None:
        code = getattr(thing, "__code__", None)
        found.append(getattr(thing, "__module__", None))
        found.append(getattr(code, "co_filename", None))
        thing = getattr(thing, "__wrapped__", None) or getattr(thing, "func", None)
    return [place for place in found if type(place) is str]


told = [places_of(globals()[name]) for name in names]
"""


def defining_modules(solution: Namespace, names: Sequence[str]) -> dict[str, list[str]]:
    """Tell which modules define functions and classes that callers import.

    Args:
        solution: The learner's code.
        names: Names that the package offers.

    Returns:
        The modules by name: of a function with decorators those of all its layers.
    """
    graph = import_graph(solution)
    by_path = {path: module for module, path in graph.modules.items()}
    known = {name: getattr(solution, name) for name in names}
    told = solution.probe(_PLACES, names=list(names), **known).told
    return {
        name: sorted(
            {
                module
                for place in map(str, places)
                for module in (place, by_path.get(place.partition("/")[2], ""))
                if module in graph.modules
            }
        )
        for name, places in zip(names, told, strict=True)
    }


def expect_apart(
    solution: Namespace, names: Sequence[str], libraries: Sequence[str]
) -> None:
    """Expect that modules which define some names never lead to some libraries.

    Args:
        solution: The learner's code.
        names: What the package offers and should work without the libraries.
        libraries: Top-level names, such as ``sqlite3``.

    Raises:
        CriterionNotMet: One of them does, directly or through other modules.
    """
    graph = import_graph(solution)
    for name, modules in defining_modules(solution, names).items():
        way = graph.chain(modules, libraries)
        expect(
            modules and not way,
            called=f"your files to see what {name} comes with",
            got=f"leads from {name} to {way[-1].imported}: {shown(way)}"
            if way
            else f"found {name} defined in none of them",
            expected=f"no way from {name} to {' or '.join(libraries)}",
        )


def expect_no_cycle(solution: Namespace) -> None:
    """Expect that no module imports itself over others, also inside functions.

    Args:
        solution: The learner's code.

    Raises:
        CriterionNotMet: There is a cycle.
    """
    cycle = import_graph(solution).cycle()
    expect(
        not cycle,
        called="your files to see who imports whom",
        got=f"found a circle: {shown(cycle)}",
        expected="imports that point one way, also inside functions",
    )


def shown(way: Sequence[Import]) -> str:
    """Write imports as a learner would look for them.

    Args:
        way: Imports, one leading to the next.

    Returns:
        Files and lines.
    """
    return ", ".join(map(str, way))


# --- What it offers -----------------------------------------------------------------


def offered_names(solution: Namespace, package: str) -> list[str]:
    """Tell which names ``from package import *`` gives.

    Args:
        solution: The learner's code.
        package: The package.

    Returns:
        The names in their order in the alphabet.
    """
    told = solution.probe(
        "given = {}\n"
        f"exec('from {package} import *', {{'__builtins__': __builtins__}}, given)\n"
        "told = sorted(given)\n"
    ).told
    return [str(name) for name in told]


# --- What importing does ------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """Something that happened while a module was imported.

    Attributes:
        module: The module whose code did it.
        line: The line.
        what: What it did, as words after "it".
    """

    module: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}, {self.what}"


_IMPORT_AFRESH = """
import builtins, importlib, io, os, sys

__name__ = "probe"
told, failed = [], {}


def _watched(label, real):
    def watched(*args, **kwargs):
        frame = sys._getframe(1)
        while frame and frame.f_globals.get("__name__", "") not in fresh:
            frame = frame.f_back
        if frame:
            told.append([frame.f_globals["__name__"], frame.f_lineno, label])
        return real(*args, **kwargs)

    return watched


def _patched():
    for place, name, label in (
        (builtins, "print", "printed"),
        (builtins, "open", "opened a file"),
        (io, "open", "opened a file"),
        (builtins, "input", "asked for input"),
        (os, "mkdir", "made a folder"),
        (os, "system", "started a program"),
        (sys.modules.get("time"), "sleep", "waited"),
        (sys.modules.get("sqlite3"), "connect", "opened a database"),
        (sys.modules.get("socket"), "create_connection", "opened a connection"),
        (_inner("socket", "socket"), "connect", "opened a connection"),
        (_inner("subprocess", "Popen"), "__init__", "started a program"),
        (_inner("threading", "Thread"), "start", "started a thread"),
    ):
        if place is not None:
            yield place, name, label


def _inner(module, name):
    return getattr(sys.modules.get(module), name, None)


def _forget():
    tops = {name.partition(".")[0] for name in fresh}
    names = [n for n in sys.modules if n.partition(".")[0] in tops]
    return {name: sys.modules.pop(name) for name in names}


before = _forget()
saved = [(place, name, getattr(place, name)) for place, name, _ in _patched()]
try:
    for place, name, label in list(_patched()):
        setattr(place, name, _watched(label, getattr(place, name)))
    for name in fresh:
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:
            failed[name] = f"{type(error).__name__}: {error}"
finally:
    for place, name, real in saved:
        setattr(place, name, real)
    _forget()
    sys.modules.update(before)
"""


def import_effects(solution: Namespace, package: str) -> list[Effect]:
    """Import every module of a package afresh and tell what else that did.

    Files, databases, connections, programs, threads, output and waiting are seen;
    modules named ``__main__`` are left out, and what libraries do when they are first
    imported does not count.

    Args:
        solution: The learner's code.
        package: The package.

    Returns:
        What happened, in order; each line once.
    """
    fresh = [
        name
        for name in sorted(import_graph(solution).modules)
        if name.partition(".")[0] == package and not name.endswith(".__main__")
    ]
    told = solution.probe(_IMPORT_AFRESH, fresh=fresh).told
    seen = dict.fromkeys((str(m), int(line), str(what)) for m, line, what in told)
    return [Effect(*effect) for effect in seen]


def expect_quiet_import(solution: Namespace, package: str) -> None:
    """Expect that importing any module of a package does nothing but define names.

    Args:
        solution: The learner's code.
        package: The package.

    Raises:
        CriterionNotMet: Importing did more.
    """
    effects = import_effects(solution, package)
    expect(
        not effects,
        called="your files by importing each module afresh",
        got=f"did more than define names: {'; '.join(map(str, effects[:3]))}",
        expected="an import that does nothing until somebody calls something",
    )
