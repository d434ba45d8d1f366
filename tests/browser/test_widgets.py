"""Controls of the chapters: drawn without Python, live from the first touch."""

import ast
import contextlib
import io
import re
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from autograder.rooms import Rooms
from course.chapters import Chapter, find_chapters
from tests import held
from tests.browser.conftest import (
    SCROLLING_CODE_IS_REACHABLE,
    Visit,
    axe_finds,
    overflow,
)

ROOMS = Rooms.of_this_course()
CHAPTERS = {
    f"book/{chapter.part}/{chapter.slug}.html": chapter
    for chapter in find_chapters(ROOMS)
    if chapter.browser and any("explore" in cell.tags for cell in chapter.cells)
}
PAGE = "book/01_design/open_closed.html"


@cache
def make_controls(page: str) -> Any:
    """Run a chapter in this Python, down to its Explore cell.

    Args:
        page: The chapter's page.

    Returns:
        The widget that the cell shows, made by ``ipywidgets.interactive``.
    """
    chapter: Chapter = CHAPTERS[page]
    at = next(i for i, cell in enumerate(chapter.cells) if "explore" in cell.tags)
    names: dict[str, Any] = {"__name__": "__main__"}
    *body, last = ast.parse(chapter.cells[at].source).body
    assert isinstance(last, ast.Expr)
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in chapter.cells[:at]:
            if "not-live" not in cell.tags:
                with contextlib.suppress(Exception):  # cells that show an error
                    exec(cell.source, names)  # noqa: S102 - the course's own
        exec(compile(ast.Module(body, []), page, "exec"), names)  # noqa: S102
        shown = ast.Expression(last.value)
        return eval(compile(shown, page, "eval"), names)  # noqa: S307


def printed_by_move(control: Any) -> str:
    """Move a control of this Python as `move` does on the page.

    Args:
        control: One of the widgets of ``interactive``.

    Returns:
        What the chapter's code prints.
    """
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if hasattr(control, "index"):
            control.index = (control.index + 1) % len(control.options)
        elif isinstance(control.value, bool):
            control.value = not control.value
        elif isinstance(control.value, str):
            control.value += "x"
        else:
            control.value += control.step
    # Outside a notebook, IPython clears the line before it.
    return printed.getvalue().rpartition("\x1b[2K\r")[2]


def move(page: Page, control: Locator) -> None:
    """Move a control on by one, with the keyboard.

    Args:
        page: The page.
        control: A handle of a slider, a box, a text, or a list.
    """
    control.focus()
    if control.get_attribute("role") == "slider":
        page.keyboard.press("ArrowRight")
    elif control.get_attribute("type") == "checkbox":
        page.keyboard.press("Space")
    elif control.get_attribute("type") == "text":
        page.keyboard.press("End")
        page.keyboard.type("x")
    else:
        index = control.evaluate("list => (list.selectedIndex + 1) % list.length")
        control.select_option(index=index)


class Explore:
    """The Explore cell of an open page."""

    def __init__(self, visit: Visit, page: str = PAGE) -> None:
        visit.open(page)
        self.visit = visit
        self.page = visit.page
        self.cell = self.page.locator(".tag_explore")
        self.controls = self.cell.locator("[role=slider], select, input")
        self.output = self.cell.locator(".widget-output")
        self.note = self.cell.locator("+ p.page-note")
        self.controls.first.wait_for()

    def expect_output(self, text: str) -> None:
        """Wait until the widget shows exactly this."""
        # The longest wait is for Python to start, on a machine that is busy.
        lines = re.compile(f"^{re.escape(text.rstrip())}\\s*$")
        expect(self.output).to_have_text(lines, timeout=60_000)

    def go_live(self) -> None:
        """Touch the first control and wait for Python."""
        move(self.page, self.controls.first)
        expect(self.note).to_contain_text("Live", timeout=60_000)

    def change_code(self, old: str, new: str) -> None:
        """Edit the cell as a reader does, and run it."""
        source = next(
            cell.source for cell in CHAPTERS[PAGE].cells if "explore" in cell.tags
        )
        assert old in source
        self.cell.get_by_role("button", name="Edit").click()
        editor = self.cell.locator(".cm-content")
        editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source.replace(old, new))
        self.page.keyboard.press("Shift+Enter")


@pytest.fixture
def explore(visit: Visit) -> Explore:
    return Explore(visit)


def test_first_state_is_drawn_and_nothing_of_python_fetched(visit: Visit) -> None:
    fetched: list[str] = []
    visit.page.on("request", lambda request: fetched.append(request.url))
    explore = Explore(visit)
    assert "3 kinds, 3 operations" in explore.output.inner_text()
    expect(explore.note).to_contain_text("Move a control: Python starts")
    # Neither does somebody who only passes by with the keyboard start it.
    explore.controls.first.focus()
    visit.page.keyboard.press("Tab")
    expect(explore.note).to_contain_text("Move a control: Python starts")
    assert any("/browser/page.js" in url for url in fetched)
    assert not [url for url in fetched if "pyodide" in url or "worker" in url]


@pytest.mark.parametrize(
    "chapter", held.chapters_to_try([*CHAPTERS.values()]), ids=lambda c: c.slug
)
def test_each_control_prints_what_cpython_prints(
    visit: Visit, chapter: Chapter
) -> None:
    page = f"book/{chapter.part}/{chapter.slug}.html"
    explore = Explore(visit, page)
    here = make_controls(page).kwargs_widgets
    assert explore.controls.count() == len(here)
    for control, same in zip(explore.controls.all(), here, strict=True):
        move(visit.page, control)
        # The first move starts Python, which takes over the value that was set.
        explore.expect_output(printed_by_move(same))
        assert control.evaluate("control => control === document.activeElement")
    expect(explore.note).to_contain_text("Live")


def test_python_is_stopped_and_started_by_the_next_touch(explore: Explore) -> None:
    endless = "def show(kinds, operations):\n    while kinds == 4: pass\n"
    explore.change_code("def show(kinds, operations):\n", endless)
    expect(explore.note).to_contain_text("Live", timeout=60_000)
    move(explore.page, explore.controls.first)
    explore.note.get_by_role("button", name="Stop").click()
    expect(explore.note).to_contain_text("Move a control to start it again")
    # The focus is back on the slider, which is where it was left: at 4.
    explore.page.keyboard.press("ArrowRight")
    expect(explore.output).to_contain_text("5 kinds, 3 operations", timeout=60_000)
    expect(explore.note).to_contain_text("Live")


def test_error_of_a_move_is_shown_in_the_widget(explore: Explore) -> None:
    explore.change_code(
        "    edits = touched", "    1 / (kinds - 4)\n    edits = touched"
    )
    expect(explore.note).to_contain_text("Live", timeout=60_000)
    move(explore.page, explore.controls.first)
    expect(explore.output).to_contain_text("ZeroDivisionError: division by zero")
    move(explore.page, explore.controls.first)
    expect(explore.output).to_contain_text("5 kinds, 3 operations")
    expect(explore.output).not_to_contain_text("ZeroDivisionError")


def test_live_widget_is_accessible(explore: Explore) -> None:
    page = explore.page
    for name in ("kinds", "operations"):
        assert page.get_by_role("slider", name=name, exact=True).count() == 1
    for theme, width in (("light", 1280), ("dark", 390)):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        page.set_viewport_size({"width": width, "height": 900})
        explore.go_live()
        page.wait_for_function(SCROLLING_CODE_IS_REACHABLE)
        assert axe_finds(page, ".tag_explore, .tag_explore + p") == [], theme
        assert overflow(page) <= 0
