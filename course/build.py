"""From sources to assignments and site: only what is stale is built again."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from autograder.assemble import assemble_all
from autograder.errors import CourseError, collect, raise_all
from autograder.exercises import find_exercises
from autograder.rooms import Rooms
from course.browser.assets import BrowserAssets, has_live_cells
from course.browser.lite import build_lite
from course.browser.offline import make_offline
from course.chapters import find_chapters
from course.freshness import Stamps, digest_of, files_below
from course.nbgrader import generate_assignments, refused, run_nbgrader

_PROGRESS_LINE = re.compile(
    r"(reading sources|writing output)\.\.\. \[ *(\d+)%\] (\S+)"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_COMPLAINT = re.compile(r"WARNING|ERROR|Error|Traceback|assert")


class Builder:
    """Builds the course into ``build/``.

    Args:
        rooms: The course.
        console: Where progress and complaints are shown.
    """

    def __init__(self, rooms: Rooms, console: Console | None = None) -> None:
        self._rooms = rooms
        self._console = console or Console(stderr=True)
        self._stamps = Stamps(rooms.build)

    @property
    def site(self) -> Path:
        """The built book."""
        return self._rooms.build / "_build" / "html"

    @property
    def nbgrader(self) -> Path:
        """The course folder of nbgrader."""
        return self._rooms.build / "nbgrader"

    def build(self) -> None:
        """Check the sources, then build what is stale.

        Raises:
            CourseError: A source is wrong, or a step failed; nothing is half-built.
        """
        sources = self._digest(
            ["book", "exercises", "solutions", "autograder", "course"]
        )
        if self._stamps.is_fresh("course", sources) and self.site.exists():
            self._console.print("The course is up to date.")
            return
        self.check()
        self.build_assignments()
        assets = BrowserAssets(self._rooms, self._console)
        complete = assets.build()
        self.build_book()
        if has_live_cells(assets.vendor):
            self.build_lite()
            make_offline(self.site)
        if complete:  # else the next build tries again
            self._stamps.note("course", sources)

    def check(self) -> None:
        """Check exercises and chapters before anything is written.

        Raises:
            CourseError: All that is wrong, each with file and line.
        """
        checks: list[Callable[[], object]] = [lambda: find_exercises(self._rooms)]
        checks += [chapter.check for chapter in find_chapters(self._rooms)]
        raise_all(collect(checks))

    def build_assignments(self) -> None:
        """Assemble the source notebooks and release them through nbgrader.

        Raises:
            CourseError: nbgrader refused an assignment.
        """
        digest = self._digest(["exercises", "solutions", "autograder"])
        if self._stamps.is_fresh("assignments", digest):
            return
        exercises = find_exercises(self._rooms)
        self.nbgrader.mkdir(parents=True, exist_ok=True)
        assemble_all(exercises, self.nbgrader / "source")
        parts = list(dict.fromkeys(exercise.part for exercise in exercises))
        self._console.print(f"Releasing the assignments {', '.join(parts)}")
        for part, complaint in generate_assignments(self._rooms, parts).items():
            if "submissions associated with it" in complaint:
                self._release_apart(part)
            elif complaint:
                raise refused(part, complaint)
        self._stamps.note("assignments", digest)

    def _release_apart(self, part: str) -> None:
        """Release what was handed in already; grades are never touched."""
        command = ["generate_assignment", part, "--force", "--create"]
        with tempfile.TemporaryDirectory() as folder:
            scratch = f"sqlite:///{Path(folder) / 'scratch.db'}"
            run_nbgrader(self._rooms, *command, database=scratch)
        self._console.print(
            "[yellow]The gradebook holds submissions for an older set of exercises "
            f"of {part}. It stays as it is: to grade the new set, start another "
            "gradebook (COURSE_DB_URL) or move build/nbgrader/gradebook.db away.[/]"
        )

    def build_book(self) -> None:
        """Execute the chapters and write the site; any warning is an error.

        Raises:
            CourseError: Sphinx complained; its complaints are quoted.
        """
        # Else the first picture on a machine comes with a remark on the font cache.
        fonts = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(fonts, capture_output=True, check=False)
        command = [sys.executable, "-c", _JUPYTER_BOOK, "build", "."]
        command += ["--path-output", "build", "-W", "-n", "--keep-going"]
        lines: list[str] = []
        columns = [TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
        with (
            Progress(*columns, console=self._console, transient=True) as progress,
            subprocess.Popen(
                command,
                cwd=self._rooms.root,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            ) as sphinx,
        ):
            task = progress.add_task("Building the book", total=200)
            for line in sphinx.stdout or ():
                clean = _COLOUR.sub("", line.rstrip())
                lines.append(clean)
                _advance(progress, task, clean)
        log = self._rooms.build / "book.log"
        log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if sphinx.returncode != 0:
            complaints = [line for line in lines if _COMPLAINT.search(line)]
            raise CourseError(
                "The book was not built:\n" + "\n".join(complaints[:30]) + "\n",
                remedy=f"Mend what is named. All output: {self._rooms.relative(log)}.",
            )
        self._remove_leftovers()
        self._console.print("The book is built.")

    def _remove_leftovers(self) -> None:
        """Sphinx copies the browser's files into the site and removes none."""
        vendor = self._rooms.build / "vendor"
        for made in vendor.glob("*/"):
            for path in (self.site / made.name).rglob("*"):
                if (
                    path.is_file()
                    and not (vendor / path.relative_to(self.site)).exists()
                ):
                    path.unlink()

    def build_lite(self) -> None:
        """Put the exercises' notebooks into JupyterLite, which runs in the browser.

        Raises:
            CourseError: JupyterLite was not built.
        """
        target = self.site / "lite"
        browser = self._rooms.root / "course" / "browser"
        sources = [self.nbgrader / "release", browser / "lite", browser / "lite.py"]
        sources.append(self._rooms.root / "requirements.txt")  # pins JupyterLite
        digest = digest_of(self._rooms.root, sources)
        if target.exists() and self._stamps.is_fresh("lite", digest):
            return
        with self._console.status("Building JupyterLite ..."):
            build_lite(self._rooms, target)
        self._stamps.note("lite", digest)

    def _digest(self, folders: Iterable[str]) -> str:
        names = ["_config.yml", "_toc.yml", "requirements.txt", "nbgrader_config.py"]
        record = self._rooms.mutant_record
        files = [
            path
            for name in [*names, *folders]
            for path in files_below(self._rooms.root / name)
            if path != record
        ]
        return digest_of(self._rooms.root, files)


# jupyter-book has no __main__; its command may not be on the PATH.
_JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"


def _advance(progress: Progress, task: TaskID, line: str) -> None:
    match = _PROGRESS_LINE.search(line)
    if match:
        phase, percent, page = match.groups()
        verb, offset = (
            ("Executing", 0) if phase == "reading sources" else ("Writing", 100)
        )
        progress.update(
            task, completed=offset + int(percent), description=f"{verb} {page}"
        )
