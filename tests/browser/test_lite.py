"""An exercise in JupyterLite: judged, kept, downloaded, and graded by real nbgrader."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Locator, Page, Route, expect

from autograder.assemble import assemble_all
from autograder.exercises import Exercise, find_exercise
from autograder.judge import judge
from autograder.notebook import ANSWER_ID
from autograder.report import as_html
from autograder.rooms import Rooms
from course.nbgrader import run_nbgrader
from tests.browser.conftest import Visit

EXERCISE = find_exercise(Rooms.of_this_course(), "open_closed")
FILE = f"{EXERCISE.slug}.ipynb"
NOTEBOOK = f"lite/notebooks/index.html?path={FILE}"
START = 90_000  # a busy machine takes its time to start Python


@pytest.fixture(scope="module")
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """One reader, one start of Python: the tests below follow each other."""
    made = Visit(browser, address, 1280, "light")
    made.page.set_default_timeout(START)
    made.page.goto(address + NOTEBOOK)
    yield made
    made.context.close()


def choose(page: Page, menu: str, entry: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text(entry, exact=True).click()


def answer_cell(page: Page) -> Locator:
    return page.locator(".jp-CodeCell").nth(1)


def cards(page: Page) -> list[str]:
    """The words of the verdicts on the page."""
    found = page.locator(".jp-OutputArea-output:has(strong)")
    return [" ".join(card.inner_text().split()) for card in found.all()]


def expected_cards(exercise: Exercise, source: str) -> list[str]:
    """The words that the terminal and nbgrader have for the visible criteria."""
    shown = [
        verdict for verdict in judge(exercise, source) if verdict.criterion.visible
    ]
    pages = [BeautifulSoup(as_html(v, exercise), "html.parser") for v in shown]
    return [" ".join(page.get_text(" ").split()) for page in pages]


def test_verdicts_are_worded_as_everywhere(visit: Visit, address: str) -> None:
    visit.page.locator(".jp-CodeCell").first.click()
    choose(visit.page, "Run", "Run All Cells")
    wanted = expected_cards(EXERCISE, EXERCISE.brief.starter)
    assert len(wanted) == 2
    shown = visit.page.locator(".jp-OutputArea-output strong")
    shown.nth(len(wanted) - 1).wait_for()
    assert cards(visit.page) == wanted
    link = visit.page.get_by_role("link", name="Read the chapter").first
    assert link.get_attribute("href") == (
        f"{address}book/{EXERCISE.part}/{EXERCISE.slug}.html"
    )
    assert not visit.page.locator(".jp-Dialog").count()  # nobody is asked for a kernel


def test_what_was_just_run_is_judged(visit: Visit) -> None:
    answer_cell(visit.page).locator(".cm-content").click()
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.insert_text(EXERCISE.solution.rstrip("\n"))
    choose(visit.page, "Run", "Run Selected Cell and All Below")
    met = visit.page.locator(
        ".jp-OutputArea-output strong", has_text=re.compile("^Met")
    )
    met.nth(1).wait_for()
    assert cards(visit.page) == expected_cards(EXERCISE, EXERCISE.solution)


@pytest.fixture(scope="module")
def download(visit: Visit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader's notebook, saved and downloaded."""
    visit.page.keyboard.press("Control+s")
    with visit.page.expect_download() as started:
        choose(visit.page, "File", "Download")
    target = tmp_path_factory.mktemp("download") / started.value.suggested_filename
    started.value.save_as(target)
    return target


def test_real_nbgrader_grades_the_download_unchanged(
    download: Path, tmp_path: Path, rooms: Rooms
) -> None:
    assert download.name == FILE
    part = EXERCISE.part
    assemble_all([EXERCISE], tmp_path / "source")
    run_nbgrader(rooms, "generate_assignment", part, "--create", root=tmp_path)
    handed_in = tmp_path / "submitted" / "reader" / part / download.name
    handed_in.parent.mkdir(parents=True)
    handed_in.write_bytes(download.read_bytes())
    run_nbgrader(rooms, "autograde", part, "--create", root=tmp_path)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        graded = gradebook.find_submission_notebook(EXERCISE.slug, part, "reader")
        assert (graded.score, graded.max_score) == (10, 10)


def test_pip_never_asks_the_public_index(visit: Visit) -> None:
    page = visit.page
    page.locator(".jp-CodeCell").last.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("%pip install no-such-package")
    page.keyboard.press("Control+Enter")
    refused = page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
    refused.first.wait_for()
    assert "no-such-package" in refused.first.inner_text()
    assert not [trouble for trouble in visit.troubles if "outside" in trouble]
    page.keyboard.press("Control+s")


def test_the_file_is_kept_and_a_new_release_leaves_it_alone(
    visit: Visit, address: str, download: Path, site: Path
) -> None:
    released = nbformat.read(site / "lite" / "files" / FILE, as_version=4)
    for cell in released.cells:
        if cell.id == ANSWER_ID:
            cell.source = "print('of the next release')"

    def release_anew(route: Route) -> None:
        route.fulfill(body=json.dumps(released), content_type="application/json")

    visit.page.close()
    again = visit.context.new_page()
    again.route(f"**/files/{FILE}", release_anew)
    again.goto(address + NOTEBOOK)
    content = answer_cell(again).locator(".cm-content")
    content.wait_for(timeout=START)
    first_line = EXERCISE.solution.splitlines()[0]
    assert first_line not in EXERCISE.brief.starter
    expect(content).to_contain_text(first_line, timeout=START)  # drawn a moment later
    assert content.inner_text().startswith(first_line)


def test_nothing_went_wrong_and_nothing_was_asked_elsewhere(visit: Visit) -> None:
    assert not visit.troubles
