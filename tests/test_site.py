"""The built site: no dead link, no request elsewhere, nothing secret, alt texts."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup

from autograder.exercises import find_exercise, find_exercises
from autograder.rooms import Rooms
from course.chapters import Chapter, find_chapters
from course.coverage import status
from tests import held

FETCHING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "link": "href",
    "object": "data",
}
NOT_FETCHED = {
    "canonical",
    "license",
    "author",
    "help",
    "next",
    "prev",
    "index",
    "search",
}
CHAPTERS = find_chapters(Rooms.of_this_course())


@cache
def parsed(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages(site: Path) -> list[Path]:
    """The book's pages; those of JupyterLite, in ``lite``, are an app of others."""
    found = (p for p in site.rglob("*.html") if "_static" not in p.parts)
    return sorted(p for p in found if p.relative_to(site).parts[0] != "lite")


def is_outside(address: str) -> bool:
    return bool(urlsplit(address).netloc)


def test_every_chapter_and_exercise_has_its_page(site: Path) -> None:
    for chapter in CHAPTERS:
        assert (site / "book" / chapter.part / f"{chapter.slug}.html").exists()
        assert (site / "exercises" / chapter.part / f"{chapter.slug}.html").exists()
    assert {(e.part, e.slug) for e in find_exercises(Rooms.of_this_course())} == {
        (chapter.part, chapter.slug) for chapter in CHAPTERS
    }


def test_no_link_inside_the_site_is_dead(site: Path) -> None:
    dead = []
    for page in pages(site):
        for tag in parsed(page).find_all(["a", "img", "script", "link"]):
            address = str(tag.get("href") or tag.get("src") or "")
            if (
                not address
                or is_outside(address)
                or address.startswith(("mailto:", "data:"))
            ):
                continue
            file, anchor = urldefrag(address)
            target = (
                (page.parent / unquote(urlsplit(file).path)).resolve() if file else page
            )
            if not target.exists():
                dead.append(f"{page.relative_to(site)} -> {address}")
            elif anchor and target.suffix == ".html" and target.is_file():
                found = parsed(target).find(id=unquote(anchor))
                if found is None:
                    dead.append(
                        f"{page.relative_to(site)} -> {address} (no such place)"
                    )
    assert not dead


def test_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    outside = []
    for page in pages(site):
        for tag in parsed(page).find_all(list(FETCHING)):
            address = str(tag.get(FETCHING[tag.name]) or "")
            if is_outside(address) and not NOT_FETCHED & set(tag.get("rel") or []):
                outside.append(f"{page.relative_to(site)}: {address}")
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8", errors="replace")
        outside += [
            f"{style.relative_to(site)}: {address}"
            for address in re.findall(r"url\(['\"]?(https?:[^)'\"]+)", text)
        ]
    assert not outside


def test_links_to_other_sites_are_https(site: Path) -> None:
    for page in pages(site):
        for link in parsed(page).find_all("a", href=True):
            address = str(link["href"])
            if is_outside(address):
                assert address.startswith("https://"), f"{page}: {address}"


def test_every_picture_has_an_alt_text(site: Path) -> None:
    without = [
        f"{page.relative_to(site)}: {str(image.get('src', ''))[:60]}"
        for page in pages(site)
        for image in parsed(page).find_all("img")
        if not str(image.get("alt") or "").strip()
    ]
    assert not without


def test_pages_have_language_title_main_and_one_heading(site: Path) -> None:
    for page in pages(site):
        soup = parsed(page)
        if soup.find(
            "meta", attrs={"http-equiv": re.compile("refresh", re.IGNORECASE)}
        ):
            continue
        assert soup.html is not None
        assert soup.html.get("lang") == "en", page
        assert soup.title is not None, page
        assert soup.title.get_text(strip=True), page
        assert soup.find("main"), page
        if page.name not in {"genindex.html", "search.html"}:
            # The theme repeats the title in a part that is shown in print only.
            assert len(soup.select("article h1")) == 1, page


def secret_lines(rooms: Rooms) -> set[str]:
    """Lines that only the secret rooms hold."""

    def lines(paths: list[Path]) -> set[str]:
        found: set[str] = set()
        for path in paths:
            found |= {
                line.strip()
                for line in path.read_text(encoding="utf-8").splitlines()
                if len(line.strip()) >= 30
            }
        return found

    secret = [*rooms.solutions.rglob("*.py"), *rooms.hidden_tests.rglob("*.py")]
    secret += rooms.variants.rglob("*.py")
    public = [*rooms.book.rglob("*.md"), *rooms.exercises.rglob("*.md")]
    public += rooms.exercises.rglob("*.py")
    told = [
        words
        for exercise in find_exercises(rooms)
        for criterion in exercise.criteria
        for words in (criterion.title, criterion.hint)
    ]
    return {
        line
        for line in lines(secret) - lines(public)
        if not any(line.strip('"') in words for words in told)
    }


def test_nothing_secret_is_on_the_site_or_in_a_release(
    site: Path, rooms: Rooms
) -> None:
    secret = secret_lines(rooms)
    assert len(secret) > 500  # the test has something to look for
    leaks = []
    release = rooms.build / "nbgrader" / "release"
    for path in [*site.rglob("*"), *release.rglob("*")]:
        if path.suffix not in {".html", ".js", ".json", ".ipynb", ".md", ".txt", ".py"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        plain = (
            BeautifulSoup(text, "html.parser").get_text()
            if path.suffix == ".html"
            else text
        )
        plain = plain.replace('\\"', '"')
        present = {
            line.strip().strip('",').removesuffix("\\n") for line in plain.splitlines()
        }
        leaks += [f"{path.name}: {line}" for line in secret & present]
    assert not leaks


def test_coverage_page_shows_the_numbers_of_status(site: Path, rooms: Rooms) -> None:
    numbers = status(rooms)
    text = parsed(site / "book" / "standards" / "coverage.html").get_text(" ")
    sections, rules = numbers["sections"], numbers["rules"]
    assert isinstance(sections, dict)
    assert isinstance(rules, dict)
    assert f"{sections['taught']} of 181 sections are taught" in text
    assert f"{rules['marked']} of 953 rules have a place" in text
    assert text.count("still missing") >= 953 - rules["marked"]


def test_all_conflicts_are_shown_with_what_is_adopted(site: Path) -> None:
    page = parsed(site / "book" / "standards" / "conflicts.html")
    assert len(page.select("#con-01, [id^=con-]")) >= 42
    assert page.get_text().count("This course adopts:") == 42


def explored(notebook: nbformat.NotebookNode) -> list[str]:
    """What the controls of an executed chapter show."""
    models = notebook.metadata.get("widgets", {})
    state = models.get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    return sorted(
        "".join(output.get("text", "") for output in model["state"]["outputs"])
        for model in state.values()
        if model["model_name"] == "OutputModel" and model["state"].get("outputs")
    )


def pictures(notebook: nbformat.NotebookNode) -> list[str]:
    """The pictures of an executed chapter, byte for byte."""
    return [
        output["data"]["image/png"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]


def test_at_least_six_chapters_have_a_control_with_a_first_state(rooms: Rooms) -> None:
    executed = rooms.build / "_build" / "jupyter_execute" / "book"
    shown = [
        explored(nbformat.read(path, as_version=4))
        for path in executed.rglob("*.ipynb")
    ]
    assert sum(bool("".join(texts).strip()) for texts in shown) >= 6


@pytest.mark.parametrize(
    "chapter", held.chapters_to_try(CHAPTERS), ids=lambda c: c.slug
)
def test_controls_and_pictures_are_the_same_on_every_run(
    rooms: Rooms, chapter: Chapter, tmp_path: Path
) -> None:
    """nbval compares neither; see course/reproduce.py."""
    executed = rooms.build / "_build" / "jupyter_execute" / "book"
    path = executed / chapter.part / f"{chapter.slug}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    before = explored(notebook), pictures(notebook)
    again = tmp_path / path.name
    nbformat.write(notebook, again)
    execute = [sys.executable, "-m", "jupyter", "execute", "--inplace", "--timeout=120"]
    subprocess.run([*execute, str(again)], cwd=tmp_path, check=True)
    notebook = nbformat.read(again, as_version=4)
    assert (explored(notebook), pictures(notebook)) == before


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.slug)
def test_chapter_and_exercise_say_how_long_they_take(
    site: Path, chapter: Chapter
) -> None:
    exercise = find_exercise(Rooms.of_this_course(), chapter.slug)
    takes = {"book": chapter.minutes, "exercises": exercise.brief.minutes}
    for room, minutes in takes.items():
        page = parsed(site / room / chapter.part / f"{chapter.slug}.html")
        note = page.select_one("article .page-note")
        assert note is not None
        assert note.get_text().startswith(f"{minutes} minutes")
        assert note.find("a") is not None
