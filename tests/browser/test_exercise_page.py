"""An exercise on its own page: judged in the browser, with the words of everywhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from autograder.criteria import Evidence
from autograder.exercises import Variant, find_exercise
from autograder.judge import find, took_too_long, verdicts_of
from autograder.namespace import Namespace
from autograder.notebook import ANSWER_ID
from autograder.report import explanation, facts, headline
from autograder.rooms import Rooms
from tests.browser.conftest import Visit, axe_finds, overflow

ROOMS = Rooms.of_this_course()
EXERCISE = find_exercise(ROOMS, "open_closed")
VISIBLE = [criterion for criterion in EXERCISE.criteria if criterion.visible]
STARTER = EXERCISE.brief.starter
PAGE = f"exercises/{EXERCISE.part}/{EXERCISE.slug}.html"
CAUGHT_HERE = [
    variant
    for variant in EXERCISE.variants
    if variant.caught_by in {criterion.name for criterion in VISIBLE}
]
SECONDS = 3  # the limit of a criterion on the page of these tests
REBINDS_A_GLOBAL = """
known = {}

def add_carrier(name, carrier):
    global known
    known = {**known, name: carrier}
"""
START = 120_000  # a busy machine takes its time to start Python


class Bench:
    """The page as its reader uses it."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.page: Page = visit.page
        self.editor: Locator = self.page.get_by_role("textbox", name="Your answer")
        self.status: Locator = self.page.locator(".exercise-status")
        self.remarks: Locator = self.page.locator(".remark")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def write(self, text: str) -> None:
        self.editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def text(self) -> str:
        # Lines out of sight are not drawn: what is kept is what is there.
        kept = self.page.evaluate(
            """() => {
                const key = Object.keys(localStorage).find((k) => /:answer:/.test(k));
                return key ? JSON.parse(localStorage.getItem(key)) : null;
            }"""
        )
        return STARTER if kept is None else str(kept)

    def check(self) -> None:
        self.button("Check").click()
        self.wait_for("criteria that run here are met.")

    def wait_for(self, words: str) -> None:
        expect(self.status).to_contain_text(words, timeout=START)

    def verdict(self, name: str) -> Locator:
        return self.page.locator(f'.verdict[data-criterion="{name}"]')

    def states(self) -> dict[str, str | None]:
        names = [criterion.name for criterion in VISIBLE]
        return {name: self.verdict(name).get_attribute("data-state") for name in names}


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Bench]:
    """One reader for all tests, in their order: each start of Python takes seconds."""
    visit = Visit(browser, address, 1280, "light")
    visit.page.route(f"**/{EXERCISE.slug}.html", _shorten_limit)
    visit.open(PAGE)
    yield Bench(visit)
    visit.context.close()


def _shorten_limit(route: Route) -> None:
    answer = route.fetch()
    body, count = re.subn(r'"seconds": \d+', f'"seconds": {SECONDS}', answer.text())
    assert count == 1
    route.fulfill(response=answer, body=body)


@pytest.fixture
def bench(opened: Bench) -> Iterator[Bench]:
    opened.write(STARTER)
    yield opened
    assert not opened.visit.troubles


def words_of_cpython(source: str) -> dict[str, list[str]]:
    """By visible criterion what a terminal would say, hints aside."""
    findings = {
        c.name: find(c, STARTER, lambda: Namespace(source, "solution"), seconds=SECONDS)
        for c in VISIBLE
    }
    told = {}
    for verdict in verdicts_of(EXERCISE, findings):
        lines = explanation(verdict)
        if verdict.evidence:
            lines = [*(" ".join(f) for f in facts(verdict.evidence)), lines[-1]]
        told[verdict.criterion.name] = [headline(verdict), *lines]
    return told


def test_words_of_a_verdict_join_to_the_sentence_of_a_terminal() -> None:
    evidence = Evidence("quote('post', 1)", "returned 1", "390")
    assert " ".join(" ".join(fact) for fact in facts(evidence)) == str(evidence)


def test_a_fresh_page_says_what_is_judged_where(bench: Bench) -> None:
    note = bench.page.locator(".exercise-note").first.inner_text()
    assert f"Check judges {len(VISIBLE)} of the {len(EXERCISE.criteria)}" in note
    assert "judged when you hand in" in note
    for criterion in EXERCISE.criteria:
        if not criterion.visible:
            shown = bench.verdict(criterion.name)
            expect(shown).to_contain_text(f"Judged when you hand in: {criterion.title}")


def test_the_starter_fails_with_the_words_of_the_grader(bench: Bench) -> None:
    bench.check()
    for name, words in words_of_cpython(STARTER).items():
        for line in words:
            expect(bench.verdict(name)).to_contain_text(line)
    assert set(bench.states().values()) == {"unmet", "waiting"}
    assert bench.page.locator(".exercise-next").inner_text() == ""


@pytest.mark.parametrize("variant", CAUGHT_HERE, ids=lambda variant: variant.name)
def test_each_wrong_answer_gets_its_own_message(bench: Bench, variant: Variant) -> None:
    bench.write(variant.source)
    bench.check()
    shown = bench.verdict(variant.caught_by)
    expect(shown).to_have_attribute("data-state", "unmet")
    assert variant.message in " ".join(shown.inner_text().split())
    unmet = {name for name, state in bench.states().items() if state == "unmet"}
    assert unmet == {variant.caught_by}


def test_hint_of_a_verdict_comes_when_asked_for(bench: Bench) -> None:
    bench.check()
    failed = bench.page.locator('.verdict[data-state="unmet"]').first
    hint = next(
        c.hint for c in VISIBLE if c.name == failed.get_attribute("data-criterion")
    )
    expect(failed).not_to_contain_text(hint)
    failed.get_by_role("button", name="Show hint").focus()
    bench.page.keyboard.press("Enter")
    expect(failed).to_contain_text(f"Hint: {hint}")


def test_the_solution_meets_all_and_is_remembered(bench: Bench) -> None:
    bench.write(EXERCISE.solution)
    bench.check()
    assert set(bench.states().values()) == {"met"}
    for name, words in words_of_cpython(EXERCISE.solution).items():
        assert bench.verdict(name).locator(".verdict-body").inner_text() == words[0]
    after = bench.page.locator(".exercise-next")
    expect(after).to_contain_text("All criteria that run here are met.")
    assert after.get_by_role("link").get_attribute("href")
    passed = "Object.keys(localStorage).some((key) => key.includes(':passed:'))"
    assert bench.page.evaluate(passed)


def test_an_edit_makes_verdicts_those_of_an_earlier_version(bench: Bench) -> None:
    bench.check()
    stale = bench.page.locator(".exercise-stale")
    expect(stale).to_be_hidden()
    bench.write(STARTER + "# a thought\n")
    expect(stale).to_contain_text("the version before")
    bench.write(STARTER)
    expect(stale).to_be_hidden()


def test_all_is_done_with_the_keyboard(bench: Bench) -> None:
    press = bench.page.keyboard.press
    bench.editor.focus()
    press("Shift+Enter")
    bench.wait_for("It ran and printed nothing.")
    press("Control+Enter")
    bench.wait_for("criteria that run here are met.")
    expect(bench.editor).to_be_focused()  # the focus moves nowhere unasked
    press("Escape")
    expect(bench.button("Check")).to_be_focused()
    for name in ("Run", "Show changes", "Reset", "Download the notebook"):
        press("Tab")
        expect(bench.button(name)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_failed_verdicts_that_all_can_read(
    browser: Browser, address: str, opened: Bench, scheme: str
) -> None:
    opened.write(STARTER)
    opened.check()
    kept = opened.page.evaluate("Object.entries(localStorage)")
    visit = Visit(browser, address, 390, scheme)
    visit.context.add_init_script(
        f"for (const [k, v] of {json.dumps(kept)}) localStorage.setItem(k, v);"
    )
    visit.open(PAGE)
    expect(visit.page.locator('.verdict[data-state="unmet"]').first).to_be_visible()
    assert overflow(visit.page) <= 0
    assert axe_finds(visit.page, "#starter") == []
    assert not visit.troubles
    visit.context.close()


@pytest.mark.parametrize(
    ("source", "voice", "words"),
    [
        ("def broken(:\n", "essential", "This is no Python yet."),
        (REBINDS_A_GLOBAL, "actionable", EXERCISE.brief.remarks[2].say),
        (STARTER + "\n", "informative", EXERCISE.brief.remarks[1].say),
        (EXERCISE.solution, "celebratory", EXERCISE.brief.celebrate),
    ],
)
def test_remarks_come_while_typing_each_in_its_voice(
    bench: Bench, source: str, voice: str, words: str
) -> None:
    bench.write(source)
    expect(bench.remarks.filter(has_text=words).first).to_have_attribute(
        "data-voice", voice, timeout=START
    )
    expect(bench.remarks.first).to_contain_text(f"{voice.capitalize()}:")


def test_run_shows_what_the_answer_prints_and_forgets_it(bench: Bench) -> None:
    bench.write("found = 6 * 7\nprint('found', found)\n")
    bench.button("Run").click()
    bench.wait_for("It ran.")
    expect(bench.page.locator(".exercise-output")).to_contain_text("found 42")
    bench.write("print(found)\n")
    bench.button("Run").click()
    bench.wait_for("It raised an error.")
    expect(bench.page.locator(".exercise-output")).to_contain_text("NameError")


def test_reset_can_be_undone(bench: Bench) -> None:
    bench.write(EXERCISE.solution)
    bench.button("Reset").click()
    assert bench.text() == STARTER
    bench.button("Bring my text back").click()
    assert bench.text() == EXERCISE.solution


def test_changes_to_the_starter_are_shown(bench: Bench) -> None:
    bench.write(STARTER.replace("900", "901"))
    bench.button("Show changes").click()
    shown = bench.page.locator(".exercise-changes")
    expect(shown.locator("ins")).to_contain_text("901")
    expect(shown.locator("del")).to_contain_text("900")
    bench.button("Hide changes").click()
    expect(shown).to_be_empty()


def test_endless_code_is_ended_with_the_words_of_the_grader(bench: Bench) -> None:
    line = "    return _find(carrier).days(zone)"
    assert line in EXERCISE.solution
    bench.write(
        EXERCISE.solution.replace(
            line, f"    while carrier == 'post':\n        pass\n{line}"
        )
    )
    bench.check()
    shown = bench.verdict("same_answers_as_before")
    for beginning, rest in facts(took_too_long(SECONDS)):
        expect(shown).to_contain_text(f"{beginning} {rest}")
    assert bench.states()["new_carrier_works_everywhere"] == "met"


def test_stop_ends_a_run_and_says_so(bench: Bench) -> None:
    bench.write("print('begun')\nwhile True:\n    pass\n")
    bench.button("Run").click()
    expect(bench.page.locator(".exercise-output")).to_contain_text(
        "begun", timeout=START
    )
    bench.button("Stop").click()
    bench.wait_for("The run was stopped.")
    expect(bench.button("Stop")).to_be_hidden()
    expect(bench.button("Check")).to_be_focused()  # what had the focus is gone


def test_text_and_verdicts_outlive_a_reload(bench: Bench) -> None:
    if "unchecked" in bench.states().values():  # this test is run alone
        bench.check()
    bench.write(STARTER + "# kept\n")
    before = bench.states()
    bench.page.reload()
    expect(bench.editor).to_be_visible()
    assert bench.text() == STARTER + "# kept\n"
    assert bench.states() == before
    expect(bench.page.locator(".exercise-stale")).to_be_visible()


def test_hints_of_the_brief_come_one_at_a_time(bench: Bench) -> None:
    hints = bench.page.locator("#hints details")
    expect(hints.nth(0)).to_be_visible()
    expect(hints.nth(1)).to_be_hidden()
    hints.nth(0).locator("summary").click()
    expect(hints.nth(1)).to_be_visible()
    expect(hints.nth(2)).to_be_hidden()
    bench.page.reload()
    expect(hints.nth(1)).to_be_visible()
    expect(hints.nth(2)).to_be_hidden()


def test_the_notebook_holds_the_answer_and_is_else_as_released(
    bench: Bench, tmp_path: Path
) -> None:
    bench.write(EXERCISE.solution)
    with bench.page.expect_download() as waiting:
        bench.button("Download the notebook").click()
    assert waiting.value.suggested_filename == f"{EXERCISE.slug}.ipynb"
    waiting.value.save_as(tmp_path / "saved.ipynb")
    saved = json.loads((tmp_path / "saved.ipynb").read_text(encoding="utf-8"))
    link = bench.page.locator("#how-it-is-judged a.download").get_attribute("href")
    there = bench.page.request.get(f"{bench.visit.address}{PAGE}/../{link}")
    released = json.loads(there.text())
    answer = next(
        cell
        for cell in saved["cells"]
        if cell["metadata"]["nbgrader"]["grade_id"] == ANSWER_ID
    )
    assert "".join(answer["source"]) == EXERCISE.solution.rstrip("\n")
    for cell in released["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == ANSWER_ID:
            cell["source"] = answer["source"]
    assert saved == released
