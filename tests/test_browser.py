"""The site in a real browser: no request elsewhere, no error, no sideways scroll."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.rooms import Rooms
from course.chapters import find_chapters

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
CHAPTERS = [
    f"book/{c.part}/{c.slug}.html" for c in find_chapters(Rooms.of_this_course())
]
EXERCISES = [page.replace("book/", "exercises/") for page in CHAPTERS]
PAGES = [
    "book/index.html",
    "book/how_to_use.html",
    "book/01_design/index.html",
    *(
        f"book/standards/{n}.html"
        for n in ("coverage", "conflicts", "dated", "references")
    ),
    "search.html",
    *CHAPTERS,
    *EXERCISES,
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


class Visit:
    """A browser window that writes down what goes wrong."""

    def __init__(self, browser: Browser, address: str, width: int, scheme: str) -> None:
        self.address = address
        self.troubles: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self._requested(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on(
            "response",
            lambda answer: (
                self.troubles.append(f"{answer.status}: {answer.url}")
                if answer.status >= 400
                else None
            ),
        )
        self.page.on(
            "console",
            lambda message: (
                self.troubles.append(f"console: {message.text}")
                if message.type == "error"
                else None
            ),
        )

    def _requested(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.troubles.append(f"outside: {url}")

    def open(self, page: str) -> None:
        self.page.goto(self.address + page)
        self.page.wait_for_load_state("networkidle")


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desktop", "phone-dark"])
def visit(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[Visit]:
    width, scheme = request.param
    made = Visit(browser, address, width, scheme)
    yield made
    made.context.close()


def test_pages_open_without_trouble_and_never_scroll_sideways(visit: Visit) -> None:
    too_wide = []
    for page in PAGES:
        visit.open(page)
        over = visit.page.evaluate(
            "(page => page.scrollWidth - page.clientWidth)(document.documentElement)"
        )
        if over > 0:
            too_wide.append(f"{page} by {over} px")
    assert not visit.troubles
    assert not too_wide


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
