"""The page on what the grader protects from tells the numbers that the code has."""

import inspect
import re

import pytest

from autograder.border import channel
from autograder.chance import POOL
from autograder.checks import same_as_original
from autograder.grading import cells, grader, intake, judge_box
from autograder.rooms import Rooms
from autograder.sandbox import Level, Limits

ROOT = Rooms.of_this_course().root
PAGE = (ROOT / "book" / "grading.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BOX = Limits()


def mib(count: int) -> str:
    assert count % (1 << 20) == 0
    return f"{count >> 20} MiB"


def mb(count: int) -> str:
    assert count % 1_000_000 == 0
    return f"{count // 1_000_000} MB"


def seconds(count: float) -> str:
    return f"{count:g} s"


WANTED = {
    "One criterion": seconds(grader.SECONDS_PER_CRITERION),
    "All criteria of a notebook": seconds(grader.SECONDS_PER_NOTEBOOK),
    "One of the other cells": seconds(grader.SECONDS_PER_CELL),
    "All other cells of a notebook": seconds(grader.SECONDS_FOR_CELLS),
    "Processor time of a process": seconds(BOX.cpu_seconds),
    "Memory of a process, beyond the libraries": mib(BOX.memory),
    "One file": mib(BOX.file_bytes),
    "All files (namespaces)": mib(BOX.tmp_bytes),
    "Threads (namespaces)": str(BOX.processes),
    "Open files": str(BOX.open_files),
    "One message across the border": mib(channel.MAX_MESSAGE),
    "A notebook": mb(intake.MAX_BYTES),
    "Cells of a notebook": str(intake.MAX_CELLS),
    "An answer": f"{intake.MAX_SOURCE:,} characters".replace(",", " "),
    "What the other cells show": mb(cells.MAX_TOTAL),
    "Each of the three facts of a verdict": f"{judge_box._MAX_SHOWN} characters",
}


def table(header: str) -> list[list[str]]:
    """The rows of a table, found by its header."""
    start = PAGE.index(f"{header}\n")
    lines = PAGE[start:].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in lines[2:]]


def test_limits_are_those_of_the_code() -> None:
    rows = table("| Limit | Value |")
    assert {name: value for name, value in rows} == WANTED  # noqa: C416 - pairs


def test_no_number_of_a_limit_stands_elsewhere() -> None:
    """A number in a sentence would be forgotten when the limit changes."""
    start = PAGE.index("| Limit | Value |")
    end = PAGE.index("\n\n", start)
    prose = PAGE[:start] + PAGE[end:]
    prose = re.sub(r"```\{raw\}.*?```", "", prose, flags=re.DOTALL)
    found = re.findall(r"\b\d[\d ]*(?:s|MB|MiB|GiB|seconds|characters)\b", prose)
    assert not found


def test_levels_are_those_of_the_code() -> None:
    header = "| A learner's code can | Namespaces | Landlock | None |"
    names = [name.strip().upper() for name in header.strip("|").split("|")[1:]]
    assert names == [level.name for level in sorted(Level, reverse=True)]
    assert all(len(row) == len(names) + 1 for row in table(header))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("examples={}", inspect.signature(same_as_original).parameters["examples"]),
        ("a pool of {}", POOL),
    ],
    ids=["examples", "pool"],
)
def test_contributing_tells_how_many_inputs(words: str, number: object) -> None:
    default = number.default if isinstance(number, inspect.Parameter) else number
    assert words.format(default) in CONTRIBUTING
