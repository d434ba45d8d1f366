"""Answers of files on their way through nbgrader, the grader and feedback."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbgrader.api import Gradebook

from autograder import files
from autograder.assemble import assemble, assemble_all
from autograder.exercises import find_exercise
from autograder.grading.intake import (
    Submission,
    Template,
    TemplateCell,
    read_submission,
)
from autograder.judge import judge, points
from autograder.rooms import Rooms
from course.demo_class import hand_in
from course.nbgrader import run_nbgrader

SLUG = "project_structure"
EXERCISE = find_exercise(Rooms.of_this_course(), SLUG)
PART = EXERCISE.part
Mischief = Callable[[Path], object]
"""Does something to a learner's folder of the assignment, where a solution lies."""


def zipped(entries: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def in_place_of_the_folder(data: bytes) -> Mischief:
    def do(place: Path) -> None:
        shutil.rmtree(place / SLUG)
        (place / f"{SLUG}.zip").write_bytes(data)

    return do


def linked_folder(place: Path) -> None:
    shutil.rmtree(place / SLUG)
    (place / SLUG).symlink_to(place.parent.parent / "alice" / PART / SLUG)


SOLUTION = files.unpack(EXERCISE.solution)
BOMB = zipped({f"{SLUG}/drivingschool/__init__.py": "#" * 40_000_000})
HOSTILE: dict[str, tuple[Mischief, float, str]] = {
    "h01": (in_place_of_the_folder(files.write_zip(SOLUTION, SLUG)), 10, ""),
    "h02": (in_place_of_the_folder(zipped(SOLUTION)), 10, ""),
    "h03": (lambda p: shutil.rmtree(p / SLUG), 0, f"The folder {SLUG} is missing"),
    "h04": (linked_folder, 0, f"The folder {SLUG} is missing"),
    "h05": (
        lambda p: (p / SLUG / "notes").symlink_to("/etc/passwd"),
        0,
        "notes: This is not a plain file",
    ),
    "h06": (
        lambda p: (p / SLUG / "a.png").write_bytes(b"\x89PNG\xff"),
        0,
        "a.png: This file is not UTF-8 text",
    ),
    "h07": (
        lambda p: (p / SLUG / "data.csv").write_text("1" * 300_000),
        0,
        "more than 200 kB",
    ),
    "h08": (lambda p: os.mkfifo(p / SLUG / "pipe.py"), 0, "pipe.py: This is not"),
    "h09": (
        lambda p: (p / SLUG / Path(*"abcdefghijklmnop")).mkdir(parents=True),
        0,
        "more than 12 folders",
    ),
    "h10": (in_place_of_the_folder(zipped({"../../x.py": ""})), 0, "inside the folder"),
    "h11": (in_place_of_the_folder(BOMB), 0, "more than 200 kB"),
    "h12": (in_place_of_the_folder(b"PK no zip"), 0, "The zip cannot be read"),
    "h13": (
        lambda p: (p / SLUG / "drivingschool" / "odd\nname.py").touch(),
        0,
        "is not one of a file inside the folder",
    ),
    "h14": (
        lambda p: (p / SLUG / "DrivingSchool.py").touch(),
        10,
        "",
    ),
    "h15": (
        lambda p: (p / SLUG / "drivingschool" / "prices.py").write_text("x = (\n"),
        0,
        "SyntaxError in drivingschool/prices.py, line 1",
    ),
    "h16": (lambda p: (p / SLUG / "__pycache__").mkdir(), 10, ""),
}
THROUGH_NBGRADER = ("h01", "h03", "h05", "h11", "h15")


# --- Intake -------------------------------------------------------------------------


def cell(grade_id: str, *, grade: bool = False) -> TemplateCell:
    return TemplateCell(
        grade_id,
        "code",
        f"# released {grade_id}",
        locked=True,
        grade=grade,
        solution=False,
        task=False,
        points=2.0 if grade else 0.0,
        checksum="0" * 32,
    )


TEMPLATE = Template(SLUG, (cell(files.FILES_ID), cell("test_one", grade=True)))


def read(place: Path) -> Submission:
    return read_submission(place / f"{SLUG}.ipynb", TEMPLATE)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A learner's folder with a notebook and the solution beside it."""
    place = tmp_path / "bram" / PART
    files.write_folder(place / SLUG, SOLUTION)
    cells = [
        nbformat.v4.new_code_cell(
            known.source, metadata={"nbgrader": {"grade_id": known.grade_id}}
        )
        for known in TEMPLATE.cells
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), place / f"{SLUG}.ipynb")
    files.write_folder(tmp_path / "alice" / PART / SLUG, SOLUTION)
    return place


def test_answer_is_the_folder_beside_the_notebook(place: Path) -> None:
    submission = read(place)
    assert submission.answer == EXERCISE.solution
    assert (submission.problem, submission.remarks) == (None, ())
    (place / SLUG / "drivingschool" / "prices.py").unlink()
    assert read(place).digest != submission.digest


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_folders_are_refused_in_words(place: Path, name: str) -> None:
    mischief, earned, said = HOSTILE[name]
    mischief(place)
    submission = read(place)
    if submission.answer is None:
        assert earned == 0
        assert said in (submission.problem or "")
        assert submission.problem.startswith("comes without files that can be graded")  # type: ignore[union-attr]
    else:
        verdicts = judge(EXERCISE, submission.answer)
        assert points(verdicts) == earned
        assert said in "".join(str(v.evidence) for v in verdicts if v.evidence)


def test_files_count_without_a_notebook(place: Path) -> None:
    assert TEMPLATE.handed_in(place)
    (place / f"{SLUG}.ipynb").write_bytes(b"{")
    submission = read(place)
    assert submission.answer == EXERCISE.solution
    assert "its files were graded" in submission.remarks[0]
    (place / f"{SLUG}.ipynb").unlink()
    assert TEMPLATE.handed_in(place)
    assert read(place).answer == EXERCISE.solution
    shutil.rmtree(place / SLUG)
    assert not TEMPLATE.handed_in(place)


def test_folder_of_a_learner_that_is_a_link_is_refused(
    place: Path, tmp_path: Path
) -> None:
    (tmp_path / "carl").mkdir()
    (tmp_path / "carl" / PART).symlink_to(tmp_path / "alice" / PART)
    submission = read(tmp_path / "carl" / PART)
    assert "a folder that is a link" in (submission.problem or "")


# --- A notebook with files beside it ------------------------------------------------


def test_check_reads_the_files_anew_each_time(place: Path) -> None:
    prices = place / SLUG / "drivingschool" / "prices.py"
    visible = next(c for c in EXERCISE.criteria if c.visible and c.kind == "behaviour")
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source)
            for source in (
                "from autograder.notebook import exercise",
                f"check = exercise({SLUG!r})",
                "check.files()",
                f"check({visible.name!r})",
                f"import pathlib; place = pathlib.Path({str(prices)!r})",
                "_ = place.write_text(place.read_text().replace('110', '111'))",
                f"check({visible.name!r})",
                "_ = place.rename(place.with_name('rates.py'))",
                f"check({visible.name!r})",
            )
        ]
    )
    resources = {"metadata": {"path": str(place)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    shown = [c.outputs[0]["data"] for c in notebook.cells if c.outputs]
    assert "drivingschool/prices.py" in shown[0]["text/plain"]
    assert [data["text/plain"] for data in shown[1:]] == ["1", "0", "0"]
    assert "drivingschool/desk.py, line 4: No module named" in shown[3]["text/html"]


def test_solution_notebook_earns_all_points(place: Path) -> None:
    notebook = assemble(EXERCISE)
    nbformat.write(notebook, place / f"{SLUG}.ipynb")
    resources = {"metadata": {"path": str(place)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    earned = {
        cell.metadata.nbgrader.grade_id: cell.outputs[0]["data"]["text/plain"]
        for cell in notebook.cells
        if cell.metadata.nbgrader.grade
    }
    assert earned == {c.name: str(c.points) for c in EXERCISE.criteria}


def test_release_holds_the_starter_and_not_the_solution(course: "Course") -> None:
    release = course.folder / "release" / PART
    starter = files.unpack(EXERCISE.brief.starter)
    assert files.read_folder(release / SLUG) == starter
    assert not (course.folder / "source" / PART / SLUG).exists()


# --- nbgrader -----------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """A course graded by nbgrader."""

    folder: Path
    plain: bool

    def score(self, learner: str) -> float:
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            found = gradebook.find_submission_notebook(SLUG, PART, learner)
            return float(found.score)


ANSWERS = {
    "alice": EXERCISE.solution,
    "bea": EXERCISE.brief.starter,
    "carl": next(v for v in EXERCISE.variants if v.name == "wrong_stars").source,
}


@pytest.fixture(scope="module", params=["border", "plain"])
def course(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    rooms: Rooms,
) -> Course:
    """A course graded by nbgrader with the grader plugged in, and by plain nbgrader."""
    folder, plain = tmp_path_factory.mktemp(request.param), request.param == "plain"
    assemble_all([EXERCISE], folder / "source")
    run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
    released = folder / "release" / PART / f"{SLUG}.ipynb"
    for learner, answer in ANSWERS.items():
        hand_in(released, folder / "submitted" / learner / PART / released.name, answer)
    for learner in THROUGH_NBGRADER if not plain else ():
        place = folder / "submitted" / learner / PART
        hand_in(released, place / released.name, EXERCISE.solution)
        HOSTILE[learner][0](place)
    with pytest.MonkeyPatch.context() as patch:
        if plain:
            patch.setenv("COURSE_GRADER", "plain")
        run_nbgrader(rooms, "autograde", PART, "--create", root=folder)
        run_nbgrader(rooms, "generate_feedback", PART, root=folder)
    return Course(folder, plain)


def test_scores_are_those_of_the_verdicts(course: Course) -> None:
    earned = {learner: course.score(learner) for learner in ANSWERS}
    wanted = {name: points(judge(EXERCISE, text)) for name, text in ANSWERS.items()}
    assert earned == wanted


def test_hostile_learners_earn_what_their_files_earn(course: Course) -> None:
    if course.plain:
        pytest.skip("not with plain nbgrader: it copies whatever it finds")
    earned = {learner: course.score(learner) for learner in THROUGH_NBGRADER}
    assert earned == {learner: HOSTILE[learner][1] for learner in THROUGH_NBGRADER}
    place = course.folder / "autograded" / "h05" / PART
    assert {path.name for path in place.iterdir()} == {f"{SLUG}.ipynb"}


def test_feedback_shows_the_files_that_were_handed_in(course: Course) -> None:
    if course.plain:
        pytest.skip("not with plain nbgrader: its feedback shows the notebook")
    page = (course.folder / "feedback" / "bea" / PART / f"{SLUG}.html").read_text()
    tree = BeautifulSoup(page, "html.parser")
    answer = tree.find(id="answer")
    assert answer is not None
    paths = [heading.get_text() for heading in answer.find_all("h3")]
    assert paths == list(files.unpack(EXERCISE.brief.starter))
    assert "def overlap" in answer.get_text()
    ids = [tag["id"] for tag in tree.find_all(id=True)]
    assert len(set(ids)) == len(ids)
    links = [str(tag["href"]) for tag in tree.find_all("a", href=True)]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    page = (course.folder / "feedback" / "h03" / PART / f"{SLUG}.html").read_text()
    told = " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
    assert f"The folder {SLUG} is missing" in told
    assert f"put your files into the folder {SLUG}" in told
    page = (course.folder / "feedback" / "h15" / PART / f"{SLUG}.html").read_text()
    told = " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
    assert "your files on their own: import drivingschool" in told
    assert "SyntaxError in drivingschool/prices.py, line 1" in told


def test_instructors_see_the_files_in_the_graded_notebook(course: Course) -> None:
    if course.plain:
        pytest.skip("not with plain nbgrader: the folder lies beside the notebook")
    path = course.folder / "autograded" / "carl" / PART / f"{SLUG}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    shown = next(c for c in notebook.cells if c.id == files.FILES_ID).outputs[0]
    assert "==== drivingschool/app.py" in shown.data["text/plain"]
