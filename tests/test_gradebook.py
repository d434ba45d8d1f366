"""Our writer and nbgrader's own commands leave the same gradebook."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SAWarning
from sqlalchemy.pool import NullPool
from traitlets.config import Config

from autograder.assemble import assemble_all
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.grading.gradebook import (
    Booking,
    GradebookWriter,
    find_triggers,
    read_timestamp,
)
from autograder.grading.intake import read_submission
from autograder.judge import judge
from autograder.rooms import Rooms
from course.demo_class import hand_in
from course.nbgrader import run_nbgrader

PART = "01_design"
EXERCISES = find_exercises(Rooms.of_this_course())[:2]
DUE = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - as nbgrader keeps it: UTC, unsaid
ANSWERS: dict[str, Callable[[Exercise], str]] = {
    "right": lambda e: e.solution,
    "wrong": lambda e: next(v for v in e.variants if not v.right).source,
    "starter": lambda e: e.brief.starter,
    "late": lambda e: e.solution,
    "extended": lambda e: e.solution,
    "reviewed": lambda e: next(v for v in e.variants if not v.right).source,
    "half": lambda e: e.solution,
}
ZERO_WHEN_LATE = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})


@dataclass(frozen=True)
class Course:
    """A course with submissions, before and after plain nbgrader graded it."""

    folder: Path
    before: Path
    plain: Path

    def bookings(self, writer: GradebookWriter) -> list[Booking]:
        return [
            self.booking(writer, learner, exercise)
            for learner in ANSWERS
            for exercise in EXERCISES
            if not (learner == "half" and exercise is EXERCISES[1])
        ]

    def booking(
        self, writer: GradebookWriter, learner: str, exercise: Exercise
    ) -> Booking:
        folder = self.folder / "submitted" / learner / PART
        path = folder / f"{exercise.slug}.ipynb"
        submission = read_submission(path, writer.templates[exercise.slug])
        assert submission.answer is not None
        scores = judged(exercise.slug, submission.answer)
        return Booking(learner, folder, submission, scores)


@cache
def judged(slug: str, answer: str) -> dict[str, float]:
    exercise = next(e for e in EXERCISES if e.slug == slug)
    return {v.criterion.name: float(v.points) for v in judge(exercise, answer)}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, rooms: Rooms) -> Course:
    folder = tmp_path_factory.mktemp("course")
    assemble_all(EXERCISES, folder / "source")
    run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
    for learner, answer in ANSWERS.items():
        for exercise in EXERCISES:
            released = folder / "release" / PART / f"{exercise.slug}.ipynb"
            target = folder / "submitted" / learner / PART / released.name
            if not (learner == "half" and exercise is EXERCISES[1]):
                hand_in(released, target, answer(exercise))
        late = timedelta(hours=-1 if learner in {"right", "wrong"} else 1)
        if learner not in {"starter", "half"}:
            stamp = f"{DUE + late} UTC"
            (folder / "submitted" / learner / PART / "timestamp.txt").write_text(stamp)
    before, plain = folder / "before.db", folder / "gradebook.db"
    history(f"sqlite:///{plain}")
    shutil.copy(plain, before)
    zero = "--LateSubmissionPlugin.penalty_method=zero"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_GRADER", "plain")
        run_nbgrader(rooms, "autograde", PART, zero, root=folder)
    return Course(folder, before, plain)


def history(db_url: str) -> None:
    """What stands in the gradebook before anything is graded."""
    with warnings.catch_warnings(), Gradebook(db_url) as gradebook:
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own affair
        gradebook.update_or_create_assignment(PART, duedate=DUE)
        for learner in ("right", "extended", "reviewed"):
            gradebook.add_student(learner, first_name=learner.title())
        gradebook.add_submission(PART, "extended")
        gradebook.grant_extension(PART, "extended", hours=3)
        gradebook.add_submission(PART, "reviewed")
        first, second = EXERCISES[0].criteria[:2]
        where = EXERCISES[0].slug, PART, "reviewed"
        gradebook.find_grade(first.name, *where).manual_score = 0.5
        gradebook.find_grade(second.name, *where).extra_credit = 1.5
        gradebook.find_comment("answer", *where).manual_comment = "Well done."
        gradebook.db.commit()


def rows(db_url: str) -> dict[str, list[list[str]]]:
    """All rows of all tables, with names in place of ids."""
    engine = create_engine(db_url, poolclass=NullPool)
    metadata = MetaData()
    metadata.reflect(engine)
    names: dict[Any, str] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            found[table.name] = [
                dict(row._mapping) for row in connection.execute(table.select())
            ]
    engine.dispose()
    for kind in ("assignment", "notebook", "base_cell", "submitted_assignment"):
        names |= {row["id"]: name(kind, row, names) for row in found[kind]}
    kind = "submitted_notebook"
    names |= {row["id"]: name(kind, row, names) for row in found[kind]}
    return {
        kind: sorted(
            [
                f"{column}={names.get(value, value)}"
                for column, value in sorted(row.items())
                if column != "id" or value in names or kind == "student"
            ]
            for row in table
        )
        for kind, table in found.items()
    }


def name(kind: str, row: dict[str, Any], names: dict[Any, str]) -> str:
    parts = [str(names.get(value, value)) for key, value in row.items() if key != "id"]
    keys = [row.get("name"), names.get(row.get("notebook_id")), row.get("type")]
    if kind.startswith("submitted"):
        keys = [row.get("student_id"), names.get(row.get("assignment_id"))]
        keys.append(names.get(row.get("notebook_id")))
    assert parts
    return f"{kind}:{keys}"


def write(url: str, course: Course, **options: Any) -> list[str]:
    with GradebookWriter(url, PART, config=ZERO_WHEN_LATE, **options) as writer:
        return writer.write(course.bookings(writer))


def write_twice_at_once(url: str, course: Course) -> None:
    """Two batches of the same rows: one finds what the other has made."""
    errors: list[BaseException] = []

    def run(writer: GradebookWriter) -> None:
        try:
            writer.write(course.bookings(writer))
        except BaseException as error:  # noqa: BLE001 - a thread would swallow it
            errors.append(error)

    with (
        GradebookWriter(url, PART, config=ZERO_WHEN_LATE) as one,
        GradebookWriter(url, PART, config=ZERO_WHEN_LATE) as other,
    ):
        course.bookings(one)  # judged before, as only the main thread can
        threads = [threading.Thread(target=run, args=[w]) for w in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not errors


@pytest.fixture
def ours(course: Course, tmp_path: Path) -> str:
    """A gradebook of which nothing is graded yet."""
    shutil.copy(course.before, tmp_path / "gradebook.db")
    return f"sqlite:///{tmp_path / 'gradebook.db'}"


def test_all_rows_equal_those_of_nbgrader_autograde(course: Course, ours: str) -> None:
    write(ours, course)
    theirs = rows(f"sqlite:///{course.plain}")
    mine = rows(ours)
    assert mine.keys() == theirs.keys()
    for table in theirs:
        assert mine[table] == theirs[table], table


def test_the_class_has_what_it_is_meant_to_have(course: Course) -> None:
    """Else the comparison would compare little."""
    with Gradebook(f"sqlite:///{course.plain}") as gradebook:
        late = gradebook.find_submission(PART, "late")
        assert late.late_submission_penalty == late.score == 20
        assert gradebook.find_submission(PART, "extended").late_submission_penalty == 0
        reviewed = gradebook.find_submission(PART, "reviewed")
        assert reviewed.needs_manual_grade
        half = gradebook.find_submission_notebook(EXERCISES[1].slug, PART, "half")
        assert {grade.auto_score for grade in half.grades} == {0}
        silent = gradebook.find_comment("answer", EXERCISES[0].slug, PART, "starter")
        assert silent.auto_comment == "No response."


def test_writing_again_changes_nothing(course: Course, ours: str) -> None:
    write(ours, course)
    path = Path(ours.removeprefix("sqlite:///"))
    once = path.read_bytes()
    changed: list[str] = []
    with (
        GradebookWriter(ours, PART, config=ZERO_WHEN_LATE) as writer,
        counting(writer._gradebook.engine, changed),
    ):
        writer.write(course.bookings(writer))
    assert not [said for said in changed if not said.startswith(("SELECT", "BEGIN"))]
    assert path.read_bytes() == once


class counting:  # noqa: N801 - reads as a verb
    """Collects the statements that an engine is sent."""

    def __init__(self, engine: Engine, said: list[str]) -> None:
        self._engine, self._said = engine, said

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._note)

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, said: str, *_: Any) -> None:
        self._said.append(said)


def class_of(count: int, booking: Booking) -> list[Booking]:
    name = booking.learner
    return [replace(booking, learner=f"{name}{n:03}") for n in range(count)]


def test_a_batch_takes_as_many_statements_as_one(course: Course, ours: str) -> None:
    counts = []
    for count in (1, 60):
        said: list[str] = []
        with GradebookWriter(ours, PART) as writer:
            booking = course.booking(writer, "right", EXERCISES[0])
            with counting(writer._gradebook.engine, said):
                writer.write(class_of(count, replace(booking, learner=f"{count}x")))
        counts.append(len(said))
    assert counts[0] == counts[1] < 20


def test_points_are_what_a_cell_is_worth_at_most(course: Course, ours: str) -> None:
    with GradebookWriter(ours, PART) as writer:
        booking = course.booking(writer, "right", EXERCISES[0])
        names = list(booking.scores)
        odd = {names[0]: 99.0, names[1]: float("nan"), names[2]: -3.0, "mine": 5.0}
        told = writer.write([replace(booking, scores=odd)])
    assert sum("has no criterion" in remark for remark in told) == len(names) - 3
    with Gradebook(ours) as gradebook:
        where = EXERCISES[0].slug, PART, "right"
        grades = {
            g.name: (g.auto_score, g.max_score)
            for g in gradebook.find_submission_notebook(*where).grades
        }
    assert grades[names[0]] == (EXERCISES[0].criteria[0].points,) * 2
    assert {score for name, (score, _) in grades.items() if name != names[0]} == {0}


def test_cells_keep_the_order_of_the_release(course: Course, ours: str) -> None:
    slug = EXERCISES[0].slug
    wanted = ["brief", "open", "answer_note", "answer", "hints"]
    wanted += [criterion.name for criterion in EXERCISES[0].criteria]
    released = course.folder / "release" / PART
    for folders in ([], [released], [course.folder / "nowhere"]):
        with GradebookWriter(ours, PART, folders=folders) as writer:
            found = [cell.grade_id for cell in writer.templates[slug].cells]
        assert found == wanted


def test_progress_is_told_by_batches(course: Course, ours: str) -> None:
    done: list[int] = []
    with GradebookWriter(ours, PART) as writer:
        booking = course.booking(writer, "right", EXERCISES[0])
        writer.write(class_of(130, booking), done.append)
    assert done == [100, 30]


class TestTimestamps:
    @pytest.mark.parametrize(
        "junk",
        [b"tomorrow-ish", b"\xff\xfe", b"9" * 150,  b"1e9999",
         b"0001-01-01 00:00:00 +9999", b"x" * 10_000],
    )  # fmt: skip
    def test_junk_gives_the_time_of_the_files(
        self, tmp_path: Path, junk: bytes
    ) -> None:
        (tmp_path / "timestamp.txt").write_bytes(junk)
        assert read_timestamp(tmp_path)[0] is None
        (tmp_path / "x.ipynb").touch()
        os.utime(tmp_path / "x.ipynb", (86400, 86400))
        timestamp, remark = read_timestamp(tmp_path)
        assert timestamp == datetime(1970, 1, 2)  # noqa: DTZ001
        assert "tells no time" in (remark or "")

    def test_pipes_and_links_are_not_opened(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "timestamp.txt")
        assert "tells no time" in (read_timestamp(tmp_path)[1] or "")
        (tmp_path / "timestamp.txt").unlink()
        (tmp_path / "timestamp.txt").symlink_to("/dev/zero")
        assert "tells no time" in (read_timestamp(tmp_path)[1] or "")

    def test_nothing_said_is_nothing_known(self, tmp_path: Path) -> None:
        assert read_timestamp(tmp_path) == (None, None)

    def test_a_time_zone_is_taken_off(self, tmp_path: Path) -> None:
        (tmp_path / "timestamp.txt").write_text("2026-03-01 12:00:00.5 CET")
        expected = datetime(2026, 3, 1, 11, 0, 0, 500_000)  # noqa: DTZ001
        assert read_timestamp(tmp_path)[0] == expected

    def test_a_time_that_the_files_deny_is_remarked(
        self, course: Course, ours: str, tmp_path: Path
    ) -> None:
        """Learners can write timestamp.txt: the year 2000 avoids every penalty."""
        shutil.copytree(course.folder / "submitted" / "late" / PART, tmp_path / PART)
        (tmp_path / PART / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
        with GradebookWriter(ours, PART) as writer:
            booking = course.booking(writer, "late", EXERCISES[0])
            told = writer.write([replace(booking, folder=tmp_path / PART)])
        now = datetime.now(UTC)
        assert now.replace(tzinfo=None) > DUE, "the class of this test hands in late"
        assert len(told) == 1
        assert told[0].startswith("late: timestamp.txt says 2000-01-01")


class TestOthersWriteToo:
    def test_a_lock_is_waited_for(self, course: Course, ours: str) -> None:
        path = ours.removeprefix("sqlite:///")
        with GradebookWriter(ours, PART) as writer:
            bookings = course.bookings(writer)
            with closing(sqlite3.connect(path, check_same_thread=False)) as other:
                other.isolation_level = None
                other.execute("BEGIN EXCLUSIVE")
                threading.Timer(7, other.rollback).start()
                started = time.monotonic()
                writer.write(bookings)
                assert time.monotonic() - started > 6
        assert rows(ours)["grade"]

    def test_a_lock_without_end_is_named(self, course: Course, ours: str) -> None:
        path = ours.removeprefix("sqlite:///")
        with GradebookWriter(ours, PART, patience=0.1) as writer:
            bookings = course.bookings(writer)
            with closing(sqlite3.connect(path)) as other:
                other.isolation_level = None
                other.execute("BEGIN EXCLUSIVE")
                with pytest.raises(CourseError, match="kept the gradebook locked"):
                    writer.write(bookings)

    def test_two_writers_at_once(self, course: Course, ours: str) -> None:
        write_twice_at_once(ours, course)
        assert rows(ours) == rows(f"sqlite:///{course.plain}")


class TestRefusals:
    def test_triggers(self, ours: str) -> None:
        """An attack that stays for the course: points by a planted trigger."""
        assert find_triggers(ours) == []
        with closing(sqlite3.connect(ours.removeprefix("sqlite:///"))) as database:
            database.execute(
                "CREATE TRIGGER steal AFTER UPDATE ON grade "
                "BEGIN UPDATE grade SET extra_credit = 9; END"
            )
            database.commit()
        assert find_triggers(ours) == ["steal on grade"]
        with pytest.raises(CourseError, match=r"steal on grade.*DROP TRIGGER"):
            GradebookWriter(ours, PART).__enter__()

    def test_no_gradebook(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'none.db'}"
        with pytest.raises(CourseError, match="course build"):
            GradebookWriter(url, PART).__enter__()
        assert not list(tmp_path.iterdir())
        assert find_triggers(url) == []

    def test_no_assignment(self, ours: str) -> None:
        with pytest.raises(CourseError, match="does not know '99_none'"):
            GradebookWriter(ours, "99_none").__enter__()

    def test_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
        with pytest.raises(CourseError, match="cannot be read"):
            find_triggers(f"sqlite:///{tmp_path / 'x.db'}")


STEAL = """
CREATE TABLE loot (x int);
CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER steal BEFORE UPDATE OR INSERT ON loot
    FOR EACH ROW EXECUTE FUNCTION steal();
"""


class TestPostgreSQL:
    """The same on a real server, which the fixture starts for itself."""

    def test_all_rows_equal_those_in_sqlite(
        self, course: Course, server: str, rooms: Rooms, tmp_path: Path
    ) -> None:
        assemble_all(EXERCISES, tmp_path / "source")
        run_nbgrader(
            rooms, "generate_assignment", PART, "--create",
            root=tmp_path, database=server,
        )  # fmt: skip
        history(server)
        write_twice_at_once(server, course)
        mine = rows(server)
        write(server, course)
        assert rows(server) == mine
        theirs = rows(f"sqlite:///{course.plain}")
        for table in ("student", "submitted_notebook", "grade", "comment"):
            assert mine[table] == theirs[table], table

    def test_triggers(self, server: str) -> None:
        engine = create_engine(server, poolclass=NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(STEAL)
        assert find_triggers(server) == ["steal on loot"]
        with pytest.raises(CourseError, match='DROP TRIGGER "steal" ON "loot"'):
            GradebookWriter(server, PART).__enter__()


def programs() -> Path:
    """The folder of PostgreSQL's server programs; Debian keeps it off the PATH."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    for place in reversed(places):
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    pytest.skip("no PostgreSQL server on this machine (Debian: apt install postgresql)")


@pytest.fixture
def server() -> Iterator[str]:
    """A PostgreSQL server on a socket of its own; it refuses to run as root."""
    place = programs()
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path must be short
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        log = folder / "log"
        command: Sequence[str] = [str(place / program), "-D", str(folder / "data")]
        done = subprocess.run(
            [*command, *arguments],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        said = log.read_text() if log.exists() else ""
        assert done.returncode == 0, done.stderr + said

    try:
        run("initdb", "-A", "trust", "-U", "postgres", "-N")
        options = f"-k {folder} -h '' -F"
        run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
