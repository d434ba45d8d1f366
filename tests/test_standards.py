"""The inventories are complete: the counts are facts of the five documents."""

import re
from collections import Counter

import pytest

from autograder.rule_texts import rule_text
from autograder.standards import load_standards, section_of

SECTIONS = {"GUIDE": 69, "RULES": 23, "BACKEND": 17, "PATTERNS": 52, "CONTEXT": 20}
RULES = {"GUIDE": 286, "RULES": 132, "BACKEND": 95, "PATTERNS": 337, "CONTEXT": 103}


def test_every_section_and_rule_is_there() -> None:
    documents = load_standards().documents
    assert {d.id: len(d.sections) for d in documents} == SECTIONS
    counted = {d.id: sum(len(s.rules) for s in d.sections) for d in documents}
    assert counted == RULES
    assert (sum(SECTIONS.values()), sum(RULES.values())) == (181, 953)


def test_ids_are_unique_and_say_where_they_belong() -> None:
    standards = load_standards()
    for document in standards.documents:
        for section in document.sections:
            assert section.id.startswith(f"{document.id}-")
            assert section.heading
            for number, (rule, text) in enumerate(section.rules.items(), start=1):
                assert rule == f"{section.id}.R{number}"
                assert section_of(rule) == section.id
                assert len(text) > 10
    sections = [s.id for d in standards.documents for s in d.sections]
    assert max(Counter(sections).values()) == 1


def test_a_rule_read_alone_has_the_same_text() -> None:
    rules = load_standards().rules
    assert {rule: rule_text(rule) for rule in rules} == rules
    for unknown in ("GUIDE-1.2.2.R99", "NOBODY-1.R1"):
        with pytest.raises(KeyError):
            rule_text(unknown)


def test_conflicts_are_complete_and_decided() -> None:
    standards = load_standards()
    assert [c.id for c in standards.conflicts] == [f"CON-{n:02}" for n in range(1, 43)]
    for conflict in standards.conflicts:
        assert len(conflict.sides) >= 2, conflict.id
        assert conflict.adopted, conflict.id


def test_dated_advice_names_known_places() -> None:
    standards = load_standards()
    known = set(standards.sections) | {d.id for d in standards.documents}
    for entry in standards.dated:
        assert set(entry.where) <= known, entry
        assert entry.advice
        assert entry.current


def test_syllabus_teaches_every_section() -> None:
    standards = load_standards()
    chapters = [chapter for part in standards.parts for chapter in part.chapters]
    assert (len(standards.parts), len(chapters)) == (12, 75)
    taught = {section for chapter in chapters for section in chapter.teaches}
    assert taught == set(standards.sections)
    assert max(Counter(c.slug for c in chapters).values()) == 1


@pytest.mark.parametrize("name", ["guide", "rules", "backend", "patterns", "context"])
def test_inventory_is_in_the_courses_own_words(name: str) -> None:
    """A rule is one sentence or two, not a quoted passage with code in it."""
    document = next(d for d in load_standards().documents if d.id == name.upper())
    for section in document.sections:
        for rule, text in section.rules.items():
            assert "```" not in text, rule
            assert len(re.findall(r"[.!?](?:\s|$)", text)) <= 4, rule
