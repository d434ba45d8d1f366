"""Places of the page "Your progress", and the facts that its script draws from."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.exercises import find_exercise
from autograder.rooms import Rooms
from autograder.standards import load_standards
from course.book.marks import mark_id, section_title
from course.chapters import Chapter, find_chapters

PROGRESS_PAGE = "book/progress"
_PLACES = ("totals", "chapters", "rules", "file", "reset", "record", "offline")


def progress_facts(rooms: Rooms) -> dict[str, Any]:
    """Tell what there is to be read, solved and learnt.

    Args:
        rooms: The course.

    Returns:
        Parts with their chapters and exercises; the rules that chapters teach, with
        their texts; and the standards' sections that these rules belong to.
    """
    chapters = find_chapters(rooms)
    taught = {rule: chapter for chapter in reversed(chapters) for rule in chapter.rules}
    standards = load_standards()
    parts = [
        {
            "slug": part.slug,
            "title": part.title,
            "chapters": [
                _chapter_facts(rooms, chapter)
                for chapter in chapters
                if chapter.part == part.slug
            ],
        }
        for part in standards.parts
    ]
    return {
        "kind": "progress",
        "parts": [part for part in parts if part["chapters"]],
        "rules": {
            rule: {
                "text": text,
                "place": f"book/{taught[rule].part}/{taught[rule].slug}.html"
                f"#{mark_id(rule)}",
            }
            for rule, text in standards.rules.items()
            if rule in taught
        },
        "sections": [
            {"title": section_title(section), "rules": rules}
            for section in standards.sections.values()
            if (rules := [rule for rule in section.rules if rule in taught])
        ],
    }


def _chapter_facts(rooms: Rooms, chapter: Chapter) -> dict[str, Any]:
    exercise = find_exercise(rooms, chapter.slug)
    # Only visible criteria reach the browser: a pass there shows nothing of the others.
    judged = {
        criterion.rule
        for criterion in exercise.criteria
        if criterion.visible and chapter.browser
    }
    return {
        "slug": chapter.slug,
        "title": chapter.title,
        "minutes": chapter.minutes,
        "questions": chapter.questions,
        "rules": chapter.rules,
        "exercise": {
            "title": exercise.brief.title,
            "minutes": exercise.brief.minutes,
            "browser": chapter.browser,
            "rules": sorted(judged),
        },
    }


class ProgressDirective(SphinxDirective):
    """``{progress} totals``: a place that the script fills.

    Its content stands there until then: what the place would show.
    """

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the place."""
        self.env.note_reread()  # the facts come from all chapters
        place = self.arguments[0]
        if place not in _PLACES:
            raise self.error(f"The places are {', '.join(_PLACES)}, not {place}.")
        node = nodes.container(classes=["course-progress"], ids=[f"progress-{place}"])
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def register(app: Sphinx) -> None:
    """Register the directive.

    Args:
        app: The Sphinx application.
    """
    app.add_directive("progress", ProgressDirective)
