"""Python for the browser, compiled when the site is built.

Pyodide's own standard library is source, and a browser would compile what it imports at
every start: that took two thirds of the time to the first output.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import CourseError
from course.browser.npm import find_node

COMPILER = Path(__file__).resolve().with_name("compile_python.py")
"""Runs in Pyodide, whose bytecode is wanted."""
_DRIVER = COMPILER.with_suffix(".mjs")


def compile_archives(core: Path, archives: Sequence[Path], cache: Path) -> list[Path]:
    """Compile the Python in archives; what was compiled before is not compiled again.

    Args:
        core: npm's package ``pyodide``.
        archives: Wheels and Pyodide's standard library.
        cache: Where compiled archives are kept.

    Returns:
        The compiled archives, in the order given; each has its old name.

    Raises:
        CourseError: A file in an archive does not compile.
    """
    made_with = (core / "package.json").read_bytes() + COMPILER.read_bytes()
    kept = [_place(archive, made_with, cache) for archive in archives]
    missing = [(a, k) for a, k in zip(archives, kept, strict=True) if not k.exists()]
    if missing:
        with tempfile.TemporaryDirectory() as name:
            source, target = Path(name) / "from", Path(name) / "to"
            source.mkdir()
            target.mkdir()
            for archive, _ in missing:
                shutil.copyfile(archive, source / archive.name)
            _compile(core, Path(name))
            for archive, place in missing:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(target / archive.name, place)
    return kept


def _place(archive: Path, made_with: bytes, cache: Path) -> Path:
    digest = hashlib.sha256(made_with + archive.read_bytes()).hexdigest()
    return cache / digest[:20] / archive.name


def _compile(core: Path, folder: Path) -> None:
    run = subprocess.run(
        [find_node().node, str(_DRIVER), str(core), str(COMPILER), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise CourseError(
            f"Python for the browser was not compiled:\n{run.stderr.strip()}\n",
            remedy="Mend what is named.",
        )
