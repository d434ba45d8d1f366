"""Wheels made here: the page's Python, what learners need of the grader, PyYAML.

The same sources make the same bytes, and another version when they change: no browser's
cache serves a stale one.
"""

import base64
import hashlib
import importlib.metadata
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.errors import CourseError
from autograder.files import read_folder
from autograder.imports import reached_modules
from autograder.rooms import Rooms
from course.browser.wheels import REPACKED, Wheel

PAGE_PYTHON = Path(__file__).resolve().parent / "python"
GRADER_REQUIRES = ("hypothesis", "markdown-it-py", "pyyaml")
_NOTEBOOK = "autograder.notebook"  # what the notebooks of learners import
_NEVER_CHANGES = (2020, 1, 1, 0, 0, 0)  # a time in a zip would make other bytes


def make_own_wheels(rooms: Rooms, folder: Path) -> list[Wheel]:
    """Make all of them.

    Args:
        rooms: The course.
        folder: Where they are written.

    Returns:
        The wheels.
    """
    page = {
        path.relative_to(PAGE_PYTHON).as_posix(): path.read_bytes()
        for path in PAGE_PYTHON.rglob("*.py")
    }
    # A page runs a cell that imports them before it loads the grader.
    page |= {path.name: path.read_bytes() for path in rooms.given.glob("*.py")}
    return [
        _make_wheel(folder, "course-page", page),
        _make_wheel(folder, "autograder", grader_files(rooms), GRADER_REQUIRES),
        *(_repack(folder, name, packages) for name, packages in REPACKED.items()),
    ]


def grader_files(rooms: Rooms) -> dict[str, bytes]:
    """What learners need of the grader: modules that they reach, exercises.

    Nobody lists what is public: a module comes along when a learner's notebook, a
    page's Python or a visible criterion leads to it. Nothing imports what is secret.

    Args:
        rooms: The course.

    Returns:
        Files by their path in the wheel.
    """
    briefs = [*rooms.exercises.glob("*/*.md"), *rooms.exercises.glob("*/test_*.py")]
    starters = [
        brief.with_suffix("") / path
        for brief in rooms.exercises.glob("*/*.md")
        if brief.with_suffix("").is_dir()
        for path in read_folder(brief.with_suffix(""))
    ]
    roots = [*PAGE_PYTHON.rglob("*.py"), *rooms.exercises.glob("*/test_*.py")]
    modules = reached_modules(rooms.root, roots, _NOTEBOOK)
    briefs += rooms.given.glob("*.py")
    inventories = rooms.root.joinpath("autograder", "standards").glob("*.yml")
    return {
        path.relative_to(rooms.root).as_posix(): path.read_bytes()
        for path in [*modules, *inventories, *briefs, *starters]
    }


def _repack(folder: Path, name: str, packages: list[str]) -> Wheel:
    """Make a wheel of the pure Python in an installed package."""
    installed = importlib.metadata.distribution(name)
    files = {
        file.as_posix(): Path(str(installed.locate_file(file))).read_bytes()
        for file in installed.files or ()
        if file.parts[0] in packages and file.suffix == ".py"
    }
    if not files:
        raise CourseError(
            f"{name} is not installed as its maintainers publish it.",
            remedy="Delete .venv and run the same command again.",
        )
    return _make_wheel(folder, name, files, version=installed.version)


def _make_wheel(
    folder: Path,
    name: str,
    files: Mapping[str, bytes],
    requires: Iterable[str] = (),
    *,
    version: str = "",
) -> Wheel:
    version = version or _version_of(files)
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    wheel = ["Wheel-Version: 1.0", "Generator: course", "Root-Is-Purelib: true"]
    wheel.append("Tag: py3-none-any")
    content = {path: files[path] for path in sorted(files)}
    content[f"{info}/METADATA"] = "\n".join([*metadata, ""]).encode()
    content[f"{info}/WHEEL"] = "\n".join([*wheel, ""]).encode()
    content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, _NEVER_CHANGES)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return Wheel(target)


def _version_of(files: Mapping[str, bytes]) -> str:
    """A version from the content; digits only, as some hosts read a "+" as a space."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.encode() + b"\0" + files[path] + b"\0")
    return f"0.{int(digest.hexdigest()[:10], 16)}"


def _record(content: Mapping[str, bytes], itself: str) -> bytes:
    lines = []
    for path, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
        lines.append(f"{path},sha256={digest.decode().rstrip('=')},{len(data)}")
    return "\n".join([*lines, f"{itself},,", ""]).encode()
