"""Modules that exercises give: shown in the brief, imported by plain name."""

import importlib

import pytest

from autograder import given
from autograder.assemble import assemble
from autograder.errors import CourseError
from autograder.exercises import find_exercise
from autograder.rooms import Rooms

ROOMS = Rooms.of_this_course()
MODULES = sorted(path.stem for path in ROOMS.given.glob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_each_is_imported_from_its_place(module: str) -> None:
    """A library of the same name would be imported instead."""
    given.offer()
    file = importlib.import_module(module).__file__
    assert file == str(ROOMS.given / f"{module}.py")


def test_notebooks_show_the_module() -> None:
    brief = assemble(find_exercise(ROOMS, "fixtures")).cells[0].source
    assert given.source_of("ferry") in brief
    assert "{given}" not in brief


def test_a_module_that_nobody_gives_is_named() -> None:
    with pytest.raises(CourseError, match="train"):
        given.shown("```{given} train\n```")


def test_imported_modules_are_found() -> None:
    for source in ("import ferry", "from ferry import Desk", "import os, ferry as f"):
        assert given.imported(source) == [ROOMS.given / "ferry.py"]
    assert given.imported("import os") == []
    assert given.imported("import os", source) == [ROOMS.given / "ferry.py"]
