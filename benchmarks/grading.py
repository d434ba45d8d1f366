"""Grade a class twice, by plain nbgrader and by ``course grade``, and compare.

    python benchmarks/grading.py --learners 40
    python benchmarks/grading.py --learners 400 --plain-learners 40 --json
    python benchmarks/grading.py --scaling

Both grade the same notebooks in one run, each in a copy of the course of its own, as
whole processes with start-up. What counts are the ratios: seconds depend on the
machine. Plain nbgrader takes the same time for every notebook, however many there are,
so ``--plain-learners`` may grade the first learners of a large class and scale up; the
result says how many were measured.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table

from autograder.assemble import assemble_all
from autograder.exercises import Exercise, find_exercises
from autograder.notebook import ANSWER_ID
from autograder.rooms import Rooms
from course.demo_class import BROKEN
from course.nbgrader import nbgrader_environment, run_nbgrader

PART = "01_design"
ROOMS = Rooms.of_this_course()
# How often a learner hands in something right, wrong, raising or untouched.
MIX = {"right": 10, "wrong": 5, "raising": 3, "untouched": 2}
STOCK_FEEDBACK = (
    "--GenerateFeedback.exporter_class=nbconvert.exporters.html.HTMLExporter",
    "--GenerateFeedback.preprocessors=nbgrader.preprocessors.GetGrades",
    "--GenerateFeedback.preprocessors=nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
)


@dataclass(frozen=True)
class Cost:
    """What a command took, its child processes included."""

    wall: float
    cpu: float
    peak_mb: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.wall + other.wall,
            self.cpu + other.cpu,
            max(self.peak_mb, other.peak_mb),
        )

    def __mul__(self, factor: float) -> "Cost":
        return Cost(self.wall * factor, self.cpu * factor, self.peak_mb)


def measure(folder: Path, *command: str, plain: bool = False) -> Cost:
    """Run a command over a course folder."""
    environment = nbgrader_environment(ROOMS, folder)
    if plain:
        environment["COURSE_GRADER"] = "plain"
    with (folder / "benchmark.log").open("ab") as log:
        started = time.monotonic()
        child = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", *command],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
        )
        _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(command)} failed; see {folder / 'benchmark.log'}")
    return Cost(
        time.monotonic() - started,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
    )


def answers_of(exercise: Exercise) -> dict[str, list[str]]:
    """All that can be handed in for an exercise, by kind."""
    variants = exercise.variants
    return {
        "right": [exercise.solution, *(v.source for v in variants if v.right)],
        "wrong": [v.source for v in variants if not v.right],
        "raising": [BROKEN, f"{exercise.brief.starter}\nraise RuntimeError('stuck')\n"],
        "untouched": [exercise.brief.starter],
    }


def make_class(folder: Path, learners: int) -> None:
    """Release part 1 and hand in for every learner, the same on every run."""
    exercises = [e for e in find_exercises(ROOMS) if e.part == PART]
    assemble_all(exercises, folder / "source")
    run_nbgrader(ROOMS, "generate_assignment", PART, "--create", root=folder)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for number in range(learners):
            gradebook.add_student(name_of(number))
    for exercise in exercises:
        released = folder / "release" / PART / f"{exercise.slug}.ipynb"
        notebook = json.loads(released.read_text(encoding="utf-8"))
        answers = answers_of(exercise)
        cell = next(c for c in notebook["cells"] if is_answer(c))
        for number in range(learners):
            chance = random.Random(f"{exercise.slug} {number}")  # noqa: S311
            (kind,) = chance.choices(list(MIX), weights=list(MIX.values()))
            cell["source"] = chance.choice(answers[kind]).rstrip("\n")
            target = folder / "submitted" / name_of(number) / PART / released.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(notebook), encoding="utf-8")


def is_answer(cell: dict[str, dict[str, dict[str, str]]]) -> bool:
    """Tell whether this is the answer cell of a notebook read as plain JSON."""
    return bool(cell["metadata"].get("nbgrader", {}).get("grade_id") == ANSWER_ID)


def name_of(number: int) -> str:
    """Name a learner; names sort as numbers do."""
    return f"learner{number:05}"


def scores(folder: Path, learners: int) -> dict[tuple[str, str, str], float]:
    """The points of every grade cell of the first learners."""
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for number in range(learners):
            name = name_of(number)
            for notebook in gradebook.find_submission(PART, name).notebooks:
                for grade in notebook.grades:
                    found[name, notebook.name, grade.name] = grade.auto_score
    return found


def compare(
    work: Path, learners: int, plain_learners: int, say: Callable[[str], None]
) -> dict[str, object]:
    """Grade the same class by both and give the ratios."""
    base = work / "base"
    say(f"making a class of {learners}")
    make_class(base, learners)
    few, bare, full = (work / name for name in ("plain", "ours", "ours_with_feedback"))
    for folder in (few, bare, full):
        shutil.copytree(base, folder)
    for number in range(plain_learners, learners):
        shutil.rmtree(few / "submitted" / name_of(number))
    scale = learners / plain_learners
    say(f"plain nbgrader autograde, {plain_learners} learners")
    autograde = measure(few, "nbgrader", "autograde", PART, plain=True) * scale
    say("course grade --no-feedback")
    ours = measure(bare, "course", "grade", PART, "--no-feedback")
    say(f"plain nbgrader generate_feedback, {plain_learners} learners")
    feedback = measure(
        few, "nbgrader", "generate_feedback", PART, *STOCK_FEEDBACK, plain=True
    )
    plain_in_all = autograde + feedback * scale
    say("course grade")
    ours_in_all = measure(full, "course", "grade", PART)
    say("course grade, again with nothing changed")
    again = measure(full, "course", "grade", PART)
    notebooks = learners * len([e for e in find_exercises(ROOMS) if e.part == PART])
    wanted = scores(few, plain_learners)
    return {
        "learners": learners,
        "plain_learners": plain_learners,
        "notebooks": notebooks,
        "wall_ratio": round(autograde.wall / ours.wall, 1),
        "wall_ratio_with_feedback": round(plain_in_all.wall / ours_in_all.wall, 1),
        "cpu_ratio": round(autograde.cpu / ours.cpu, 1),
        "equal": wanted == scores(bare, plain_learners) == scores(full, plain_learners),
        "notebooks_per_second": round(notebooks / ours.wall, 1),
        "cores": len(os.sched_getaffinity(0)),
        "plain": asdict(autograde),
        "plain_with_feedback": asdict(plain_in_all),
        "ours": asdict(ours),
        "ours_with_feedback": asdict(ours_in_all),
        "ours_unchanged": asdict(again),
    }


def scaling(work: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Cost per notebook of 40, 400 and 4000 notebooks.

    A class pays once for the start and for the pools of inputs of its exercises;
    ``each_further`` is what a notebook more than in the class before costs.
    """
    found = {}
    fewer, before = 0, 0.0
    for learners in (4, 40, 400):
        folder = work / str(learners)
        notebooks = learners * 10
        say(f"{notebooks} notebooks")
        make_class(folder, learners)
        cost = measure(folder, "course", "grade", PART)
        further = (cost.wall - before) / (notebooks - fewer)
        found[str(notebooks)] = {
            "wall_ms": round(cost.wall * 1000 / notebooks, 1),
            "each_further_ms": round(further * 1000, 1),
            "cpu_ms": round(cost.cpu * 1000 / notebooks, 1),
            "peak_mb": round(cost.peak_mb),
        }
        fewer, before = notebooks, cost.wall
        shutil.rmtree(folder)
    return {"per_notebook": found}


def show(found: dict[str, object], console: Console) -> None:
    """Print what was found as a table."""
    table = Table("what", "value")
    for name, value in found.items():
        table.add_row(
            name, json.dumps(value) if isinstance(value, dict) else str(value)
        )
    console.print(table)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--plain-learners", type=int, help="default: all of them")
    parser.add_argument("--scaling", action="store_true", help="cost by class size")
    parser.add_argument("--json", action="store_true", help="one object as last line")
    options = parser.parse_args()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as work:
        if options.scaling:
            found = scaling(Path(work), console.print)
        else:
            plain = min(options.plain_learners or options.learners, options.learners)
            found = compare(Path(work), options.learners, plain, console.print)
    show(found, console)
    if options.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
