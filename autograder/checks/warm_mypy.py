"""mypy in memory: it reads its stubs once, and then checks a module in milliseconds.

A module is added to a finished build and taken out again, by the steps of mypy's own
daemon. There are no files but what is checked and mypy's stubs of the standard library:
the folder that it runs in, its configuration and the environment make no difference,
and a box that may only read libraries needs no more.
"""

import ast
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import mypy
from mypy import build
from mypy.fscache import FileSystemCache
from mypy.main import process_options
from mypy.modulefinder import BuildSource
from mypy.server.update import (
    BlockedUpdate,
    delete_module,
    get_module_to_path_map,
    update_module_isolated,
)
from mypy.typestate import type_state

__all__ = ["Remark", "check_modules", "warm_up"]

_TYPESHED = str(Path(mypy.__file__).with_name("typeshed"))
_FOLDER = os.path.join(os.path.sep, "checked")  # noqa: PTH118 - of no file system
_OPTIONS = [
    "--strict",
    "--config-file=",
    "--no-site-packages",
    "--cache-dir=",
    "-c",
    "",
]
# What typed code commonly imports. Who imports more waits once for its stubs as well.
_STUBS = frozenset(
    "abc collections collections.abc contextlib csv dataclasses datetime decimal enum "  # noqa: SIM905 - a list would take 30 lines
    "functools io itertools json logging math operator os pathlib random re statistics "
    "string sys textwrap time types typing typing_extensions uuid".split()
)
_MESSAGE = re.compile(r"^.*?(\w+)\.py:(\d+): error: (.*)$")


@dataclass(frozen=True)
class Remark:
    """One error that mypy found.

    Attributes:
        module: The module it is in.
        line: The line.
        text: What mypy says, with the error's code in brackets.
    """

    module: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class _Files(FileSystemCache):
    """A file system of mypy's stubs and what is to be checked."""

    def __init__(self) -> None:
        self.checked: dict[str, bytes] = {}
        super().__init__()

    def stat_or_none(self, path: str) -> os.stat_result | None:
        if path in self.checked:
            status = list(os.stat_result(range(10)))
            status[stat.ST_MODE] = stat.S_IFREG | 0o444
            return os.stat_result(status)
        return super().stat_or_none(path) if _is_stub(path) else None

    def listdir(self, path: str) -> list[str]:
        if _is_stub(path):
            return super().listdir(path)
        raise FileNotFoundError(path)

    def read(self, path: str) -> bytes:
        if path in self.checked:
            self.read_cache[path] = self.checked[path]
            self.hash_cache[path] = str(hash(self.checked[path]))
            return self.checked[path]
        return super().read(path)


def _is_stub(path: str) -> bool:
    return path == _TYPESHED or path.startswith(_TYPESHED + os.path.sep)


class _Checker:
    """A build that holds stubs; modules come and go.

    Args:
        stubs: The modules whose stubs it holds.
    """

    def __init__(self, stubs: frozenset[str]) -> None:
        self.stubs = stubs
        self._files = _Files()
        _, options = process_options(_OPTIONS)
        options.cache_dir = os.devnull
        # The faster parser reads files by itself, past `_Files`, and starts threads.
        options.native_parser = False
        imports = "\n".join(f"import {name}" for name in sorted(stubs))
        start = BuildSource(None, "_stubs", imports)
        self._build = build.build([start], options, fscache=self._files)

    def check(self, sources: Mapping[str, str]) -> list[str]:
        """Check modules and forget them again.

        Args:
            sources: Code by the name of its module; each imports earlier ones only.

        Returns:
            What mypy says, one message each.
        """
        modules = [(name, self._place(name, text)) for name, text in sources.items()]
        self._start_anew()
        messages = self._check(modules)
        self._files.checked.clear()
        for name, path in reversed(modules):
            delete_module(name, path, self._build.graph, self._build.manager)
        self._start_anew()
        return messages

    def _check(self, modules: list[tuple[str, str]]) -> list[str]:
        """Check what is new, stubs that nobody has imported before included.

        The daemon would now ask what else depends on it. Nothing does.
        """
        manager, graph = self._build.manager, self._build.graph
        messages: list[str] = []
        todo = list(modules)
        while todo:
            known = get_module_to_path_map(graph)
            result = update_module_isolated(
                *todo[0], manager, known, graph, force_removed=False, followed=False
            )
            if isinstance(result, BlockedUpdate):
                return messages + result.messages
            messages += manager.errors.new_messages()
            done = (result.module, result.path)
            more = [*result.remaining, *todo]
            todo = [module for module in dict.fromkeys(more) if module != done]
        return messages

    def _start_anew(self) -> None:
        """Keep nothing of an earlier check but the stubs."""
        manager = self._build.manager
        self._files.flush()
        manager.errors.reset()
        manager.ast_cache.clear()
        manager.missing_modules.clear()
        manager.find_module_cache.clear()
        type_state.reset_all_subtype_caches()

    def _place(self, name: str, source: str) -> str:
        path = os.path.join(_FOLDER, f"{name}.py")  # noqa: PTH118 - as mypy names it
        self._files.checked[path] = source.encode(errors="replace")
        return path


_warm: list[_Checker] = []


def _checker(sources: Iterable[str]) -> _Checker:
    """Find a checker that holds the stubs of all that is imported.

    Stubs that import each other must be built together: added one by one they would be
    full of holes.
    """
    wanted = _STUBS.union(*map(_imported, sources))
    if not _warm or not wanted <= _warm[0].stubs:
        held = _warm.pop().stubs if _warm else frozenset()
        _warm.append(_Checker(wanted | held))
    return _warm[0]


def _imported(source: str) -> Iterator[str]:
    """Name what a source imports of the standard library."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        yield from (n for n in names if n.split(".")[0] in sys.stdlib_module_names)


def warm_up() -> None:
    """Read the stubs now; the first check of a process takes a second else."""
    _checker([])


def check_modules(sources: Mapping[str, str]) -> list[Remark]:
    """Check modules in mypy's strict mode.

    Args:
        sources: Code by the name of its module; each imports earlier ones only.

    Returns:
        The errors, by module and line.
    """
    try:
        messages = _checker(sources.values()).check(sources)
    except BaseException:
        _warm.clear()  # it was interrupted, or failed: who knows what it holds
        raise
    found = [_MESSAGE.match(message) for message in messages]
    remarks = [Remark(m[1], int(m[2]), m[3].replace("  [", " [")) for m in found if m]
    return sorted(remarks, key=lambda remark: (remark.module, remark.line))
