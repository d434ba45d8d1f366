"""The first run on a fresh machine, and what can be wrong with that machine."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.rooms import Rooms

ROOT = Rooms.of_this_course().root
BASE_PYTHON = Path(sys.base_prefix) / "bin" / "python3"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A checkout with the front door alone, and one pinned package."""
    (tmp_path / "course").mkdir()
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copyfile(ROOT / "course" / name, tmp_path / "course" / name)
    (tmp_path / "course" / "cli.py").write_text(
        "import sys, typing_extensions\n"
        "def run():\n    print('inside', *sys.argv[1:])\n",
        encoding="utf-8",
    )
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pin = next(line for line in pins if line.startswith("typing-extensions=="))
    (tmp_path / "requirements.txt").write_text(f"{pin}\n", encoding="utf-8")
    return tmp_path


def start(fresh: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}
    }
    return subprocess.run(
        [str(BASE_PYTHON), "-m", "course", "status", "--json"],
        cwd=fresh,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_first_run_installs_and_the_second_does_not(fresh: Path) -> None:
    first = start(fresh)
    assert first.returncode == 0, first.stderr
    assert "Making the environment" in first.stdout
    assert "1/1" in first.stdout
    assert first.stdout.splitlines()[-1] == "inside status --json"
    second = start(fresh)
    assert second.stdout == "inside status --json\n"


def test_changed_pins_are_installed(fresh: Path) -> None:
    start(fresh)
    requirements = fresh / "requirements.txt"
    requirements.write_text(requirements.read_text() + "# changed\n", encoding="utf-8")
    assert "Installing" in start(fresh).stdout
    assert "Installing" not in start(fresh).stdout


def test_broken_environment_is_made_anew(fresh: Path) -> None:
    start(fresh)
    python = fresh / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    done = start(fresh)
    assert done.returncode == 0, done.stderr
    assert "is broken; making it anew" in done.stdout
    assert done.stdout.splitlines()[-1] == "inside status --json"


def test_no_network_ends_in_a_sentence(fresh: Path) -> None:
    closed = "http://127.0.0.1:9/simple"
    done = start(
        fresh,
        PIP_INDEX_URL=closed,
        PIP_EXTRA_INDEX_URL=closed,
        PIP_FIND_LINKS="",
        PIP_RETRIES="0",
        PIP_NO_CACHE_DIR="1",
    )
    assert done.returncode == 1
    assert "could not be downloaded. Check the network" in done.stderr
    assert "Traceback" not in done.stderr
    again = start(fresh)
    assert again.returncode == 0, "what is there is kept and finished"


def test_missing_requirements_are_named(fresh: Path) -> None:
    (fresh / "requirements.txt").unlink()
    done = start(fresh)
    assert done.returncode == 1
    assert "requirements.txt is missing. Restore it" in done.stderr


def test_old_python_is_told_which_one_is_needed(fresh: Path) -> None:
    """Pretends to be old: the check must come before anything newer is imported."""
    code = (
        "import sys, runpy\n"
        "sys.version_info = (3, 9, 1, 'final', 0)\n"
        "runpy.run_module('course', run_name='__main__')\n"
    )
    done = subprocess.run(
        [str(BASE_PYTHON), "-c", code],
        cwd=fresh,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.9" in done.stderr
    assert "Traceback" not in done.stderr


def test_front_door_parses_on_old_pythons() -> None:
    """`python3` of many machines is older than the course; it must at least say so."""
    source = (ROOT / "course" / "__main__.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
