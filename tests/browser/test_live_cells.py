"""Code cells of chapters that run in the reader's browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import (
    SCROLLING_CODE_IS_REACHABLE,
    Visit,
    axe_finds,
    overflow,
)

CHAPTER = "book/01_design/open_closed.html"
WITH_THREADS = "book/01_design/singleton.html"

# Python starts within a few seconds, also where two cores do much else.
PATIENCE = 90_000


class Chapter:
    """A chapter in a browser's window, and what it fetched."""

    def __init__(self, visit: Visit) -> None:
        self.page: Page = visit.page
        self.fetched: list[str] = []
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self._visit = visit
        self.open()

    def open(self, page: str = CHAPTER) -> None:
        self._visit.open(page)
        self.page.set_default_timeout(PATIENCE)

    def cell(self, number: int) -> "Cell":
        group = self.page.get_by_role("group", name=f"Cell {number}", exact=True)
        return Cell(self.page.locator("div.cell").filter(has=group))

    def has_fetched(self, name: str) -> bool:
        return any(name in address for address in self.fetched)


class Cell:
    """One code cell, used as a reader does."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.note = root.get_by_role("status")
        self.editor = root.get_by_role("textbox", name="Code of cell")
        self.output = root.locator(".cell_output")
        self.text = self.output.locator("pre")  # without the theme's copy button

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def write(self, code: str) -> None:
        self.button("Edit").click()
        self.editor.press("Control+a")
        self.root.page.keyboard.insert_text(code)

    def run(self, says: str = "Done") -> None:
        self.button("Run").click()
        self.expect_note(says)

    def expect_note(self, text: str) -> None:
        expect(self.note).to_contain_text(text, timeout=PATIENCE)

    def reset(self) -> None:
        self.button("Reset").click()
        self.expect_note("are back")


@pytest.fixture(scope="module")
def chapter(browser: Browser, address: str) -> Iterator[Chapter]:
    """One page for all tests, in their order: Python starts as seldom as it can."""
    visit = Visit(browser, address, 1280, "light")
    yield Chapter(visit)
    assert not visit.troubles  # nothing from elsewhere, nothing missing, no error
    visit.context.close()


@pytest.fixture
def second(chapter: Chapter) -> Iterator[Cell]:
    cell = chapter.cell(2)
    yield cell
    if cell.button("Reset").is_visible():
        cell.reset()


def test_run_first_runs_what_stands_above(chapter: Chapter) -> None:
    first, second = chapter.cell(1), chapter.cell(2)
    built = second.text.inner_text()
    assert "two refunds" in built
    assert not chapter.has_fetched("pyodide")
    expect(second.button("Stop")).to_be_disabled()
    second.run()
    expect(first.note).to_have_text("Done.")
    expect(chapter.cell(3).note).to_have_text("")
    expect(second.text).to_have_text(built)
    assert not chapter.has_fetched("ipywidgets")
    assert not chapter.has_fetched("editor")


def test_a_cell_has_the_names_of_those_above_and_shows_its_value(
    chapter: Chapter, second: Cell
) -> None:
    second.write("import asyncio\nasync def two(): return [2]\nasyncio.run(two())")
    expect(second.button("Reset")).to_be_visible()
    second.run()
    expect(second.output.locator(".output.text_plain pre")).to_have_text("[2]")
    # What stands above is run anew when its code has changed.
    first = chapter.cell(1)
    first.write("billing = 'mine'")
    second.write("from IPython.display import display; display(billing); print(1)")
    second.run()
    expect(second.output.locator(".output.text_plain pre")).to_have_text("'mine'")
    expect(second.output.locator(".output.stream pre")).to_have_text("1")
    first.reset()


def test_errors_show_the_readers_own_lines(chapter: Chapter, second: Cell) -> None:
    second.write("import json\ndef read():\n    return json.loads('{')\n\nread()")
    second.run(says="Failed: JSONDecodeError")
    shown = second.output.locator(".output.traceback").inner_text()
    assert re.findall(r'File "(.*)", line (\d+)', shown) == [
        ("In [2]", "5"),
        ("In [2]", "3"),
    ]
    below = chapter.cell(4)
    below.run(says="Not run: cell 2, above, failed (JSONDecodeError)")
    expect(chapter.cell(3).note).to_have_text("")
    second.write("total = = 1")
    second.run(says="Failed: SyntaxError")
    shown = second.output.inner_text()
    assert 'File "In [2]", line 1\n    total = = 1\n' in shown
    assert "Traceback" not in shown
    second.write("import numpy")
    second.run(says="Failed: ModuleNotFoundError")
    expect(second.output).to_contain_text("python3 -m course lab")


def test_what_is_changed_is_shown_and_outlives_a_reload(chapter: Chapter) -> None:
    first = chapter.cell(1)
    built = first.text.inner_text()
    first.button("Edit").click()
    first.editor.press("Control+End")
    chapter.page.keyboard.type("\nprint('my own line')")
    first.button("Show changes").click()
    changes = first.root.get_by_role("region", name="What you changed in cell 1")
    expect(changes).to_contain_text("Lines removed: 0, added: 1.")
    expect(changes.locator("ins")).to_have_text("+ print('my own line')")
    chapter.open()
    expect(first.editor).to_contain_text("my own line")
    expect(first.text).to_have_text(built)
    first.run()
    expect(first.output).to_contain_text("my own line")
    first.reset()
    expect(first.editor).to_have_count(0)
    expect(first.text).to_have_text(built)
    first.button("Undo").click()
    expect(first.editor).to_contain_text("my own line")
    first.reset()
    chapter.open()
    expect(first.button("Reset")).to_be_hidden()
    expect(first.editor).to_have_count(0)


def test_an_endless_flood_is_cut_and_stopped(chapter: Chapter, second: Cell) -> None:
    second.write("while True: print('and on')")
    second.button("Run").click()
    expect(second.output).to_contain_text("cut here", timeout=PATIENCE)
    expect(second.button("Run")).to_be_disabled()
    assert len(second.output.inner_text()) < 120_000
    second.button("Stop").click()
    second.expect_note("Stopped")
    expect(second.button("Stop")).to_be_disabled()
    second.reset()
    second.run()
    expect(second.output).to_contain_text("two refunds")
    expect(chapter.cell(1).note).to_have_text("Done.")


def test_all_goes_by_keyboard(chapter: Chapter) -> None:
    cell, keyboard = chapter.cell(1), chapter.page.keyboard
    cell.button("Run").focus()
    keyboard.press("Shift+Enter")
    cell.expect_note("Done")
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(cell.button("Edit")).to_be_focused()
    keyboard.press("Enter")
    expect(cell.editor).to_be_focused()
    keyboard.press("Control+End")
    keyboard.type("\nif billing:\nprint('indented')")
    expect(cell.editor).to_contain_text("    print")
    keyboard.press("Control+End")
    keyboard.press("Shift+Enter")
    expect(cell.output).to_contain_text("indented", timeout=PATIENCE)
    expect(cell.editor).to_be_focused()
    keyboard.press("Escape")
    expect(cell.button("Run")).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(cell.editor).to_be_focused()
    keyboard.press("Control+a")
    keyboard.insert_text("while True: pass")
    keyboard.press("Shift+Enter")
    cell.expect_note("Running")
    keyboard.press("Escape")
    cell.expect_note("Stopped")
    cell.reset()


def test_nothing_hinders_anybody(chapter: Chapter, second: Cell) -> None:
    second.write("print('a long line ' * 40)\n1 / 0")
    second.button("Show changes").click()
    second.run(says="Failed")
    chapter.page.set_viewport_size({"width": 390, "height": 800})
    assert overflow(chapter.page) <= 0
    chapter.page.wait_for_function(SCROLLING_CODE_IS_REACHABLE)
    for scheme in ("light", "dark"):
        chapter.page.evaluate(
            "s => (document.documentElement.dataset.theme = s)", scheme
        )
        assert axe_finds(chapter.page) == []
    chapter.page.set_viewport_size({"width": 1280, "height": 900})


def test_an_edit_of_an_older_version_is_offered_not_put_in(chapter: Chapter) -> None:
    first = chapter.cell(1)
    first.write("print('old')")
    chapter.page.evaluate(
        """() => {
          const key = Object.keys(localStorage).find((name) => name.includes("#1-"));
          localStorage.setItem(key.replace(/#.*/, "#1-00000000"), localStorage[key]);
          localStorage.removeItem(key);
        }"""
    )
    chapter.open()
    expect(first.button("Reset")).to_be_hidden()
    expect(first.root.get_by_label("Your earlier edit")).to_have_text("print('old')")
    first.button("Use my version").click()
    expect(first.editor).to_have_text("print('old')")
    chapter.open()
    expect(first.editor).to_have_text("print('old')")
    expect(first.button("Use my version")).to_have_count(0)
    first.reset()


def test_code_that_cannot_run_here_says_why_and_where_it_does(visit: Visit) -> None:
    visit.open(WITH_THREADS)
    threads = visit.page.locator("div.cell.tag_not-live").filter(has_text="Barrier")
    expect(threads).to_contain_text("it starts threads")
    expect(threads).to_contain_text("chapters/01_design/singleton.ipynb")
    expect(threads.get_by_role("button", name="Run")).to_have_count(0)
    expect(visit.page.get_by_role("button", name="Run").first).to_be_visible()

    def as_another_kind(route: Route) -> None:
        answer = route.fetch()
        page = answer.text().replace('"browser": true', '"browser": false')
        route.fulfill(response=answer, body=page)

    visit.page.route(f"**/{CHAPTER}", as_another_kind)
    visit.open(CHAPTER)
    note = visit.page.get_by_text("does not run in the browser")
    expect(note).to_contain_text("chapters/01_design/open_closed.ipynb")
    expect(visit.page.get_by_role("button", name="Run")).to_have_count(0)
