"""The browser's part of the site, made in ``build/vendor`` before the book is built."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from autograder.rooms import Rooms
from course.browser import npm, own_wheels, pyodide, wheels
from course.browser.fetching import FetchError
from course.freshness import Stamps, digest_of

_NPM_PINS = [npm.PINS / name for name in npm.PIN_FILES]


def has_live_cells(vendor: Path) -> bool:
    """Tell whether the browser's part was made, now or by an earlier build.

    Args:
        vendor: ``build/vendor``.

    Returns:
        True when pages can load it.
    """
    return all(
        vendor.joinpath(*file).exists()
        for file in (("browser", "page.js"), ("pyodide", pyodide.LOCK))
    )


class BrowserAssets:
    """Fetches and makes what the pages load.

    Args:
        rooms: The course.
        console: Where progress is shown.
    """

    def __init__(self, rooms: Rooms, console: Console) -> None:
        self._rooms = rooms
        self._console = console
        self._stamps = Stamps(rooms.build)
        self.vendor = rooms.build / "vendor"
        """What is copied into the site."""
        self.modules = rooms.build / "npm"
        """Where npm's packages are installed."""

    def build(self) -> bool:
        """Make what is stale; without a registry the site goes without live cells.

        Returns:
            True when all is there and current.

        Raises:
            CourseError: A script or a pin is wrong.
        """
        try:
            # All that is fetched comes first: half of it would be of no use.
            self._fetch_packages()
            fetched = self._fetch_wheels()
        except FetchError as error:
            there = has_live_cells(self.vendor)
            fate = "its live cells stay as they were" if there else "without live cells"
            self._console.print(
                f"{error}\nThe book is built all the same, {fate}.",
                style="yellow",
                markup=False,  # what pip and npm say is not ours
                highlight=False,
            )
            return False
        self._bundle_scripts()
        self._lay_out_pyodide(fetched)
        return True

    def _fetch_packages(self) -> None:
        digest = digest_of(npm.PINS, _NPM_PINS)
        installed = (self.modules / "node_modules").exists()
        if installed and self._stamps.is_fresh("npm", digest):
            return
        with self._working("Fetching scripts for live cells (60 MB)"):
            npm.install(self.modules)
        self._stamps.note("npm", digest)

    def _fetch_wheels(self) -> list[wheels.Wheel]:
        cache = self._rooms.build / "wheels"
        fetched = wheels.cached(cache)
        if fetched is not None:
            return fetched
        with self._working("Fetching Python packages for live cells (11 MB)"):
            return wheels.fetch(cache)

    def _bundle_scripts(self) -> None:
        out = self.vendor / "browser"
        digest = digest_of(npm.PINS, [Path(npm.__file__), npm.SCRIPTS, *_NPM_PINS])
        if (out / "page.js").exists() and self._stamps.is_fresh("scripts", digest):
            return
        with self._working("Bundling scripts"):
            npm.bundle(self.modules, out)
        self._stamps.note("scripts", digest)

    def _lay_out_pyodide(self, fetched: list[wheels.Wheel]) -> None:
        out = self.vendor / "pyodide"
        core = self.modules / "node_modules" / "pyodide"
        with tempfile.TemporaryDirectory() as folder:
            made = own_wheels.make_own_wheels(self._rooms, Path(folder))
            digest = pyodide.digest(core, [*fetched, *made])
            there = (out / pyodide.LOCK).exists()
            if there and self._stamps.is_fresh("pyodide", digest):
                return
            with self._working("Compiling Python for the browser"):
                cache = self._rooms.build / "compiled"
                pyodide.lay_out(core, [*fetched, *made], out, cache)
        self._stamps.note("pyodide", digest)

    @contextlib.contextmanager
    def _working(self, text: str) -> Iterator[None]:
        started = time.monotonic()
        with self._console.status(f"{text} ..."):
            yield
        self._console.print(f"{text}: {time.monotonic() - started:.0f} s")
