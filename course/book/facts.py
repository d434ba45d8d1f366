"""Facts of a page as JSON in its head: what the scripts of the browser go by."""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from autograder.errors import CourseError
from autograder.exercises import POINTS, Exercise, find_exercise
from autograder.files import unpack
from autograder.judge import SECONDS_PER_CRITERION
from autograder.rooms import Rooms
from course.book.progress import PROGRESS_PAGE, progress_facts
from course.chapters import read_chapter

PAGE_FACTS_ID = "course-page"


def page_facts(rooms: Rooms, page: str) -> dict[str, Any]:
    """Tell what a page is.

    Args:
        rooms: The course.
        page: The page's name, such as ``book/01_design/open_closed``.

    Returns:
        For chapters, exercises and the reader's progress what their scripts need; else
        only ``kind``.
    """
    if page == PROGRESS_PAGE:
        return progress_facts(rooms)
    room, _, topic = page.partition("/")
    part, _, slug = topic.partition("/")
    try:
        exercise = find_exercise(rooms, slug) if slug else None
    except CourseError:
        exercise = None
    if exercise is None or exercise.part != part:
        return {"kind": "page"}
    facts = {"part": part, "slug": slug}
    if room == "book":
        chapter = read_chapter(rooms.book / part / f"{slug}.md")
        return {
            "kind": "chapter",
            **facts,
            "title": chapter.title,
            "minutes": chapter.minutes,
            "browser": chapter.browser,
            "rules": chapter.rules,
        }
    return {"kind": "exercise", **facts, **_exercise_facts(exercise)}


def _exercise_facts(exercise: Exercise) -> dict[str, Any]:
    """Nothing secret: hidden criteria are told by the words of the brief's table."""
    chapter = read_chapter(exercise.rooms.book / exercise.part / f"{exercise.slug}.md")
    return {
        "title": exercise.brief.title,
        "minutes": exercise.brief.minutes,
        "points": POINTS,
        "browser": chapter.browser,
        "rules": chapter.rules,
        **_starter_facts(exercise),
        "seconds": SECONDS_PER_CRITERION,
        "remarks": {
            remark.code: {"voice": remark.voice, "say": remark.say}
            for remark in exercise.brief.remarks
        },
        "celebrate": exercise.brief.celebrate,
        "criteria": [
            {
                "name": criterion.name,
                "title": criterion.title,
                "kind": criterion.kind,
                "points": criterion.points,
                "rule": criterion.rule,
                "visible": criterion.visible,
            }
            for criterion in exercise.criteria
        ],
    }


def _starter_facts(exercise: Exercise) -> dict[str, Any]:
    starter, package = exercise.brief.starter, exercise.brief.package
    if package is None:
        return {"form": "cell", "starter": starter}
    return {"form": "files", "package": package, "files": unpack(starter)}


def _add_facts(
    app: Sphinx,
    pagename: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    # "</" would end the script element early.
    facts = json.dumps(page_facts(Rooms(Path(app.srcdir)), pagename)).replace(
        "</", "<\\/"
    )
    context["metatags"] = (
        context.get("metatags", "")
        + f'<script type="application/json" id="{PAGE_FACTS_ID}">{facts}</script>\n'
    )


def register(app: Sphinx) -> None:
    """Register the handler.

    Args:
        app: The Sphinx application.
    """
    app.connect("html-page-context", _add_facts)
