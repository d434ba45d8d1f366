"""The same cell on the book's own page and in JupyterLite: bytes, seconds, in one run.

    python benchmarks/browser.py
    python benchmarks/browser.py --json

Both are opened in the same Chromium, once with nothing fetched before (cold) and once
more (warm), and run the first cell of one chapter. Files come from this machine, so no
network is in the seconds; what counts is how the two compare. The book is built first:
``python3 -m course build``.
"""

import argparse
import functools
import gzip
import http.server
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from autograder.rooms import Rooms
from course.chapters import Chapter, find_chapters

CHAPTER = "open_closed"
PATIENCE = 180_000  # milliseconds


@dataclass(frozen=True)
class Cost:
    """What the first output of a cell took.

    Attributes:
        to_page: Seconds until the cell can be run.
        to_output: Seconds from the key that runs it to its output.
        raw: Bytes fetched.
        gzipped: The same bytes as a host that compresses sends them.
    """

    to_page: float
    to_output: float
    raw: int
    gzipped: int


class Fetched:
    """Files that a browser asked for since they were last counted."""

    def __init__(self) -> None:
        self._files: list[Path] = []

    def add(self, path: Path) -> None:
        """Note a file that was sent."""
        self._files.append(path)

    def take(self) -> tuple[int, int]:
        """Count the bytes, raw and gzipped, and start anew."""
        files, self._files = self._files, []
        raw = sum(path.stat().st_size for path in files)
        return raw, sum(_gzipped_size(path) for path in files)


@functools.cache
def _gzipped_size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


@contextmanager
def served(site: Path, fetched: Fetched) -> Iterator[str]:
    """Serve the site as a static host does, and count what is sent."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

        def send_response(self, code: int, message: str | None = None) -> None:
            """Count what is sent; "not modified" sends nothing."""
            path = site / unquote(urlsplit(self.path).path).lstrip("/")
            if code == http.HTTPStatus.OK and path.is_file():
                fetched.add(path)
            super().send_response(code, message)

    handler = functools.partial(Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def on_own_page(page: Page, address: str, chapter: Chapter) -> tuple[float, float]:
    """Run the first cell of a chapter where it stands."""
    started = time.perf_counter()
    page.goto(f"{address}book/{chapter.part}/{chapter.slug}.html")
    cell = page.locator("div.cell:has(.course-bar)").first
    cell.locator(".course-run").wait_for()
    ready = time.perf_counter()
    cell.locator(".course-run").click()
    cell.locator(".course-cell-note", has_text="Done").wait_for()
    return ready - started, time.perf_counter() - ready


def in_jupyterlite(page: Page, address: str, chapter: Chapter) -> tuple[float, float]:
    """Run the same cell in a notebook of JupyterLite."""
    started = time.perf_counter()
    page.goto(f"{address}lite/notebooks/index.html?path={chapter.slug}.ipynb")
    cell = page.locator(".jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(chapter.cells[0].source)
    ready = time.perf_counter()
    page.keyboard.press("Shift+Enter")
    cell.locator(".jp-OutputArea-output").first.wait_for()
    return ready - started, time.perf_counter() - ready


Way = Callable[[Page, str, Chapter], tuple[float, float]]
WAYS: dict[str, Way] = {"own page": on_own_page, "JupyterLite": in_jupyterlite}


def compare(browser: Browser, site: Path) -> dict[str, dict[str, Cost]]:
    """Measure both ways, cold and warm."""
    rooms = Rooms.of_this_course()
    chapter = next(c for c in find_chapters(rooms) if c.slug == CHAPTER)
    fetched = Fetched()
    found: dict[str, dict[str, Cost]] = {}
    with served(site, fetched) as address:
        for name, way in WAYS.items():
            context = browser.new_context()
            context.set_default_timeout(PATIENCE)
            for state in ("cold", "warm"):
                page = context.new_page()
                fetched.take()
                times = way(page, address, chapter)
                found.setdefault(name, {})[state] = Cost(*times, *fetched.take())
                page.close()
            context.close()
    return found


def show(found: dict[str, dict[str, Cost]], console: Console) -> None:
    """Print what was found as a table."""
    table = Table("where", "", "page shown", "first output", "fetched", "gzipped")
    for name, states in found.items():
        for state, cost in states.items():
            seconds = (f"{cost.to_page:.1f} s", f"{cost.to_output:.1f} s")
            sizes = (f"{cost.raw / 1e6:.1f} MB", f"{cost.gzipped / 1e6:.1f} MB")
            table.add_row(name, state, *seconds, *sizes)
    console.print(table)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object as last line")
    options = parser.parse_args()
    site = Rooms.of_this_course().build / "_build" / "html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        found = compare(browser, site)
        browser.close()
    show(found, Console(stderr=True))
    if options.json:
        plain = {
            name: {state: asdict(cost) for state, cost in states.items()}
            for name, states in found.items()
        }
        print(json.dumps(plain))


if __name__ == "__main__":
    main()
