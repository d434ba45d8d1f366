"""Exercises put together from their rooms, and checked before anything is built."""

import ast
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.criteria import Criterion, load_criteria
from autograder.errors import CourseError, collect, raise_all
from autograder.files import pack, read_folder, unpack
from autograder.rooms import Rooms

if TYPE_CHECKING:
    from autograder.brief import Brief

POINTS = 10
_MANIFEST = "variant.yml"
_BASES = ("solution", "starter", "nothing")
_CAUGHT_BY = re.compile(r"\A# caught by: (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Variant:
    """Another answer that the criteria must accept or reject.

    Attributes:
        name: ``right_...`` or ``wrong_...``.
        path: The file or folder.
        source: The code, or packed files.
        caught_by: For a wrong one, the criterion it must lose; empty for a right one.
        message: For a wrong one, a sentence part that the learner must then read.
    """

    name: str
    path: Path
    source: str
    caught_by: str
    message: str

    @property
    def right(self) -> bool:
        """Whether it must earn all points."""
        return self.name.startswith("right_")


@dataclass(frozen=True)
class Exercise:
    """One exercise: what learners get, how it is judged, and answers to prove it with.

    Attributes:
        part: The part's folder, such as ``01_design``.
        slug: The topic's name in every room.
        rooms: The course it belongs to.
    """

    part: str
    slug: str
    rooms: Rooms

    @property
    def brief_path(self) -> Path:
        """What learners get."""
        return self.rooms.exercises / self.part / f"{self.slug}.md"

    @property
    def visible_path(self) -> Path:
        """The visible criteria."""
        return self.rooms.exercises / self.part / f"test_{self.slug}.py"

    @property
    def hidden_path(self) -> Path:
        """The hidden criteria."""
        return self.rooms.hidden_tests / self.part / f"test_{self.slug}.py"

    @property
    def solution_path(self) -> Path:
        """The reference refactor: a file, or a folder where answers are files."""
        folder = self.rooms.solutions / self.part / self.slug
        return folder if folder.is_dir() else folder.with_suffix(".py")

    @property
    def variants_path(self) -> Path:
        """The folder of other answers."""
        return self.rooms.variants / self.part / self.slug

    @cached_property
    def brief(self) -> "Brief":
        """The exercise file, read and checked."""
        # A page judges without the brief, and starts sooner without its parsers.
        from autograder.brief import read_brief  # noqa: PLC0415

        return read_brief(self.brief_path)

    @cached_property
    def criteria(self) -> list[Criterion]:
        """Visible criteria, then hidden ones where this installation has them."""
        found = load_criteria(self.visible_path, visible=True)
        if self.hidden_path.exists():
            found += load_criteria(self.hidden_path, visible=False)
        return found

    @cached_property
    def solution(self) -> str:
        """The reference refactor: code, or packed files."""
        if self.solution_path.is_dir():
            return pack(read_folder(self.solution_path))
        return self.solution_path.read_text(encoding="utf-8")

    @cached_property
    def variants(self) -> list[Variant]:
        """The other answers, right ones first."""
        if self.brief.package is None:
            found = sorted(self.variants_path.glob("*.py"))
            return [_read_variant(path) for path in found]
        folders = sorted(_folders(self.variants_path))
        return [self._read_folder_variant(folder) for folder in folders]

    def _read_folder_variant(self, folder: Path) -> Variant:
        manifest = _read_manifest(folder)
        base = {
            "solution": self.solution,
            "starter": self.brief.starter,
            "nothing": pack({}),
        }[manifest["based_on"]]
        files = unpack(base)
        own = read_folder(folder)
        del own[_MANIFEST]
        absent = [path for path in manifest["removes"] if path not in files]
        idle = [path for path in own if files.get(path) == own[path]]
        if absent or idle:
            raise CourseError(
                f"The variant changes nothing at {(absent + idle)[0]}.",
                remedy="Remove the file, or the path under removes.",
                path=folder / _MANIFEST,
            )
        kept = {p: text for p, text in files.items() if p not in manifest["removes"]}
        return Variant(
            folder.name,
            folder,
            pack(kept | own),
            manifest["caught_by"],
            " ".join(manifest["message"].split()),
        )

    def criterion(self, name: str) -> Criterion:
        """Find a criterion.

        Args:
            name: Its name without ``test_``.

        Returns:
            The criterion.

        Raises:
            CourseError: There is none of that name.
        """
        for candidate in self.criteria:
            if candidate.name == name:
                return candidate
        raise CourseError(
            f"The exercise {self.slug} has no criterion {name!r}.",
            remedy=f"It has {', '.join(c.name for c in self.criteria)}.",
        )

    def check(self) -> None:
        """Check all that can be checked without running learner code.

        Raises:
            CourseError: Everything that is missing or wrong, each with file and line.
        """
        missing = [path for path in self._required_paths() if not path.exists()]
        raise_all(
            [
                CourseError(
                    f"The exercise {self.slug} stands in other rooms, not in this one.",
                    remedy="Add the file, or remove the topic from the other rooms.",
                    path=self.rooms.relative(path),
                )
                for path in missing
            ]
        )
        if (self.brief.package is None) == self.solution_path.is_dir():
            raise CourseError(
                "The brief and the solution differ in what an answer is.",
                remedy=(
                    "With answer: files the solution is a folder, otherwise a .py file."
                ),
                path=self.brief_path,
                line=2,
            )
        errors = self._criteria_errors() + self._variant_errors()
        errors += [
            CourseError(
                f"The library {name} is not installed.",
                remedy="Pin it in requirements.in, or mend libraries: in the brief.",
                path=self.brief_path,
                line=2,
            )
            for name in self.brief.libraries
            if importlib.util.find_spec(name) is None
        ]
        raise_all(errors)

    def _required_paths(self) -> list[Path]:
        return [
            self.brief_path,
            self.visible_path,
            self.hidden_path,
            self.solution_path,
            self.variants_path,
        ]

    def _criteria_errors(self) -> list[CourseError]:
        errors: list[CourseError] = []
        line = self.brief.judging_line
        total = sum(c.points for c in self.criteria)
        design = sum(c.points for c in self.criteria if c.kind == "design")
        if total != POINTS or design * 2 < POINTS:
            errors.append(
                CourseError(
                    f"The criteria sum to {total} points, {design} of them for design.",
                    remedy=f"Let them sum to {POINTS}, at least half for design.",
                    path=self.hidden_path,
                    line=self.criteria[-1].line if self.criteria else line,
                )
            )
        for name, count in Counter(c.name for c in self.criteria).items():
            if count > 1:
                errors.append(
                    CourseError(
                        f"{count} criteria are named {name}.",
                        remedy="Give each a name of its own: it names a grade cell.",
                        path=self.hidden_path,
                        line=self.criterion(name).line,
                    )
                )
        from autograder.standards import load_standards  # noqa: PLC0415 - as above

        known = load_standards().rules
        errors += [
            CourseError(
                f"The rule {criterion.rule} does not exist.",
                remedy="Take an id from autograder/standards/.",
                path=criterion.path,
                line=criterion.line,
            )
            for criterion in self.criteria
            if criterion.rule not in known
        ]
        return errors

    def _variant_errors(self) -> list[CourseError]:
        errors: list[CourseError] = []
        names = {c.name for c in self.criteria}
        try:
            variants = self.variants
        except CourseError as error:
            return [error]
        right = sum(v.right for v in variants)
        wrong = len(variants) - right
        if right < 3 or wrong < 5:
            errors.append(
                CourseError(
                    f"There are {right} right and {wrong} wrong variants.",
                    remedy="Write at least 3 right_* and 5 wrong_* ones.",
                    path=self.variants_path,
                )
            )
        errors += [
            CourseError(
                f"There is no criterion {v.caught_by!r} to catch this variant.",
                remedy=f"Name one of {', '.join(sorted(names))}.",
                path=v.path,
                line=1,
            )
            for v in variants
            if not v.right and v.caught_by not in names
        ]
        return errors


def _read_variant(path: Path) -> Variant:
    source = path.read_text(encoding="utf-8")
    if path.stem.startswith("right_"):
        return Variant(path.stem, path, source, "", "")
    caught_by = _CAUGHT_BY.match(source)
    message = ast.get_docstring(ast.parse(source))
    if not path.stem.startswith("wrong_") or caught_by is None or not message:
        raise CourseError(
            "This variant does not say what it is.",
            remedy=(
                "Name it right_*.py or wrong_*.py; start a wrong one with '# caught "
                "by: <criterion>' and a docstring with the words learners must read."
            ),
            path=path,
            line=1,
        )
    return Variant(
        path.stem, path, source, caught_by.group(1), " ".join(message.split())
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read what a variant of files says of itself."""
    import yaml  # noqa: PLC0415 - as the brief's parsers: a page judges without

    path = folder / _MANIFEST
    told = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    match {"caught_by": "", "message": "", "removes": [], **(told or {})}:
        case {
            "based_on": str(base),
            "caught_by": str(caught_by),
            "message": str(message),
            "removes": list(),
            **rest,
        } as manifest if (
            base in _BASES
            and not rest
            and folder.name.startswith("wrong_" if caught_by else "right_")
            and bool(caught_by) == bool(message)
        ):
            return manifest
    raise CourseError(
        "This variant does not say what it is.",
        remedy=(
            "Name the folder right_* or wrong_*; in variant.yml say based_on: (one of "
            f"{', '.join(_BASES)}), perhaps removes: [paths], and for a wrong one "
            "caught_by: <criterion> and message: <the words learners must read>."
        ),
        path=path,
    )


def _folders(place: Path) -> Iterator[Path]:
    return (p for p in place.glob("*") if p.is_dir() and p.name[0] not in "_.")


def find_exercises(rooms: Rooms) -> list[Exercise]:
    """Find all exercises and check that the rooms agree.

    Args:
        rooms: The course.

    Returns:
        The exercises in the order of parts and slugs.

    Raises:
        CourseError: A slug is used twice, or stands in one room only, or an exercise is
            not complete; all such places are named at once.
    """
    topics = _topics(rooms)
    errors = [
        CourseError(
            f"The slug {slug} is used in {count} parts.",
            remedy="Rename one of them in every room.",
            path=rooms.relative(
                next(
                    rooms.exercises / part / f"{s}.md"
                    for part, s in topics
                    if s == slug
                )
            ),
        )
        for slug, count in Counter(slug for _, slug in topics).items()
        if count > 1
    ]
    exercises = [Exercise(part, slug, rooms) for part, slug in topics]
    raise_all(errors + collect(exercise.check for exercise in exercises))
    return exercises


def _topics(rooms: Rooms) -> list[tuple[str, str]]:
    """Every (part, slug) that any room knows."""
    found: set[tuple[str, str]] = set()
    for room, pattern, prefix in (
        (rooms.exercises, "*.md", ""),
        (rooms.exercises, "test_*.py", "test_"),
        (rooms.hidden_tests, "test_*.py", "test_"),
        (rooms.solutions, "*.py", ""),
    ):
        for path in room.glob(f"*/{pattern}"):
            found.add((path.parent.name, path.stem.removeprefix(prefix)))
    for room in (rooms.exercises, rooms.solutions, rooms.variants):
        for part in _folders(room):
            found |= {(part.name, folder.name) for folder in _folders(part)}
    return sorted(found)


def find_exercise(rooms: Rooms, slug: str) -> Exercise:
    """Find one exercise and check it.

    Args:
        rooms: The course.
        slug: The topic, with or without its part, as in ``01_design/open_closed``.

    Returns:
        The exercise.

    Raises:
        CourseError: There is none, or it is not complete.
    """
    wanted = slug.rpartition("/")[2]
    topics = [topic for topic in _topics(rooms) if topic[1] == wanted]
    if not topics:
        known = ", ".join(sorted(name for _, name in _topics(rooms)))
        raise CourseError(
            f"There is no exercise {slug!r}.", remedy=f"There are: {known}."
        )
    exercise = Exercise(*topics[0], rooms)
    exercise.check()
    return exercise
