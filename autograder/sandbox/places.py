"""Which files a box may see: those of the system, Python and its libraries."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

# Of a prefix only these: a project may well live in /usr/src or beside a venv.
_PARTS_OF_A_PREFIX = (
    "bin",
    "sbin",
    "lib",
    "lib32",
    "lib64",
    "libexec",
    "share",
    "pyvenv.cfg",
)
_SYSTEM = (
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/alternatives",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def readable_places(more: Sequence[Path]) -> list[str]:
    """List what a box may read, as absolute paths that exist.

    Args:
        more: Files and folders to add.

    Returns:
        Paths as they are named and as they really are, none inside another.
    """
    prefixes = {"/usr", "/usr/local", sys.prefix, sys.base_prefix, sys.exec_prefix}
    wanted = [*_SYSTEM, *(os.path.abspath(path) for path in more)]  # noqa: PTH100
    wanted += [
        f"{prefix}/{part}" for prefix in sorted(prefixes) for part in _PARTS_OF_A_PREFIX
    ]
    found = {path for path in wanted if os.path.exists(path)}  # noqa: PTH110
    found |= {os.path.realpath(path) for path in found}
    return outermost(found)


def folder_for_tmp(readable: Iterable[str]) -> str:
    """Choose where a box has a temporary folder of its own, empty and unshared.

    Args:
        readable: Absolute paths of what boxes may read.

    Returns:
        An absolute path that hides none of them: ``/tmp`` unless Python or the course
        lie below it.
    """
    taken = list(readable)
    choices = ("/tmp", "/var/tmp", "/run/tmp", "/box-tmp")  # noqa: S108 - the box's own
    return next(
        path
        for path in choices
        if not any(place == path or place.startswith(f"{path}/") for place in taken)
    )


def outermost(paths: Iterable[str]) -> list[str]:
    """Leave out paths that lie inside another one.

    Args:
        paths: Absolute paths.

    Returns:
        The outermost, sorted.
    """
    kept: list[str] = []
    for path in sorted(paths, key=lambda path: path.split("/")):
        if not kept or not path.startswith(kept[-1].rstrip("/") + "/"):
            kept.append(path)
    return kept
