"""Pyodide's folder on the site: its core, the wheels, and a lock that names only these.

Pyodide's own lock names hundreds of packages of another origin; this one names none.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from autograder.errors import CourseError
from course.browser import wheels as wheels_module
from course.browser.bytecode import COMPILER, compile_archives
from course.browser.wheels import Wheel

LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
STANDARD_LIBRARY = "python_stdlib.zip"
KERNEL = ("ipython", "jedi", "micropip")
"""What JupyterLite's kernel asks for. It stays source: bytecode doubles an archive, and
of these many modules only a few are ever imported."""


def digest(core: Path, wheels: Sequence[Wheel]) -> str:
    """Tell what the folder would be made of.

    Args:
        core: npm's package ``pyodide``.
        wheels: All wheels.

    Returns:
        A digest that changes with any of it.
    """
    made_of = hashlib.sha256()
    for source in (Path(__file__), Path(wheels_module.__file__), COMPILER):
        made_of.update(source.read_bytes())
    made_of.update((core / "package.json").read_bytes())  # its version
    made_of.update("".join(wheel.sha256 for wheel in wheels).encode())
    return made_of.hexdigest()


def lay_out(core: Path, wheels: Sequence[Wheel], out: Path, cache: Path) -> None:
    """Make the folder anew.

    Args:
        core: npm's package ``pyodide``.
        wheels: All wheels, with all that they need.
        out: The folder.
        cache: Where compiled wheels are kept for the next time.

    Raises:
        CourseError: A wheel needs a package that is not among them.
    """
    for_kernel = _only_for(KERNEL, wheels)
    sources = [w.path for w in wheels if w.name not in for_kernel]
    compiled = compile_archives(core, [core / STANDARD_LIBRARY, *sources], cache)
    hosted = [*compiled[1:], *(w.path for w in wheels if w.name in for_kernel)]
    lock = json.loads((core / LOCK).read_text(encoding="utf-8"))
    lock["packages"] = _entries([Wheel(path) for path in hosted])
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for file in [*(core / name for name in CORE), compiled[0], *hosted]:
        shutil.copyfile(file, out / file.name)
    # Last: who finds the lock finds all that it names.
    text = json.dumps(lock, indent=1, sort_keys=True)
    (out / LOCK).write_text(text, encoding="utf-8")


def _only_for(users: Iterable[str], wheels: Sequence[Wheel]) -> set[str]:
    """Packages that are there for some packages alone, these included."""
    needs: dict[str, set[str]] = {
        wheel.name: {canonicalize_name(need.name) for need in wheel.requirements}
        for wheel in wheels
    }

    def closure(names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        todo = set(names)
        while todo:
            found |= todo
            todo = set().union(*(needs[name] for name in todo & needs.keys())) - found
        return found

    needed = set().union(*needs.values())
    others = needs.keys() - needed - set(users)
    return closure(users) - closure(others)


def _entries(wheels: Sequence[Wheel]) -> dict[str, Any]:
    hosted = {wheel.name for wheel in wheels}
    entries = {}
    for wheel in wheels:
        needs = {canonicalize_name(need.name) for need in wheel.requirements}
        if needs - hosted:
            raise CourseError(
                f"{wheel.name} needs {', '.join(sorted(needs - hosted))}.",
                remedy="Run python -m course.browser.wheels: wheels.txt is stale.",
            )
        entries[wheel.name] = {
            "name": wheel.name,
            "version": wheel.version,
            "file_name": wheel.path.name,
            "install_dir": "site",
            "sha256": wheel.sha256,
            "package_type": "package",
            "imports": wheel.imports,
            "depends": sorted(needs),
            "unvendored_tests": False,
        }
    return entries
