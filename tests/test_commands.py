"""Every command of the README, run as it stands there, in a checkout of its own."""

import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.rooms import Rooms
from autograder.standards import load_standards
from course.commands.new import lay_out
from course.demo_class import CLASS
from course.nbgrader import nbgrader_environment

ROOT = Rooms.of_this_course().root
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = [sys.executable, "-m", "course"]
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "workspace",
    "demo",
    "nbval",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)


def readme_commands() -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    lines = [
        line.split("    #")[0].strip()
        for block in blocks
        for line in block.splitlines()
    ]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Iterator[Path]:
    """A copy of the sources and what is built, free to be written to."""
    folder = tmp_path_factory.mktemp("checkout") / "course"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    (folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader remembers in there what this machine's user ever handed in.
        patch.setenv("JUPYTER_DATA_DIR", str(folder.parent / "jupyter"))
        yield folder


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PYTHON, *arguments], cwd=checkout, capture_output=True, text=True, check=False
    )


def free_port() -> int:
    """A port below those that the system hands out: no kernel can take it meanwhile."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("100 ports tried, none of them free")


@contextlib.contextmanager
def running(
    checkout: Path, *arguments: str, until: str, patience: int
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start a serving command, wait for its page, and end it with Ctrl-C."""
    port = free_port()
    log = checkout / f"{arguments[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*PYTHON, *arguments, "--no-browser", "--port", str(port)],
            cwd=checkout,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        ends = time.monotonic() + patience
        while not answers(address + until):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends, log.read_text()
            time.sleep(0.3)
        yield address, process
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) in {0, 130}, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
        return str(answer.read().decode())


def test_readme_has_only_commands_that_are_run_here() -> None:
    run_here = {
        "python3 -m course serve",
        "python3 -m course test",  # is running now; .ci/run starts it
        "python3 -m course serve --port 8080 --no-browser",
        "python3 -m course lab",
        "python3 -m course bundle",
        "python3 -m course demo",
        "python3 -m course doctor",
        "python3 -m course grade 01_design",
        "source .venv/bin/activate",
        "nbgrader generate_assignment 01_design --force --create",
        "nbgrader autograde 01_design",
        "nbgrader generate_feedback 01_design",
        "nbgrader export",
        "python3 -m course status",
        "python3 -m course new 02_names_and_layout naming",
        "python3 -m course prove",
        "python3 -m course prove open_closed --json",
        "python3 -m course build",
    }
    assert set(readme_commands()) == run_here
    assert "python3 -m course test" in (ROOT / ".ci" / "run").read_text(
        encoding="utf-8"
    )
    assert readme_commands()[:2] == [
        "python3 -m course serve",
        "python3 -m course test",
    ]


def test_help_is_a_table_of_all_commands(checkout: Path) -> None:
    said = run(checkout, "--help").stdout
    for command in (
        "serve",
        "lab",
        "bundle",
        "grade",
        "doctor",
        "demo",
        "prove",
        "status",
        "new",
        "build",
        "test",
    ):
        assert re.search(rf"│ {command} +[A-Z]", said), command
        assert "Usage" in run(checkout, command, "--help").stdout


def test_build_with_nothing_changed_is_ready_at_once(checkout: Path) -> None:
    record = Rooms(checkout).mutant_record
    record.write_text("{}", encoding="utf-8")  # proofs write it, also while tests run
    done = run(checkout, "build")
    assert done.returncode == 0, done.stderr
    assert "The course is up to date." in done.stderr


def test_bundle_makes_one_zip_and_says_its_size(checkout: Path) -> None:
    done = run(checkout, "bundle")
    assert done.returncode == 0, done.stderr
    archive = checkout / "build" / "course.zip"
    assert f"{archive.stat().st_size / 1e6:.1f} MB" in done.stdout
    names = zipfile.ZipFile(archive).namelist()
    assert {"README.txt", "index.html", "sw.js", "offline.json"} <= set(names)


def test_serve_serves_the_book_and_ends_with_ctrl_c(checkout: Path) -> None:
    with running(checkout, "serve", until="book/index.html", patience=60) as (
        address,
        _,
    ):
        assert "book/index.html" in fetch(address)
        assert "Python Standards by Refactoring" in fetch(f"{address}book/index.html")
        assert "A new kind is a new piece" in fetch(
            f"{address}book/01_design/open_closed.html"
        )


def test_serve_says_that_a_port_is_busy(checkout: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(checkout, "serve", "--no-browser", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is busy" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def slugs_of(part: str) -> set[str]:
    return {e.slug for e in find_exercises(Rooms(ROOT)) if e.part == part}


def test_lab_offers_the_exercises_and_keeps_what_was_written(checkout: Path) -> None:
    workspace = checkout / "workspace" / "01_design"
    workspace.mkdir(parents=True)
    (workspace / "open_closed.ipynb").write_text("{}", encoding="utf-8")
    with running(checkout, "lab", until="lab", patience=120) as (address, _):
        token = re.search(r"token=(\w+)", (checkout / "lab.log").read_text())
        assert token is not None
        listed = json.loads(
            fetch(f"{address}assignments?course_id=python-standards&token={token[1]}")
        )
        assert listed["success"]
        assert {entry["assignment_id"] for entry in listed["value"]} == {
            exercise.part for exercise in find_exercises(Rooms(ROOT))
        }
    slugs = slugs_of("01_design")
    assert {path.stem for path in workspace.glob("*.ipynb")} == slugs
    assert (workspace / "open_closed.ipynb").read_text(encoding="utf-8") == "{}"
    chapters = list((checkout / "workspace" / "chapters").glob("01_design/*.ipynb"))
    assert {path.stem for path in chapters} == slugs
    for path in chapters:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\{(rule|sections|ref|doc|quiz|exercise)\}", text), path


def test_demo_grades_a_class_and_opens_the_formgrader(checkout: Path) -> None:
    with running(checkout, "demo", until="formgrader", patience=840) as (address, _):
        token = re.search(r"token=(\w+)", (checkout / "demo.log").read_text())
        assert token is not None
        students = json.loads(
            fetch(f"{address}formgrader/api/students?token={token[1]}")
        )
        scores = {student["id"]: student["score"] for student in students}
    assert set(scores) == {learner.id for learner in CLASS}
    assert len(set(scores.values())) > 6  # a class, not twelve copies
    assert max(scores.values()) == 10 * len(slugs_of("01_design"))
    feedback = list(
        (checkout / "build" / "demo" / "feedback").glob("*/01_design/*.html")
    )
    assert len(feedback) == len(CLASS) * len(slugs_of("01_design"))


def test_nbgrader_commands_of_the_readme(checkout: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "build" / "nbgrader" / "source", tmp_path / "source")
    handed_in = tmp_path / "submitted" / "ada" / "01_design"
    handed_in.mkdir(parents=True)
    source = tmp_path / "source" / "01_design" / "open_closed.ipynb"
    shutil.copyfile(source, handed_in / source.name)
    commands = [
        line for line in readme_commands() if line.startswith(("source", "nbgrader"))
    ]
    environment = nbgrader_environment(Rooms(checkout), tmp_path)
    done = subprocess.run(
        ["bash", "-ec", "\n".join(commands)],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    grades = (checkout / "grades.csv").read_text(encoding="utf-8").splitlines()
    columns = dict(zip(grades[0].split(","), grades[1].split(","), strict=True))
    assert (columns["student_id"], columns["score"]) == ("ada", "10.0")
    assert (tmp_path / "feedback" / "ada" / "01_design" / "open_closed.html").exists()


def test_status_prints_a_table_and_the_same_as_json(checkout: Path) -> None:
    table = run(checkout, "status").stdout
    numbers = json.loads(run(checkout, "status", "--json").stdout)
    assert set(numbers) == {
        "sections",
        "rules",
        "chapters",
        "exercises",
        "criteria",
        "variants",
    }
    assert numbers["sections"]["total"] == 181
    assert numbers["rules"]["total"] == 953
    written = len(find_exercises(Rooms(ROOT)))
    assert numbers["chapters"] == numbers["exercises"] == written
    assert f"{numbers['criteria']} criteria" in table
    assert set(numbers["variants"]) == {"right", "wrong"}


def test_prove_some_and_one_as_json(checkout: Path) -> None:
    done = run(checkout, "prove", "open_closed", "factory")  # `test` proves them all
    assert done.returncode == 0, done.stdout
    assert "2 of 2 exercises proven." in done.stdout
    (proof,) = json.loads(run(checkout, "prove", "open_closed", "--json").stdout)
    assert (proof["slug"], proof["ok"]) == ("open_closed", True)
    assert proof["starter"]["points"] == proof["reformatted"]["points"] == 0
    assert proof["solution"] == {"points": 10, "lost": []}
    assert {cell["points"] for cell in proof["right"].values()} == {10}
    assert all(len(cell["lost"]) == 1 for cell in proof["wrong"].values())
    mutants = proof["mutants"]
    assert mutants["killed"] + len(mutants["equivalent"]) >= 0.95 * mutants["made"]


def test_prove_names_an_unknown_exercise_without_a_traceback(checkout: Path) -> None:
    done = run(checkout, "prove", "open_close")
    assert done.returncode == 1
    assert "There is no exercise 'open_close'. There are:" in done.stderr
    assert "Traceback" not in done.stderr


def test_prove_fails_when_something_is_not_as_declared(checkout: Path) -> None:
    variant = checkout / "autograder/variants/01_design/open_closed/wrong_rounded_up.py"
    text = variant.read_text(encoding="utf-8")
    variant.write_text(
        text.replace("It returned 415", "It returned 77"), encoding="utf-8"
    )
    try:
        done = run(checkout, "prove", "open_closed", "--json")
    finally:
        variant.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    (proof,) = json.loads(done.stdout)
    assert not proof["ok"]
    assert "wrong_rounded_up: the learner reads" in proof["problems"][0]


def test_new_lays_out_a_chapter_and_refuses_to_do_it_twice(checkout: Path) -> None:
    done = run(checkout, "new", "02_names_and_layout", "naming")
    assert done.returncode == 0, done.stderr
    written = re.findall(r"^new: (.+)$", done.stdout, re.MULTILINE)
    assert len(written) == 13
    try:
        again = run(checkout, "new", "02_names_and_layout", "naming")
        assert again.returncode == 1
        assert "This file is already there. Nothing was written." in again.stderr
    finally:
        for path in written:
            (checkout / path).unlink()


@pytest.mark.parametrize(
    ("part", "slug", "words"),
    [
        ("01_design", "Open-Closed", "is no slug"),
        ("99_nowhere", "naming", "The syllabus has no part"),
        ("01_design", "astrology", "The syllabus has no chapter"),
    ],
)
def test_new_refuses_what_the_syllabus_does_not_know(
    checkout: Path, part: str, slug: str, words: str
) -> None:
    done = run(checkout, "new", part, slug)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def kinds() -> list[str]:
    templates = ROOT / "course" / "templates" / "kinds"
    return ["general", *sorted(folder.name for folder in templates.iterdir())]


@pytest.mark.parametrize("kind", kinds())
def test_scaffold_of_every_kind_lacks_only_what_is_to_be_written(
    tmp_path: Path, kind: str
) -> None:
    rooms = Rooms(tmp_path)
    for part in load_standards().parts:
        for chapter in part.chapters[: 1 if kind != "general" else None]:
            for path, text in lay_out(rooms, part.slug, chapter, kind).items():
                assert not re.search(r"\$[a-z{](?!\{)", text)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                if path.suffix == ".py":
                    compile(text, str(path), "exec")
            exercise = Exercise(part.slug, chapter.slug, rooms)
            if kind == "tests":  # the module under test is for the author to write
                with pytest.raises(CourseError, match="exercises/given/<module>"):
                    exercise.check()
            else:
                exercise.check()
            assert exercise.brief.title == "WRITE A TITLE"
            assert exercise.solution
            assert len(exercise.variants) == 8


@pytest.mark.parametrize("kind", kinds()[1:])
def test_every_kind_has_a_page_of_at_most_thirty_lines(kind: str) -> None:
    page = ROOT / "docs" / "kinds" / f"{kind}.md"
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 30
    assert f"docs/kinds/{kind}.md" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
