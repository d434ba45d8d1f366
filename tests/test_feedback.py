"""Feedback pages: what they say, and what nobody can make them do."""

import base64
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from markupsafe import escape
from nbgrader.api import Gradebook
from PIL import Image, PngImagePlugin
from playwright.sync_api import sync_playwright
from traitlets.config import Config

from autograder.assemble import assemble_all
from autograder.exercises import find_exercise
from autograder.grading import feedback, untrusted
from autograder.grading.feedback import Grades, feedback_page, write_feedback
from autograder.grading.feedback_exporter import FeedbackExporter
from autograder.grading.intake import ANSWER_ID, Cell, Submission
from autograder.grading.result import Output, Result, grade_output
from autograder.judge import judge, points
from autograder.report import as_html, chapter_url
from autograder.rooms import Rooms
from course.demo_class import BROKEN, hand_in
from course.nbgrader import run_nbgrader

PART = "01_design"
EXERCISE = find_exercise(Rooms.of_this_course(), "open_closed")
WRONG = next(v for v in EXERCISE.variants if not v.right).source
ANSWERS = {
    "solution": EXERCISE.solution,
    "wrong": WRONG,
    "starter": EXERCISE.brief.starter,
    "broken": BROKEN,
}
GRADED = dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC)
ALERT = "<script>alert(1)</script>"
ATTACKS = [
    ALERT,
    "<img src=x onerror=alert(1)>",
    "</code></pre><svg onload=alert(1)>",
    "</style><script>alert(1)</script>",
    '"><iframe src="https://evil.example/"></iframe>',
    "[press](javascript:alert(1))",
    "[press](JaVaScRiPt&colon;alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    "![spy](https://evil.example/spy.png)",
    "![x](javascript:alert(1))",
    "<https://evil.example/>",
    "<javascript:alert(1)>",
    "[a]\n\n[a]: javascript:alert(1)",
    "<a href='https://evil.example/' style='position:fixed'>go</a>",
    "<details ontoggle=alert(1) open>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
    "# Title\n\n## Another\n\n<h1>third</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "\ud800 half of a pair",
]


def submission(
    answer: str | None, *own: tuple[str, str], problem: str | None = None
) -> Submission:
    cells = [
        Cell("answer", "code", answer or "", ANSWER_ID),
        *(Cell(f"own-{n}", k, s, None) for n, (k, s) in enumerate(own, 1)),
    ]
    return Submission("open_closed", tuple(cells), answer, problem, (), "digest")


def result(answer: str, outputs: dict[str, list[Any]] | None = None) -> Result:
    found = {v.criterion.name: v.evidence for v in judge(EXERCISE, answer)}
    return Result("open_closed", "key", 1, found, outputs or {})


def page_of(answer: str, grades: Grades | None = None, learner: str = "ada") -> str:
    return feedback_page(EXERCISE, submission(answer), result(answer), grades, learner)


def soup(page: str) -> Any:
    return BeautifulSoup(page, "html.parser")


def words(node: Any) -> str:
    found = soup(node) if isinstance(node, str) else node
    return " ".join(found.get_text(" ").split())


def stream(text: str) -> Output:
    return {"output_type": "stream", "name": "stdout", "text": text}


def picture(width: int = 20, height: int = 10, note: str = "") -> str:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", note)
    file = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "PNG", pnginfo=told)
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def hostile() -> str:
    """A page on which everything that is not ours is an attack."""
    own = [
        (kind, text)
        for number, text in enumerate(ATTACKS)
        for kind in ("markdown", "code" if number % 2 else "raw")
    ]
    assert len(own) == feedback.MOST_CELLS
    outputs: dict[str, list[Any]] = {
        ANSWER_ID: [
            *(stream(text + "\n") for text in ATTACKS),
            {"output_type": "error", "ename": ALERT, "evalue": ALERT, "traceback": []},
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {
                    "text/html": ALERT,
                    "image/svg+xml": f"<svg>{ALERT}</svg>",
                    "application/javascript": "alert(1)",
                    "image/png": base64.b64encode(ALERT.encode()).decode(),
                    "text/plain": ALERT,
                },
            },
            "no output at all",
            {"output_type": "stream", "text": 5},
        ],
        "own-2": [{"output_type": "execute_result", "data": {"text/plain": ALERT}}],
    }
    evil = " ".join(ATTACKS)
    found = dict(result(BROKEN).findings)
    name, evidence = next(iter(found.items()))
    assert evidence
    found[name] = type(evidence)(evil, evil, evil)
    return feedback_page(
        EXERCISE,
        submission(evil, *own),
        Result("open_closed", "key", 1, found, outputs),
        Grades(1, 10, comments={str(n): text for n, text in enumerate(ATTACKS)}),
        ALERT,
    )


@pytest.fixture(params=[*ANSWERS, "problem", "hostile"])
def page(request: pytest.FixtureRequest, hostile: str) -> str:
    if request.param == "hostile":
        return hostile
    if request.param == "problem":
        told = submission(None, problem="is not valid JSON (line 3)")
        return feedback_page(EXERCISE, told, result(BROKEN), None, "ada")
    return page_of(ANSWERS[request.param], Grades(5, 10, graded=GRADED))


def test_page_is_well_built(page: str) -> None:
    tree = soup(page)
    assert tree.html["lang"] == "en"
    assert tree.title.string
    assert all(len(tree(tag)) == 1 for tag in ("h1", "header", "nav", "main", "footer"))
    levels = [int(h.name[1]) for h in tree(["h1", "h2", "h3", "h4", "h5", "h6"])]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = [node["id"] for node in tree(id=True)]
    assert len(ids) == len(set(ids))
    for image in [*tree("img"), *tree("svg")]:
        assert image.get("alt") or image.get("aria-label")
    for box in tree.select("pre[tabindex]"):
        assert box["role"] == "region"
        assert box["aria-label"]
    for link in tree.select('a[href^="#"]'):
        assert link["href"][1:] in ids


def test_page_asks_nothing_of_anybody(page: str) -> None:
    tree = soup(page)
    assert not tree(["script", "link", "iframe", "object", "embed", "form", "base"])
    for node in tree(True):
        assert not [a for a in node.attrs if a.startswith("on") or a == "style"], node
        assert not node.get("src") or node["src"].startswith("data:image/png;base64,")
        assert not node.get("srcset")
    for link in tree("a"):
        if link.find_parent(id="comments"):  # an instructor wrote it
            assert link["href"].startswith(("http://", "https://"))
            assert link["rel"] == ["noopener", "noreferrer"]
        else:
            assert link["href"].startswith("#") or link["href"] == chapter_url(EXERCISE)
    policy = tree.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    digest = hashlib.sha256(tree.style.string.encode()).digest()
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "unsafe" not in policy
    assert "url(" not in tree.style.string
    assert "@import" not in tree.style.string


def test_attacks_are_shown_as_the_text_they_are(hostile: str) -> None:
    tree = soup(hostile)
    assert tree.find("h1").get_text() == EXERCISE.brief.title
    assert ALERT in tree.header.get_text()
    assert ALERT in tree.find(id="answer").get_text()
    assert ALERT in tree.find(id="cells").get_text()
    assert "{{ 7 * 7 }}" in tree.find(id="cells").get_text()
    assert "49" not in tree.find(id="cells").get_text()
    hostile.encode("utf-8")


def test_markdown_is_rendered_without_html_and_a_learners_links() -> None:
    assert untrusted.prose(ALERT) == f"<p>{escape(ALERT)}</p>\n"
    link = "[docs](https://docs.python.org/)"
    assert untrusted.prose(link) == "<p>docs</p>\n"
    assert 'href="https://docs.python.org/"' in untrusted.prose(link, links=True)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_page_says_what_terminal_and_notebook_say(answer: str) -> None:
    said = words(page_of(answer))
    for verdict in judge(EXERCISE, answer):
        assert words(as_html(verdict, EXERCISE)) in said


def test_what_to_do_next_comes_first() -> None:
    tree = soup(page_of(EXERCISE.brief.starter))
    assert [s["id"] for s in tree.main("section")] == ["todo", "waiting", "answer"]
    assert "still the starter" in words(tree.find(id="todo"))
    waits = tree.find(id="waiting")
    assert "until at least one design criterion is met" in words(waits)
    kinds = {c.title: c.kind for c in EXERCISE.criteria}
    for card in waits("article"):
        assert [k for t, k in kinds.items() if t in words(card)] == ["behaviour"]
    assert "still the starter" not in page_of(WRONG)
    assert [s["id"] for s in soup(page_of(WRONG)).main("section")] == [
        *("todo", "met", "answer")
    ]


def test_one_cause_for_all_is_told_once_and_leads_to_its_line() -> None:
    tree = soup(page_of("x = 1\n" + BROKEN))
    todo = tree.find(id="todo")
    assert "One cause stops 6 criteria" in words(todo)
    assert todo.select_one('a[href="#answer-2"]')
    assert "def" in tree.find(id="answer-2").get_text()
    assert len(todo.details("article")) == len(EXERCISE.criteria)


def test_points_without_a_gradebook_are_the_verdicts_own() -> None:
    total = points(judge(EXERCISE, WRONG))
    assert 0 < total < 10
    tree = soup(page_of(WRONG))
    assert words(tree.select_one(".score")) == f"{total} of 10 points"
    assert f"{total} of 10 earned" in tree.svg["aria-label"]
    width = sum(float(r["width"]) + 3 for r in tree.svg.select(".earned"))
    assert width / 600 == pytest.approx(total / 10)


def test_what_the_gradebook_adds() -> None:
    name = EXERCISE.criteria[0].name
    grades = Grades(
        score=7,
        max_score=10,
        late_penalty=2.5,
        comments={ANSWER_ID: "Well **done**, see [this](https://docs.python.org/3/)."},
        manual={name: 0.5, "essay": 3},
        graded=GRADED,
    )
    tree = soup(page_of(EXERCISE.solution, grades))
    assert words(tree.select_one(".score")) == "4.5 of 10 points"
    assert "You earned 7 of 10; handing in late cost 2.5." in words(tree.header)
    assert tree.find(id="comments").strong.string == "done"
    assert tree.find(id="comments").a["href"] == "https://docs.python.org/3/"
    by_hand = words(tree.find(id=f"criterion-{name}"))
    assert "Your instructor set this to 0.5 of 1." in by_hand
    assert "essay: 3 points" in words(tree.main)
    assert tree.time["datetime"] == "2026-03-04T05:06:00+00:00"
    assert tree.time.string == "4 March 2026, 05:06 UTC"


def test_automatic_comment_on_a_starter_is_left_out() -> None:
    grades = Grades(0, 10, comments={ANSWER_ID: "No response."})
    assert "No response." not in page_of(EXERCISE.brief.starter, grades)
    assert "No response." in page_of(WRONG, grades)


def test_problem_says_what_happened_and_what_to_do() -> None:
    told = submission(None, problem="is larger than 5 MB; clear its outputs")
    page = feedback_page(EXERCISE, told, result(BROKEN), None, "ada")
    tree = soup(page)
    assert tree.main.section["id"] == "problem"
    said = words(tree.find(id="problem"))
    assert "Your notebook is larger than 5 MB; clear its outputs." in said
    assert "fetch the assignment afresh" in said
    assert not tree.find(id="answer")


def test_own_cells_are_shown_with_what_they_showed() -> None:
    own = [
        ("markdown", "# Notes\n\nsome *thought*"),
        ("code", "print(1)"),
        ("code", ""),
    ]
    outputs: dict[str, list[Output]] = {
        "own-2": [
            stream("\x1b[31mred\x1b[0m\n 10%\r100%\r\n"),
            stream("more\n"),
            {"output_type": "display_data", "data": {"image/png": picture()}},
        ]
    }
    told = submission(WRONG, *own)
    page = feedback_page(EXERCISE, told, result(WRONG, outputs), None, "ada")
    cells = soup(page).find(id="cells")
    assert len(cells.select(".own")) == 2
    assert cells.em.string == "thought"
    assert cells.select_one("p.heading").string == "Notes"
    assert cells.select_one("pre.shown").string == "red\n100%\nmore\n"
    assert (cells.img["width"], cells.img["height"]) == ("20", "10")


def test_pages_stay_small() -> None:
    own = [("code", f"x = {n}") for n in range(300)]
    outputs: dict[str, list[Output]] = {
        "own-1": [stream("x" * 1_000_000)],
        "own-2": [stream("y" * 30) for _ in range(5_000)],
        "own-3": [
            {"output_type": "display_data", "data": {"image/png": picture(n + 1)}}
            for n in range(50)
        ],
    }
    told = submission(WRONG + "\n# " + "z" * 100_000, *own)
    page = feedback_page(EXERCISE, told, result(WRONG, outputs), None, "ada")
    assert page.count("x" * 20_000) == 1
    assert "x" * 20_001 not in page
    assert page.count("y" * 30) <= 20_000 / 30
    assert page.count("<img") == untrusted.MOST_PICTURES
    assert page.count("This cell showed more") == 3
    assert f"{300 - feedback.MOST_CELLS} more cells are left out" in page


def test_pictures_are_written_anew_or_not_at_all() -> None:
    found = untrusted.picture(picture(note="secret note"))
    assert found
    raw = base64.b64decode(found.url.partition(",")[2])
    assert b"secret note" not in raw
    assert Image.open(io.BytesIO(raw)).convert("RGB").getpixel((3, 3)) == (255, 0, 0)
    real = base64.b64decode(picture())
    gif = io.BytesIO()
    Image.new("RGB", (5, 5)).save(gif, "GIF")
    refused = {
        "another format": gif.getvalue(),
        "cut off": real[:60],
        "signature only": real[:8] + b"<script>" * 50,
        "too wide": base64.b64decode(picture(untrusted.WIDEST_PICTURE + 1, 1)),
        "too many pixels": base64.b64decode(picture(3_000, 3_000)),
        "too large": real + b"\0" * untrusted.LARGEST_PICTURE * 2,
    }
    for why, data in refused.items():
        assert untrusted.picture(base64.b64encode(data).decode()) is None, why
    assert untrusted.picture("no base64 at all!") is None


@pytest.mark.parametrize(
    "text", [">" * 20_000, "[" * 20_000, "(" * 20_000, "*a_" * 6000]
)
def test_text_made_to_be_slow_is_not(text: str) -> None:
    own = [
        (kind, f"{text[:-9]} {number}")
        for number in range(20)
        for kind in ("markdown", "code")
    ]
    started = dt.datetime.now(dt.UTC)
    feedback_page(EXERCISE, submission(text, *own), result(BROKEN), None, "ada")
    assert (dt.datetime.now(dt.UTC) - started).total_seconds() < 5


def test_nothing_hidden_is_shown(page: str) -> None:
    text = soup(page).get_text()
    assert "HIDDEN TESTS" not in text
    public = EXERCISE.brief_path.read_text(encoding="utf-8")
    hidden = EXERCISE.hidden_path.read_text(encoding="utf-8")
    lines = {line.strip() for line in hidden.splitlines() if len(line) > 40}
    told = " ".join(f"{c.title} {c.hint}" for c in EXERCISE.criteria)
    code = {
        n for n in lines if not n.startswith(('"', 'f"')) and n not in public + told
    }
    assert len(code) > 20
    assert not [line for line in code if line in text]


def test_writing_leaves_the_old_page_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "ada" / PART / "open_closed.html"
    write_feedback("old", target)
    with pytest.raises(UnicodeEncodeError):
        write_feedback("n" * 100_000 + "\ud800", target)
    assert target.read_text(encoding="utf-8") == "old"
    write_feedback("new", target)
    assert target.read_text(encoding="utf-8") == "new"
    assert [path.name for path in target.parent.iterdir()] == ["open_closed.html"]


# By way of nbgrader


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, rooms: Rooms) -> Iterator[Path]:
    """A course of one exercise that plain nbgrader graded for ada and bram."""
    folder = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_GRADER", "plain")
        assemble_all([EXERCISE], folder / "source")
        run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
        for learner, answer in (("ada", WRONG), ("bram", EXERCISE.brief.starter)):
            target = folder / "submitted" / learner / PART / "open_closed.ipynb"
            hand_in(folder / "release" / PART / "open_closed.ipynb", target, answer)
        run_nbgrader(rooms, "autograde", PART, "--create", root=folder)
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
            book_by_hand(gradebook)
        yield folder


def book_by_hand(gradebook: Gradebook) -> None:
    """A comment, a late penalty and points by hand for ada."""
    given = gradebook.find_submission_notebook("open_closed", PART, "ada")
    given.late_submission_penalty = 2
    given.comments[0].manual_comment = "Nearly **there**."
    grade = next(g for g in given.grades if g.name == EXERCISE.criteria[-1].name)
    grade.manual_score = 0.5
    gradebook.db.commit()


def generate(course: Path, rooms: Rooms) -> dict[str, str]:
    run_nbgrader(
        rooms,
        "generate_feedback",
        PART,
        "--force",
        f"--GenerateFeedback.exporter_class={FeedbackExporter.__module__}.FeedbackExporter",
        root=course,
    )
    return {
        name: (course / "feedback" / name / PART / "open_closed.html").read_text(
            "utf-8"
        )
        for name in ("ada", "bram")
    }


def test_nbgrader_writes_pages_from_its_own_notebooks(
    course: Path, rooms: Rooms
) -> None:
    pages = generate(course, rooms)
    for learner, answer in (("ada", WRONG), ("bram", EXERCISE.brief.starter)):
        tree = soup(pages[learner])
        assert len(tree("article")) == len(EXERCISE.criteria)
        said = words(tree)
        for verdict in judge(EXERCISE, answer):
            assert words(as_html(verdict, EXERCISE)) in said
            state = "waiting" if verdict.met and not verdict.counts else "met"
            group = tree.find(id=state if verdict.met else "todo")
            assert verdict.criterion.title in words(group)
        test_page_is_well_built(pages[learner])
        test_page_asks_nothing_of_anybody(pages[learner])
    assert "Nearly there ." in words(pages["ada"])
    assert "No response." not in pages["bram"]


def test_both_ways_lead_to_the_same_page(course: Path, rooms: Rooms) -> None:
    path = course / "autograded" / "ada" / PART / "open_closed.ipynb"
    notebook = nbformat.read(path, as_version=4)
    outputs = {
        v.criterion.name: grade_output(v, EXERCISE) for v in judge(EXERCISE, WRONG)
    }
    for cell in notebook.cells:
        name = cell.metadata.nbgrader.grade_id
        if name in outputs:
            cell.outputs = [nbformat.from_dict(outputs[name])]
    path.chmod(0o644)
    nbformat.write(notebook, path)
    written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    last = EXERCISE.criteria[-1]
    score = points(judge(EXERCISE, WRONG)) - last.points + 0.5
    grades = Grades(
        score=score,
        max_score=10,
        late_penalty=2,
        comments={ANSWER_ID: "Nearly **there**."},
        manual={last.name: 0.5},
        graded=written,
    )
    assert generate(course, rooms)["ada"] == page_of(WRONG.rstrip("\n"), grades)


def export(notebook: Any, name: str = "open_closed", **config: Any) -> str:
    told: Output = {"student": "ada", "assignment": PART, "notebook": name}
    exporter = FeedbackExporter(config=Config(config))
    return str(exporter.from_notebook_node(notebook, {"nbgrader": told})[0])


def grade_cell(name: str, *outputs: Output, score: float = 0) -> Any:
    told: Output = {"grade_id": name, "grade": True, "points": 1, "score": score}
    told |= {"solution": False, "locked": True, "task": False}
    cell = nbformat.v4.new_code_cell("check()", metadata={"nbgrader": told})
    cell.outputs = [nbformat.from_dict(output) for output in outputs]
    return cell


def result_output(card: str, told: object) -> Output:
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {"course": told},
        "data": {"text/plain": "0", "text/html": card},
    }


def test_forged_cards_and_evidence_do_no_harm() -> None:
    forged: list[Any] = ["text", {"evidence": [1]}, {"evidence": {}}, {"evidence": "a"}]
    link = f'<a href="{chapter_url(EXERCISE)}">Read the chapter</a>'
    name = EXERCISE.criteria[0].name
    cells = [
        grade_cell(name, result_output(f"<p style='x'>{attack}</p>{link}", told))
        for attack in ATTACKS[:-1]
        for told in forged
    ]
    tree = soup(export(nbformat.v4.new_notebook(cells=cells)))
    for node in tree(True):
        assert not [a for a in node.attrs if a.startswith("on") or a == "style"], node
    assert not tree(["script", "iframe", "img"])
    addresses = {a["href"] for a in tree.main("a") if a.get("href")}
    assert addresses == {chapter_url(EXERCISE)}


def test_grade_cell_without_a_card_says_what_is_known() -> None:
    error = {"output_type": "error", "ename": "CourseError", "evalue": "was not run"}
    cells = [
        grade_cell(EXERCISE.criteria[0].name, error | {"traceback": ["secret line"]}),
        grade_cell("criterion_of_last_year"),
    ]
    page = export(nbformat.v4.new_notebook(cells=cells))
    first, second = soup(page).find(id="todo")("article")
    assert EXERCISE.criteria[0].title in words(first)
    assert "CourseError: was not run" in words(first)
    assert "criterion_of_last_year" in words(second)
    assert "secret line" not in page


def test_problem_survives_in_the_notebook() -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["course"] = {"problem": f"is no notebook {ALERT}"}
    said = words(soup(export(notebook)).find(id="problem"))
    assert f"Your notebook is no notebook {ALERT}." in said


def test_assignment_of_another_course_gets_nbgraders_page() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Essay")])
    page = export(notebook, "essay", HTMLExporter={"template_name": "basic"})
    assert "Essay" in page
    assert "Feedback for" not in page


def test_evidence_survives_json() -> None:
    for verdict in judge(EXERCISE, WRONG):
        output = json.loads(json.dumps(grade_output(verdict, EXERCISE)))
        told = output["metadata"]["course"]["evidence"]
        assert (told is None) == verdict.met


# In a browser


def test_page_in_a_browser(chromium: str, tmp_path: Path, hostile: str) -> None:
    pages = {"hostile": hostile, "starter": page_of(EXERCISE.brief.starter)}
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, text in pages.items():
            write_feedback(text, tmp_path / f"{name}.html")
            for width, scheme in ((1280, "light"), (390, "dark")):
                context = browser.new_context(
                    viewport={"width": width, "height": 800},
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                tab = context.new_page()
                tab.on("console", lambda m: troubles.append(m.text))
                tab.on("dialog", lambda d: troubles.append(d.message))
                tab.on(
                    "request",
                    lambda r: troubles.append(r.url) if r.url[:4] == "http" else None,
                )
                tab.goto((tmp_path / f"{name}.html").as_uri())
                over, font, colour = tab.evaluate(
                    "(d => [d.scrollWidth - d.clientWidth,"
                    " getComputedStyle(document.body).maxWidth,"
                    " getComputedStyle(document.body).backgroundColor])"
                    "(document.documentElement)"
                )
                assert over <= 0, (name, width)
                assert font == "800px", "the policy keeps the page's own style out"
                light = colour == "rgb(255, 255, 255)"
                assert light == (scheme == "light")
                context.close()
        browser.close()
    assert not troubles
