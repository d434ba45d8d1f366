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
_GENERAL = "general"
_FIRST_TEST = re.compile(r"^def test_(\w+)", re.MULTILINE)
_KINDS = [_GENERAL, *sorted(f.name for f in _TEMPLATES.glob("kinds/*/"))]
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
    kind: Annotated[
        str, typer.Option(help=f"What it is about: {', '.join(_KINDS)}.")
    ] = _GENERAL,
) -> None:
    """Lay out a chapter with its exercise; comments say what to write."""
    rooms = Rooms.of_this_course()
    chapter = _planned(part, slug)
    if kind not in _KINDS:
        raise CourseError(
            f"There is no kind {kind!r}.", remedy=f"There are {', '.join(_KINDS)}."
        )
    files = lay_out(rooms, part, chapter, kind)
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
    if kind != _GENERAL:
        console.print(f"\nHow to write one of this kind: docs/kinds/{kind}.md")
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


def lay_out(
    rooms: Rooms, part: str, chapter: Chapter, kind: str = _GENERAL
) -> dict[Path, str]:
    """Fill the templates.

    Args:
        rooms: The course.
        part: The part's slug.
        chapter: The chapter as the syllabus plans it.
        kind: Which templates; what a kind lacks is taken from the general ones.

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
    templates = _Templates(kind)
    hidden = templates.fill("hidden.py", words)
    first = _FIRST_TEST.search(hidden)
    words["caught_by"] = first.group(1) if first else ""
    files = {
        rooms.book / part / f"{slug}.md": templates.fill("chapter.md", words),
        rooms.exercises / part / f"{slug}.md": templates.fill("brief.md", words),
        rooms.exercises / part / f"test_{slug}.py": templates.fill("visible.py", words),
        rooms.hidden_tests / part / f"test_{slug}.py": hidden,
    }
    files |= templates.answer("starter", rooms.exercises / part / slug, words)
    files |= templates.answer("solution", rooms.solutions / part / slug, words)
    variants = rooms.variants / part / slug
    for name in _RIGHT:
        files |= templates.answer("right", variants / f"right_{name}", words)
    for name, idea in _WRONG.items():
        told = {**words, "idea": idea}
        files |= templates.answer("wrong", variants / f"wrong_{name}", told)
    return files


class _Templates:
    """The templates of a kind; what it lacks is taken from the general ones."""

    def __init__(self, kind: str) -> None:
        self._own = _TEMPLATES / "kinds" / kind

    def fill(self, name: str, words: dict[str, str]) -> str:
        special = self._own / f"{name}.txt"
        template = special if special.exists() else _TEMPLATES / f"{name}.txt"
        return _substitute(template.read_text(encoding="utf-8"), words)

    def answer(self, name: str, place: Path, words: dict[str, str]) -> dict[Path, str]:
        """The files of a starter, a solution or a variant; a starter may need none."""
        folder = self._own / name
        if folder.is_dir():
            return {
                place / _substitute(file, words): self.fill(f"{name}/{file}", words)
                for path in sorted(folder.rglob("*.txt"))
                for file in [path.relative_to(folder).as_posix().removesuffix(".txt")]
            }
        if name == "starter":
            return {}  # it stands in the brief
        if (self._own / "solution").is_dir():  # then variants say what they change
            return {place / "variant.yml": self.fill(f"{name}.yml", words)}
        return {place.with_suffix(".py"): self.fill(f"{name}.py", words)}


def _substitute(text: str, words: dict[str, str]) -> str:
    return Template(text).substitute(words)
