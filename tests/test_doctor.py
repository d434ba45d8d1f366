"""What the doctor finds, on this machine and on worse ones."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.grader import TRUST_VARIABLE, Grader
from autograder.rooms import Rooms
from autograder.sandbox import LEVEL_VARIABLE, Finding, Level
from course import health as doctor

ATTEMPTS = ("read /etc/passwd", "open a socket", "start a process")


def run(course: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COURSE_")}
    return subprocess.run(
        [sys.executable, "-m", "course", "doctor", *arguments],
        cwd=Rooms.of_this_course().root,
        env={**kept, "COURSE_NBGRADER_ROOT": str(course), "COLUMNS": "80", **more},
        capture_output=True,
        text=True,
        check=False,
    )


def examine(course: Path, **more: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Give the exit code, and what was found by name."""
    done = run(course, "--json", **more)
    assert not done.stderr, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["well"] is (done.returncode == 0)
    return done.returncode, {check["what"]: check for check in told["checks"]}


class Doctor:
    """The doctor in this process, who need not try the border again."""

    def __init__(
        self,
        course: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self._rooms = Rooms.of_this_course()
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in [name for name in os.environ if name.startswith("COURSE_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("COURSE_NBGRADER_ROOT", str(course))
        monkeypatch.setenv("COLUMNS", "80")
        tried = doctor.Check("real box", doctor.State.WELL, "tried elsewhere")
        monkeypatch.setattr(doctor, "_try_border", lambda *_: tried)

    def examine(self, **more: str) -> tuple[bool, dict[str, dict[str, str]]]:
        """Tell whether all is well, and what was found by name."""
        well = self._tell(as_json=True, **more)
        told: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        assert told["well"] is well
        return well, {check["what"]: check for check in told["checks"]}

    def table(self, **more: str) -> str:
        """What is printed for people."""
        self._tell(as_json=False, **more)
        return self._capsys.readouterr().out

    def _tell(self, *, as_json: bool, **more: str) -> bool:
        with self._monkeypatch.context() as settings:
            for name, value in more.items():
                settings.setenv(name, value)
            return doctor.tell(self._rooms, as_json=as_json)


@pytest.fixture
def here(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Doctor:
    return Doctor(tmp_path, monkeypatch, capsys)


@pytest.fixture
def gradebook(tmp_path: Path) -> Path:
    path = tmp_path / "gradebook.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE grade (auto_score REAL)")
        database.commit()
    return path


def test_this_machine_is_well(tmp_path: Path, gradebook: Path) -> None:
    code, checks = examine(tmp_path)
    assert code == 0
    assert {check["state"] for check in checks.values()} <= {"well", "note"}
    assert checks["border"]["found"].startswith(("namespaces: ", "landlock: "))
    assert {"system", "namespaces", "Landlock", "seccomp", "disk"} <= set(checks)
    assert str(gradebook) in checks["gradebook"]["found"]
    assert checks["triggers"]["found"].startswith("none")


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_real_box_held_what_it_was_to_hold(tmp_path: Path, level: str) -> None:
    code, checks = examine(tmp_path, **{LEVEL_VARIABLE: level})
    assert code == 0
    found = checks["real box"]["found"]
    assert [what for what in ATTEMPTS if re.search(rf"{what} \(\w+Error\)", found)] == [
        *ATTEMPTS
    ]
    assert checks[LEVEL_VARIABLE]["state"] == "note"


def test_box_that_holds_nothing_is_found_out(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(rooms: Rooms, level: Level) -> Grader:
        return Grader(rooms, level=Level.NONE, trust_learners=True)

    monkeypatch.setattr(doctor, "Grader", careless)
    check = doctor._try_border(rooms, Level.NAMESPACES)
    assert check.state == "bad"
    assert all(what in check.found for what in ATTEMPTS)


@pytest.mark.usefixtures("gradebook")
def test_table_tells_the_same_in_words(here: Doctor) -> None:
    table = here.table()
    _, checks = here.examine()
    words = re.sub(r"[\W_]+", "", table)
    for check in checks.values():
        assert check["what"].replace(" ", "") in words
    assert "can grade what strangers hand in" in table
    assert max(map(len, table.splitlines())) <= 80


def test_no_border_is_told_and_fails(here: Doctor) -> None:
    well, checks = here.examine(**{LEVEL_VARIABLE: "none"})
    assert not well
    assert "no border" in checks["border"]["found"]
    assert "refused" in checks["border"]["found"]
    assert checks["border"]["remedy"] == f"Unset {LEVEL_VARIABLE}."
    assert "real box" not in checks
    assert "mend what is marked NO" in here.table(**{LEVEL_VARIABLE: "none"})


def test_what_is_bad_fails_the_command(tmp_path: Path) -> None:
    code, checks = examine(tmp_path, **{LEVEL_VARIABLE: "moat"})
    assert code == 1
    assert "'moat'" in checks["border"]["found"]


def test_mechanism_that_is_missing_in_a_container_names_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Finding(False, "user namespaces do not work", "Have them allowed.")
    assert doctor._mechanism("namespaces", Finding(True, "work")).state == "well"
    monkeypatch.setattr(doctor, "_CONTAINER_MARKS", (str(tmp_path / "mark"),))
    assert doctor._mechanism("namespaces", missing).remedy == "Have them allowed."
    (tmp_path / "mark").touch()
    check = doctor._mechanism("namespaces", missing)
    assert check.state == "note"
    assert check.remedy.startswith("Have them allowed. ")
    assert "--security-opt seccomp=unconfined" in check.remedy


@pytest.mark.parametrize(
    ("system", "name"), [("darwin", "macOS"), ("win32", "Windows")]
)
def test_other_systems_get_one_clear_sentence(
    rooms: Rooms,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    name: str,
) -> None:
    monkeypatch.setenv("COURSE_NBGRADER_ROOT", str(tmp_path))
    monkeypatch.delenv("COURSE_GRADER", raising=False)
    monkeypatch.setattr(sys, "platform", system)
    checks = list(doctor.examine(rooms))
    bad = [check for check in checks if check.state == "bad"]
    assert [check.what for check in bad] == ["border"]
    assert bad[0].found.startswith(f"{name} cannot close learner code in")
    assert ("WSL 2" in bad[0].remedy) is (system == "win32")


@pytest.mark.parametrize("name", ["steal", 'a "quoted" on one', "red\x1b[31m;--"])
def test_trigger_is_named_and_can_be_dropped_as_told(
    here: Doctor, gradebook: Path, name: str
) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with closing(sqlite3.connect(gradebook)) as database:
        database.execute(
            f"CREATE TRIGGER {quoted} AFTER INSERT ON grade "  # noqa: S608
            "BEGIN UPDATE grade SET auto_score = 10; END"
        )
        database.commit()
        well, checks = here.examine()
        assert not well
        assert checks["triggers"]["state"] == "bad"
        assert f"{name} on grade" in checks["triggers"]["found"]
        assert "\x1b" not in here.table()
        told = re.search(r"DROP TRIGGER .*;(?= Then)", checks["triggers"]["remedy"])
        assert told
        database.execute(told.group())
        database.commit()
    well, checks = here.examine()
    assert (well, checks["triggers"]["state"]) == (True, "well")


def test_trigger_of_a_server_is_dropped_from_its_table() -> None:
    check = doctor._triggers(["steal on grade"], on_table=True)
    assert 'DROP TRIGGER "steal" ON "grade";' in check.remedy


def test_gradebook_that_is_not_there_is_not_made(here: Doctor, tmp_path: Path) -> None:
    well, checks = here.examine()
    assert well
    assert checks["gradebook"]["found"].startswith("none yet")
    assert not list(tmp_path.iterdir())


def test_gradebook_that_is_junk_is_told(here: Doctor, tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_bytes(b"no database at all, only words" * 99)
    well, checks = here.examine()
    assert not well
    assert "cannot be read" in checks["gradebook"]["found"]


def test_server_that_does_not_answer_is_told_without_its_password(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        place = f"127.0.0.1:{taken.getsockname()[1]}/gradebook"
        url = f"postgresql+psycopg://teacher:hunter2@{place}"
        done = run(tmp_path, "--json", COURSE_DB_URL=url)
    told = {check["what"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert told["gradebook"]["state"] == "bad"
    assert place in told["gradebook"]["found"]
    assert "cannot be read" in told["gradebook"]["found"]
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize("url", ["nonsense", "nosuch://host/gradebook"])
def test_url_that_is_none_is_told(here: Doctor, url: str) -> None:
    _, checks = here.examine(COURSE_DB_URL=url)
    assert checks["gradebook"]["state"] != "well"


def test_settings_that_open_the_border_are_told(here: Doctor) -> None:
    well, checks = here.examine(COURSE_GRADER="plain", **{TRUST_VARIABLE: "1"})
    assert well
    assert checks["COURSE_GRADER"]["state"] == "note"
    assert checks[TRUST_VARIABLE]["state"] == "note"
    assert "see the notes" in here.table(**{TRUST_VARIABLE: "1"})
    well, checks = here.examine(COURSE_GRADER="nosuch")
    assert not well
    assert "'nosuch'" in checks["gradebook"]["found"]


def test_little_room_on_the_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor._disk(tmp_path / "not" / "yet").state == "well"
    monkeypatch.setattr(doctor, "_LOW_BYTES", 1 << 60)
    assert doctor._disk(tmp_path / "not" / "yet").state == "note"


def test_folders_of_boxes_left_behind_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "box-new").mkdir()
    assert doctor._boxes().state == "well"
    old = tmp_path / "box-old"
    old.mkdir()
    os.utime(old, (0, 0))
    check = doctor._boxes()
    assert check.state == "note"
    assert str(old) in check.found
    assert "box-new" not in check.found
