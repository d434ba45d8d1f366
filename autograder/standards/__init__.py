"""The five standards as data: sections, rules, conflicts, dated advice, syllabus.

The files beside this one are the course's own inventory: headings, ids and rules in our
words. Their counts are facts of the documents: 181 sections, 953 rules, 42 conflicts.
"""

import re
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

_FOLDER = Path(__file__).resolve().parent
_DOCUMENTS = ("guide", "rules", "backend", "patterns", "context")


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Data):
    """One section of a standard, with its rules by id."""

    id: Annotated[str, Field(pattern=r"^[A-Z]+-[\d.]+$")]
    heading: str
    level: int
    rules: dict[str, str]


class Document(_Data):
    """One standard."""

    id: str
    title: str
    sections: list[Section]


class Side(_Data):
    """What one standard says in a conflict."""

    where: str
    says: str


class Conflict(_Data):
    """A point on which standards disagree, and what this course adopts."""

    id: Annotated[str, Field(pattern=r"^CON-\d\d$")]
    topic: str
    sides: list[Side]
    adopted: str


class Dated(_Data):
    """Advice that time has overtaken, and the current practice."""

    where: list[str]
    advice: str
    current: str


class Chapter(_Data):
    """A chapter as the syllabus plans it."""

    slug: str
    teaches: list[str]
    browser: bool = True


class Part(_Data):
    """A part as the syllabus plans it."""

    slug: str
    title: str
    chapters: list[Chapter]


class Standards(_Data):
    """All inventories together."""

    documents: list[Document]
    conflicts: list[Conflict]
    dated: list[Dated]
    parts: list[Part]

    @property
    def sections(self) -> dict[str, Section]:
        """Sections by id, in the order of the documents."""
        return {s.id: s for document in self.documents for s in document.sections}

    @property
    def rules(self) -> dict[str, str]:
        """Rule texts by id."""
        return {k: text for s in self.sections.values() for k, text in s.rules.items()}

    def chapter(self, part: str, slug: str) -> Chapter | None:
        """Find a chapter in the syllabus.

        Args:
            part: The part's slug.
            slug: The chapter's slug.

        Returns:
            The plan, or None when the syllabus has no such chapter.
        """
        for candidate in self.parts:
            if candidate.slug == part:
                return next((c for c in candidate.chapters if c.slug == slug), None)
        return None


def section_of(rule: str) -> str:
    """Name the section of a rule.

    Args:
        rule: A rule id, such as ``GUIDE-1.2.2.R1``.

    Returns:
        The section id, such as ``GUIDE-1.2.2``.
    """
    return re.sub(r"\.R\d+$", "", rule)


@cache
def load_standards() -> Standards:
    """Read all inventories; done once.

    Returns:
        The five standards with conflicts, dated advice and syllabus.
    """
    return Standards.model_validate(
        {
            "documents": [_read(name) for name in _DOCUMENTS],
            "conflicts": _read("conflicts"),
            "dated": _read("dated"),
            "parts": _read("syllabus")["parts"],
        }
    )


def _read(name: str) -> dict[str, object]:
    text = (_FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, object] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    return data
