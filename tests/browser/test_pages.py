"""The site in a real browser: no request elsewhere, no error, no sideways scroll."""

import os

import pytest
from playwright.sync_api import Browser

from autograder.rooms import Rooms
from course.chapters import find_chapters
from course.commands.test import FULL_VARIABLE
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
    *sorted({f"{page.rpartition('/')[0]}/index.html" for page in CHAPTERS}),
    *(
        f"book/standards/{n}.html"
        for n in ("coverage", "conflicts", "dated", "references")
    ),
    "search.html",
    *CHAPTERS,
    *EXERCISES,
]


def pages_for(window: str) -> list[str]:
    """All pages with ``--full``; else every page in one of the two windows."""
    if FULL_VARIABLE in os.environ:
        return PAGES
    return PAGES[0::2] if window == "desktop" else PAGES[1::2]


def test_pages_open_without_trouble_and_hinder_nobody(
    any_visit: Visit, request: pytest.FixtureRequest
) -> None:
    """No error, no request elsewhere, no sideways scroll, nothing for axe-core.

    And controls are drawn, though there is no kernel.
    """
    too_wide, hindrances, drawn = [], [], []
    for page in pages_for(request.node.callspec.id):
        any_visit.open(page)
        if overflow(any_visit.page) > 0:
            too_wide.append(f"{page} by {overflow(any_visit.page)} px")
        any_visit.page.wait_for_function(SCROLLING_CODE_IS_REACHABLE)
        hindrances += [f"{page}: {found}" for found in axe_finds(any_visit.page)]
        cells = any_visit.page.locator(".tag_explore .widget-interact")
        if cells.count():
            cells.first.wait_for()
            shown = any_visit.page.locator(".tag_explore .widget-output")
            assert shown.first.inner_text().strip(), page
            drawn.append(page)
    assert len(drawn) >= 6
    assert not any_visit.troubles
    assert not too_wide
    assert not hindrances


def test_quiz_is_answered_with_the_keyboard(any_visit: Visit) -> None:
    any_visit.open(CHAPTERS[0])
    option = any_visit.page.locator(".quiz-option").first
    assert not option.evaluate("node => node.open")
    option.locator("summary").focus()
    any_visit.page.keyboard.press("Enter")
    assert option.evaluate("node => node.open")
    assert option.locator("p").first.is_visible()


def test_search_finds_a_chapter(any_visit: Visit) -> None:
    any_visit.open("search.html?q=refund")
    any_visit.page.locator("#search-results li a").first.wait_for()
    found = any_visit.page.locator("#search-results li a").all_inner_texts()
    assert any("Open for extension" in text for text in found)


def test_there_is_one_search_bar(browser: Browser, address: str) -> None:
    visit = Visit(browser, address, 1280, "light")
    visit.open("book/index.html")
    bars = visit.page.locator("button.search-button-field, form.bd-search")
    assert sum(bar.is_visible() for bar in bars.all()) == 1
    visit.context.close()
