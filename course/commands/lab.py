"""``lab``: JupyterLab on a learner's workspace."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.errors import CourseError
from autograder.rooms import Rooms
from course.build import Builder
from course.chapters import find_chapters
from course.nbgrader import nbgrader_environment, release_to_exchange
from course.notebooks import write_notebooks


def lab(
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8888,
    browser: Annotated[
        bool, typer.Option(help="Open JupyterLab in the web browser.")
    ] = True,
) -> None:
    """Open JupyterLab on your workspace with the released exercises."""
    rooms = Rooms.of_this_course()
    builder = Builder(rooms)
    builder.check()
    builder.build_assignments()
    _release(rooms, builder)
    for path in write_notebooks(find_chapters(rooms), rooms.root / "workspace"):
        Console().print(f"new in your workspace: {rooms.relative(path)}")
    start_jupyter(rooms, "lab", port=port, browser=browser)


def _release(rooms: Rooms, builder: Builder) -> None:
    """Put the exercises into the workspace and into nbgrader's assignment list."""
    workspace = rooms.root / "workspace"
    console = Console()
    for notebook in sorted((builder.nbgrader / "release").glob("*/*.ipynb")):
        target = workspace / notebook.parent.name / notebook.name
        if target.exists():
            continue  # a learner's work is never overwritten
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook, target)
        if notebook.with_suffix("").is_dir():  # the answer is files beside it
            shutil.copytree(notebook.with_suffix(""), target.with_suffix(""))
        console.print(f"new in your workspace: {rooms.relative(target)}")
    parts = sorted(p.name for p in (builder.nbgrader / "release").iterdir())
    release_to_exchange(rooms, parts, builder.nbgrader)


def start_jupyter(
    rooms: Rooms, page: str, *, port: int, browser: bool, course: Path | None = None
) -> None:
    """Start JupyterLab and stay until it ends.

    Args:
        rooms: The course.
        page: The page to open, such as ``lab`` or ``formgrader``.
        port: The port on this machine.
        browser: Whether to open the web browser.
        course: An nbgrader course folder to show instead of the workspace.

    Raises:
        CourseError: The port is busy.
    """
    root = course or rooms.root / "workspace"
    environment = nbgrader_environment(rooms, course)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--ServerApp.default_url=/{page}"]
    command.append("--ContentsManager.allow_hidden=True")  # a workflow's .github
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container; it listens on 127.0.0.1 alone
    try:
        ended = subprocess.run(command, cwd=root, env=environment, check=False)
    except KeyboardInterrupt:
        return
    if ended.returncode != 0:
        raise CourseError(
            "JupyterLab did not start.",
            remedy=f"If port {port} is busy, choose another with --port.",
        )
