"""What of the standards the course teaches, and where."""

from dataclasses import dataclass

from autograder.exercises import find_exercises
from autograder.rooms import Rooms
from autograder.standards import load_standards
from course.chapters import Chapter, Mark, find_chapters


@dataclass(frozen=True)
class Place:
    """Where a rule is taught."""

    chapter: Chapter
    mark: Mark


@dataclass(frozen=True)
class Coverage:
    """Sections and rules against the chapters that are written.

    Attributes:
        taught: For each section, the chapters that teach it.
        places: For each rule, the places that mark it.
        chapters: All chapters.
    """

    taught: dict[str, list[Chapter]]
    places: dict[str, list[Place]]
    chapters: list[Chapter]

    @property
    def sections_taught(self) -> int:
        """How many sections at least one chapter teaches."""
        return sum(bool(chapters) for chapters in self.taught.values())

    @property
    def rules_marked(self) -> int:
        """How many rules at least one place marks."""
        return sum(bool(places) for places in self.places.values())


def measure_coverage(rooms: Rooms) -> Coverage:
    """Hold the chapters against the standards.

    Args:
        rooms: The course.

    Returns:
        Who teaches what.
    """
    standards = load_standards()
    chapters = find_chapters(rooms)
    taught: dict[str, list[Chapter]] = {name: [] for name in standards.sections}
    places: dict[str, list[Place]] = {name: [] for name in standards.rules}
    for chapter in chapters:
        for section in chapter.matter.get("teaches", []):
            if section in taught:
                taught[section].append(chapter)
        for mark in chapter.marks:
            if mark.rule in places:
                places[mark.rule].append(Place(chapter, mark))
    return Coverage(taught, places, chapters)


def status(rooms: Rooms) -> dict[str, object]:
    """Count what the course has.

    Args:
        rooms: The course.

    Returns:
        The numbers that ``status --json`` prints.
    """
    coverage = measure_coverage(rooms)
    exercises = find_exercises(rooms)
    variants = [variant for exercise in exercises for variant in exercise.variants]
    right = sum(variant.right for variant in variants)
    return {
        "sections": {"total": len(coverage.taught), "taught": coverage.sections_taught},
        "rules": {"total": len(coverage.places), "marked": coverage.rules_marked},
        "chapters": len(coverage.chapters),
        "exercises": len(exercises),
        "criteria": sum(len(exercise.criteria) for exercise in exercises),
        "variants": {"right": right, "wrong": len(variants) - right},
    }
