"""``test``: everything that must hold, in one command."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from autograder.errors import CourseError
from autograder.rooms import Rooms
from course.build import Builder
from course.nbgrader import nbgrader_environment
from course.reproduce import lay_out

FULL_VARIABLE = "COURSE_FULL"
"""Set for pytest by ``--full``: tests in ``tests/soak`` are skipped without it."""

_PYTHON = [sys.executable, "-m"]


def test(
    *,
    full: Annotated[
        bool,
        typer.Option(
            help="Judge every mutant anew, even where nothing changed, and grade "
            "large classes under load and faults; this takes hours."
        ),
    ] = False,
) -> None:
    """Build the course and run all tests: style, types, proofs, pytest, nbval."""
    rooms = Rooms.of_this_course()
    console = Console()
    prove = [*_PYTHON, "course", "prove", *(["--full"] if full else [])]
    steps: list[tuple[str, Callable[[], int]]] = [
        ("style (ruff check)", lambda: _run(rooms, [*_PYTHON, "ruff", "check", "."])),
        (
            "layout (ruff format)",
            lambda: _run(rooms, [*_PYTHON, "ruff", "format", "--check", "."]),
        ),
        ("types (mypy, strict)", lambda: _run_mypy(rooms)),
        ("build", lambda: _build(rooms)),
        ("exercises proven", lambda: _run(rooms, prove)),
        ("outputs reproducible (nbval)", lambda: _run_nbval(rooms)),
        ("tests (pytest)", lambda: _run_pytest(rooms, full=full)),
    ]
    failed = []
    for name, step in steps:
        console.rule(name)
        started = time.monotonic()
        if step() != 0:
            failed.append(name)
        console.print(f"{name}: {time.monotonic() - started:.0f} s", style="dim")
    if failed:
        raise CourseError(f"Failed: {', '.join(failed)}.", remedy="See above.")
    console.print("[green]All is well.[/]")


def _run(rooms: Rooms, command: list[str], **variables: str) -> int:
    environment = nbgrader_environment(rooms) | variables
    return subprocess.run(
        command, cwd=rooms.root, env=environment, check=False
    ).returncode


def _run_mypy(rooms: Rooms) -> int:
    # Visible and hidden criteria share file names, so they are separate runs. And a
    # solution named after a module of the standard library would hide that module.
    packages = ["autograder", "course", "tests", "solutions", "benchmarks"]
    namesakes = [
        path
        for path in sorted(rooms.solutions.glob("*/*.py"))
        if path.stem in sys.stdlib_module_names
    ]
    apart = ["^autograder/hidden_tests/", "^autograder/variants/"]
    apart += [f"^{re.escape(str(rooms.relative(path)))}$" for path in namesakes]
    runs = [
        [*packages, *(word for pattern in apart for word in ("--exclude", pattern))],
        ["exercises"],
        [str(rooms.relative(rooms.hidden_tests))],
        *(["-c", path.read_text(encoding="utf-8")] for path in namesakes),
    ]
    results = [_run(rooms, [*_PYTHON, "mypy", *arguments]) for arguments in runs]
    for folder in rooms.solutions.glob("*/*/"):  # each a project of its own
        if not any(folder.rglob("*.py")):
            continue
        command = [*_PYTHON, "mypy", "--strict", "--config-file="]
        command += [f"--cache-dir={rooms.root / '.mypy_cache'}", "."]
        results.append(subprocess.run(command, cwd=folder, check=False).returncode)
    return max(results)


def _build(rooms: Rooms) -> int:
    Builder(rooms).build()
    return 0


def _run_pytest(rooms: Rooms, *, full: bool) -> int:
    # One more than processors: tests also wait, for boxes, kernels and browsers.
    workers = str((os.cpu_count() or 1) + 1)
    command = [*_PYTHON, "pytest", "-n", workers, "--dist", "loadfile"]
    command += ["--durations=15"]  # what to look at when this takes too long
    if not full:
        return _run(rooms, command)
    failed = _run(rooms, command, **{FULL_VARIABLE: "1"})
    return failed or _run(rooms, [*_PYTHON, "tests.held"])


def _run_nbval(rooms: Rooms) -> int:
    """Run the executed chapters and solution notebooks again and compare outputs."""
    arguments = ["--nbval", "--nbval-sanitize-with", "tests/nbval.cfg"]
    arguments += ["--nbval-cell-timeout", "120", "-n", "auto", "--dist", "loadfile"]
    arguments += ["-p", "no:cacheprovider", "--override-ini", "addopts=", "-q"]
    notebooks = [str(path) for path in lay_out(rooms)]
    return _run(rooms, [*_PYTHON, "pytest", *arguments, *notebooks])
