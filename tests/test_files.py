"""Answers of several files: what they may hold, and where they are read from."""

import io
import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from autograder import files
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercise, find_exercises
from autograder.judge import judge, points
from autograder.mutants import make_mutants
from autograder.proof import Prover
from autograder.reformat import reformat
from autograder.rooms import Rooms

TREE = {
    "parcels/__init__.py": "from parcels.rates import rate\n",
    "parcels/rates.py": "def rate(kilos):\n    price = kilos * 2  # doubled\n"
    "    return price\n",
    "docs/notes.txt": "on: push\n",
}


def refusal(answer: dict[str, str]) -> str:
    with pytest.raises(CourseError) as caught:
        files.unpack(files.pack(answer))
    return str(caught.value)


# --- Packing ------------------------------------------------------------------------


def test_packed_files_come_back_in_the_order_of_their_paths() -> None:
    packed = files.pack(TREE)
    assert files.is_packed(packed)
    assert list(files.unpack(packed)) == sorted(TREE)
    assert files.unpack(packed) == TREE
    assert files.pack(dict(reversed(TREE.items()))) == packed


@pytest.mark.parametrize("text", ["x = 1", "{}", '{"files": {"a": 1}}', "[" * 9999])
def test_other_texts_are_refused(text: str) -> None:
    assert not files.is_packed(text)
    with pytest.raises(CourseError, match="no packed files"):
        files.unpack(text)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../outside.py",
        "a/../../b.py",
        "a//b.py",
        "./a.py",
        "a/",
        "",
        "a\\b.py",
        "a\nb.py",
        "a\u202eb.py",
        "a" * 201,
        "/".join("abcdefghijklm"),
    ],
)
def test_paths_that_are_none_inside_a_folder_are_refused(path: str) -> None:
    assert "is not one of a file inside the folder" in refusal({path: ""})


@pytest.mark.parametrize(
    "clash",
    [
        {"rates.py": "", "Rates.py": ""},
        {"a/rates.py": "", "A/b.py": ""},
        {"a": "", "a/b.py": ""},
        {"caf\u00e9.py": "", "cafe\u0301.py": ""},
    ],
)
def test_paths_that_not_every_system_keeps_apart_are_refused(
    clash: dict[str, str],
) -> None:
    assert "cannot lie in one folder on every system" in refusal(clash)


def test_answer_has_bounds() -> None:
    assert "more than 60 files" in refusal({f"{n}.py": "" for n in range(61)})
    assert "more than 200 kB" in refusal({"a.py": "é" * 100_001})
    assert "bad.py: This file is not UTF-8 text" in refusal({"bad.py": "\0"})
    assert "bad.py: This file is not UTF-8 text" in refusal({"bad.py": "\ud800"})


# --- Folders ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.write_folder(tmp_path / "answer", TREE)
    return tmp_path / "answer"


def refused(folder: Path) -> str:
    with pytest.raises(CourseError) as caught:
        files.read_folder(folder)
    return str(caught.value)


def test_folder_is_read_without_what_tools_leave_behind(folder: Path) -> None:
    for name in ("__pycache__/a.pyc", ".ipynb_checkpoints/b.py", ".git/c", "old.pyc"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff")
    assert files.read_folder(folder) == TREE


def test_line_ends_and_marks_of_other_systems_do_not_count(folder: Path) -> None:
    (folder / "dos.py").write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")
    assert files.read_folder(folder)["dos.py"] == "x = 1\ny = 2\n"


def test_links_lead_nowhere(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("x = 1")
    (folder / "link.py").symlink_to(secret)
    assert refused(folder).startswith("link.py: This is not a plain file")
    (folder / "link.py").unlink()
    (folder / "others").symlink_to(tmp_path)
    assert refused(folder).startswith("others: This is not a plain file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    assert refused(folder).startswith("pipe.py: This is not a plain file")


def test_binary_and_large_files_are_refused(folder: Path) -> None:
    (folder / "picture.png").write_bytes(b"\x89PNG\xff")
    assert refused(folder).startswith("picture.png: This file is not UTF-8 text")
    (folder / "picture.png").write_bytes(b"x" * 200_001)
    assert "more than 200 kB" in refused(folder)


def test_many_and_deep_folders_are_refused(folder: Path) -> None:
    deep = folder.joinpath(*"abcdefghijklmn")
    deep.mkdir(parents=True)
    assert "more than 12 folders in one another" in refused(folder)
    shutil.rmtree(folder / "a")
    for number in range(40):
        for inner in range(30):
            (folder / f"{number}" / f"{inner}").mkdir(parents=True)
    assert "more than 60 files" in refused(folder)  # though none of them is one


# --- Zips ---------------------------------------------------------------------------


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzip_refusal(data: bytes) -> str:
    with pytest.raises(CourseError) as caught:
        files.read_zip(data, "answer")
    return str(caught.value)


def test_zip_comes_back_with_or_without_its_folder() -> None:
    data = files.write_zip(TREE, "answer")
    assert files.write_zip(TREE, "answer") == data
    assert files.read_zip(data, "answer") == TREE
    plain = zipped({name: text.encode() for name, text in TREE.items()})
    assert files.read_zip(plain, "answer") == TREE


def test_what_systems_add_to_a_zip_is_left_out() -> None:
    data = zipped({"answer/a.py": b"", "__MACOSX/answer/._a.py": b"\xff"})
    assert files.read_zip(data, "answer") == {"a.py": ""}


def test_hostile_zips_are_refused() -> None:
    assert "cannot be read" in unzip_refusal(b"no zip")
    assert "more than 200 kB" in unzip_refusal(zipped({"a.py": b"0" * 50_000_000}))
    assert "not one of a file inside" in unzip_refusal(zipped({"../a.py": b""}))
    many = {f"{n}.py": b"" for n in range(1001)}
    assert "more than 60 files" in unzip_refusal(zipped(many))
    link = zipfile.ZipInfo("link.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "twice or as a link" in unzip_refusal(buffer.getvalue())


# --- Rewriting ----------------------------------------------------------------------


def test_reformatting_and_mutants_go_file_by_file() -> None:
    packed = files.pack(TREE)
    changed = files.unpack(reformat(packed))
    assert "price_renamed" in changed["parcels/rates.py"]
    assert changed["docs/notes.txt"] == "on: push\n"
    mutants = make_mutants(packed)
    assert len(mutants) > 3
    for mutant in mutants:
        after = files.unpack(mutant.source)
        differing = [path for path in TREE if after[path] != TREE[path]]
        assert len(differing) == 1
        assert mutant.key.startswith(f"{differing[0]}: ")


# --- Rooms --------------------------------------------------------------------------

_BRIEF = """---
title: Rates
minutes: 10
answer: files
package: parcels
---

Story.

## Your task

Task.

## What must not change

`from parcels import rate`

## How it is judged

```{criteria}
```

## Starter

```{files}
```

## Hints

<details><summary>Hint 1</summary>a</details>
<details><summary>Hint 2</summary>b</details>
<details><summary>Hint 3</summary>c</details>
"""
_TESTS = '''
from autograder.criteria import CriterionNotMet, criterion


@criterion(points={points}, kind="{kind}", rule="GUIDE-2.6.R1", hint="Look.")
def test_{name}(solution, original) -> None:
    """It is {name}."""
    if not ({condition}):
        raise CriterionNotMet(called="your files", got="did not", expected="{name}")
'''


@pytest.fixture
def course(tmp_path: Path) -> Rooms:
    """A course with one exercise of files."""
    rooms = Rooms(tmp_path)
    part = "02_parts"
    starter = {"parcels/__init__.py": "def rate(kilos):\n    return kilos * 2\n"}
    files.write_folder(rooms.exercises / part / "rates", starter)
    files.write_folder(rooms.solutions / part / "rates", TREE)
    same = "solution.rate(3) == original.rate(3) and solution.rate(0) == 0"
    files.write_folder(
        rooms.exercises / part,
        {
            "rates.md": _BRIEF,
            "test_rates.py": _TESTS.format(
                points=5, kind="behaviour", name="the_same", condition=same
            ),
        },
    )
    apart = "len(solution.files) > len(original.files) and solution.rate(1) == 2"
    hidden = _TESTS.format(points=5, kind="design", name="apart", condition=apart)
    (rooms.hidden_tests / part).mkdir(parents=True)
    (rooms.hidden_tests / part / "test_rates.py").write_text(hidden)
    variants = rooms.variants / part / "rates"
    for number in range(3):
        files.write_folder(
            variants / f"right_{number}",
            {"variant.yml": "based_on: solution\n", f"parcels/v{number}.py": "x = 1\n"},
        )
    for number in range(5):
        files.write_folder(
            variants / f"wrong_{number}",
            {
                "variant.yml": "based_on: starter\nremoves: [parcels/__init__.py]\n"
                "caught_by: apart\nmessage: did not\n",
                "parcels.py": f"def rate(kilos):\n    return {number} + kilos * 2 - "
                f"{number}\n",
            },
        )
    (variants / "equivalent.yml").write_text("{}\n")
    return rooms


@pytest.fixture
def exercise(course: Rooms) -> Exercise:
    return find_exercise(course, "rates")


def test_exercise_of_files_is_found_in_its_rooms(course: Rooms) -> None:
    [exercise] = find_exercises(course)
    assert exercise.brief.package == "parcels"
    assert list(files.unpack(exercise.brief.starter)) == ["parcels/__init__.py"]
    assert files.unpack(exercise.solution) == TREE
    by_name = {variant.name: variant for variant in exercise.variants}
    right, wrong = by_name["right_1"], by_name["wrong_3"]
    assert files.unpack(right.source) == {**TREE, "parcels/v1.py": "x = 1\n"}
    assert list(files.unpack(wrong.source)) == ["parcels.py"]
    assert (wrong.caught_by, wrong.message) == ("apart", "did not")


def test_files_are_judged(exercise: Exercise) -> None:
    assert points(judge(exercise, exercise.solution)) == 10
    assert points(judge(exercise, exercise.brief.starter)) == 0
    assert points(judge(exercise, "print('a cell')")) == 0


def test_exercise_of_files_is_proven(course: Rooms, exercise: Exercise) -> None:
    proof = Prover(course).prove(exercise)
    assert proof.problems == []
    assert proof.mutants_made > 3
    assert proof.mutants_killed == proof.mutants_made


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("exercises/02_parts/rates.md", "answer: files", "answer: file", "say what"),
        ("exercises/02_parts/rates.md", "package: parcels", "package: a", "package a"),
        ("exercises/02_parts/rates.md", "{files}", "{file}", "not in their place"),
        (
            "exercises/02_parts/rates/parcels/__init__.py",
            "return",
            "return (",
            "does not compile",
        ),
        (
            "autograder/variants/02_parts/rates/right_0/variant.yml",
            "solution",
            "right_1",
            "does not say what it is",
        ),
        (
            "autograder/variants/02_parts/rates/wrong_0/variant.yml",
            "__init__",
            "other",
            "changes nothing at parcels/other.py",
        ),
    ],
)
def test_author_s_mistake_is_named(
    course: Rooms, path: str, old: str, new: str, said: str
) -> None:
    place = course.root / path
    text = place.read_text()
    assert old in text
    place.write_text(text.replace(old, new))
    with pytest.raises(CourseError) as caught:
        find_exercises(course)
    assert said in str(caught.value)
    assert str(Path(path).name) in str(caught.value)


def test_solution_of_the_other_form_is_named(course: Rooms) -> None:
    shutil.rmtree(course.solutions / "02_parts" / "rates")
    (course.solutions / "02_parts" / "rates.py").write_text("x = 1\n")
    with pytest.raises(CourseError, match="differ in what an answer is"):
        find_exercises(course)
