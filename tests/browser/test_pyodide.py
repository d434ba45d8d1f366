"""Every chapter and every answer in the browser's Python, run by Node.

One Python runs all of it, through the worker that pages start. What it prints and how
it judges must be what the book shows and what CPython says.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest

from autograder import report
from autograder.chance import seeded
from autograder.exercises import Exercise, find_exercises
from autograder.judge import SECONDS_PER_CRITERION, find, verdicts_of
from autograder.namespace import Namespace
from autograder.rooms import Rooms
from course.browser import npm
from course.chapters import Chapter, find_chapters
from course.reproduce import without_repeats
from tests import held

ROOMS = Rooms.of_this_course()
CHAPTERS = [chapter for chapter in find_chapters(ROOMS) if chapter.browser]
SLUGS = {chapter.slug for chapter in CHAPTERS}
EXERCISES = [exercise for exercise in find_exercises(ROOMS) if exercise.slug in SLUGS]
SEED = "the same chance in both Pythons"
PATIENCE = 300

JUDGE = """
import json
from autograder.chance import seeded
from course_page.judging import judge, prepare

await prepare({part!r}, {slug!r}, {source!r})
with seeded({seed!r}):
    verdicts = judge({part!r}, {slug!r}, {source!r})
print(json.dumps(verdicts))
"""

Results = dict[str, list[dict[str, Any]]]
Told = list[tuple[str, bool, bool, str, list[str]]]


def answers(exercise: Exercise) -> dict[str, str]:
    """Starter, solution and variants by name; of those all that must be tried."""
    given = {"starter": exercise.brief.starter, "solution": exercise.solution}
    variants = {variant.name: variant.source for variant in exercise.variants}
    subject = held.in_browser(exercise.slug)
    if held.is_held(subject):
        variants = {name: variants[name] for name in held.sample(variants, subject)}
    return given | variants


def live_cells(chapter: Chapter) -> list[int]:
    """Which of a chapter's code cells get a Run button."""
    cells = enumerate(chapter.cells)
    return [number for number, cell in cells if "not-live" not in cell.tags]


def jobs() -> dict[str, list[str]]:
    made = {
        f"book/{chapter.slug}": [chapter.cells[n].source for n in live_cells(chapter)]
        for chapter in CHAPTERS
    }
    for exercise in EXERCISES:
        where = {"part": exercise.part, "slug": exercise.slug, "seed": SEED}
        for name, source in answers(exercise).items():
            cell = JUDGE.format(source=source, **where)
            made[f"exercises/{exercise.slug}/{name}"] = [cell]
    return made


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Results]]:
    """Starts Node; gives the function that waits for its results."""
    folder = tmp_path_factory.mktemp("node")
    asked, answered, log = (folder / n for n in ("jobs.json", "results.json", "log"))
    asked.write_text(json.dumps(jobs()), encoding="utf-8")
    runner = npm.PINS / "run_cells.mjs"
    worker = npm.SCRIPTS / "worker.mjs"
    pyodide = ROOMS.build / "vendor" / "pyodide"
    paths = [str(path) for path in (runner, worker, pyodide, asked, answered)]
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen([npm.find_node().node, *paths], stderr=errors) as process,
    ):

        def wait() -> Results:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            said = log.read_text(encoding="utf-8")
            assert process.returncode == 0, f"Node stopped:\n{said[-1500:]}"
            results: Results = json.loads(answered.read_text(encoding="utf-8"))
            return results

        yield wait
        process.kill()


def cpython_says(exercise: Exercise) -> dict[str, Told]:
    """What the terminal says of each answer, by the criteria that a browser has."""
    visible = [criterion for criterion in exercise.criteria if criterion.visible]
    package = exercise.brief.package
    told = {}
    for name, source in answers(exercise).items():
        with seeded(SEED):
            findings = {
                criterion.name: find(
                    criterion,
                    exercise.brief.starter,
                    lambda: Namespace(source, "solution", package),  # noqa: B023 - at once
                    package=package,
                    seconds=SECONDS_PER_CRITERION,
                )
                for criterion in visible
            }
        told[name] = [
            (
                verdict.criterion.name,
                verdict.met,
                verdict.counts,
                report.headline(verdict),
                report.explanation(verdict),
            )
            for verdict in verdicts_of(exercise, findings)
        ]
    return told


@pytest.fixture(scope="module")
def judged(node: Callable[[], Results]) -> dict[str, dict[str, Told]]:
    """What CPython says, worked out while Node works."""
    return {exercise.slug: cpython_says(exercise) for exercise in EXERCISES}


@pytest.fixture(scope="module")
def ran(node: Callable[[], Results], judged: dict[str, dict[str, Told]]) -> Results:
    return node()


def text_of(outputs: list[dict[str, Any]]) -> str:
    """What was printed, however it was cut into pieces."""
    return "".join(o["text"] for o in outputs if o["output_type"] == "stream")


def kinds_of(outputs: list[dict[str, Any]]) -> list[set[str]]:
    """What else is shown, by its media types."""
    shown = [output for output in outputs if output["output_type"] != "stream"]
    return [set(output.get("data", {output["output_type"]})) for output in shown]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.slug)
def test_chapter_shows_what_the_book_shows(ran: Results, chapter: Chapter) -> None:
    executed = ROOMS.build / "_build" / "jupyter_execute" / "book" / chapter.part
    notebook = nbformat.read(executed / f"{chapter.slug}.ipynb", as_version=4)
    built = [cell for cell in notebook.cells if cell.cell_type == "code"]
    results = ran[f"book/{chapter.slug}"]
    for number, result in zip(live_cells(chapter), results, strict=True):
        place = f"{ROOMS.relative(chapter.path)}:{chapter.cells[number].line}"
        outputs = result["outputs"]
        assert result["ok"], f"{place}: {outputs[-1:]}"
        shown = without_repeats(built[number].outputs)
        assert text_of(outputs) == text_of(shown), place
        assert kinds_of(outputs) == kinds_of(shown), place


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.slug)
def test_answers_earn_the_words_of_the_terminal(
    ran: Results, judged: dict[str, dict[str, Told]], exercise: Exercise
) -> None:
    for name, expected in judged[exercise.slug].items():
        (result,) = ran[f"exercises/{exercise.slug}/{name}"]
        assert result["ok"], f"{name}: {result['outputs'][-1:]}"
        said = [
            (v["name"], v["met"], v["counts"], v["headline"], v["lines"])
            for v in json.loads(text_of(result["outputs"]))
        ]
        assert said == expected, name


def test_solutions_pass_and_starters_do_not(ran: Results) -> None:
    for exercise in EXERCISES:
        for name, passes in (("solution", True), ("starter", False)):
            (result,) = ran[f"exercises/{exercise.slug}/{name}"]
            verdicts = json.loads(text_of(result["outputs"]))
            assert all(v["met"] and v["counts"] for v in verdicts) is passes, (
                f"{exercise.slug}, {name}"
            )
