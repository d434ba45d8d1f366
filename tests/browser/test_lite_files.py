"""An exercise of several files in JupyterLite: judged, and saved to hand in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.exercises import Exercise
from autograder.files import CELL_FILE, read_answer, unpack
from tests.browser.conftest import Visit
from tests.browser.test_lite import START, cards, choose, expected_cards

LAY_OUT = """
import shutil
from pathlib import Path
from autograder.files import unpack, write_folder
folder = Path({slug!r})
shutil.rmtree(folder)
write_folder(folder, unpack({answer!r}))
"""


@pytest.fixture(scope="module")
def visit(browser: Browser, address: str, exercise: Exercise) -> Iterator[Visit]:
    """One reader, one start of Python: the tests below follow each other."""
    made = Visit(browser, address, 1280, "light")
    made.page.set_default_timeout(START)
    made.page.goto(f"{address}lite/lab/index.html?path={exercise.slug}.ipynb")
    yield made
    made.context.close()


def test_the_folder_beside_the_notebook_is_judged(
    visit: Visit, exercise: Exercise, starter: dict[str, str]
) -> None:
    visit.page.locator(".jp-CodeCell").first.click()
    choose(visit.page, "Run", "Run All Cells")
    wanted = expected_cards(exercise, exercise.brief.starter)
    shown = visit.page.locator(".jp-OutputArea-output strong")
    shown.nth(len(wanted) - 1).wait_for()
    assert cards(visit.page) == wanted
    listed = visit.page.locator(".jp-OutputArea-output pre", has_text=" lines").first
    for path, text in starter.items():
        row = rf"^{re.escape(path)} +{len(text.splitlines())} lines$"
        assert re.search(row, listed.inner_text(), re.MULTILINE), path
    assert CELL_FILE not in listed.inner_text()


def test_what_lies_there_now_is_judged_and_saved_as_a_zip(
    visit: Visit, exercise: Exercise, tmp_path: Path
) -> None:
    page = visit.page
    last = page.locator(".jp-CodeCell").last
    last.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(
        LAY_OUT.format(slug=exercise.slug, answer=exercise.solution)
    )
    page.keyboard.press("Control+Enter")
    choose(page, "Run", "Run All Cells")
    met = page.locator(".jp-OutputArea-output strong", has_text=re.compile("^Met"))
    wanted = expected_cards(exercise, exercise.solution)
    met.nth(len(wanted) - 1).wait_for()
    assert cards(page) == wanted
    with page.expect_download() as started:
        page.get_by_role("link", name=f"Download {exercise.slug}.zip").click()
    assert started.value.suggested_filename == f"{exercise.slug}.zip"
    started.value.save_as(tmp_path / f"{exercise.slug}.zip")
    saved = read_answer(tmp_path, exercise.slug)
    assert saved == unpack(exercise.solution)
    # JupyterLite asks the site for folders that only this browser has.
    assert not [t for t in visit.troubles if t.startswith(("outside", "error"))]
