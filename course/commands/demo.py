"""``demo``: an invented class, graded, in the formgrader."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.rooms import Rooms
from course.build import Builder
from course.commands.lab import start_jupyter
from course.demo_class import CLASS, choose_answer, hand_in
from course.nbgrader import nbgrader_environment, release_to_exchange, run_nbgrader

PART = "01_design"


def demo(
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8889,
    browser: Annotated[
        bool, typer.Option(help="Open the formgrader in the web browser.")
    ] = True,
    start: Annotated[
        bool, typer.Option(help="Start JupyterLab once everything is graded.")
    ] = True,
) -> None:
    """Show an instructor's view: a class of 12 hands in part 1 and is graded."""
    rooms = Rooms.of_this_course()
    builder = Builder(rooms)
    builder.check()
    folder = rooms.build / "demo"
    prepare_class(rooms, builder, folder)
    _grade(rooms, folder)
    run_nbgrader(rooms, "export", f"--to={folder / 'grades.csv'}", root=folder)
    console = Console()
    console.print(f"Gradebook, feedback and grades.csv are in {folder}", soft_wrap=True)
    if start:
        address = f"http://127.0.0.1:{port}/formgrader"
        console.print(f"The formgrader opens at {address}  (Ctrl-C ends)")
        start_jupyter(rooms, "formgrader", port=port, browser=browser, course=folder)


def prepare_class(rooms: Rooms, builder: Builder, folder: Path) -> None:
    """Lay a fresh nbgrader course with the class enrolled and everything handed in.

    Args:
        rooms: The course.
        builder: Its builder.
        folder: The demo's own folder; what stood there before is removed.
    """
    builder.build_assignments()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(builder.nbgrader / "source", folder / "source")
    run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
    release_to_exchange(rooms, [PART], folder)
    _enrol(folder)
    for exercise in find_exercises(rooms):
        if exercise.part == PART:
            _hand_in_all(exercise, folder)


def _enrol(folder: Path) -> None:
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for learner in CLASS:
            gradebook.update_or_create_student(
                learner.id,
                first_name=learner.first_name,
                last_name=learner.last_name,
                email=f"{learner.id}@example.org",
            )


def _hand_in_all(exercise: Exercise, folder: Path) -> None:
    notebook = Path(exercise.part) / f"{exercise.slug}.ipynb"
    for learner in CLASS:
        hand_in(
            folder / "release" / notebook,
            folder / "submitted" / learner.id / notebook,
            choose_answer(learner, exercise),
        )


def _grade(rooms: Rooms, folder: Path) -> None:
    """Grade as an instructor would, feedback pages included."""
    done = subprocess.run(
        [sys.executable, "-m", "course", "grade", PART],
        cwd=rooms.root,
        env=nbgrader_environment(rooms, folder),
        check=False,
    )
    if done.returncode != 0:
        raise CourseError(
            "The class could not be graded; the reason stands above.",
            remedy="Mend that and run the demo again; it starts afresh.",
        )
