"""The gradebook: nbgrader's own tables, written quickly and by one writer.

What stands in them afterwards is what ``nbgrader autograde`` would have written, so
that the formgrader, manual grades, late penalties and exports work as ever.
"""

import json
import math
import random
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self, TypeVar

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import Connection, Table, bindparam, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool
from traitlets.config import Config

from autograder.errors import CourseError
from autograder.grading.feedback import Grades
from autograder.grading.intake import (
    Submission,
    Template,
    TemplateCell,
    UnreadableError,
    checksum,
    read_plain_file,
)

T = TypeVar("T")
Row = dict[str, Any]

PATIENCE = 120.0
"""Seconds to wait for another program that writes to the gradebook."""

BATCH = 100
_COLLISIONS = 10
_MAX_TIMESTAMP = 200
_RECEIPT = re.compile(r"[0-9A-Za-z:.,/+ -]+")
_MAX_RECEIPT = 200
_NO_RESPONSE = "No response."
_A_DAY = timedelta(days=1)
# PostgreSQL: a deadlock, a conflict, a lock that was not had, a server that starts.
_PASSING = {"40001", "40P01", "55P03", "57P01", "57P03"}
_TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT DISTINCT trigger_name, event_object_table "
        "FROM information_schema.triggers"
    ),
}
# Cells carry no order of their own; this is the one in which they were recorded.
_RECORDED = {"sqlite": "rowid", "postgresql": "ctid"}


@dataclass(frozen=True)
class Booking:
    """What is to stand in the gradebook for one notebook of one learner.

    Attributes:
        learner: The learner's user name.
        folder: The learner's submission folder: its timestamp, and what is missing.
        submission: What was handed in.
        scores: Points by grade id, as judged.
    """

    learner: str
    folder: Path
    submission: Submission
    scores: Mapping[str, float]


def load_template(
    gradebook: Gradebook,
    assignment: str,
    notebook: str,
    folders: Sequence[Path] = (),
) -> Template:
    """Read from the gradebook what was released.

    Args:
        gradebook: An open gradebook.
        assignment: The assignment.
        notebook: The notebook's name, which is the exercise's slug.
        folders: Where the released or source notebook may lie. The first with the same
            cells tells their order; else it is the order in which they were recorded.

    Returns:
        The template.

    Raises:
        CourseError: The gradebook knows no such notebook.
    """
    try:
        found = gradebook.find_notebook(notebook, assignment)
    except MissingEntry as error:
        raise _not_released(f"{notebook!r} in {assignment!r}") from error
    graded = {cell.name: cell.max_score for cell in found.grade_cells}
    tasks = {cell.name: cell.max_score for cell in found.task_cells}
    solutions = {cell.name for cell in found.solution_cells}
    recorded = gradebook.db.query(SourceCell).filter_by(notebook_id=found.id)
    order = text(_RECORDED.get(gradebook.engine.dialect.name, "name"))
    cells = {
        cell.name: TemplateCell(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=float(graded.get(cell.name, tasks.get(cell.name, 0.0))),
            checksum=cell.checksum,
        )
        for cell in recorded.order_by(order)
    }
    names = _order(set(cells), [folder / f"{notebook}.ipynb" for folder in folders])
    ordered = tuple(cells[name] for name in names or cells)
    kernelspec = json.loads(found.kernelspec or "{}")
    if not kernelspec:
        return Template(notebook, ordered)
    return Template(notebook, ordered, kernelspec)


def _not_released(what: str) -> CourseError:
    return CourseError(
        f"The gradebook does not know {what}.",
        remedy="Run `python3 -m course build`, then grade again.",
    )


def _order(names: set[str], paths: Iterable[Path]) -> list[str]:
    """The order of cells in the first of our own notebooks that has just these."""
    for path in paths:
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            ids = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in cells]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        order = [name for name in ids if name in names]
        if len(order) == len(names) and set(order) == names:
            return order
    return []


def find_triggers(db_url: str, *, patience: float = PATIENCE) -> list[str]:
    """Look for triggers, which nbgrader never makes: one could change every grade.

    Args:
        db_url: The gradebook's URL.
        patience: Seconds to wait for another program that writes.

    Returns:
        For each trigger its name and its table, as in ``steal on grade``.

    Raises:
        CourseError: The gradebook cannot be read.
    """
    url = make_url(db_url)
    if url.get_backend_name() not in _TRIGGERS or not _exists(db_url):
        return []
    # Other databases let readers read while others write.
    waits = {"timeout": patience} if url.get_backend_name() == "sqlite" else {}
    engine = create_engine(url, poolclass=NullPool, connect_args=waits)
    try:
        with engine.connect() as connection:
            rows = connection.execute(text(_TRIGGERS[engine.dialect.name]))
            return sorted(f"{name} on {table}" for name, table in rows)
    except DBAPIError as error:
        raise CourseError(
            f"The gradebook cannot be read: {error.orig}.",
            remedy="Check COURSE_DB_URL and that the file or the server is well.",
        ) from error
    finally:
        engine.dispose()


def refuse_triggers(db_url: str) -> None:
    """Refuse a gradebook in which somebody planted a trigger.

    Args:
        db_url: The gradebook's URL.

    Raises:
        CourseError: There are triggers; they are named, with the way to drop them.
    """
    triggers = find_triggers(db_url)
    if triggers:
        server = make_url(db_url).get_backend_name() != "sqlite"
        name, _, table = triggers[0].rpartition(" on ")
        drop = f"DROP TRIGGER {quoted(name)}"
        drop += f" ON {quoted(table)}" if server else ""
        raise CourseError(
            "The gradebook holds triggers, which nbgrader never makes and which can "
            f"change grades: {', '.join(triggers)}.",
            remedy=f"Drop each in a database shell (`{drop};`), then compare grades "
            "with a backup or grade again.",
        )


def quoted(name: str) -> str:
    """Write an SQL identifier, whatever the one who planted it called it.

    Args:
        name: The name.

    Returns:
        The name as SQL takes it.
    """
    return '"' + name.replace('"', '""') + '"'


def _exists(db_url: str) -> bool:
    """Whether there is a database; opening SQLite would make one."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return True
    return Path(url.database or "").exists()


def read_timestamp(folder: Path) -> tuple[datetime | None, str | None]:
    """Read when a submission was handed in, which the learner's own file says.

    Args:
        folder: The submission folder.

    Returns:
        The time in UTC, as nbgrader keeps it, None when nothing tells it; and a remark
        for the instructor when ``timestamp.txt`` is there and tells no time.
    """
    path = folder / "timestamp.txt"
    try:
        said = read_plain_file(path, _MAX_TIMESTAMP).decode("utf-8-sig").strip()
        if not said:
            return None, "timestamp.txt is empty"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # unknown time zones are dateutil's worry
            return parse_utc(said), None
    except Exception:  # noqa: BLE001 - dateutil raises anything on junk
        if not path.is_symlink() and not path.exists():
            return None, None
    changed = _last_change(folder)
    return changed, f"timestamp.txt tells no time; taken from the files: {changed} UTC"


def _last_change(folder: Path) -> datetime | None:
    times = [path.lstat().st_mtime for path in folder.glob("*.ipynb")]
    return (
        datetime.fromtimestamp(max(times), UTC).replace(tzinfo=None) if times else None
    )


def pass_on_receipts(source: Path, target: Path) -> None:
    """Pass on what the exchange wrote beside a submission, where that makes sense.

    Without the time, a newer submission would not be graded again; without the secret,
    a learner could not fetch feedback.

    Args:
        source: The folder of a submission.
        target: The folder that nbgrader looks into next.
    """
    timestamp, remark = read_timestamp(source)
    for name in ("timestamp.txt", "submission_secret.txt"):
        said = _read_line(source / name)
        good = timestamp and not remark if name == "timestamp.txt" else True
        if good and _RECEIPT.fullmatch(said):
            target.mkdir(parents=True, exist_ok=True)
            (target / name).unlink(missing_ok=True)
            (target / name).write_text(said, encoding="utf-8")


def _read_line(path: Path) -> str:
    try:
        return read_plain_file(path, _MAX_RECEIPT).decode("ascii", "replace").strip()
    except UnreadableError:
        return ""


class GradebookWriter:
    """Writes results into a gradebook: opened once, one transaction for each batch.

    Args:
        db_url: The gradebook's URL.
        assignment: The assignment.
        course_id: nbgrader's course.
        config: nbgrader's configuration, for the late submission plugin.
        folders: Where released notebooks may lie, see ``load_template``.
        patience: Seconds to wait for another program that writes.
    """

    def __init__(
        self,
        db_url: str,
        assignment: str,
        *,
        course_id: str = "default_course",
        config: Config | None = None,
        folders: Sequence[Path] = (),
        patience: float = PATIENCE,
    ) -> None:
        self._db_url = db_url
        self._assignment = assignment
        self._course_id = course_id
        self._folders = folders
        self._patience = patience
        self._connected = False
        self._late = AssignLatePenalties(config=config or Config())
        self._late.init_plugin()
        self._receipts: dict[str, _Receipt] = {}

    def __enter__(self) -> Self:
        if not _exists(self._db_url):
            raise _not_released(f"{self._assignment!r}: there is no gradebook yet")
        refuse_triggers(self._db_url)
        self._gradebook: Gradebook = self._patiently(
            lambda: Gradebook(self._db_url, self._course_id)
        )
        try:
            self._released = self._patiently(self._read_released)
        except BaseException:
            self._gradebook.close()
            raise
        self._connected = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.close()

    @property
    def templates(self) -> dict[str, Template]:
        """What was released, by notebook."""
        notebooks = self._released.notebooks
        return {slug: notebook.template for slug, notebook in notebooks.items()}

    def write(
        self,
        bookings: Sequence[Booking],
        progress: Callable[[int], None] | None = None,
    ) -> list[str]:
        """Write results; writing the same again changes nothing.

        Args:
            bookings: The results.
            progress: Called with the number written after each batch.

        Returns:
            Remarks for the instructor, each with the learner's name.

        Raises:
            CourseError: The gradebook stayed locked, or its disk is full. What was
                written before stays; the batch concerned is not written in part.
        """
        remarks: list[str] = []
        for start in range(0, len(bookings), BATCH):
            batch = bookings[start : start + BATCH]
            remarks += self._receive(batch)
            remarks += self._patiently(partial(self._commit, batch))
            if progress:
                progress(len(batch))
        return remarks

    def grades(self, learners: Sequence[str]) -> dict[tuple[str, str], Grades]:
        """Read what the gradebook says of learners, for their feedback.

        Args:
            learners: Their names.

        Returns:
            By learner and notebook.
        """

        def read() -> dict[tuple[str, str], Grades]:
            with closing(self._gradebook.engine.connect()) as connection:
                return _read_grades(connection, self._released, learners)

        return self._patiently(read)

    def _read_released(self) -> "_Released":
        try:
            assignment = self._gradebook.find_assignment(self._assignment)
        except MissingEntry as error:
            raise _not_released(repr(self._assignment)) from error
        notebooks = {
            notebook.name: _Notebook(
                notebook.id,
                load_template(
                    self._gradebook, self._assignment, notebook.name, self._folders
                ),
                {c.id: c.name for c in [*notebook.grade_cells, *notebook.task_cells]},
                {
                    c.id: c.name
                    for c in [*notebook.solution_cells, *notebook.task_cells]
                },
            )
            for notebook in assignment.notebooks
        }
        released = _Released(assignment.id, assignment.duedate, notebooks)
        self._gradebook.db.remove()  # else its read lock would stay
        return released

    def _receive(self, batch: Iterable[Booking]) -> list[str]:
        """Read the folders of learners who were not met before."""
        remarks: list[str] = []
        for booking in batch:
            if booking.learner not in self._receipts:
                receipt = _read_receipt(booking.folder, self._released)
                self._receipts[booking.learner] = receipt
                remarks += [f"{booking.learner}: {said}" for said in receipt.remarks]
        return remarks

    def _commit(self, batch: Sequence[Booking]) -> list[str]:
        engine = self._gradebook.engine
        with closing(engine.connect()) as connection:
            if engine.dialect.name == "sqlite":
                # A lock that is taken late cannot be waited for.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            writing = _Batch(connection, self._released, self._receipts, self._late)
            remarks = writing.write(batch)
            connection.commit()
        return remarks

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do something with the gradebook, again while others write to it."""
        deadline = time.monotonic() + self._patience
        pause, collisions = 0.05, 0
        while True:
            try:
                return work()
            except DBAPIError as error:
                collisions += isinstance(error, IntegrityError)
                passing = collisions if isinstance(error, IntegrityError) else 0
                if passing > _COLLISIONS or not self._may_pass(error):
                    raise CourseError(
                        f"The gradebook could not be written: {error.orig}.",
                        remedy="Mend what is named and run the command again; what was "
                        "graded before stays.",
                    ) from error
                if time.monotonic() > deadline:
                    raise CourseError(
                        "Another program kept the gradebook locked for "
                        f"{self._patience:g} seconds.",
                        remedy="Close it (a formgrader, a database browser) and run "
                        "the command again; what was graded before stays.",
                    ) from error
            # Several writers that wait must not wake at the same moment.
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(2 * pause, 2.0)

    def _may_pass(self, error: DBAPIError) -> bool:
        """Whether an error is likely gone in a while."""
        if isinstance(error, IntegrityError):
            return True  # another writer made the same row first
        said = str(error.orig).lower()
        if "locked" in said or "busy" in said:
            return True
        state = getattr(error.orig, "sqlstate", None)
        return state in _PASSING or (self._connected and error.connection_invalidated)


@dataclass(frozen=True)
class _Notebook:
    """A released notebook and the database's ids of its cells.

    Attributes:
        id: The notebook's id.
        template: What was released.
        graded: Grade ids by the database's id, of cells with points.
        commented: Grade ids by the database's id, of cells with comments.
    """

    id: str
    template: Template
    graded: dict[str, str]
    commented: dict[str, str]

    @cached_property
    def cells(self) -> dict[str, TemplateCell]:
        """The released cells by grade id."""
        return {cell.grade_id: cell for cell in self.template.cells}


@dataclass(frozen=True)
class _Released:
    """An assignment as the gradebook has it."""

    id: str
    due: datetime | None
    notebooks: dict[str, _Notebook]


@dataclass(frozen=True)
class _Receipt:
    """What a submission folder says besides its notebooks."""

    timestamp: datetime | None
    missing: tuple[str, ...]
    remarks: tuple[str, ...]


def _read_receipt(folder: Path, released: _Released) -> _Receipt:
    timestamp, remark = read_timestamp(folder)
    remarks = [remark] if remark else []
    changed = _last_change(folder)
    if timestamp and changed and changed - timestamp > _A_DAY and not remark:
        due = released.due
        if due is None or timestamp <= due < changed:
            remarks.append(
                f"timestamp.txt says {timestamp} UTC, but the files were changed last "
                f"at {changed:%Y-%m-%d %H:%M:%S} UTC; learners can write that file"
            )
    missing = [
        slug
        for slug in released.notebooks
        if not (path := folder / f"{slug}.ipynb").exists() and not path.is_symlink()
    ]
    return _Receipt(timestamp, tuple(missing), tuple(remarks))


class _Batch:
    """One transaction: reads what stands there, then writes only what differs.

    Args:
        connection: An open connection.
        released: The assignment.
        receipts: What is known of each learner's folder.
        late: nbgrader's preprocessor that knows the late submission plugin.
    """

    def __init__(
        self,
        connection: Connection,
        released: _Released,
        receipts: Mapping[str, _Receipt],
        late: AssignLatePenalties,
    ) -> None:
        self._connection = connection
        self._released = released
        self._receipts = receipts
        self._late = late
        self._remarks: list[str] = []

    def write(self, bookings: Sequence[Booking]) -> list[str]:
        learners = sorted({booking.learner for booking in bookings})
        self._add_students(learners)
        submissions = self._submissions(learners)
        notebooks = self._notebooks(submissions)
        booked = {
            notebooks[submissions[b.learner]["id"], self._id_of(b)]["id"]: b
            for b in bookings
        }
        absent = {
            notebooks[submissions[name]["id"], self._released.notebooks[slug].id]["id"]
            for name, slug in self._absent(learners)
        }
        fresh = {row["id"] for row in notebooks.values() if row.pop("fresh", False)}
        touched = [
            row
            for row in notebooks.values()
            if row["id"] in booked or row["id"] in absent or row["id"] in fresh
        ]
        scores = self._write_grades(touched, booked, absent)
        self._write_comments(touched, booked)
        self._write_penalties(touched, booked, submissions, scores)
        return self._remarks

    def _id_of(self, booking: Booking) -> str:
        return self._released.notebooks[booking.submission.slug].id

    def _absent(self, learners: Iterable[str]) -> list[tuple[str, str]]:
        return [(name, s) for name in learners for s in self._receipts[name].missing]

    def _add_students(self, learners: Sequence[str]) -> None:
        table: Table = Student.__table__
        known = self._rows(table, "id", learners)
        there = {row["id"] for row in known}
        self._insert(table, [{"id": name} for name in learners if name not in there])

    def _submissions(self, learners: Sequence[str]) -> dict[str, Row]:
        """Find or make the row of each learner's submission."""
        table: Table = SubmittedAssignment.__table__
        mine = table.c.assignment_id == self._released.id
        found = {
            row["student_id"]: row
            for row in self._rows(table, "student_id", learners, mine)
        }
        fresh, changed = [], []
        for name in learners:
            timestamp = self._receipts[name].timestamp
            if name not in found:
                found[name] = {
                    "id": new_uuid(),
                    "assignment_id": self._released.id,
                    "student_id": name,
                    "timestamp": timestamp,
                    "extension": None,
                }
                fresh.append(found[name])
            elif timestamp and found[name]["timestamp"] != timestamp:
                found[name]["timestamp"] = timestamp
                changed.append(found[name])
        self._insert(table, fresh)
        self._update(table, ["timestamp"], changed)
        return found

    def _notebooks(self, submissions: Mapping[str, Row]) -> dict[tuple[str, str], Row]:
        """Find or make a row for each notebook of each submission."""
        table: Table = SubmittedNotebook.__table__
        ids = [row["id"] for row in submissions.values()]
        found = {
            (row["assignment_id"], row["notebook_id"]): row
            for row in self._rows(table, "assignment_id", ids)
        }
        fresh = [
            {
                "id": new_uuid(),
                "assignment_id": submission,
                "notebook_id": notebook.id,
                "flagged": False,
                "late_submission_penalty": None,
            }
            for submission in ids
            for notebook in self._released.notebooks.values()
            if (submission, notebook.id) not in found
        ]
        self._insert(table, fresh)
        for row in fresh:
            key = str(row["assignment_id"]), str(row["notebook_id"])
            found[key] = {**row, "fresh": True}
        return found

    def _write_grades(
        self,
        notebooks: Sequence[Row],
        booked: Mapping[str, Booking],
        absent: set[str],
    ) -> dict[str, float]:
        """Write grades as SaveAutoGrades does, and sum them as the gradebook does."""
        table: Table = Grade.__table__
        found = self._cells(table, notebooks)
        fresh, changed = [], []
        scores = dict.fromkeys((row["id"] for row in notebooks), 0.0)
        for row, cell_id, grade_id in self._each(notebooks, lambda n: n.graded):
            grade = found.get((row["id"], cell_id))
            wanted = dict(grade or _grade(row["id"], cell_id))
            if row["id"] in booked:
                booking = booked[row["id"]]
                known = self._template_cell(booking, grade_id)
                if not known.task:  # people grade tasks
                    auto = self._auto_score(booking, known)
                    by_hand = wanted["manual_score"] is not None or auto is None
                    wanted.update(auto_score=auto, needs_manual_grade=by_hand)
            elif row["id"] in absent:
                wanted.update(auto_score=0.0, needs_manual_grade=False)
            if grade is None:
                fresh.append(wanted)
            elif wanted != grade:
                changed.append(wanted)
            scores[row["id"]] += _score(wanted)
        self._insert(table, fresh)
        self._update(table, ["auto_score", "needs_manual_grade"], changed)
        return scores

    def _auto_score(self, booking: Booking, cell: TemplateCell) -> float | None:
        """What nbgrader's ``determine_grade`` says, given the points judged."""
        if cell.solution:
            return 0.0 if _is_unchanged(booking.submission, cell) else None
        if cell.cell_type != "code":
            return None
        if cell.grade_id not in booking.scores:
            self._remarks.append(
                f"{booking.learner}: {booking.submission.slug} has no criterion "
                f"{cell.grade_id!r} any more; it earns 0 points"
            )
        score = float(booking.scores.get(cell.grade_id, 0.0))
        return min(max(score, 0.0), cell.points) if math.isfinite(score) else 0.0

    def _write_comments(
        self, notebooks: Sequence[Row], booked: Mapping[str, Booking]
    ) -> None:
        table: Table = Comment.__table__
        found = self._cells(table, notebooks)
        fresh, changed = [], []
        for row, cell_id, grade_id in self._each(notebooks, lambda n: n.commented):
            comment = found.get((row["id"], cell_id))
            wanted = dict(comment or _comment(row["id"], cell_id))
            if row["id"] in booked:
                booking = booked[row["id"]]
                known = self._template_cell(booking, grade_id)
                silent = not known.task and _is_unchanged(booking.submission, known)
                wanted["auto_comment"] = _NO_RESPONSE if silent else None
            if comment is None:
                fresh.append(wanted)
            elif wanted != comment:
                changed.append(wanted)
        self._insert(table, fresh)
        self._update(table, ["auto_comment"], changed)

    def _write_penalties(
        self,
        notebooks: Iterable[Row],
        booked: Mapping[str, Booking],
        submissions: Mapping[str, Row],
        scores: Mapping[str, float],
    ) -> None:
        """Write late penalties as AssignLatePenalties does, through the same plugin."""
        changed = []
        for row in notebooks:
            if row["id"] not in booked:
                continue
            learner = booked[row["id"]].learner
            seconds = self._seconds_late(submissions[learner])
            score = scores[row["id"]]
            penalty = None
            if seconds > 0:
                plugin = self._late.plugin_inst
                penalty = plugin.late_submission_penalty(learner, score, seconds)
            if penalty is not None:
                notebook = SimpleNamespace(score=score)
                penalty = self._late._check_late_penalty(notebook, penalty)
            if penalty != row["late_submission_penalty"]:
                changed.append({**row, "late_submission_penalty": penalty})
        table: Table = SubmittedNotebook.__table__
        self._update(table, ["late_submission_penalty"], changed)

    def _seconds_late(self, submission: Row) -> float:
        due = self._released.due
        if submission["timestamp"] is None or due is None:
            return 0.0
        due += submission["extension"] or timedelta()
        late: timedelta = submission["timestamp"] - due
        return max(0.0, late.total_seconds())

    def _template_cell(self, booking: Booking, grade_id: str) -> TemplateCell:
        return self._released.notebooks[booking.submission.slug].cells[grade_id]

    def _each(
        self,
        notebooks: Iterable[Row],
        cells: Callable[[_Notebook], Mapping[str, str]],
    ) -> Iterator[tuple[Row, str, str]]:
        by_id = {
            notebook.id: notebook for notebook in self._released.notebooks.values()
        }
        for row in notebooks:
            for cell_id, grade_id in cells(by_id[row["notebook_id"]]).items():
                yield row, cell_id, grade_id

    def _cells(
        self, table: Table, notebooks: Iterable[Row]
    ) -> dict[tuple[str, str], Row]:
        rows = self._rows(table, "notebook_id", [row["id"] for row in notebooks])
        return {(row["notebook_id"], row["cell_id"]): row for row in rows}

    def _rows(
        self, table: Table, column: str, values: Sequence[str], *conditions: Any
    ) -> list[Row]:
        # Where the database can: nobody gives a manual grade between here and commit.
        query = select(table).where(table.c[column].in_(values), *conditions)
        found = self._connection.execute(query.with_for_update())
        return [dict(row) for row in found.mappings()]

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self._connection.execute(table.insert(), rows)

    def _update(
        self, table: Table, columns: Iterable[str], rows: Sequence[Row]
    ) -> None:
        if rows:
            statement = (
                table.update()
                .where(table.c.id == bindparam("row_id"))
                .values({column: bindparam(f"new_{column}") for column in columns})
            )
            parameters = [
                {"row_id": row["id"], **{f"new_{c}": row[c] for c in columns}}
                for row in rows
            ]
            self._connection.execute(statement, parameters)


def _read_grades(
    connection: Connection, released: _Released, learners: Sequence[str]
) -> dict[tuple[str, str], Grades]:
    by_id = {notebook.id: notebook for notebook in released.notebooks.values()}
    rows = connection.execute(
        select(
            SubmittedNotebook.id,
            SubmittedNotebook.notebook_id,
            SubmittedNotebook.late_submission_penalty,
            SubmittedAssignment.student_id,
        )
        .join(SubmittedAssignment)
        .where(
            SubmittedAssignment.assignment_id == released.id,
            SubmittedAssignment.student_id.in_(learners),
        )
    ).all()
    ids = [row.id for row in rows]
    given = _by_notebook(connection, Grade.__table__, ids)
    said = _by_notebook(connection, Comment.__table__, ids)
    found = {}
    for row in rows:
        notebook = by_id[row.notebook_id]
        grades, comments = given.get(row.id, []), said.get(row.id, [])
        found[row.student_id, notebook.template.slug] = Grades(
            score=sum(map(_score, grades)),
            max_score=sum(cell.points for cell in notebook.template.cells),
            late_penalty=row.late_submission_penalty or 0.0,
            comments={
                notebook.commented[c["cell_id"]]: words
                for c in comments
                if (words := c["manual_comment"] or c["auto_comment"])
            },
            manual={
                notebook.graded[g["cell_id"]]: g["manual_score"]
                for g in grades
                if g["manual_score"] is not None
            },
        )
    return found


def _by_notebook(
    connection: Connection, table: Table, ids: Sequence[str]
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in connection.execute(select(table).where(table.c.notebook_id.in_(ids))):
        told = dict(row._mapping)
        found.setdefault(told["notebook_id"], []).append(told)
    return found


def _grade(notebook_id: str, cell_id: str) -> Row:
    """A grade as nbgrader makes it before anything is known."""
    return {
        "id": new_uuid(),
        "notebook_id": notebook_id,
        "cell_id": cell_id,
        "auto_score": None,
        "manual_score": None,
        "extra_credit": None,
        "needs_manual_grade": True,
    }


def _comment(notebook_id: str, cell_id: str) -> Row:
    return {
        "id": new_uuid(),
        "notebook_id": notebook_id,
        "cell_id": cell_id,
        "auto_comment": None,
        "manual_comment": None,
    }


def _score(grade: Row) -> float:
    """The score of a grade: what people gave, else what was judged, and extra."""
    given = grade["manual_score"]
    score = given if given is not None else grade["auto_score"]
    # nbgrader's rule: extra credit counts on top of a score only.
    return 0.0 if score is None else float(score + (grade["extra_credit"] or 0.0))


def _is_unchanged(submission: Submission, cell: TemplateCell) -> bool:
    sources = (c.source for c in submission.cells if c.grade_id == cell.grade_id)
    return checksum(cell, next(sources, cell.source)) == cell.checksum
