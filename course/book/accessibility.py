"""Mends what the theme's pages lack for readers who do not see or use no mouse.

The theme writes these parts itself, after every hook that could change them, so the
written pages are mended. axe-core holds the result in ``tests/browser``.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

_CHANGES: list[tuple[re.Pattern[str], str]] = [
    # The arrow that opens a chapter's exercise in the sidebar has no name.
    (
        re.compile(
            r'(<a class="[^"]*\binternal" href="[^"]*">)([^<]*)(</a><details[^>]*>)'
            r"<summary>"
        ),
        r'\1\2\3<summary aria-label="Pages below: \2">',
    ),
    # The name "Search" hides what the button shows: "Search" and the keys for it.
    (
        re.compile(
            r'(<button class="btn search-button-field[^>]*) aria-label="Search"'
        ),
        r"\1",
    ),
    # The same with what a folded cell shows: "Show code cell source".
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    # The sidebar's logo stands in no landmark.
    (
        re.compile(r'(<div class="bd-sidebar-primary bd-sidebar")>'),
        r'\1 role="region" aria-label="Site and its pages">',
    ),
]


def mend(html: str) -> str:
    """Mend one page.

    Args:
        html: The page as the theme wrote it, or a mended one.

    Returns:
        The mended page; mending it again changes nothing.
    """
    for pattern, replacement in _CHANGES:
        html = pattern.sub(replacement, html)
    return html


def _mend_pages(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.name != "html":
        return
    for page in app.env.found_docs | {"search", "genindex"}:
        path = Path(app.outdir) / f"{page}.html"
        if not path.exists():
            continue
        html = path.read_text(encoding="utf-8")
        mended = mend(html)
        if mended != html:
            path.write_text(mended, encoding="utf-8")


def register(app: Sphinx) -> None:
    """Register the handler.

    Args:
        app: The Sphinx application.
    """
    app.connect("build-finished", _mend_pages)
