"""Real nbgrader, in a course of its own: every answer's points equal its verdicts."""

import csv
import os
import string
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from autograder.assemble import assemble_all
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.judge import judge
from autograder.reformat import reformat
from autograder.rooms import Rooms
from autograder.standards import load_standards
from course.commands.test import FULL_VARIABLE
from course.demo_class import BROKEN, hand_in
from course.nbgrader import run_nbgrader

PART = "01_design"
EXERCISES = [e for e in find_exercises(Rooms.of_this_course()) if e.part == PART]
PROCESSES = 2


@dataclass(frozen=True)
class Course:
    """A graded nbgrader course."""

    rooms: Rooms
    folder: Path
    answers: dict[str, list[tuple[str, str]]]

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}")


def answers_to(exercise: Exercise, *, few: bool) -> list[tuple[str, str]]:
    """Every answer that has a declared verdict; a few: one of each kind."""
    starter = exercise.brief.starter
    right = [variant for variant in exercise.variants if variant.right]
    wrong = [variant for variant in exercise.variants if not variant.right]
    chosen = [right[0], wrong[0]] if few else [*right, *wrong]
    return [
        ("solution", exercise.solution),
        ("starter", starter),
        ("broken", BROKEN),
        *((variant.name, variant.source) for variant in chosen),
        *([] if few else [("reformatted", reformat(starter))]),
    ]


def learner(number: int) -> str:
    """A name for the one who hands in the answers of a number; initials spread them."""
    return f"{string.ascii_lowercase[number % 26]}{number:02}"


@pytest.fixture(scope="module", params=["border", "plain"])
def course(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    rooms: Rooms,
) -> Iterator[Course]:
    """A course graded by nbgrader with the grader plugged in, and by plain nbgrader."""
    plain = request.param == "plain"
    # A notebook takes nbgrader seconds, and test_grader.py judges all answers across
    # the border: here all of them with --full only.
    few = FULL_VARIABLE not in os.environ
    with pytest.MonkeyPatch.context() as patch:
        if plain:
            patch.setenv("COURSE_GRADER", "plain")
        yield grade_all(tmp_path_factory.mktemp(request.param), rooms, few=few)


def grade_all(folder: Path, rooms: Rooms, *, few: bool) -> Course:
    assemble_all(EXERCISES, folder / "source")
    run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
    answers = {exercise.slug: answers_to(exercise, few=few) for exercise in EXERCISES}
    for slug, given in answers.items():
        released = folder / "release" / PART / f"{slug}.ipynb"
        for number, (_, source) in enumerate(given):
            target = folder / "submitted" / learner(number) / PART / f"{slug}.ipynb"
            hand_in(released, target, source)
    _delete_a_grade_cell(folder / "submitted" / learner(0) / PART / "open_closed.ipynb")
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for number in range(max(map(len, answers.values()))):
            gradebook.add_student(learner(number))
    with ThreadPoolExecutor(PROCESSES) as pool:
        groups = [string.ascii_lowercase[n::PROCESSES] for n in range(PROCESSES)]
        list(pool.map(lambda group: _autograde(group, rooms, folder), groups))
    run_nbgrader(
        rooms, "generate_feedback", PART, f"--student={learner(1)}", root=folder
    )
    return Course(rooms, folder, answers)


def _autograde(initials: str, rooms: Rooms, folder: Path) -> None:
    """Grade the learners with these initials as an instructor does, with patience.

    Plain nbgrader starts a kernel for each notebook, and on a busy machine now and then
    one does not come up. A second run grades what the first one left, and only that.
    """
    command = ("autograde", PART, f"--student=[{initials}]*")
    try:
        run_nbgrader(rooms, *command, root=folder)
    except CourseError:
        if os.environ.get("COURSE_GRADER") != "plain":
            raise
        run_nbgrader(rooms, *command, root=folder)


def _delete_a_grade_cell(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [c for c in notebook.cells if c.id != "no-decision-on-names"]
    nbformat.write(notebook, path)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.slug)
def test_points_in_the_gradebook_equal_the_verdicts(
    course: Course, exercise: Exercise
) -> None:
    with course.gradebook() as gradebook:
        for number, (name, source) in enumerate(course.answers[exercise.slug]):
            submission = gradebook.find_submission_notebook(
                exercise.slug, PART, learner(number)
            )
            booked = {grade.name: grade.score for grade in submission.grades}
            verdicts = judge(exercise, source)
            assert booked == {v.criterion.name: v.points for v in verdicts}, name


def test_deleted_grade_cell_is_restored(course: Course) -> None:
    graded = course.folder / "autograded" / learner(0) / PART / "open_closed.ipynb"
    cells = nbformat.read(graded, as_version=4).cells
    assert "no_decision_on_names" in {c.metadata.nbgrader.grade_id for c in cells}


def words(html: str) -> str:
    """The words of a page, without marks that a line break could have eaten."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.slug)
def test_feedback_tells_the_three_facts_hint_rule_and_chapter(
    course: Course, exercise: Exercise
) -> None:
    """The one who handed in the starter reads why each design criterion is not met."""
    place = Path(learner(1)) / PART / f"{exercise.slug}.html"
    page = (course.folder / "feedback" / place).read_text("utf-8")
    told = words(page)
    for criterion in exercise.criteria:
        assert words(criterion.title).rstrip(".") in told
        if criterion.kind == "design":
            assert words(criterion.hint) in told
            assert words(load_standards().rules[criterion.rule]) in told
    assert f"/book/{PART}/{exercise.slug}.html" in page


def test_feedback_never_shows_a_hidden_tests_source(course: Course) -> None:
    for exercise in EXERCISES:
        path = course.folder / "feedback" / learner(1) / PART / f"{exercise.slug}.html"
        text = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text()
        hidden = exercise.hidden_path.read_text(encoding="utf-8")
        public = exercise.brief_path.read_text(encoding="utf-8") + " ".join(
            f"{criterion.title} {criterion.hint}" for criterion in exercise.criteria
        )
        lines = {line.strip() for line in hidden.splitlines() if len(line) > 40}
        # Texts are parts of titles, hints and messages: those are for learners.
        code = {line for line in lines if not line.startswith(('"', 'f"'))}
        secret = {line for line in code if line not in public}
        assert len(secret) > 20
        assert not [line for line in secret if line in text]


def test_export_lists_every_learner(course: Course) -> None:
    target = course.folder / "grades.csv"
    run_nbgrader(course.rooms, "export", f"--to={target}", root=course.folder)
    with target.open(encoding="utf-8") as lines:
        rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert float(rows[learner(0)]["score"]) == 10 * len(EXERCISES)
    assert float(rows[learner(1)]["score"]) == 0
    assert float(rows[learner(0)]["max_score"]) == 10 * len(EXERCISES)
