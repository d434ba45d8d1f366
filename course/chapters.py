"""Chapters read from the book: their cells, marks and form."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myst_nb.core.read import read_myst_markdown_notebook

from autograder.errors import CourseError, raise_all
from autograder.rooms import Rooms
from autograder.standards import load_standards, section_of

_RULE_MARK = re.compile(r"\{rule\}`([^`]+)`")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_QUIZ = re.compile(r"^:::\{quiz\}", re.MULTILINE)
_MATTER = ("title", "minutes", "teaches", "rules", "browser")
_SECTIONS = ("What changed", "Limits", "Check yourself", "Exercise", "Sources")
_MINUTES = range(5, 16)
_ROLES = ("bad", "proof", "good")


@dataclass(frozen=True)
class Cell:
    """A code cell.

    Attributes:
        source: The code.
        tags: Its tags, such as ``bad`` or ``explore``.
        line: Its line in the chapter, counted from 1.
        metadata: All cell metadata.
    """

    source: str
    tags: frozenset[str]
    line: int
    metadata: dict[str, Any]

    @property
    def role(self) -> str:
        """``bad``, ``proof``, ``good``, or empty."""
        return next((role for role in _ROLES if role in self.tags), "")


@dataclass(frozen=True)
class Mark:
    """A place in a chapter that teaches a rule.

    Attributes:
        rule: The rule's id.
        heading: The heading under which the mark stands.
        line: Its line, counted from 1.
    """

    rule: str
    heading: str
    line: int


@dataclass(frozen=True)
class Chapter:
    """One chapter of the book.

    Attributes:
        part: The part's slug.
        slug: The chapter's slug.
        path: The file.
        matter: Its front matter.
        text: The whole file.
        cells: Its code cells in order.
        marks: The rules it marks, in order.
    """

    part: str
    slug: str
    path: Path
    matter: dict[str, Any]
    text: str
    cells: list[Cell]
    marks: list[Mark]

    @property
    def title(self) -> str:
        """The chapter's title."""
        return str(self.matter["title"])

    @property
    def minutes(self) -> int:
        """Reading time in minutes."""
        return int(self.matter["minutes"])

    @property
    def browser(self) -> bool:
        """Whether its cells run in a browser."""
        return bool(self.matter["browser"])

    @property
    def rules(self) -> list[str]:
        """Ids of the rules it teaches."""
        return list(self.matter["rules"])

    @property
    def questions(self) -> int:
        """How many questions it asks under *Check yourself*."""
        return len(_QUIZ.findall(self.text))

    @property
    def pairs(self) -> list[tuple[int, int, int, int]]:
        """Indexes into ``cells`` of each (bad, proof, good, proof)."""
        roles = [(cell.role, i) for i, cell in enumerate(self.cells) if cell.role]
        found = []
        for at in range(len(roles) - 3):
            window = roles[at : at + 4]
            if [role for role, _ in window] == ["bad", "proof", "good", "proof"]:
                bad, first, good, second = (i for _, i in window)
                found.append((bad, first, good, second))
        return found

    def check(self) -> None:
        """Check the chapter's form against the syllabus and the standards.

        Raises:
            CourseError: Everything that is missing or wrong, each with its line.
        """
        errors = [
            *self._matter_errors(),
            *self._cell_errors(),
            *self._mark_errors(),
            *self._text_errors(),
        ]
        raise_all(errors)

    def _error(self, problem: str, remedy: str, line: int = 1) -> CourseError:
        return CourseError(problem, remedy=remedy, path=self.path, line=line)

    def _matter_errors(self) -> list[CourseError]:
        missing = [key for key in _MATTER if key not in self.matter]
        if missing:
            return [
                self._error(
                    f"The front matter lacks {', '.join(missing)}.",
                    "Add them; see another chapter.",
                )
            ]
        errors = []
        if self.matter["minutes"] not in _MINUTES:
            errors.append(
                self._error(
                    f"minutes is {self.matter['minutes']!r}.",
                    f"A chapter takes {_MINUTES[0]} to {_MINUTES[-1]} minutes.",
                )
            )
        plan = load_standards().chapter(self.part, self.slug)
        if plan is None:
            return [
                self._error(
                    f"The syllabus has no chapter {self.part}/{self.slug}.",
                    "Add it to autograder/standards/syllabus.yml, or rename the file.",
                )
            ]
        if self.matter["teaches"] != plan.teaches:
            errors.append(
                self._error(
                    "teaches is not what the syllabus says.",
                    f"The syllabus says [{', '.join(plan.teaches)}].",
                )
            )
        if self.matter["browser"] != plan.browser:
            errors.append(
                self._error(
                    "browser is not what the syllabus says.", "Make them agree."
                )
            )
        return errors

    def _cell_errors(self) -> list[CourseError]:
        errors = []
        roles = [cell for cell in self.cells if cell.role]
        if not self.pairs or len(roles) != 4 * len(self.pairs):
            errors.append(
                self._error(
                    f"The tagged cells are {[cell.role for cell in roles]}.",
                    "They come as bad, proof, good, proof, once or several times.",
                    roles[0].line if roles else 1,
                )
            )
        errors += [
            self._error(
                "A cell may raise without failing the build.",
                "Catch the exception in the cell and assert that it came.",
                cell.line,
            )
            for cell in self.cells
            if "raises-exception" in cell.tags
        ]
        errors += [
            self._error(
                "The picture has no alt text.",
                "Add mystnb: image: {alt: ...} to the cell.",
                cell.line,
            )
            for cell in self.cells
            if "picture" in cell.tags and not _alt_text(cell)
        ]
        return errors

    def _mark_errors(self) -> list[CourseError]:
        known = load_standards().rules
        taught = set(self.matter.get("teaches", []))
        errors = [
            self._error(
                f"The rule {mark.rule} does not exist.",
                "Take an id from autograder/standards/.",
                mark.line,
            )
            for mark in self.marks
            if mark.rule not in known
        ]
        errors += [
            self._error(
                f"{mark.rule} belongs to a section that this chapter does not teach.",
                f"It teaches {', '.join(sorted(taught))}.",
                mark.line,
            )
            for mark in self.marks
            if mark.rule in known and section_of(mark.rule) not in taught
        ]
        listed, marked = set(self.matter.get("rules", [])), {m.rule for m in self.marks}
        if listed != marked:
            errors.append(
                self._error(
                    "rules in the front matter are not the rules marked in the text: "
                    f"{', '.join(sorted(listed ^ marked))}.",
                    "List each marked rule, and mark each listed one with {rule}`...`.",
                )
            )
        return errors

    def _text_errors(self) -> list[CourseError]:
        headings = {heading for _, heading in _HEADING.findall(self.text)}
        errors = [
            self._error(f"The section '## {name}' is missing.", "Add it.")
            for name in _SECTIONS
            if name not in headings
        ]
        if not 2 <= self.questions <= 3:
            errors.append(
                self._error("A chapter asks 2 or 3 questions.", "Use :::{quiz} blocks.")
            )
        if f"```{{exercise}} {self.slug}\n" not in self.text:
            errors.append(
                self._error(
                    "The chapter does not lead to its exercise.",
                    f"Put ```{{exercise}} {self.slug}``` under '## Exercise'.",
                )
            )
        return errors


def _alt_text(cell: Cell) -> str:
    image = cell.metadata.get("mystnb", {}).get("image", {})
    return str(image.get("alt", ""))


def read_chapter(path: Path) -> Chapter:
    """Read a chapter.

    Args:
        path: ``book/<part>/<slug>.md``, a MyST notebook.

    Returns:
        The chapter; its form is not checked yet.

    Raises:
        CourseError: The file is not a MyST notebook.
    """
    text = path.read_text(encoding="utf-8")
    try:
        notebook = read_myst_markdown_notebook(text, add_source_map=True)
    except Exception as error:
        raise CourseError(
            f"The chapter cannot be read: {error}.",
            remedy="Compare its cells and front matter with another chapter.",
            path=path,
            line=1,
        ) from error
    starts = notebook.metadata["source_map"]
    cells = [
        Cell(
            source=cell.source,
            tags=frozenset(cell.metadata.get("tags", [])),
            line=start + 1,
            metadata=dict(cell.metadata),
        )
        for cell, start in zip(notebook.cells, starts, strict=True)
        if cell.cell_type == "code"
    ]
    matter = {k: v for k, v in notebook.metadata.items() if k != "source_map"}
    return Chapter(
        path.parent.name, path.stem, path, matter, text, cells, _find_marks(text)
    )


def _find_marks(text: str) -> list[Mark]:
    marks = []
    heading = ""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("```"):
            fenced = not fenced
        found = _HEADING.match(line)
        if found and not fenced:
            heading = found.group(2)
        marks += [Mark(rule, heading, number) for rule in _RULE_MARK.findall(line)]
    return marks


def find_chapters(rooms: Rooms) -> list[Chapter]:
    """Read all chapters in the order of the syllabus.

    Args:
        rooms: The course.

    Returns:
        The chapters that are written; their form is not checked yet.

    Raises:
        CourseError: A file cannot be read.
    """
    chapters = {
        (path.parent.name, path.stem): read_chapter(path)
        for path in sorted(rooms.book.glob("*_*/*.md"))
        if path.stem != "index" and path.parent.name[:2].isdigit()
    }
    order = [
        (part.slug, plan.slug)
        for part in load_standards().parts
        for plan in part.chapters
    ]
    ranks = {key: rank for rank, key in enumerate(order)}
    return [
        chapters[key]
        for key in sorted(chapters, key=lambda k: ranks.get(k, len(ranks)))
    ]
