"""What an author gets wrong is named by file and line, and nothing is half-built."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.assemble import assemble_all
from autograder.errors import CourseError
from autograder.exercises import find_exercise, find_exercises
from autograder.rooms import Rooms
from course.build import Builder
from course.chapters import read_chapter

SLUG = "open_closed"


@pytest.fixture
def copy(tmp_path: Path, rooms: Rooms) -> Rooms:
    """A course with one exercise, free to be spoilt."""
    for path in (
        f"exercises/01_design/{SLUG}.md",
        f"exercises/01_design/test_{SLUG}.py",
        f"solutions/01_design/{SLUG}.py",
        f"autograder/hidden_tests/01_design/test_{SLUG}.py",
        f"book/01_design/{SLUG}.md",
    ):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(rooms.root / path, target)
    variants = f"autograder/variants/01_design/{SLUG}"
    shutil.copytree(rooms.root / variants, tmp_path / variants)
    return Rooms(tmp_path)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path: Path, words: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, start=1) if words in line)


def complaint(call: Callable[[], object]) -> str:
    with pytest.raises(CourseError) as caught:
        call()
    return str(caught.value)


def test_unspoilt_copy_is_accepted(copy: Rooms) -> None:
    assert [exercise.slug for exercise in find_exercises(copy)] == [SLUG]


@pytest.mark.parametrize(
    "section",
    ["Your task", "What must not change", "How it is judged", "Starter", "Hints"],
)
def test_missing_part_of_a_brief(copy: Rooms, section: str) -> None:
    brief = copy.exercises / "01_design" / f"{SLUG}.md"
    replace(brief, f"## {section}\n", "")
    said = complaint(lambda: find_exercises(copy))
    assert f"{brief}:" in said
    assert f"The section '## {section}' is missing. Add it" in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("minutes: 15", "minutes: 45", "minutes is 45"),
        ("title: A carrier from outside\n", "", "title is missing"),
        ("<details><summary>Hint 3", "<summary>Hint 3", "There are 2 hints"),
        ("```{criteria}\n```", "", "The list of criteria has no place"),
        (
            "def label(carrier",
            "def label(carrier carrier",
            "The starter does not compile",
        ),
        ("---\ntitle", "title", "The front matter is missing"),
    ],
)
def test_misshapen_brief(copy: Rooms, old: str, new: str, words: str) -> None:
    brief = copy.exercises / "01_design" / f"{SLUG}.md"
    replace(brief, old, new)
    said = complaint(lambda: find_exercises(copy))
    assert words in said
    assert f"{brief}:" in said


def test_starter_error_points_at_its_line(copy: Rooms) -> None:
    brief = copy.exercises / "01_design" / f"{SLUG}.md"
    replace(brief, "def label(carrier", "def label(carrier carrier")
    line = line_of(brief, "def label(carrier carrier")
    assert f"{brief}:{line}: The starter" in complaint(lambda: find_exercises(copy))


@pytest.mark.parametrize(
    "room",
    [
        "exercises/01_design/{}.md",
        "exercises/01_design/test_{}.py",
        "solutions/01_design/{}.py",
        "autograder/hidden_tests/01_design/test_{}.py",
    ],
)
def test_slug_missing_in_one_room(copy: Rooms, room: str) -> None:
    path = room.format(SLUG)
    (copy.root / path).unlink()
    said = complaint(lambda: find_exercises(copy))
    assert said.startswith(f"{path}: The exercise {SLUG} stands in other rooms")


def test_slug_in_one_room_only(copy: Rooms) -> None:
    stray = copy.solutions / "01_design" / "stray.py"
    stray.write_text("", encoding="utf-8")
    said = complaint(lambda: find_exercises(copy))
    assert "exercises/01_design/stray.md: The exercise stray" in said
    assert said.count("stands in other rooms, not in this one") == 4


def test_criterion_without_points(copy: Rooms) -> None:
    tests = copy.hidden_tests / "01_design" / f"test_{SLUG}.py"
    text = tests.read_text(encoding="utf-8")
    at = text.index("def test_manifest_keeps_order_and_total")
    start = text.rindex("@criterion(", 0, at)
    tests.write_text(text[:start] + text[at:], encoding="utf-8")
    line = line_of(tests, "def test_manifest_keeps_order_and_total")
    said = complaint(lambda: find_exercises(copy))
    assert f"{tests}:{line}: test_manifest_keeps_order_and_total is not marked" in said
    assert "@criterion(points=" in said


def test_points_that_do_not_sum_to_ten(copy: Rooms) -> None:
    tests = copy.exercises / "01_design" / f"test_{SLUG}.py"
    replace(tests, "points=1,", "points=3,")
    said = complaint(lambda: find_exercises(copy))
    assert "The criteria sum to 12 points" in said
    assert f"test_{SLUG}.py:" in said


def test_rule_that_does_not_exist(copy: Rooms) -> None:
    tests = copy.exercises / "01_design" / f"test_{SLUG}.py"
    replace(tests, 'rule="GUIDE-1.2.2.R1"', 'rule="GUIDE-1.2.2.R77"')
    line = line_of(tests, "def test_same_answers_as_before") - 6
    said = complaint(lambda: find_exercises(copy))
    assert f"{tests}:{line}: The rule GUIDE-1.2.2.R77 does not exist." in said


def test_duplicate_slug(copy: Rooms) -> None:
    other = copy.exercises / "02_names" / f"{SLUG}.md"
    other.parent.mkdir()
    shutil.copyfile(copy.exercises / "01_design" / f"{SLUG}.md", other)
    assert f"The slug {SLUG} is used in 2 parts." in complaint(
        lambda: find_exercises(copy)
    )


def test_two_criteria_of_one_name(copy: Rooms) -> None:
    tests = copy.hidden_tests / "01_design" / f"test_{SLUG}.py"
    replace(tests, "test_no_decision_on_names", "test_new_carrier_works_everywhere")
    said = complaint(lambda: find_exercises(copy))
    assert "2 criteria are named new_carrier_works_everywhere." in said


def test_criteria_that_cannot_be_imported(copy: Rooms) -> None:
    tests = copy.hidden_tests / "01_design" / f"test_{SLUG}.py"
    replace(tests, "CARRIERS = (", "CARRIERS = ((")
    said = complaint(lambda: find_exercises(copy))
    assert f"{tests}:" in said
    assert "The criteria cannot be imported: SyntaxError" in said


@pytest.mark.parametrize(
    ("first_line", "words"),
    [
        ("", "This variant does not say what it is."),
        (
            "# caught by: nothing_of_that_name",
            "There is no criterion 'nothing_of_that_name'",
        ),
    ],
)
def test_wrong_variant_without_its_criterion(
    copy: Rooms, first_line: str, words: str
) -> None:
    variant = copy.variants / "01_design" / SLUG / "wrong_rounded_up.py"
    replace(variant, "# caught by: same_answers_as_before", first_line)
    said = complaint(lambda: find_exercises(copy))
    assert f"{variant}:1: {words}" in said


def test_too_few_variants(copy: Rooms) -> None:
    for path in (copy.variants / "01_design" / SLUG).glob("right_*.py"):
        path.unlink()
    assert "There are 0 right and" in complaint(lambda: find_exercises(copy))


def test_all_mistakes_are_named_at_once(copy: Rooms) -> None:
    replace(copy.exercises / "01_design" / f"{SLUG}.md", "minutes: 15", "minutes: 99")
    (copy.solutions / "01_design" / "stray.py").write_text("", encoding="utf-8")
    said = complaint(lambda: find_exercises(copy))
    assert "minutes is 99" in said
    assert "The exercise stray" in said


def test_unknown_exercise_names_the_known_ones(copy: Rooms) -> None:
    said = complaint(lambda: find_exercise(copy, "open_close"))
    assert said == f"There is no exercise 'open_close'. There are: {SLUG}."


def test_nothing_is_built_from_wrong_sources(copy: Rooms) -> None:
    builder = Builder(copy)
    replace(copy.exercises / "01_design" / f"{SLUG}.md", "minutes: 15", "minutes: 99")
    complaint(builder.build)
    assert not copy.build.exists()


def test_assignment_folder_is_replaced_whole_or_not_at_all(copy: Rooms) -> None:
    folder = copy.build / "source"
    exercise = find_exercise(copy, SLUG)
    assemble_all([exercise], folder)
    written = sorted(folder.rglob("*.ipynb"))
    replace(exercise.solution_path, '"""Carriers', '"""Carriers')
    spoilt = find_exercise(copy, SLUG)
    exercise.solution_path.unlink()
    with pytest.raises(FileNotFoundError):
        assemble_all([exercise, spoilt], folder)
    assert sorted(folder.rglob("*.ipynb")) == written


class TestChapter:
    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            (":tags: [good]", ":tags: [fine]", "They come as bad, proof, good, proof"),
            ("minutes: 12", "minutes: 50", "minutes is 50"),
            (
                "{rule}`GUIDE-1.1.R2`",
                "{rule}`GUIDE-1.1.R99`",
                "GUIDE-1.1.R99 does not exist",
            ),
            ("{rule}`GUIDE-1.1.R2`", "{rule}`GUIDE-2.1.R1`", "does not teach"),
            ("{rule}`GUIDE-1.1.R2`", "", "are not the rules marked"),
            (
                "teaches: [GUIDE-1.1,",
                "teaches: [GUIDE-1.3,",
                "not what the syllabus says",
            ),
            ("browser: true", "browser: false", "browser is not what"),
            ("## Limits", "## Borders", "The section '## Limits' is missing"),
            ("```{exercise} open_closed", "```{exercise} factory", "does not lead to"),
            (":tags: [bad]", ":tags: [bad, raises-exception]", "raise without failing"),
            (":tags: [explore]", ":tags: [picture]", "The picture has no alt text"),
        ],
    )
    def test_wrong_form_is_named(
        self, copy: Rooms, old: str, new: str, words: str
    ) -> None:
        path = copy.book / "01_design" / f"{SLUG}.md"
        replace(path, old, new)
        said = complaint(lambda: read_chapter(path).check())
        assert words in said
        assert f"{path}:" in said

    def test_chapter_outside_the_syllabus(self, copy: Rooms) -> None:
        path = copy.book / "01_design" / "visitor.md"
        shutil.copyfile(copy.book / "01_design" / f"{SLUG}.md", path)
        said = complaint(lambda: read_chapter(path).check())
        assert "The syllabus has no chapter 01_design/visitor." in said
