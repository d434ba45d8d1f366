"""What the reader has done: noted, shown, saved, read back, forgotten and printed."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from autograder.exercises import find_exercise
from autograder.rooms import Rooms
from autograder.standards import load_standards
from course.chapters import find_chapters
from tests.browser.conftest import Visit, axe_finds, overflow

ROOMS = Rooms.of_this_course()
CHAPTERS = find_chapters(ROOMS)
# Exercises that need what a browser lacks are solved, and noted, elsewhere.
SOLVED_HERE = sum(chapter.browser for chapter in CHAPTERS)
FIRST, SECOND = CHAPTERS[:2]
PROGRESS = "book/progress.html"
JUDGED = {
    criterion.rule
    for criterion in find_exercise(ROOMS, FIRST.slug).criteria
    if criterion.visible
}
# A reader half way: what the pages of chapters and exercises note.
HALF_WAY: dict[str, dict[str, object]] = {
    "read": {
        f"book/{FIRST.part}/{FIRST.slug}.html": "2026-03-01",
        f"book/{SECOND.part}/{SECOND.slug}.html": "2026-03-02",
    },
    "passed": {FIRST.slug: "2026-03-03"},
    "quiz": {
        f"book/{FIRST.part}/{FIRST.slug}.html#0": "right",
        f"book/{FIRST.part}/{FIRST.slug}.html#1": "wrong",
    },
    "answer": {FIRST.slug: "print('mine')\n"},
    "edit": {f"book/{FIRST.part}/{FIRST.slug}.html#2": "1 + 1"},
    "hints": {FIRST.slug: 1},
}
PREFIX = "course:/:"


def page_of(chapter: Any) -> str:
    return f"book/{chapter.part}/{chapter.slug}.html"


def kept(page: Page) -> dict[str, Any]:
    """All that the course keeps in the browser."""
    found = page.evaluate("({...localStorage})")
    return {
        name.removeprefix(PREFIX): json.loads(value)
        for name, value in found.items()
        if name.startswith(PREFIX)
    }


def half_way(visit: Visit) -> None:
    """Put a reader's work into the browser, then open the progress page."""
    entries = {
        f"{PREFIX}{kind}:{key}": json.dumps(value)
        for kind, values in HALF_WAY.items()
        for key, value in values.items()
    }
    visit.context.add_init_script(f"Object.assign(localStorage, {json.dumps(entries)})")
    visit.open(PROGRESS)


def cell(page: Page, rule: str) -> Locator:
    return page.locator(f".skills-cell[data-rule='{rule}']")


def total(page: Page, name: str) -> Locator:
    return page.locator(f"[data-total={name}] strong")


@pytest.fixture
def progress(visit: Visit) -> Page:
    """The progress page of a reader who is half way."""
    half_way(visit)
    return visit.page


def test_reaching_the_end_marks_a_chapter_and_the_reader_may_unmark_it(
    visit: Visit,
) -> None:
    visit.open(page_of(FIRST))
    page = visit.page
    mark = page.get_by_role("button", name="I have read this chapter")
    in_navigation = page.locator("nav.bd-links a.current .course-mark")
    expect(mark).to_have_attribute("aria-pressed", "false")
    expect(in_navigation).to_have_count(0)
    page.locator("#exercise > h2").scroll_into_view_if_needed()
    expect(mark).to_have_attribute("aria-pressed", "true")
    expect(in_navigation).to_contain_text("(read)")
    mark.focus()
    page.keyboard.press("Space")
    expect(mark).to_have_attribute("aria-pressed", "false")
    expect(in_navigation).to_have_count(0)
    page.keyboard.press("Space")
    visit.open(PROGRESS)
    expect(total(page, "read")).to_have_text(f"1 of {len(CHAPTERS)}")
    link = page.locator(f"nav.bd-links a[href$='{FIRST.slug}.html']").first
    expect(link).to_contain_text("(read)")


def test_the_first_answer_to_a_question_counts(visit: Visit) -> None:
    visit.open(page_of(FIRST))
    page = visit.page
    questions = page.locator(".quiz")
    answers = ["right", "wrong"]
    for number, answer in enumerate(answers):
        options = questions.nth(number)
        options.locator(f"[data-answer={answer}] summary").first.click()
        expect(options.locator(f"[data-answer={answer}]").first).to_have_attribute(
            "open", ""
        )
        other = answers[1 - number]
        options.locator(f"[data-answer={other}] summary").first.click()
        expect(options.locator(f"[data-answer={other}]").first).to_have_attribute(
            "open", ""
        )
    noted = {k: v for k, v in kept(page).items() if k.startswith("quiz:")}
    assert noted == {
        f"quiz:{page_of(FIRST)}#0": "right",
        f"quiz:{page_of(FIRST)}#1": "wrong",
    }
    visit.open(PROGRESS)
    asked = sum(chapter.questions for chapter in CHAPTERS)
    expect(total(page, "right")).to_have_text(f"1 of {asked}")


def test_progress_counts_and_marks_what_was_done(progress: Page) -> None:
    expect(total(progress, "read")).to_have_text(f"2 of {len(CHAPTERS)}")
    expect(total(progress, "passed")).to_have_text(f"1 of {SOLVED_HERE}")
    minutes = FIRST.minutes + SECOND.minutes
    minutes += find_exercise(ROOMS, FIRST.slug).brief.minutes
    expect(total(progress, "minutes")).to_contain_text(f"{minutes} of ")
    row = progress.locator(".progress-part li", has_text=FIRST.title)
    expect(row).to_contain_text("read on 1 March 2026")
    expect(row).to_contain_text("passed on 3 March 2026")
    expect(row).to_contain_text(f"1 of {FIRST.questions} questions right")
    exercise = progress.locator(
        f"nav.bd-links a[href*='exercises/'][href$='/{FIRST.slug}.html']"
    )
    expect(exercise.locator(".course-mark")).to_have_text(" ✓ (passed)")


def test_skills_map_tells_each_rule_by_its_state(progress: Page) -> None:
    texts = load_standards().rules
    taught = {rule for chapter in CHAPTERS for rule in chapter.rules}
    cells = progress.locator(".skills-cell[data-rule]")
    assert set(cells.evaluate_all("all => all.map(c => c.dataset.rule)")) == taught
    read = set(FIRST.rules) | set(SECOND.rules)
    for rule in sorted(taught):
        state = "shown" if rule in JUDGED else "read" if rule in read else "not begun"
        expect(cell(progress, rule).first).to_have_text(
            f"{ {'shown': '✓', 'read': 'R', 'not begun': ''}[state] }"
            f"{rule}, {state}: {texts[rule]}"
        )
    progress.get_by_role("radio", name="section of the standards").check()
    assert set(cells.evaluate_all("all => all.map(c => c.dataset.rule)")) == taught
    progress.get_by_text("The same as a table").click()
    expect(progress.locator(".skills-table tbody tr")).to_have_count(len(taught))


def test_skills_map_is_one_stop_of_the_tab_key(progress: Page) -> None:
    stops = progress.locator(".skills-cell[tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    progress.keyboard.press("ArrowRight")
    expect(cell(progress, FIRST.rules[1])).to_be_focused()
    detail = progress.locator(".skills-detail")
    expect(detail).to_contain_text(load_standards().rules[FIRST.rules[1]])
    progress.keyboard.press("ArrowDown")
    expect(cell(progress, SECOND.rules[0])).to_be_focused()
    progress.keyboard.press("Enter")
    progress.wait_for_url(f"**/{page_of(SECOND)}#teaches-*")
    assert progress.evaluate("document.querySelector(location.hash) !== null")


def save(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator("#progress-file").get_by_role("button", name="Save").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_saved_forgotten_and_read_back_is_the_same(
    progress: Page, tmp_path: Path
) -> None:
    progress.get_by_label("Name on the record").fill("Ada Example")
    before = kept(progress)
    file = save(progress, tmp_path)
    assert file.name.startswith("course-progress-20")
    assert "Ada Example" not in file.read_text(encoding="utf-8")
    progress.get_by_role("button", name="Forget everything").click()
    progress.get_by_role("button", name="Forget", exact=True).click()
    expect(total(progress, "read")).to_have_text(f"0 of {len(CHAPTERS)}")
    assert kept(progress) == {}
    progress.locator("#progress-import").set_input_files(file)
    answer = progress.locator(".file-answer")
    expect(answer).to_contain_text("2 chapters read, 1 exercise passed, 2 answers")
    progress.get_by_role("button", name="Take it over").click()
    expect(total(progress, "read")).to_have_text(f"2 of {len(CHAPTERS)}")
    del before["reader:name"]  # it never leaves the browser
    assert kept(progress) == before


def test_reading_back_merges_and_asks_about_code(
    progress: Page, tmp_path: Path
) -> None:
    theirs = {
        "format": "course-progress",
        "version": 1,
        "exported": "2026-02-01",
        "data": {
            "read": {page_of(FIRST): "2026-01-01", page_of(SECOND): "2026-12-01"},
            "quiz": {f"{page_of(FIRST)}#0": "wrong"},
            "answer": {FIRST.slug: "print('theirs')\n"},
            "hints": {FIRST.slug: 3},
        },
    }
    file = tmp_path / "other.json"
    file.write_text(json.dumps(theirs), encoding="utf-8")
    before = kept(progress)
    chooser = progress.locator("#progress-import")
    chooser.set_input_files(file)
    progress.get_by_role("button", name="Take it over").click()
    merged = kept(progress)
    assert merged[f"read:{page_of(FIRST)}"] == "2026-01-01"
    assert merged[f"read:{page_of(SECOND)}"] == "2026-03-02"
    assert merged[f"quiz:{page_of(FIRST)}#0"] == "right"
    assert merged[f"hints:{FIRST.slug}"] == 3
    assert merged[f"answer:{FIRST.slug}"] == "print('mine')\n"
    chooser.set_input_files(file)
    progress.get_by_label("take what is in the file").check()
    progress.get_by_role("button", name="Take it over").click()
    assert kept(progress)[f"answer:{FIRST.slug}"] == "print('theirs')\n"
    progress.get_by_role("button", name="Undo").click()
    assert kept(progress) == merged
    assert merged != before


WRONG_FILES = {
    "{": "it is not JSON",
    '{"name": "something"}': "it holds something else",
    '{"format": "course-progress", "version": 1, "data": []}': "no progress",
    '{"format": "course-progress", "version": 1, "data": {"read": {"a": 3}}}': (
        'under "read" makes no sense'
    ),
    '{"format": "course-progress", "version": 2}': "newer version",
}


def test_a_wrong_file_changes_nothing_and_says_why(
    progress: Page, tmp_path: Path
) -> None:
    before = kept(progress)
    file = tmp_path / "wrong.json"
    answer = progress.locator(".file-answer")
    for content, why in WRONG_FILES.items():
        file.write_text(content, encoding="utf-8")
        progress.locator("#progress-import").set_input_files(file)
        expect(answer).to_contain_text(why)
        expect(answer).to_contain_text("Nothing was changed.")
        assert kept(progress) == before


def test_one_exercise_is_forgotten_and_undone(progress: Page) -> None:
    before = kept(progress)
    progress.get_by_role("button", name=f"Reset: {FIRST.title}").click()
    progress.get_by_label(f'The chapter "{FIRST.title}"').uncheck()
    progress.get_by_role("button", name="Forget", exact=True).click()
    expect(total(progress, "passed")).to_have_text(f"0 of {SOLVED_HERE}")
    gone = {f"{kind}:{FIRST.slug}" for kind in ("passed", "answer", "hints")}
    assert kept(progress) == {k: v for k, v in before.items() if k not in gone}
    progress.get_by_role("button", name="Undo").click()
    expect(total(progress, "passed")).to_have_text(f"1 of {SOLVED_HERE}")
    assert kept(progress) == before


def test_what_is_printed_is_the_record_alone(progress: Page) -> None:
    progress.get_by_label("Name on the record").fill("Ada Example")
    progress.emulate_media(media="print")
    shown = progress.locator("body").inner_text()
    assert shown.startswith("Python Standards by Refactoring")
    for words in ("Ada Example", "Chapters read: 2", "the reader's own account"):
        assert words in shown
    assert all(rule in shown for rule in JUDGED)
    assert "Without a network" not in shown


def test_progress_is_accessible_and_never_scrolls_sideways(any_visit: Visit) -> None:
    half_way(any_visit)
    page = any_visit.page
    page.get_by_text("The same as a table").click()
    assert overflow(page) <= 0
    assert axe_finds(page, "article") == []
    page.get_by_role("button", name="Forget everything").click()
    assert axe_finds(page, "dialog") == []
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page.locator(".course-notice")).to_contain_text("All is forgotten.")
    assert axe_finds(page, ".course-notice") == []


def test_a_browser_that_keeps_nothing_tells_it_once(visit: Visit) -> None:
    visit.context.add_init_script(
        "const keep = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (name, value) {"
        "  if (name.startsWith('course:'))"
        "    throw new DOMException('full', 'QuotaExceededError');"
        "  keep.call(this, name, value); };"  # the theme keeps its colours
    )
    visit.open(page_of(FIRST))
    page = visit.page
    page.locator("#exercise > h2").scroll_into_view_if_needed()
    notice = page.locator(".course-notice")
    expect(notice).to_contain_text("storage is full")
    mark = page.get_by_role("button", name="I have read this chapter")
    expect(mark).to_have_attribute("aria-pressed", "true")  # as long as the page lives
    notice.get_by_role("button", name="Close").click()
    page.locator(".quiz-option summary").first.click()
    expect(page.locator(".quiz-option").first).to_have_attribute("open", "")
    expect(notice).to_have_count(0)
