"""An exercise whose answer is files, on its own page: edited, kept, judged, saved."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from autograder.errors import CourseError
from autograder.exercises import Exercise
from autograder.files import (
    MAX_FILES,
    MAX_PATH,
    check_files,
    pack,
    read_zip,
    unpack,
    write_folder,
    write_zip,
)
from autograder.judge import judge
from autograder.report import explanation, facts, headline
from course.browser import npm
from tests.browser.conftest import Visit, axe_finds, overflow

START = 120_000  # a busy machine takes its time to start Python


class Bench:
    """The page as its reader uses it."""

    def __init__(self, visit: Visit, exercise: Exercise) -> None:
        self.visit = visit
        self.address = f"exercises/{exercise.part}/{exercise.slug}.html"
        self.page: Page = visit.page
        self.starter = exercise.brief.starter
        self.tree: Locator = self.page.get_by_role("tree", name="Files of your answer")
        self.editor: Locator = self.page.locator(".file-panel:visible .cm-content")
        self.note: Locator = self.page.locator(".file-note")
        self.status: Locator = self.page.locator(".exercise-status")
        self.path: Locator = self.page.get_by_role("textbox", name="ath of")

    def open(self) -> None:
        self.visit.open(self.address)
        expect(self.tree).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def act(self, name: str) -> Locator:
        """A button whose name ends with what it is about."""
        group = self.page.get_by_role("group", name="Files")
        return group.get_by_role("button", name=name)

    def row(self, path: str) -> Locator:
        return self.tree.locator(f'[data-path="{path}"]')

    def tab(self, path: str) -> Locator:
        return self.page.get_by_role("tab", name=path, exact=True)

    def text(self) -> str:
        kept = self.page.evaluate(
            """() => {
                const key = Object.keys(localStorage).find((k) => /:answer:/.test(k));
                return key ? JSON.parse(localStorage.getItem(key)) : null;
            }"""
        )
        return self.starter if kept is None else str(kept)

    def files(self) -> dict[str, str]:
        return unpack(self.text())

    def keep(self, text: str) -> None:
        """Put an answer there as another tab of the browser would."""
        self.page.evaluate(
            """([slug, text]) => {
                const {pathname} = new URL("../../", location);
                const key = `course:${pathname}:answer:${slug}`;
                localStorage.setItem(key, JSON.stringify(text));
                dispatchEvent(new StorageEvent("storage", {key}));
            }""",
            [self.address.rpartition("/")[2].removesuffix(".html"), text],
        )

    def write(self, path: str, text: str) -> None:
        self.row(path).click()
        self.editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def add(self, path: str) -> None:
        self.act("New file").click()
        self.path.fill(path)
        self.page.keyboard.press("Enter")

    def check(self) -> None:
        self.button("Check").click()
        expect(self.status).to_contain_text("that run here are met.", timeout=START)


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str, exercise: Exercise) -> Iterator[Bench]:
    """One reader for all tests: each start of Python takes seconds."""
    bench = Bench(Visit(browser, address, 1280, "light"), exercise)
    bench.open()
    yield bench
    bench.visit.context.close()


@pytest.fixture
def bench(opened: Bench) -> Iterator[Bench]:
    opened.keep(opened.starter)
    yield opened
    assert not opened.visit.troubles


def busiest(files: dict[str, str]) -> str:
    """The file that the page shows first."""
    python = [path for path in files if path.endswith(".py")]
    return max(python, key=lambda path: len(files[path]))


# --- Names and packing, without a page ------------------------------------------------

PATHS = [
    *("notes.md", "tests/test_rates.py", ".github/workflows/ci.yml", ".env.example"),
    *("", "/top.py", "a//b.py", "a/", "../up.py", "a/./b.py", "a\\b.py", "a\tb.py"),
    *("a\u00a0b.py", "a\u200bb.py", "grüße.py", "a b.py", "d/" * 11 + "f", "d/" * 12),
    *("x" * MAX_PATH, "x" * (MAX_PATH + 1), "d/" * 12 + "f", "KEPT.py", "Folder/b.py"),
    *("folder", "kept.py/inner.py", "folder/KEPT.py", "stra\u00dfe.py", "__proto__"),
]
THERE = {"kept.py": "", "folder/a.py": "", "STRASSE.py": ""}

NAMES = """
const { pack, unpack, nameTrouble, sizeTrouble } = await import(process.argv[1]);
const { paths, there, files } = JSON.parse(process.argv[2]);
const troubles = paths.map((path) => nameTrouble(path, there));
const packed = pack(new Map(Object.entries(files).reverse()));
const many = new Map(paths.flatMap((a) => paths.map((b) => [a + b, ""])));
console.log(JSON.stringify({
  troubles, packed, again: pack(unpack(packed)), tooMany: sizeTrouble(many),
  tooLarge: sizeTrouble(new Map([["a", "x".repeat(200001)]])),
  fits: sizeTrouble(new Map([["a", "x".repeat(200000)]])),
}));
"""


def test_names_and_packing_are_those_of_the_grader() -> None:
    files = {"b/ü.py": 'print("\\u2028\t\x7f")\n', "a.py": "", "__proto__": "x"}
    told = subprocess.run(
        [
            npm.find_node().node,
            "--input-type=module",
            "--eval",
            NAMES,
            (npm.SCRIPTS / "packing.mjs").as_uri(),
            json.dumps({"paths": PATHS, "there": list(THERE), "files": files}),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(told.stdout)
    assert said["packed"] == said["again"] == pack(files)
    assert said["tooMany"].endswith(f"at most {MAX_FILES}.")
    assert (bool(said["tooLarge"]), bool(said["fits"])) == (True, False)
    refused = dict(zip(PATHS, said["troubles"], strict=True))
    assert {p for p in PATHS if refused[p]} == {p for p in PATHS if not accepted(p)}


def accepted(path: str) -> bool:
    try:
        check_files({**THERE, path: ""})
    except CourseError:
        return False
    return True


# --- The page ------------------------------------------------------------------------


def test_without_scripts_the_starter_is_a_listing(
    browser: Browser, address: str, exercise: Exercise, starter: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}exercises/{exercise.part}/{exercise.slug}.html")
    for path, text in starter.items():
        name = page.locator(".starter-path").filter(
            has=page.get_by_text(path, exact=True)
        )
        expect(name).to_be_visible()
        if text.strip():
            shown = name.locator("xpath=following-sibling::div[1]").inner_text()
            assert shown.strip() == text.strip()
    context.close()


def test_keys_go_through_the_tree_as_the_practices_say(
    bench: Bench, starter: dict[str, str]
) -> None:
    bench.open()
    press = bench.page.keyboard.press
    first = busiest(starter)
    expect(bench.tab(first)).to_have_attribute("aria-selected", "true")
    expect(bench.row(first)).to_have_attribute("aria-selected", "true")
    bench.editor.focus()
    press("F6")
    expect(bench.row(first)).to_be_focused()
    press("F6")
    expect(bench.editor).to_be_focused()
    press("F6")
    press("Home")
    top = bench.tree.get_by_role("treeitem").first
    expect(top).to_be_focused()
    if top.get_attribute("aria-expanded") == "false":
        press("ArrowRight")
    if top.get_attribute("aria-expanded") == "true":
        inside = bench.tree.get_by_role("treeitem").count()
        press("ArrowLeft")
        assert bench.tree.get_by_role("treeitem").count() < inside
        press("ArrowRight")
        press("ArrowRight")
        expect(bench.tree.get_by_role("treeitem").nth(1)).to_be_focused()
    if "/" in first:
        bench.row(first).focus()
        press("ArrowLeft")
        expect(bench.row(first.rpartition("/")[0])).to_be_focused()
    press("End")
    expect(bench.tree.get_by_role("treeitem").last).to_be_focused()
    path = next(path for path in starter if path != first)
    bench.row(path).focus()
    press("Space")
    expect(bench.tab(path)).to_have_attribute("aria-selected", "true")
    expect(bench.row(path)).to_be_focused()
    press("Enter")
    expect(bench.editor).to_be_focused()
    press("Escape")
    expect(bench.button("Check")).to_be_focused()
    bench.tab(path).focus()
    press("ArrowLeft")
    expect(bench.tab(first)).to_be_focused()
    press("Delete")  # closes the tab; the file stays
    expect(bench.tab(first)).to_have_count(0)
    expect(bench.tab(path)).to_be_focused()
    assert set(bench.files()) == set(starter)


def test_a_file_is_added_and_bad_names_are_refused_with_a_sentence(
    bench: Bench, starter: dict[str, str]
) -> None:
    taken = busiest(starter)
    bench.add("../up.py")
    trouble = bench.page.get_by_role("alert")
    for path, words in [
        ("../up.py", "without . and .."),
        (taken, f"There is a file {taken} already."),
        (taken.upper(), "not every computer tells them apart"),
        ("", "Give the file a name"),
    ]:
        bench.path.fill(path)
        bench.page.keyboard.press("Enter")
        expect(trouble).to_contain_text(words)
        expect(bench.path).to_be_focused()
        expect(bench.path).to_have_attribute("aria-invalid", "true")
    bench.page.keyboard.press("Escape")
    expect(bench.act("New file")).to_be_focused()
    assert bench.files() == starter
    bench.add("inner/new.py")
    expect(bench.note).to_contain_text("inner/new.py was added.")
    expect(bench.editor).to_be_focused()
    bench.page.keyboard.insert_text("x = 1\n")
    assert bench.files() == {**starter, "inner/new.py": "x = 1\n"}
    expect(bench.row("inner/new.py")).to_contain_text(", added")


def test_a_file_is_moved_with_its_history_and_back(
    bench: Bench, starter: dict[str, str]
) -> None:
    path = busiest(starter)
    bench.write(path, "y = 2\n")
    bench.row(path).focus()
    bench.page.keyboard.press("F2")
    bench.path.fill("deep/down/moved.py")
    bench.page.keyboard.press("Enter")
    expect(bench.row("deep/down/moved.py")).to_be_focused()
    assert "deep/down/moved.py" in bench.files()
    assert path not in bench.files()
    bench.page.keyboard.press("Enter")
    bench.page.keyboard.press("Control+z")
    assert bench.files()["deep/down/moved.py"] == starter[path]
    bench.row("deep").click()
    bench.act("Rename or move deep").click()
    bench.path.fill("flat/deep")  # a folder, into a folder of its own
    bench.page.keyboard.press("Enter")
    assert "flat/deep/down/moved.py" in bench.files()
    bench.button("Undo").click()
    assert "deep/down/moved.py" in bench.files()
    expect(bench.row("deep")).to_be_focused()


def test_a_deleted_file_can_be_brought_back(
    bench: Bench, starter: dict[str, str]
) -> None:
    path = busiest(starter)
    bench.write(path, "z = 3\n")
    bench.row(path).focus()
    bench.page.keyboard.press("Delete")
    assert path not in bench.files()
    expect(bench.tree.locator(":focus")).to_have_count(1)
    expect(bench.note).to_contain_text(f"{path} was deleted.")
    bench.button("Bring it back").click()
    assert bench.files()[path] == "z = 3\n"
    bench.act("Reset file").click()
    assert bench.files() == starter
    bench.button("Undo").click()
    assert bench.files()[path] == "z = 3\n"


def test_files_folders_and_zips_are_uploaded_and_a_zip_is_saved(
    bench: Bench, exercise: Exercise, starter: dict[str, str], tmp_path: Path
) -> None:
    page = bench.page
    files, folder = (
        page.locator(".exercise-files input[type=file]").nth(n) for n in (0, 1)
    )
    picture, crlf = tmp_path / "picture.png", tmp_path / "crlf.py"
    picture.write_bytes(b"\x89PNG\x00\xff")
    crlf.write_bytes(b"a = 1\r\nb = 2\r\n")
    top = "top.txt"
    before = {**starter, top: "before"}
    bench.keep(pack(before))
    bench.row(top).click()
    files.set_input_files([picture, crlf])
    expect(bench.note).to_contain_text("1 file added, 0 replaced.")
    expect(bench.note).to_contain_text("picture.png was left out. It is no text")
    assert bench.files() == {**before, "crlf.py": "a = 1\nb = 2\n"}
    bench.button("Undo").click()
    assert bench.files() == before
    own = tmp_path / exercise.slug
    write_folder(own, {top: "mine", "pkg/mod.py": "m = 1\n", "x/__pycache__/a.pyc": ""})
    folder.set_input_files(own)
    expect(bench.note).to_contain_text("1 file added, 1 replaced.")
    mine = {**starter, top: "mine", "pkg/mod.py": "m = 1\n"}
    assert bench.files() == mine
    with page.expect_download() as waiting:
        bench.button(f"Download {exercise.slug}.zip").click()
    assert waiting.value.suggested_filename == f"{exercise.slug}.zip"
    saved = waiting.value.path().read_bytes()
    assert read_zip(saved, exercise.slug) == mine
    for zipped in (saved, write_zip(mine, exercise.slug)):
        bench.keep(exercise.brief.starter)
        expect(bench.row("pkg")).to_have_count(0)
        (tmp_path / "own.zip").write_bytes(zipped)
        files.set_input_files(tmp_path / "own.zip")
        expect(bench.row("pkg/mod.py")).to_be_visible()
        assert bench.files() == mine
    (tmp_path / "broken.zip").write_bytes(saved[:-30])
    files.set_input_files(tmp_path / "broken.zip")
    expect(bench.note).to_contain_text(
        "Nothing was uploaded. broken.zip cannot be taken"
    )
    bomb = write_zip({"bomb.txt": "x" * 1_000_000}, "bomb")
    (tmp_path / "bomb.zip").write_bytes(bomb)
    files.set_input_files(tmp_path / "bomb.zip")
    expect(bench.note).to_contain_text("holds more than 200 kB")
    assert bench.files() == mine


def test_changes_are_told_file_by_file(bench: Bench, starter: dict[str, str]) -> None:
    path = busiest(starter)
    bench.add("fresh.py")
    bench.page.keyboard.insert_text("fresh = 1\n")
    bench.row(path).click()
    bench.act("Rename or move").click()
    bench.path.fill("moved.py")
    bench.page.keyboard.press("Enter")
    bench.button("Show changes").click()
    changes = bench.page.locator(".file-change")
    expect(changes).to_have_count(2)
    expect(changes.filter(has_text="fresh.py added").locator("ins")).to_have_count(1)
    moved = changes.filter(has_text=f"moved.py moved from {path}")
    expect(moved).to_contain_text("Nothing else is changed.")
    bench.row("moved.py").focus()
    bench.page.keyboard.press("Delete")
    expect(
        changes.filter(has_text=f"{path} deleted").locator("del").first
    ).to_be_visible()
    bench.button(f"Bring back {path}").click()
    assert bench.files() == {**starter, "fresh.py": "fresh = 1\n"}
    bench.button("Hide changes").click()


def test_two_tabs_of_the_browser_share_one_answer(
    bench: Bench, starter: dict[str, str]
) -> None:
    path = busiest(starter)
    page = bench.visit.context.new_page()
    page.goto(bench.visit.address + bench.address)
    row = page.locator(f'.file-row[data-path="{path}"]')
    row.click()
    page.locator(".file-panel:visible .cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("other = 1\n")
    expect(bench.row(path)).to_contain_text(", changed")
    bench.add("mine.py")
    bench.page.keyboard.insert_text("mine = 1\n")
    expect(page.locator('.file-row[data-path="mine.py"]')).to_be_visible()
    assert bench.files() == {**starter, path: "other = 1\n", "mine.py": "mine = 1\n"}
    page.close()
    bench.page.reload()
    expect(bench.row("mine.py")).to_be_visible()
    assert bench.files()[path] == "other = 1\n"
    bench.button("Reset all").click()
    assert bench.files() == starter
    bench.button("Bring my text back").click()
    assert bench.files()["mine.py"] == "mine = 1\n"


def test_answers_of_earlier_starters_and_forms_open(
    bench: Bench, starter: dict[str, str]
) -> None:
    older = {"old.py": "old = 1\n", busiest(starter): "kept = 1\n"}
    bench.keep(pack(older))
    expect(bench.row("old.py")).to_be_visible()
    bench.page.reload()
    expect(bench.tree.get_by_text("old.py")).to_be_visible()
    assert bench.files() == older
    bench.keep("answer = 'of a cell'\n")
    expect(bench.row("earlier_answer.py")).to_be_visible()
    bench.write("earlier_answer.py", "answer = 'of files'\n")
    assert bench.files() == {**starter, "earlier_answer.py": "answer = 'of files'\n"}


def test_the_file_in_sight_runs_as_a_module(bench: Bench, exercise: Exercise) -> None:
    bench.add("try_it.py")
    bench.page.keyboard.insert_text(
        f"import {exercise.brief.package}\n\nprint('ran as', __name__)\n1 / 0\n"
    )
    bench.button("Run").click()
    expect(bench.status).to_have_text("It raised an error.", timeout=START)
    output = bench.page.locator(".exercise-output")
    expect(output).to_contain_text("ran as __main__")
    expect(output).to_contain_text('File "try_it.py", line 4')
    expect(output).not_to_contain_text("In [")
    bench.add("plain.txt")
    bench.button("Run").click()
    expect(bench.status).to_contain_text("plain.txt is no Python")


def test_each_python_file_is_remarked_on(bench: Bench, exercise: Exercise) -> None:
    if not exercise.brief.remarks:
        pytest.skip("this exercise has no remarks")
    bench.add("first.py")
    bench.page.keyboard.insert_text("def broken(:\n")
    bench.add("second.yml")
    bench.page.keyboard.insert_text("no: [python\n")
    remark = bench.page.locator(".remark").filter(has_text="This is no Python yet.")
    expect(remark.first).to_have_attribute("data-voice", "essential", timeout=START)
    expect(bench.page.locator(".remarks")).not_to_contain_text("second.yml")
    remark.first.get_by_role("button", name="first.py, line 1").click()
    expect(bench.tab("first.py")).to_have_attribute("aria-selected", "true")
    expect(bench.editor).to_be_focused()


def words_of_cpython(exercise: Exercise, source: str) -> dict[str, list[str]]:
    """By visible criterion what a terminal would say, hints aside."""
    told = {}
    for verdict in judge(exercise, source):
        if not verdict.criterion.visible:
            continue
        lines = explanation(verdict)
        if verdict.evidence:
            lines = [*(" ".join(f) for f in facts(verdict.evidence)), lines[-1]]
        told[verdict.criterion.name] = [headline(verdict), *lines]
    return told


def test_verdicts_are_those_of_the_grader(bench: Bench, exercise: Exercise) -> None:
    broken = unpack(exercise.solution)
    imported = busiest(broken)
    broken[imported] = "x = 1\ndef broken(:\n"
    wrong = [v.source for v in exercise.variants if not v.right][:1]
    for source in [exercise.brief.starter, pack(broken), *wrong, exercise.solution]:
        bench.keep(source)
        bench.check()
        for name, words in words_of_cpython(exercise, source).items():
            shown = bench.page.locator(f'.verdict[data-criterion="{name}"]')
            text = " ".join(shown.inner_text().split())
            if shown.get_attribute("data-state") != "waiting":
                assert [line for line in words if line not in text] == []
        if source == pack(broken):
            place = f"in {imported}, line 2"
            expect(bench.page.locator(".verdicts")).to_contain_text(place)
    after = bench.page.locator(".exercise-next")
    expect(after).to_contain_text(f"download {exercise.slug}.zip")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light")])
def test_a_phone_shows_all_of_it_to_all(
    browser: Browser,
    address: str,
    exercise: Exercise,
    starter: dict[str, str],
    width: int,
    scheme: str,
) -> None:
    bench = Bench(Visit(browser, address, width, scheme), exercise)
    bench.open()
    assert axe_finds(bench.page, "#starter") == []
    bench.write(busiest(starter), "changed = 1\n" + "wide = " + "1 + " * 60 + "1\n")
    bench.add("a/very/long/path/of/folders/in/folders/with_a_long_name.toml")
    bench.page.keyboard.insert_text('[tool.x]\nname = "x" # y\n')
    bench.button("Show changes").click()
    bench.add("..")
    assert overflow(bench.page) <= 0
    assert axe_finds(bench.page, "#starter") == []
    assert not bench.visit.troubles
    bench.visit.context.close()
