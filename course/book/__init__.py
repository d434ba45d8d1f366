"""Sphinx extension of the book: rule marks, quizzes, exercise cards and tables."""

import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from course.book import (
    accessibility,
    facts,
    marks,
    notes,
    pages,
    progress,
    quiz,
    tables,
)
from course.browser.assets import has_live_cells
from course.freshness import digest_of


def _load_what_was_made(app: Sphinx, config: Config) -> None:
    """Load no script that was not made: without a network there is a book all the same.

    All of it is configuration: Sphinx then writes every page anew when scripts come, go
    or change, for pages name them with a checksum.
    """
    vendor = Path(app.srcdir) / "build" / "vendor"
    if not vendor.exists():
        config.html_extra_path = []
    if has_live_cells(vendor):
        script = ("../browser/page.js", {"type": "module"})
        config.html_js_files = [*config.html_js_files, script]
        config.html_css_files = [*config.html_css_files, "../browser/page.css"]
        config.course_scripts = digest_of(vendor, [vendor / "browser"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register roles, directives and nodes with Sphinx.

    Args:
        app: The Sphinx application.

    Returns:
        What Sphinx wants to know of an extension.
    """
    marks.register(app)
    quiz.register(app)
    pages.register(app)
    tables.register(app)
    notes.register(app)
    progress.register(app)
    facts.register(app)
    accessibility.register(app)
    app.add_config_value("course_scripts", "", "html")
    app.connect("config-inited", _load_what_was_made)
    return {
        "version": "1",
        "env_version": _version(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _version() -> int:
    """A number that changes with this extension: Sphinx then reads all pages anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return int(digest.hexdigest()[:8], 16)
