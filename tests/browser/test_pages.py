"""The site in a real browser: no request elsewhere, no error, no sideways scroll."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from autograder.rooms import Rooms
from course.chapters import find_chapters
from tests.browser.conftest import (
    SCROLLING_CODE_IS_REACHABLE,
    Visit,
    axe_finds,
    overflow,
)

CHAPTERS = [
    f"book/{c.part}/{c.slug}.html" for c in find_chapters(Rooms.of_this_course())
]
EXERCISES = [page.replace("book/", "exercises/") for page in CHAPTERS]
PAGES = [
    "book/index.html",
    "book/how_to_use.html",
    "book/grading.html",
    "book/progress.html",
    "book/01_design/index.html",
    *(
        f"book/standards/{n}.html"
        for n in ("coverage", "conflicts", "dated", "references")
    ),
    "search.html",
    *CHAPTERS,
    *EXERCISES,
]


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desktop", "phone-dark"])
def visit(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[Visit]:
    width, scheme = request.param
    made = Visit(browser, address, width, scheme)
    yield made
    made.context.close()


def test_pages_open_without_trouble_and_hinder_nobody(visit: Visit) -> None:
    """No error, no request elsewhere, no sideways scroll, nothing for axe-core."""
    too_wide, hindrances = [], []
    for page in PAGES:
        visit.open(page)
        if overflow(visit.page) > 0:
            too_wide.append(f"{page} by {overflow(visit.page)} px")
        visit.page.wait_for_function(SCROLLING_CODE_IS_REACHABLE)
        hindrances += [f"{page}: {found}" for found in axe_finds(visit.page)]
    assert not visit.troubles
    assert not too_wide
    assert not hindrances


def test_controls_are_drawn_without_a_kernel(visit: Visit) -> None:
    drawn = []
    for page in CHAPTERS:
        visit.open(page)
        cells = visit.page.locator(".tag_explore .widget-interact")
        if cells.count():
            cells.first.wait_for()
            shown = visit.page.locator(".tag_explore .widget-output")
            assert shown.first.inner_text().strip(), page
            drawn.append(page)
    assert len(drawn) >= 6


def test_quiz_is_answered_with_the_keyboard(visit: Visit) -> None:
    visit.open(CHAPTERS[0])
    option = visit.page.locator(".quiz-option").first
    assert not option.evaluate("node => node.open")
    option.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    assert option.evaluate("node => node.open")
    assert option.locator("p").first.is_visible()


def test_search_finds_a_chapter(visit: Visit) -> None:
    visit.open("search.html?q=refund")
    visit.page.locator("#search-results li a").first.wait_for()
    found = visit.page.locator("#search-results li a").all_inner_texts()
    assert any("Open for extension" in text for text in found)


def test_there_is_one_search_bar(browser: Browser, address: str) -> None:
    visit = Visit(browser, address, 1280, "light")
    visit.open("book/index.html")
    bars = visit.page.locator("button.search-button-field, form.bd-search")
    assert sum(bar.is_visible() for bar in bars.all()) == 1
    visit.context.close()
