"""Health of a machine and a gradebook: can strangers' code be graded here?"""

import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import CourseError
from autograder.grading.course_folder import CourseFolder
from autograder.grading.gradebook import find_triggers, quoted
from autograder.grading.grader import TRUST_VARIABLE, Grader, Task
from autograder.grading.nbgrader import PLAIN
from autograder.rooms import Rooms
from autograder.sandbox import LEVEL_VARIABLE, Finding, Level, best_level, probe

_LOW_BYTES = 1 << 30
_STALE_SECONDS = 3600
_SECONDS_TO_CONNECT = "10"
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_CONTAINER_REMEDY = (
    "This is a container; Docker gives one what it takes with --security-opt "
    "seccomp=unconfined --security-opt apparmor=unconfined --security-opt "
    "systempaths=unconfined (Podman: --security-opt seccomp=unconfined "
    "--security-opt unmask=ALL)."
)


class State(StrEnum):
    """How something is."""

    WELL = "well"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """Something that was looked at.

    Attributes:
        what: Its name.
        state: How it is; only what is bad fails the command.
        found: What was found, in words.
        remedy: What to do, in words; empty when there is nothing to do.
    """

    what: str
    state: State
    found: str
    remedy: str = ""


def tell(rooms: Rooms, *, as_json: bool) -> bool:
    """Look at everything and print what was found.

    Args:
        rooms: The course.
        as_json: Whether to print one JSON object instead of a table.

    Returns:
        Whether all is well.
    """
    checks = list(examine(rooms))
    well = all(check.state is not State.BAD for check in checks)
    if as_json:
        told = {"well": well, "checks": [asdict(check) for check in checks]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        _show(checks, well=well)
    return well


def examine(rooms: Rooms) -> Iterator[Check]:
    """Look at everything.

    Args:
        rooms: The course.

    Yields:
        What was found.
    """
    yield _system()
    if sys.platform == "linux":
        yield from _border(rooms)
    else:
        yield _no_border_elsewhere()
    yield from _settings()
    yield from _gradebook(rooms)
    yield _boxes()


def _system() -> Check:
    processors = os.cpu_count() or 1
    found = (
        f"Python {platform.python_version()} on {platform.system()} "
        f"{platform.release()} ({platform.machine()}), {processors} "
        f"processor{'s' if processors > 1 else ''}; grading needs no browser"
    )
    return Check("system", State.WELL, found)


def _no_border_elsewhere() -> Check:
    name = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
    return Check(
        "border",
        State.BAD,
        f"{name} cannot close learner code in, so that only notebooks of people you "
        "trust can be graded here; everything else of the course works",
        "Grade on Linux, in a virtual machine"
        + (" or in WSL 2." if sys.platform == "win32" else "."),
    )


def _border(rooms: Rooms) -> Iterator[Check]:
    report = probe()
    try:
        level = best_level()
    except ValueError as error:
        yield Check("border", State.BAD, str(error), f"Unset {LEVEL_VARIABLE}.")
        return
    if level is Level.NONE:
        found = f"{level.words}; what learners hand in is refused"
        remedy = "Mend what is named in the next rows."
        if report.level is not Level.NONE:
            remedy = f"Unset {LEVEL_VARIABLE}."
        yield Check("border", State.BAD, found, remedy)
    else:
        yield Check("border", State.WELL, f"{level.name.lower()}: {level.words}")
    yield _mechanism("namespaces", report.namespaces)
    yield _mechanism("Landlock", report.landlock)
    yield _mechanism("seccomp", report.seccomp)
    if level is not Level.NONE:
        yield _try_border(rooms, level)


def _mechanism(what: str, finding: Finding) -> Check:
    # A mechanism may be missing; whether what is left is enough, the border's row says.
    state = State.WELL if finding.works else State.NOTE
    remedy = finding.remedy
    if not finding.works and any(Path(mark).exists() for mark in _CONTAINER_MARKS):
        remedy = f"{remedy} {_CONTAINER_REMEDY}"
    return Check(what, state, finding.words, remedy)


_ATTEMPTS = {
    "read /etc/passwd": "open('/etc/passwd').read()",
    "open a socket": "__import__('socket').socket()",
    "start a process": "__import__('os').fork() or __import__('os')._exit(0)",
}


def _attempts() -> str:
    """Code that tries to leave the box and prints what came of it, one line each."""
    lines = []
    for what, attempt in _ATTEMPTS.items():
        lines += ["try:", f"    {attempt}", f"    print({what!r}, 'WORKED', sep=': ')"]
        lines += ["except OSError as error:"]
        lines += [f"    print({what!r}, type(error).__name__, sep=': ')"]
    return "\n".join(lines)


def _try_border(rooms: Rooms, level: Level) -> Check:
    """Grade a notebook that tries what it must not be able to do."""
    try:
        with Grader(rooms, level=level) as grader:
            said = _hand_in_attempts(grader)
    except CourseError as error:
        return Check("real box", State.BAD, error.problem, error.remedy)
    held = [
        what
        for what in _ATTEMPTS
        if said.get(what) not in (None, "WORKED")  # no word of it is no proof
    ]
    if len(held) < len(_ATTEMPTS):
        failed = [what for what in _ATTEMPTS if what not in held]
        return Check(
            "real box",
            State.BAD,
            f"a notebook was not kept from this: {', '.join(failed)}",
            "Do not grade here; report it with the output of `doctor --json`.",
        )
    words = ", ".join(f"{what} ({said[what]})" for what in held)
    return Check("real box", State.WELL, f"a notebook tried, and could not: {words}")


def _hand_in_attempts(grader: Grader) -> dict[str, str]:
    slug = grader.slugs[0]  # any will do
    source = _attempts()
    cells = ({"id": "attempts", "source": source},)
    result = grader.run(Task(slug, "doctor", 0, source, cells))
    outputs = result.outputs.get("attempts", [])
    text = "".join(str(output.get("text", "")) for output in outputs)
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def _settings() -> Iterator[Check]:
    if os.environ.get("COURSE_GRADER") == PLAIN:
        yield Check(
            "COURSE_GRADER",
            State.NOTE,
            f"is {PLAIN!r}: `nbgrader autograde` runs notebooks itself, without a "
            "border; they can read and change all that you can",
            "Unset it, unless you trust everybody who hands in.",
        )
    if os.environ.get(TRUST_VARIABLE) == "1":
        yield Check(
            TRUST_VARIABLE,
            State.NOTE,
            "is 1: notebooks are graded also where there is no border",
            "Unset it, unless you trust everybody who hands in.",
        )
    if os.environ.get(LEVEL_VARIABLE):
        yield Check(
            LEVEL_VARIABLE,
            State.NOTE,
            f"is {os.environ[LEVEL_VARIABLE]!r}: the border may be weaker than it "
            "could be",
            "Unset it, unless you try something out.",
        )


def _gradebook(rooms: Rooms) -> Iterator[Check]:
    try:
        course = CourseFolder.configured(rooms)
    except CourseError as error:
        yield Check("gradebook", State.BAD, error.problem, error.remedy)
        return
    yield from _database(course.db_url)
    yield _disk(course.root)


def _database(db_url: str) -> Iterator[Check]:
    """Look at the database as a reader only: nothing is made or changed."""
    # A server that does not answer would be waited for for minutes.
    os.environ.setdefault("PGCONNECT_TIMEOUT", _SECONDS_TO_CONNECT)
    try:
        url = make_url(db_url)
        # Its password is nobody's business.
        place = url.render_as_string(hide_password=True)
        triggers = find_triggers(db_url, patience=5)
    except CourseError as error:
        found = f"{place}: {error.problem}"
        yield Check("gradebook", State.BAD, found, error.remedy)
        return
    except (SQLAlchemyError, ImportError) as error:
        found = f"COURSE_DB_URL cannot be used: {error}"
        remedy = "Give a URL such as postgresql+psycopg://user@host/gradebook."
        yield Check("gradebook", State.BAD, found, remedy)
        return
    backend = url.get_backend_name()
    remedy = "`python3 -m course build` makes it."
    if backend == "sqlite" and not Path(url.database or "").exists():
        found = f"none yet; it will be {place}"
        yield Check("gradebook", State.WELL, found, remedy)
        return
    if backend not in ("sqlite", "postgresql"):
        found = f"{place}: a kind of database that is not examined here"
        yield Check("gradebook", State.NOTE, found, "Use SQLite or PostgreSQL.")
        return
    yield Check("gradebook", State.WELL, f"{place} can be read")
    yield _triggers(triggers, on_table=backend == "postgresql")


def _triggers(triggers: list[str], *, on_table: bool) -> Check:
    if not triggers:
        return Check("triggers", State.WELL, "none: nothing changes grades by itself")
    drops = []
    for trigger in triggers:
        name, _, table = trigger.rpartition(" on ")
        drops.append(
            f"DROP TRIGGER {quoted(name)}"
            + (f" ON {quoted(table)};" if on_table else ";")
        )
    return Check(
        "triggers",
        State.BAD,
        f"nbgrader makes none, and they can change grades: {', '.join(triggers)}",
        f"Drop them in a database shell: {' '.join(drops)} Then compare grades with a "
        "backup, or grade again.",
    )


def _disk(folder: Path) -> Check:
    place = folder
    while not place.exists():
        place = place.parent
    places = {place, Path(tempfile.gettempdir())}
    free = {place: shutil.disk_usage(place).free for place in sorted(places)}
    found = ", ".join(
        f"{amount / (1 << 30):.1f} GiB free for {place}"
        for place, amount in free.items()
    )
    if min(free.values()) < _LOW_BYTES:
        return Check("disk", State.NOTE, found, "Free some space before you grade.")
    return Check("disk", State.WELL, found)


def _boxes() -> Check:
    """Look for folders of boxes whose grader was killed before it could clear up."""
    stale = [
        folder
        for folder in sorted(Path(tempfile.gettempdir()).glob("box-*"))
        if _is_stale(folder)
    ]
    if not stale:
        return Check("left behind", State.WELL, "no folders of boxes that have ended")
    found = f"folders of boxes that have ended: {', '.join(map(str, stale))}"
    remedy = "Remove them, unless another program of yours made them."
    return Check("left behind", State.NOTE, found, remedy)


def _is_stale(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    mine = sys.platform == "win32" or status.st_uid == os.getuid()
    old = time.time() - status.st_mtime > _STALE_SECONDS
    return mine and old and folder.is_dir() and not folder.is_symlink()


_MARKS = {
    State.WELL: Text("yes", "green"),
    State.NOTE: Text("note", "yellow"),
    State.BAD: Text("NO", "bold red"),
}


def _show(checks: list[Check], *, well: bool) -> None:
    table = Table("What", "Well?", show_lines=True)
    for header in ("What was found", "What to do"):
        table.add_column(header, overflow="fold")  # paths are to be copied whole
    for check in checks:
        table.add_row(
            check.what,
            _MARKS[check.state],
            _printable(check.found),
            _printable(check.remedy),
        )
    console = Console()
    console.print(table)
    if well:
        notes = any(check.state is State.NOTE for check in checks)
        console.print(
            "This machine can grade what strangers hand in"
            + ("; see the notes first." if notes else ".")
        )
    else:
        console.print(
            "Do not grade what strangers hand in yet: mend what is marked NO first."
        )


def _printable(words: str) -> Text:
    """Text that can neither colour a terminal nor move its cursor."""
    return Text("".join(c if c.isprintable() else " " for c in words))
