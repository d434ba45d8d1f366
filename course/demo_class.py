"""An invented class for the demo: who they are, and what they hand in."""

import random
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.exercises import Exercise
from autograder.files import is_packed, unpack, write_folder
from autograder.notebook import ANSWER_ID

BROKEN = "def unfinished(:\n    pass\n"
_SEED = 20  # any class will do, but the same one every time


@dataclass(frozen=True)
class Learner:
    """An invented learner.

    Attributes:
        id: The user name.
        first_name: The first name.
        last_name: The last name.
        habits: How likely the answer is the solution, a right variant, a wrong one, the
            untouched starter, or code that does not even compile.
    """

    id: str
    first_name: str
    last_name: str
    habits: tuple[int, int, int, int, int]


CLASS = [
    Learner("adaeze", "Adaeze", "Okafor", (4, 6, 0, 0, 0)),
    Learner("bram", "Bram", "de Wit", (2, 5, 3, 0, 0)),
    Learner("chiara", "Chiara", "Fontana", (1, 5, 4, 0, 0)),
    Learner("dmitri", "Dmitri", "Volkov", (0, 4, 5, 1, 0)),
    Learner("elif", "Elif", "Aydin", (1, 3, 6, 0, 0)),
    Learner("farid", "Farid", "Rahimi", (0, 3, 5, 1, 1)),
    Learner("greta", "Greta", "Lindholm", (0, 8, 2, 0, 0)),
    Learner("hiro", "Hiro", "Tanabe", (0, 2, 6, 2, 0)),
    Learner("ines", "Ines", "Carvalho", (1, 6, 2, 1, 0)),
    Learner("jonas", "Jonas", "Weber", (0, 1, 4, 4, 1)),
    Learner("kamala", "Kamala", "Iyer", (6, 4, 0, 0, 0)),
    Learner("liam", "Liam", "Byrne", (0, 0, 2, 6, 2)),
]


def choose_answer(learner: Learner, exercise: Exercise) -> str:
    """Choose what a learner hands in.

    Args:
        learner: The learner.
        exercise: The exercise.

    Returns:
        Source code for the answer cell, or packed files, the same on every call.
    """
    chance = random.Random(f"{_SEED} {learner.id} {exercise.slug}")  # noqa: S311
    kind = chance.choices(range(5), weights=learner.habits)[0]
    right = [variant.source for variant in exercise.variants if variant.right]
    wrong = [variant.source for variant in exercise.variants if not variant.right]
    starter = exercise.brief.starter
    choices = [[exercise.solution], right, wrong, [starter], [BROKEN]]
    return chance.choice(choices[kind])


def hand_in(release: Path, target: Path, answer: str) -> None:
    """Write a submission: what was released with an answer in place.

    Args:
        release: The released notebook.
        target: The path of the submitted notebook.
        answer: Source code for the answer cell, or packed files.
    """
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == ANSWER_ID:
            cell.source = answer.rstrip("\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    if release.with_suffix("").is_dir():
        files = unpack(answer) if is_packed(answer) else {"notes.txt": answer}
        write_folder(target.with_suffix(""), files)
