"""The same pages in Debian's Firefox, driven by WebDriver BiDi.

Playwright drives only a Firefox of its own making; puppeteer-core drives the stock one.
"""

import json
import shutil
import subprocess
from typing import Any

import pytest

from autograder.exercises import find_exercise
from autograder.judge import judge
from autograder.report import headline
from autograder.rooms import Rooms
from course.browser.npm import find_node

EXERCISE = find_exercise(Rooms.of_this_course(), "open_closed")
PAGE = f"{EXERCISE.part}/{EXERCISE.slug}.html"
PATIENCE = 90_000  # milliseconds: a busy machine takes its time to start Python


@pytest.fixture(scope="module")
def seen(address: str, rooms: Rooms) -> dict[str, Any]:
    """What a reader sees on the way through a chapter and its exercise."""
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    if firefox is None:
        pytest.skip("no Firefox on this machine (Debian: apt install firefox-esr)")
    way = {
        "modules": str(rooms.build / "npm" / "node_modules"),
        "firefox": firefox,
        "address": address,
        "chapter": f"book/{PAGE}",
        "exercise": f"exercises/{PAGE}",
        "moved": "4 kinds, 3 operations",
        "solution": EXERCISE.solution,
        "patience": PATIENCE,
    }
    script = rooms.root / "tests" / "browser" / "firefox.mjs"
    run = subprocess.run(
        [find_node().node, str(script), json.dumps(way)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_a_cell_runs_and_an_endless_loop_stops(seen: dict[str, Any]) -> None:
    assert seen["output"] == "voucher worth 40.00 | fee: 0"
    assert "Stopped" in seen["stopped"]


def test_a_control_moves(seen: dict[str, Any]) -> None:
    assert "3 existing functions edited" in seen["moved"]


def test_the_solution_meets_all_that_runs_here(seen: dict[str, Any]) -> None:
    visible = [v for v in judge(EXERCISE, EXERCISE.solution) if v.criterion.visible]
    assert seen["verdicts"] == [headline(verdict) for verdict in visible]


def test_what_was_written_is_there_after_a_reload(seen: dict[str, Any]) -> None:
    assert EXERCISE.solution.splitlines()[0] in seen["kept"]


def test_nothing_was_asked_elsewhere_and_nothing_failed(seen: dict[str, Any]) -> None:
    assert seen["outside"] == []
    assert seen["errors"] == []
