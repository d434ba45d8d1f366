"""Sphinx extension of the book: rule marks, quizzes, exercise cards and tables."""

import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from course.book import facts, marks, notes, pages, quiz, tables


def _do_without_missing_scripts(app: Sphinx, config: Config) -> None:
    """Ask for no script that could not be fetched: the book is built all the same."""
    vendor = Path(app.srcdir) / "build" / "vendor"
    if not (vendor / "widgets" / "embed.js").exists():
        config.nb_ipywidgets_js = {}
    if not vendor.exists():
        config.html_extra_path = []
    if (vendor / "browser" / "page.js").exists():
        app.add_js_file("../browser/page.js", type="module")
        app.add_css_file("../browser/page.css")


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
    facts.register(app)
    app.connect("config-inited", _do_without_missing_scripts)
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
