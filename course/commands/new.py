"""``new``: the files of a chapter and its exercise; comments say what to write."""

import re
from pathlib import Path
from string import Template
from typing import Annotated

import typer
from rich.console import Console

from autograder.errors import CourseError, raise_all
from autograder.rooms import Rooms
from autograder.standards import Chapter, load_standards

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_RIGHT = ("first_style", "second_style", "third_style")
_WRONG = {
    "behaviour_changed": "behaviour subtly changed",
    "form_only": "the rule met in form only",
    "hard_coded": "hard-coded for the visible checks",
    "smell_moved": "the smell moved elsewhere",
    "checker_silenced": "the checker silenced",
}


def new(
    part: Annotated[str, typer.Argument(help="The part, such as 01_design.")],
    slug: Annotated[str, typer.Argument(help="The topic, such as open_closed.")],
) -> None:
    """Lay out a chapter with its exercise; comments say what to write."""
    rooms = Rooms.of_this_course()
    chapter = _planned(part, slug)
    files = lay_out(rooms, part, chapter)
    raise_all(
        [
            CourseError(
                "This file is already there.",
                remedy="Nothing was written. Choose another slug, or remove the file.",
                path=rooms.relative(path),
            )
            for path in files
            if path.exists()
        ]
    )
    console = Console(soft_wrap=True)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        console.print(f"new: {rooms.relative(path)}", highlight=False)
    console.print(
        f"\nThen add book/{part}/{slug} and, under it, exercises/{part}/{slug} to "
        f"_toc.yml, and prove it: python3 -m course prove {slug}"
    )


def _planned(part: str, slug: str) -> Chapter:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        raise CourseError(
            f"{slug!r} is no slug.",
            remedy="Use lower-case letters, digits and underscores, as in open_closed.",
        )
    parts = {p.slug: p for p in load_standards().parts}
    if part not in parts:
        raise CourseError(
            f"The syllabus has no part {part!r}.", remedy=f"It has {', '.join(parts)}."
        )
    chapter = load_standards().chapter(part, slug)
    if chapter is None:
        planned = ", ".join(c.slug for c in parts[part].chapters)
        raise CourseError(
            f"The syllabus has no chapter {slug!r} in {part}.",
            remedy=f"Add it to standards/syllabus.yml. There are: {planned}.",
        )
    return chapter


def lay_out(rooms: Rooms, part: str, chapter: Chapter) -> dict[Path, str]:
    """Fill the templates.

    Args:
        rooms: The course.
        part: The part's slug.
        chapter: The chapter as the syllabus plans it.

    Returns:
        The text of each new file.
    """
    slug = chapter.slug
    sections = load_standards().sections
    rules = [rule for name in chapter.teaches for rule in sections[name].rules]
    words = {
        "slug": slug,
        "title": slug.replace("_", " ").capitalize(),
        "teaches": ", ".join(chapter.teaches),
        "rules": ", ".join(rules),
        "marks": " ".join(f"{{rule}}`{rule}`" for rule in rules),
        "rule": rules[0] if rules else "WRITE-A-RULE",
        "browser": str(chapter.browser).lower(),
        "idea": "",
    }
    variants = rooms.variants / part / slug
    files = {
        rooms.book / part / f"{slug}.md": _fill("chapter.md", words),
        rooms.exercises / part / f"{slug}.md": _fill("brief.md", words),
        rooms.exercises / part / f"test_{slug}.py": _fill("visible.py", words),
        rooms.hidden_tests / part / f"test_{slug}.py": _fill("hidden.py", words),
        rooms.solutions / part / f"{slug}.py": _fill("solution.py", words),
    }
    for name in _RIGHT:
        files[variants / f"right_{name}.py"] = _fill("right.py", words)
    for name, idea in _WRONG.items():
        text = _fill("wrong.py", {**words, "idea": idea})
        files[variants / f"wrong_{name}.py"] = text
    return files


def _fill(name: str, words: dict[str, str]) -> str:
    text = (_TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)
