"""The built site served on this machine, and a real Chromium to look at it."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from autograder.exercises import Exercise, find_exercises
from autograder.files import unpack
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

_AXE = Rooms.of_this_course().build / "npm" / "node_modules" / "axe-core" / "axe.min.js"

# The theme lets keys scroll wide code a moment after a page opens or changes.
SCROLLING_CODE_IS_REACHABLE = """() => [...document.querySelectorAll("pre")].every(
    (code) => code.scrollWidth <= code.clientWidth || code.tabIndex === 0)"""


def axe_finds(page: Page, place: str = "html") -> list[str]:
    """What hinders readers at a place of a page, as axe-core sees it."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "place => axe.run(place, {resultTypes: ['violations']})", place
    )
    assert found["passes"], f"axe looked at nothing in {place}"
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """How many pixels the page could be scrolled sideways."""
    width: int = page.evaluate(
        "(page => page.scrollWidth - page.clientWidth)(document.documentElement)"
    )
    return width


@pytest.fixture(scope="session")
def exercise(rooms: Rooms) -> Exercise:
    """The first exercise with a package as its answer that is done in a browser."""
    chapters = {chapter.slug for chapter in find_chapters(rooms) if chapter.browser}
    for found in find_exercises(rooms):
        if found.brief.package and found.slug in chapters:
            return found
    pytest.skip("no chapter has an exercise with a package of files as its answer")


@pytest.fixture(scope="session")
def starter(exercise: Exercise) -> dict[str, str]:
    """The files that its reader begins with."""
    return unpack(exercise.brief.starter)


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


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A window of a desktop; a test that needs another makes a `Visit` itself."""
    made = Visit(browser, address, 1280, "light")
    yield made
    assert not made.troubles
    made.context.close()


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["desktop", "phone-dark"])
def any_visit(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[Visit]:
    """A window of a desktop and one of a phone, light and dark."""
    width, scheme = request.param
    made = Visit(browser, address, width, scheme)
    yield made
    made.context.close()
