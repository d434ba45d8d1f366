"""Whatever learners hand in is read as bounded plain data, and never raises."""

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from autograder import notebook
from autograder.assemble import assemble, assemble_all
from autograder.errors import CourseError
from autograder.exercises import find_exercises
from autograder.grading import intake
from autograder.grading.intake import (
    ANSWER_ID,
    MAX_BYTES,
    MAX_CELLS,
    MAX_DEPTH,
    MAX_SOURCE,
    Submission,
    Template,
    TemplateCell,
    as_notebook,
    read_submission,
    write_notebook,
)
from autograder.grading.nbgrader import configure
from autograder.rooms import Rooms
from course.demo_class import hand_in
from course.nbgrader import nbgrader_environment, run_nbgrader

Cell = dict[str, Any]


def template_cell(
    grade_id: str, cell_type: str = "code", *, grade: bool = False, locked: bool = True
) -> TemplateCell:
    return TemplateCell(
        grade_id,
        cell_type,
        f"# released {grade_id}",
        locked,
        grade,
        solution=not locked,
        task=False,
        points=2.0 if grade else 0.0,
        checksum="0" * 32,
    )


TEMPLATE = Template(
    "open_closed",
    (
        template_cell("brief", "markdown"),
        template_cell("answer", locked=False),
        template_cell("hints", "markdown"),
        template_cell("test_one", grade=True),
        template_cell("test_two", grade=True),
    ),
)
IDS = [cell.grade_id for cell in TEMPLATE.cells]


def cell(grade_id: str | None, source: Any = "x = 1", **more: Any) -> Cell:
    """A cell as a learner's file holds it."""
    known = {c.grade_id: c.cell_type for c in TEMPLATE.cells}
    metadata = {} if grade_id is None else {"nbgrader": {"grade_id": grade_id}}
    return {
        "cell_type": known.get(grade_id or "", "code"),
        "metadata": metadata,
        "source": source,
        **more,
    }


def handed_in() -> list[Cell]:
    return [cell(grade_id) for grade_id in IDS]


def read(content: object, **top: object) -> Submission:
    """Read what was handed in: cells, or bytes as they stand in the file."""
    if not isinstance(content, bytes):
        notebook = {"nbformat": 4, "nbformat_minor": 5, "cells": content, **top}
        content = json.dumps(notebook).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "open_closed.ipynb"
        path.write_bytes(content)
        return read_submission(path, TEMPLATE)


def order(submission: Submission) -> list[str]:
    return [cell.id for cell in submission.cells]


def check(submission: Submission) -> None:
    """What holds of every submission whatsoever."""
    known = [cell.grade_id for cell in submission.cells if cell.grade_id]
    assert sorted(known) == sorted(IDS)
    assert (submission.answer is None) == (submission.problem is not None)
    sources = {cell.id: cell.source for cell in submission.cells}
    for released in TEMPLATE.cells:
        if released.locked:
            assert sources[released.grade_id] == released.source
    written = as_notebook(submission, TEMPLATE, {}, {})
    nbformat.validate(nbformat.from_dict(written))
    MetadataValidator().validate_nb(nbformat.from_dict(written))
    json.dumps(written, ensure_ascii=False).encode()


def test_the_answer_id_is_the_notebooks() -> None:
    assert ANSWER_ID == notebook.ANSWER_ID


def test_honest_notebook_is_taken_as_it_is() -> None:
    cells = handed_in()
    cells[1]["source"] = ["def f():\n", "    return 'ä'\n"]
    cells.insert(2, cell(None, "f()"))
    submission = read(cells)
    check(submission)
    assert submission.answer == "def f():\n    return 'ä'\n"
    assert submission.remarks == ()
    assert order(submission) == [*IDS[:2], "own-1", *IDS[2:]]


def test_a_byte_order_mark_is_what_editors_write() -> None:
    text = json.dumps({"nbformat": 4, "cells": handed_in()})
    assert read(text.encode("utf-8-sig")).answer == "x = 1"


def test_locked_cells_say_what_was_released() -> None:
    cells = handed_in()
    cells[3]["source"] = "pass"
    cells[3]["metadata"]["nbgrader"].update(points=100, locked=False, grade=False)
    submission = read(cells)
    check(submission)
    written = as_notebook(submission, TEMPLATE, {}, {})["cells"][3]
    assert written["metadata"]["nbgrader"]["points"] == 2
    assert written["source"] == "# released test_one"


def test_missing_cells_come_back_where_they_stood() -> None:
    submission = read([cell(None, "mine"), *handed_in()[1:3]])
    check(submission)
    assert order(submission) == ["brief", "own-1", *IDS[1:]]
    assert sum("put back" in remark for remark in submission.remarks) == 3


def test_copies_count_as_the_learners_own() -> None:
    cells = handed_in()
    cells.insert(1, cell("answer", "copy", id="f00"))
    cells[2]["id"] = "answer"
    cells.append(cell("test_one", "copy"))
    submission = read(cells)
    check(submission)
    assert submission.answer == "x = 1"  # the released cell has the released id
    assert [c.source for c in submission.cells if not c.grade_id] == ["copy", "copy"]
    assert sum("as well" in remark for remark in submission.remarks) == 2
    del cells[2]["id"]
    assert read(cells).answer == "copy"  # else the first


@pytest.mark.parametrize("metadata", [{}, {"nbgrader": "x"}, {"nbgrader": {}}, 3, None])
def test_lost_metadata_is_found_again_by_the_id(metadata: object) -> None:
    cells = handed_in()
    cells[1] |= {"metadata": metadata, "id": "answer", "source": "found"}
    cells[3] |= {"metadata": metadata, "id": "test-one"}
    submission = read(cells)
    check(submission)
    assert submission.answer == "found"
    assert order(submission) == IDS


def test_an_answer_turned_to_markdown_is_still_the_answer() -> None:
    cells = handed_in()
    cells[1]["cell_type"] = "markdown"
    submission = read(cells)
    check(submission)
    assert submission.answer == "x = 1"
    assert submission.cells[1].cell_type == "code"
    assert "had become a markdown cell" in submission.remarks[0]


def test_without_an_answer_cell_there_is_a_reason() -> None:
    submission = read([c for c in handed_in() if "answer" not in str(c)])
    check(submission)
    assert submission.problem
    assert submission.problem.startswith("has no answer cell")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not valid JSON"),
        (b"{", "is not valid JSON (line 1)"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
        (b"[]", "is not a Jupyter notebook"),
        (b"null", "is not a Jupyter notebook"),
        (b'{"nbformat": true, "cells": []}', "is not a Jupyter notebook"),
        (b'{"nbformat": 99, "cells": []}', "notebook format 99"),
        (b'{"nbformat": 3, "worksheets": []}', "notebook format 3"),
        (b'{"nbformat": 4}', "has no cells"),
        (b'{"nbformat": ' + b"9" * 6000 + b"}", "is not a Jupyter notebook"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 100_000, "nested deeper"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested deeper"),
        (b" " * (MAX_BYTES + 1), "larger than 5 MB"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_notebook_has_a_reason(content: bytes, words: str) -> None:
    submission = read(content)
    check(submission)
    assert submission.answer is None
    assert words in (submission.problem or "")
    assert order(submission) == IDS


def test_brackets_in_strings_are_not_nesting() -> None:
    cells = handed_in()
    cells[1]["source"] = '"[' * 500 + "\\"
    assert read(cells).answer == cells[1]["source"]


def test_numbers_that_hurt_are_harmless() -> None:
    text = json.dumps({"nbformat": 4, "cells": handed_in()})[:-1]
    extra = f', "a": [NaN, -Infinity, 1e999999, {"7" * 6000}]}}'
    assert read((text + extra).encode()).answer == "x = 1"


@pytest.mark.parametrize(
    "worst",
    [
        b'"' + b'\\"' * (MAX_BYTES // 2 - 1),
        b"[]" * (MAX_BYTES // 2),
        b"[" + b"[]," * (MAX_BYTES // 3 - 1),
        b'{"nbformat":4,"cells":[' + b"0," * (MAX_BYTES // 2 - 30) + b"0]}",
    ],
    ids=["quotes", "brackets", "lists", "cells"],
)
def test_the_worst_file_takes_a_moment(worst: bytes) -> None:
    started = time.monotonic()
    submission = read(worst)
    assert time.monotonic() - started < 15  # quadratic would be hours
    assert len(submission.remarks) <= 21


def test_half_characters_and_nul_bytes_are_harmless() -> None:
    cells = handed_in()
    cells[1]["source"] = "a\ud800\x00b"
    submission = read(cells)
    check(submission)
    assert submission.answer == "a\ufffd\x00b"


def test_duplicate_keys_are_harmless() -> None:
    text = json.dumps({"nbformat": 4, "cells": handed_in()})
    assert read(text.replace("{", '{"nbformat": 4, ', 1).encode()).answer == "x = 1"


@pytest.mark.parametrize("odd", [7, "x", None, {}, {"cell_type": "heading"}, [[]]])
def test_unknown_cells_are_left_out_with_a_remark(odd: object) -> None:
    submission = read([odd, *handed_in()])
    check(submission)
    assert order(submission) == IDS
    assert "no known type" in submission.remarks[0]


def test_sizes_are_bounded() -> None:
    cells = [*(cell(None, str(n)) for n in range(2 * MAX_CELLS)), *handed_in()]
    submission = read(cells)
    check(submission)
    assert submission.answer == "x = 1"
    assert len(submission.cells) == MAX_CELLS
    assert "more remarks" in submission.remarks[-1]

    long = read([*handed_in(), cell(None, "x" * (MAX_SOURCE + 1))])
    assert order(long) == IDS

    total = read([*handed_in(), *[cell(None, "x" * (MAX_SOURCE - 1))] * 9])
    assert sum(len(c.source) for c in total.cells) < 1_100_000


def test_an_answer_too_long_to_judge_has_a_reason() -> None:
    cells = handed_in()
    cells[1]["source"] = "x" * (MAX_SOURCE + 1)
    submission = read(cells)
    check(submission)
    assert "shorten it" in (submission.problem or "")


def test_the_digest_tells_what_matters() -> None:
    cells = handed_in()
    first = read(cells).digest
    cells[0]["metadata"]["tags"] = ["x"]
    cells[3]["outputs"] = [1, 2, 3]
    cells[3]["source"] = "changed, but locked"
    assert read(cells).digest == first
    cells[1]["source"] = "x = 2"
    assert read(cells).digest != first
    assert read(b"{").digest != read([]).digest


class TestFiles:
    """What stands there may be no file at all."""

    def test_missing(self, tmp_path: Path) -> None:
        submission = read_submission(tmp_path / "open_closed.ipynb", TEMPLATE)
        assert submission.problem == "was not handed in"

    def test_links(self, tmp_path: Path) -> None:
        alice = tmp_path / "alice.ipynb"
        alice.write_text(json.dumps({"nbformat": 4, "cells": handed_in()}))
        link = tmp_path / "mallory.ipynb"
        link.symlink_to(alice)
        assert "plain file" in (read_submission(link, TEMPLATE).problem or "")
        folder = tmp_path / "folder"
        folder.symlink_to(tmp_path)
        problem = read_submission(folder / "alice.ipynb", TEMPLATE).problem
        assert "is a link" in (problem or "")

    def test_pipe_folder_and_device(self, tmp_path: Path) -> None:
        pipe, folder = tmp_path / "pipe.ipynb", tmp_path / "folder.ipynb"
        os.mkfifo(pipe)
        folder.mkdir()
        for path in (pipe, folder, Path("/dev/zero")):
            assert "plain file" in (read_submission(path, TEMPLATE).problem or "")

    def test_a_large_file_is_not_read(self, tmp_path: Path) -> None:
        large = tmp_path / "large.ipynb"
        with large.open("wb") as file:
            file.truncate(1 << 40)  # takes no room on disk, but no memory would do
        assert "5 MB" in (read_submission(large, TEMPLATE).problem or "")

    def test_writing_is_all_or_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "autograded" / "x.ipynb"
        write_notebook(path, {"cells": ["\ud800"]})
        assert json.loads(path.read_bytes()) == {"cells": ["?"]}
        assert stat.S_IMODE(path.stat().st_mode) == 0o444

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            write_notebook(path, {})
        assert [file.name for file in path.parent.iterdir()] == ["x.ipynb"]


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(codec=None), max_size=5)
    | st.sampled_from([*IDS, "code", "markdown", "raw", "test-one", "answer"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cell_type", "source", "metadata", "nbgrader", "grade_id", "id", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
ODD_CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | PLAIN,
        "source": st.text() | st.lists(st.text()) | PLAIN,
        "id": st.sampled_from([*IDS, "test-one", "test-two"]) | PLAIN,
        "metadata": st.fixed_dictionaries(
            {"nbgrader": st.fixed_dictionaries({"grade_id": st.sampled_from(IDS)})}
        )
        | PLAIN,
    },
)
ODD_NOTEBOOK = st.fixed_dictionaries(
    {"nbformat": st.just(4) | PLAIN, "cells": st.lists(ODD_CELL | PLAIN) | PLAIN}
)


@settings(max_examples=150, deadline=None)
@given(ODD_NOTEBOOK | PLAIN)
def test_any_json_is_taken(content: object) -> None:
    check(read(json.dumps(content).encode()))


@settings(max_examples=100, deadline=None)
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_taken(content: bytes) -> None:
    check(read(content))


def test_damaged_notebooks_are_taken() -> None:
    """One byte changed in an honest notebook, many times over."""
    whole = json.dumps({"nbformat": 4, "cells": handed_in()}).encode()
    chance = random.Random(3)  # noqa: S311 - any bytes will do
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] = chance.randrange(256)
        check(read(bytes(damaged)))


def test_the_notebook_is_the_same_every_time() -> None:
    shown = {"answer": [{"output_type": "stream", "name": "stdout", "text": "hi"}]}
    first = as_notebook(read(handed_in()), TEMPLATE, shown, {}, flags=["look"])
    assert first == as_notebook(read(handed_in()), TEMPLATE, shown, {}, flags=["look"])
    assert first["cells"][1]["outputs"] == shown["answer"]
    assert first["metadata"]["course"]["flags"] == ["look"]


def test_a_grade_cell_without_a_verdict_earns_nothing() -> None:
    """nbgrader gives full marks for a grade cell that shows nothing."""
    graded = as_notebook(read(handed_in()), TEMPLATE, {}, {})["cells"][3]
    assert graded["outputs"][0]["data"] == {"text/plain": "0"}


def test_ids_that_would_collide_stay_apart() -> None:
    cells = ("a_b", "a-b", "own-1", "x" * 70, "x" * 71)
    template = Template("x", tuple(template_cell(name) for name in cells))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.ipynb"
        path.write_text(json.dumps({"nbformat": 4, "cells": [cell(None)]}))
        submission = read_submission(path, template)
    nbformat.validate(nbformat.from_dict(as_notebook(submission, template, {}, {})))
    assert len({c.id for c in submission.cells}) == len(cells) + 1


def test_the_checksum_is_nbgraders() -> None:
    for one in assemble(EXERCISE).cells:
        told = one.metadata.nbgrader
        known = TemplateCell(
            told.grade_id,
            one.cell_type,
            one.source,
            told.locked,
            told.grade,
            told.solution,
            told.task,
            told.get("points", 0),
            None,
        )
        assert intake.checksum(known, one.source) == compute_checksum(one)


PART = "01_design"
EXERCISE = find_exercises(Rooms.of_this_course())[0]
Notebook = dict[str, Any]
Mischief = Callable[[Path, Notebook], None]
# nbgrader's command with a grader that judges in its own process: what is tested here
# is what learners write into files, and none of it is ever run.
NBGRADER = """
import resource, sys, types
# Should a guard be broken, the machine that tells so is to survive.
resource.setrlimit(resource.RLIMIT_FSIZE, (10**8, 10**8))
resource.setrlimit(resource.RLIMIT_AS, (6 * 10**9, 6 * 10**9))
from autograder.exercises import find_exercise
from autograder.grading.result import Result
from autograder.judge import judge
from autograder.criteria import Evidence
from autograder.rooms import Rooms

class Local:
    def grade(self, submission, learner):
        exercise = find_exercise(Rooms.of_this_course(), submission.slug)
        if submission.answer is None:
            nothing = Evidence("your notebook", submission.problem, "a notebook")
            found = {c.name: nothing for c in exercise.criteria}
        else:
            verdicts = judge(exercise, submission.answer)
            found = {v.criterion.name: v.evidence for v in verdicts}
        return Result(submission.slug, "", 0, found, flags=(f"look at {learner}",))

local = types.ModuleType("autograder.grading.grader")
local.shared_grader = lambda folder: Local()
sys.modules["autograder.grading.grader"] = local
from nbgrader.apps.nbgraderapp import main
main()
"""


def by_id(notebook: Notebook, cell_id: str) -> Cell:
    found: Cell = next(c for c in notebook["cells"] if c["id"] == cell_id)
    return found


def a_test(notebook: Notebook) -> Cell:
    found: Cell = notebook["cells"][-1]
    return found


def told(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = cell["metadata"]["nbgrader"]
    return found


def mischief(change: Callable[[Notebook], object]) -> Mischief:
    def do(path: Path, notebook: Notebook) -> None:
        change(notebook)
        path.write_text(json.dumps(notebook))

    return do


def beside(make: Callable[[Path], object]) -> Mischief:
    def do(path: Path, _: Notebook) -> None:
        make(path.parent)

    return do


def instead(make: Callable[[Path], object]) -> Mischief:
    def do(path: Path, _: Notebook) -> None:
        path.unlink()
        make(path)

    return do


def in_file(content: bytes) -> Mischief:
    return instead(lambda path: path.write_bytes(content))


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(500_000_000)


def odd_names(folder: Path) -> None:
    for odd in ("-rf.ipynb", "a b; c.ipynb", "ä\n.txt", "extra.ipynb"):
        shutil.copy(folder / f"{EXERCISE.slug}.ipynb", folder / odd)


def swap(notebook: Notebook) -> None:
    answer, test = told(by_id(notebook, "answer")), told(a_test(notebook))
    answer["grade_id"], test["grade_id"] = test["grade_id"], answer["grade_id"]


ODD = {"nbgrader": "x"}
OWN_TEST = cell("mine", "1")
OWN_TEST["metadata"]["nbgrader"] |= {"grade": True, "points": 50, "schema_version": 3}
# Each learner has the right answer; hostile is all the rest. What is earned is what the
# answer earns where there is an answer to read, and never more.
MISCHIEF: dict[str, tuple[Mischief, float]] = {
    "m01": (mischief(lambda n: n["cells"].pop()), 10),
    "m02": (mischief(lambda n: told(a_test(n)).update(points=100)), 10),
    "m03": (mischief(lambda n: a_test(n).update(source="pass", metadata={})), 10),
    "m04": (mischief(lambda n: a_test(n).update(cell_type="markdown")), 10),
    "m05": (mischief(lambda n: told(a_test(n)).update(grade=False)), 10),
    "m06": (mischief(lambda n: told(a_test(n)).update(solution=True)), 10),
    "m07": (mischief(lambda n: n["cells"].append(a_test(n))), 10),
    "m08": (mischief(lambda n: n["cells"].append(OWN_TEST)), 10),
    "m09": (mischief(lambda n: told(a_test(n)).pop("grade_id")), 10),
    "m10": (mischief(lambda n: told(a_test(n)).update(schema_version=1)), 10),
    "m11": (mischief(lambda n: told(a_test(n)).update(schema_version=99)), 10),
    "m12": (in_file(b'{"cells": ['), 0),
    "m13": (mischief(lambda n: n.update(nbformat=99)), 0),
    "m14": (in_file(b"[" * 100_000), 0),
    "m15": (instead(large), 0),
    "m16": (mischief(lambda n: n["cells"].extend([cell(None, "1")] * 10_000)), 10),
    "m17": (mischief(lambda n: n["metadata"].update(kernelspec={"name": "bash"})), 10),
    "m18": (beside(lambda f: (f / "x.txt").symlink_to("/etc/passwd")), 10),
    "m19": (instead(lambda p: p.symlink_to(Path("../../alice") / PART / p.name)), 0),
    "m20": (beside(odd_names), 10),
    "m22": (beside(lambda f: (f / "timestamp.txt").write_text("2000-01-01")), 10),
    "m23": (beside(lambda f: (f / "timestamp.txt").write_bytes(b"\xffsoon")), 10),
    "m23b": (beside(lambda f: os.mkfifo(f / "timestamp.txt")), 10),
    "m23c": (beside(lambda f: (f / "timestamp.txt").symlink_to("/dev/zero")), 10),
    "m24": (mischief(lambda n: by_id(n, "answer").update(metadata=ODD)), 10),
    "m25": (beside(lambda f: os.mkfifo(f / "data.csv")), 10),
    "m25b": (instead(os.mkfifo), 0),
    "m26": (instead(lambda p: p.mkdir()), 0),
    "m27": (mischief(swap), 0),
    "m28": (mischief(lambda n: n.update(metadata={})), 10),
}  # fmt: skip


@dataclass(frozen=True)
class Class:
    """A class with one honest learner before all hostile ones, and one behind."""

    folder: Path
    said: str

    def grades(self, learner: str) -> dict[str, float | None]:
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            found = gradebook.find_submission_notebook(EXERCISE.slug, PART, learner)
            return {grade.name: grade.auto_score for grade in found.grades}

    def graded(self, learner: str) -> Path:
        return self.folder / "autograded" / learner / PART


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, rooms: Rooms) -> Class:
    folder = tmp_path_factory.mktemp("hostile")
    assemble_all([EXERCISE], folder / "source")
    run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
    released = folder / "release" / PART / f"{EXERCISE.slug}.ipynb"
    for learner in ("alice", *MISCHIEF, "zoe"):
        path = folder / "submitted" / learner / PART / released.name
        hand_in(released, path, EXERCISE.solution)
        if learner in MISCHIEF:
            MISCHIEF[learner][0](path, json.loads(path.read_text()))
    said = ""
    for command in ("autograde", "generate_feedback"):
        run = subprocess.run(
            [sys.executable, "-c", NBGRADER, command, PART],
            cwd=rooms.root,
            env=nbgrader_environment(rooms, folder),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        said += run.stdout + run.stderr
        assert run.returncode == 0, said[-3000:]
    return Class(folder, said)


@pytest.mark.parametrize("learner", ["alice", *MISCHIEF, "zoe"])
def test_everybody_has_a_grade_and_feedback(hostile: Class, learner: str) -> None:
    grades = hostile.grades(learner)
    assert sorted(grades) == sorted(c.name for c in EXERCISE.criteria)
    assert None not in grades.values()
    expected = MISCHIEF[learner][1] if learner in MISCHIEF else 10
    assert sum(grade or 0 for grade in grades.values()) == expected
    page = hostile.folder / "feedback" / learner / PART / f"{EXERCISE.slug}.html"
    assert EXERCISE.brief.title in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("learner", ["alice", *MISCHIEF, "zoe"])
def test_graded_notebooks_are_nbgraders(hostile: Class, learner: str) -> None:
    """Metadata as released, and nothing beside the notebook but a true timestamp."""
    path = hostile.graded(learner) / f"{EXERCISE.slug}.ipynb"
    graded = nbformat.read(path, as_version=4)
    nbformat.validate(graded)
    MetadataValidator().validate_nb(graded)
    source = hostile.folder / "source" / PART / path.name
    wanted = {c.id: c for c in nbformat.read(source, as_version=4).cells}
    released = hostile.folder / "release" / PART / path.name
    metadata = {c.id: c.metadata for c in nbformat.read(released, as_version=4).cells}
    mine = [c for c in graded.cells if c.id in wanted]
    assert sorted(c.id for c in mine) == sorted(wanted)
    for one in mine:
        assert one.cell_type == wanted[one.id].cell_type
        assert strip(one.metadata) == strip(metadata[one.id])
        if one.metadata.nbgrader.locked:
            assert one.source == wanted[one.id].source
            assert one.metadata.nbgrader.checksum == compute_checksum(one)
    files = {file.name for file in hostile.graded(learner).iterdir()}
    assert files == {path.name} | ({"timestamp.txt"} if learner == "m22" else set())
    assert graded.metadata.course.flags == [f"look at {learner}"]


def strip(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata without the checksum: released cells lost their hidden tests."""
    nbgrader = {k: v for k, v in metadata["nbgrader"].items() if k != "checksum"}
    return {**metadata, "nbgrader": nbgrader}


def test_instructors_are_told(hostile: Class) -> None:
    said = hostile.said
    assert "look at zoe" in said
    assert f"m12, {EXERCISE.slug}: the notebook is not valid JSON" in said
    assert "Traceback" not in said
    graded = hostile.graded("m14") / f"{EXERCISE.slug}.ipynb"
    problem = nbformat.read(graded, as_version=4).metadata.course.problem
    assert problem.startswith("is nested deeper")


def test_a_planted_trigger_stops_before_anything_is_graded(
    hostile: Class, rooms: Rooms, tmp_path: Path
) -> None:
    shutil.copytree(hostile.folder / "submitted" / "zoe", tmp_path / "submitted/zoe")
    shutil.copy(hostile.folder / "gradebook.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as database:
        database.execute(
            "CREATE TRIGGER steal AFTER UPDATE ON grade BEGIN SELECT 1; END"
        )
    with pytest.raises(CourseError, match="steal on grade"):
        run_nbgrader(rooms, "autograde", PART, root=tmp_path)


def test_only_known_graders_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_GRADER", "plain")
    config = Config()
    configure(config)
    assert not config
    monkeypatch.setenv("COURSE_GRADER", "fast")
    with pytest.raises(CourseError, match="no grader 'fast'"):
        configure(config)
