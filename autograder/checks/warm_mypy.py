"""mypy in memory: it reads its stubs once, and then checks a module in milliseconds.

This is the build that mypy's own daemon keeps, without a server and without files: what
is checked and mypy's stubs of the standard library are all the files that there are. So
the folder it runs in, its configuration and the environment make no difference, and a
box that may read libraries only needs no more.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mypy
from mypy import build
from mypy.fscache import FileSystemCache
from mypy.main import process_options
from mypy.modulefinder import BuildSource
from mypy.server.update import FineGrainedBuildManager

__all__ = ["Remark", "check_modules", "forget_stubs"]

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
# What typed code commonly imports. Other stubs are read when somebody imports them.
_STUBS = """
import abc, collections, collections.abc, contextlib, dataclasses, datetime, decimal
import enum, functools, itertools, logging, math, operator, pathlib, re, statistics
import types, typing, uuid
"""
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
    """A build that holds the stubs; modules come and go."""

    def __init__(self) -> None:
        self._files = _Files()
        _, options = process_options(_OPTIONS)
        options.cache_dir = os.devnull
        options.fine_grained_incremental = True
        options.local_partial_types = True
        # The other parser reads files by itself, past `_Files`.
        options.native_parser = False
        stubs = BuildSource(self._place("_stubs", _STUBS), "_stubs")
        self._manager = FineGrainedBuildManager(
            build.build([stubs], options, fscache=self._files)
        )

    def check(self, sources: Mapping[str, str]) -> list[str]:
        """Check modules and forget them again.

        Args:
            sources: Code by the name of its module.

        Returns:
            What mypy says, one message each.
        """
        self._files.flush()
        modules = [(name, self._place(name, text)) for name, text in sources.items()]
        messages = self._manager.update(modules, [])
        self._files.checked.clear()
        self._files.flush()
        self._manager.update([], modules)
        self._manager.flush_cache()
        return messages

    def _place(self, name: str, source: str) -> str:
        path = os.path.join(_FOLDER, f"{name}.py")  # noqa: PTH118 - as mypy names it
        self._files.checked[path] = source.encode(errors="replace")
        return path


@cache
def _checker() -> _Checker:
    return _Checker()


def forget_stubs() -> None:
    """Start mypy afresh at the next check."""
    _checker.cache_clear()


def check_modules(sources: Mapping[str, str]) -> list[Remark]:
    """Check modules in mypy's strict mode; they may import each other.

    The first check of a process reads the stubs and takes a second; others take some
    milliseconds.

    Args:
        sources: Code by the name of its module.

    Returns:
        The errors, by module and line.
    """
    try:
        messages = _checker().check(sources)
    except BaseException:
        forget_stubs()  # it was interrupted, or failed: who knows what it holds
        raise
    found = [_MESSAGE.match(message) for message in messages]
    remarks = [Remark(m[1], int(m[2]), m[3]) for m in found if m]
    return sorted(remarks, key=lambda remark: (remark.module, remark.line))
