"""Words for packages: who imports whom, what is offered, what importing does."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.checks.packages import (
    defining_modules,
    expect_apart,
    expect_no_cycle,
    expect_quiet_import,
    import_effects,
    import_graph,
    offered_names,
)
from autograder.criteria import CriterionNotMet
from autograder.files import pack, read_folder, write_folder
from autograder.modules import put_away
from autograder.namespace import Namespace
from autograder.rooms import Rooms

LAYERS = {
    "clinic/__init__.py": "from clinic.front import admit\n"
    "from clinic.rules import ward\n__all__ = ['admit', 'ward']\n",
    "clinic/front.py": "from clinic import rules, store\n"
    "def admit(age): return store.keep(rules.ward(age))\n",
    "clinic/rules.py": "def ward(age): return 'children' if age < 16 else 'adults'\n",
    "clinic/store.py": "import sqlite3\n\n\ndef keep(ward):\n"
    "    db = sqlite3.connect(':memory:')\n    db.close()\n    return ward\n",
}


@pytest.fixture(autouse=True)
def _put_away() -> Iterator[None]:
    yield
    put_away()


def clinic(**changes: str) -> Namespace:
    """The clinic with other modules: ``store="..."`` is ``clinic/store.py``."""
    changed = {f"clinic/{name}.py": text for name, text in changes.items()}
    return Namespace(pack({**LAYERS, **changed}), "solution", "clinic")


def words(contract: Callable[..., None], solution: Namespace, *told: object) -> str:
    """What a learner reads who broke a contract."""
    with pytest.raises(CriterionNotMet) as caught:
        contract(solution, *told)
    return str(caught.value)


def words_on_ward(solution: Namespace) -> str:
    return words(expect_apart, solution, ["ward"], ["sqlite3"])


# --- The graph ----------------------------------------------------------------------


def edges(solution: Namespace) -> set[tuple[str, str]]:
    return {(i.importer, i.imported) for i in import_graph(solution).imports}


def test_layers_are_read() -> None:
    assert edges(clinic()) == {
        ("clinic", "clinic.front"),
        ("clinic", "clinic.rules"),
        ("clinic.front", "clinic.rules"),
        ("clinic.front", "clinic.store"),
        ("clinic.store", "sqlite3"),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "import clinic.rules",
        "import clinic.rules as r",
        "from clinic import rules",
        "from clinic.rules import ward",
        "from clinic.rules import *",
        "from . import rules",
        "from .rules import ward",
        "def late():\n    from . import rules",
        "try:\n    from .rules import ward\nexcept ImportError:\n    pass",
        "from importlib import import_module\nr = import_module('clinic.rules')",
        "import importlib\nr = importlib.import_module('.rules', 'clinic')",
        "if not TYPE_CHECKING:\n    from . import rules",
        "if TYPE_CHECKING:\n    pass\nelse:\n    from . import rules",
    ],
)
def test_every_way_to_import_counts(statement: str) -> None:
    rest = "TYPE_CHECKING = False\ndef keep(x): return x\n"
    assert ("clinic.store", "clinic.rules") in edges(clinic(store=rest + statement))


@pytest.mark.parametrize(
    "statement",
    [
        "# import clinic.rules",
        "'import clinic.rules'",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import rules",
        "import typing\nif typing.TYPE_CHECKING:\n    from . import rules",
    ],
)
def test_what_never_runs_does_not_count(statement: str) -> None:
    assert ("clinic.store", "clinic.rules") not in edges(clinic(store=statement))


def test_relative_and_late_imports_are_told() -> None:
    source = "import json\ndef late():\n    from .rules import ward\n"
    first, second = [
        i
        for i in import_graph(clinic(store=source)).imports
        if i.importer == "clinic.store"
    ]
    assert (first.relative, first.inside, first.line) == (False, False, 1)
    assert (second.relative, second.inside, second.line) == (True, True, 3)
    assert str(second) == "clinic/store.py imports clinic.rules in line 3"


def test_packages_under_src_and_dots_upwards_are_read() -> None:
    files = {
        "src/clinic/__init__.py": "",
        "src/clinic/wards/__init__.py": "from .. import rules\nfrom . import beds\n",
        "src/clinic/wards/beds.py": "from ..rules import ward\nfrom ..wards import x\n",
        "src/clinic/rules.py": "ward = 1",
    }
    found = edges(Namespace(pack(files), "solution", "clinic"))
    assert found == {
        ("clinic.wards", "clinic.rules"),
        ("clinic.wards", "clinic.wards.beds"),
        ("clinic.wards.beds", "clinic.rules"),
        ("clinic.wards.beds", "clinic.wards"),
    }


_GRIMP = """
import json, sys
import grimp
package = sys.argv[1]
graph = grimp.build_graph(
    package,
    include_external_packages=True,
    exclude_type_checking_imports=True,
    cache_dir=None,
)
edges = [
    [module, other]
    for module in graph.modules
    if module.partition(".")[0] == package
    for other in graph.find_modules_directly_imported_by(module)
]
print(json.dumps(edges))
"""


def read_by_grimp(folder: Path, package: str) -> set[tuple[str, str]]:
    """What import-linter reads; in another process, as it starts threads."""
    run = subprocess.run(
        [sys.executable, "-c", _GRIMP, package],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return {(a, b) for a, b in json.loads(run.stdout)}


def test_graph_is_the_one_that_import_linter_reads(tmp_path: Path) -> None:
    rooms = Rooms.of_this_course()
    own = rooms.root / "course"
    files = {
        f"course/{path.relative_to(own).as_posix()}": path.read_text(encoding="utf-8")
        for path in own.rglob("*.py")
        if "browser" not in path.parts
    }
    write_folder(tmp_path, files)
    answer = Namespace('{"files": {}}', "solution", "")
    answer.source = json.dumps({"files": files})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.files.MAX_FILES", 1000)
        patch.setattr("autograder.files.MAX_BYTES", 10_000_000)
        ours = edges(answer)
    assert len(ours) > 100
    assert ours == read_by_grimp(tmp_path, "course")


def test_graph_of_the_solution_is_import_linters_too() -> None:
    folder = Rooms.of_this_course().solutions / "02_names_and_layout/project_structure"
    solution = Namespace(pack(read_folder(folder)), "solution", "drivingschool")
    assert edges(solution) == read_by_grimp(folder, "drivingschool")


# --- Contracts ----------------------------------------------------------------------


def test_rules_apart_from_the_database_are_accepted() -> None:
    expect_apart(clinic(), ["ward"], ["sqlite3"])
    expect_no_cycle(clinic())
    expect_quiet_import(clinic(), "clinic")


def test_way_to_a_library_is_told_step_by_step() -> None:
    rules = "from clinic import money\ndef ward(age): return ''\n"
    said = words_on_ward(clinic(rules=rules, money="def f():\n    import sqlite3\n"))
    assert (
        "It leads from ward to sqlite3: clinic/rules.py imports clinic.money in line "
        "1, clinic/money.py imports sqlite3 in line 2." in said
    )


def test_name_is_followed_through_decorators_and_partials() -> None:
    decorated = clinic(
        deco="import sqlite3, functools\ndef traced(f):\n"
        "    @functools.wraps(f)\n    def wrapper(*a): return f(*a)\n"
        "    return wrapper\n",
        rules="from clinic.deco import traced\n@traced\ndef ward(age): return ''\n",
    )
    assert defining_modules(decorated, ["ward"]) == {
        "ward": ["clinic.deco", "clinic.rules"]
    }
    partial = clinic(
        rules="import functools\nfrom clinic import inner\n"
        "ward = functools.partial(inner.ward, 1)\n",
        inner="import sqlite3\ndef ward(a, age): return ''\n",
    )
    assert "clinic/inner.py imports sqlite3" in words_on_ward(partial)


def test_name_that_nobody_defines_is_not_accepted() -> None:
    assert "defined in none of them" in words_on_ward(clinic(rules="ward = len\n"))


def test_lie_about_the_module_does_not_help() -> None:
    rules = "import sqlite3\ndef ward(age): return ''\nward.__module__ = 'clinic.clean'"
    assert "to sqlite3" in words_on_ward(clinic(rules=rules, clean=""))


@pytest.mark.parametrize(
    "store",
    ["from clinic import front\n", "def late():\n    from clinic.front import admit\n"],
)
def test_circles_are_found_also_inside_functions(store: str) -> None:
    said = words(expect_no_cycle, clinic(store=f"{store}\ndef keep(x): return x\n"))
    assert "clinic/front.py imports clinic.store in line 1" in said
    assert "clinic/store.py imports clinic.front in line" in said


def test_import_from_the_own_root_is_a_circle() -> None:
    store = "def keep(x):\n    from clinic import ward\n    return ward\n"
    said = words(expect_no_cycle, clinic(store=store))
    assert "clinic/store.py imports clinic in line 2" in said


# --- What is offered, and what importing does ---------------------------------------


def test_offered_names_are_those_of_a_star_import() -> None:
    assert offered_names(clinic(), "clinic") == ["admit", "ward"]
    stars = clinic(__init__="from .front import *\n")
    assert offered_names(stars, "clinic") == ["admit", "front", "rules", "store"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import sqlite3; db = sqlite3.connect(':memory:')", "opened a database"),
        ("print('ready')", "printed"),
        ("open('/dev/null').close()", "opened a file"),
        ("import pathlib; pathlib.Path('/dev/null').read_bytes()", "opened a file"),
        ("import threading; threading.Thread(target=int).start()", "started a thread"),
        ("import time; time.sleep(0)", "waited"),
        (
            "import subprocess, sys; subprocess.run([sys.executable, '-V'])",
            "started a program",
        ),
    ],
)
def test_effects_of_an_import_are_told_with_their_place(line: str, what: str) -> None:
    solution = clinic(store=f"x = 1\n{line}\ndef keep(x): return x\n")
    assert [str(effect) for effect in import_effects(solution, "clinic")] == [
        f"clinic.store, line 2, {what}"
    ]
    assert f"clinic.store, line 2, {what}" in words(
        expect_quiet_import, solution, "clinic"
    )


def test_watching_leaves_no_trace() -> None:
    solution = clinic()
    before = (print, open, solution.admit, set(sys.modules))
    import_effects(solution, "clinic")
    assert (print, open, solution.admit, set(sys.modules)) == before


def test_main_module_is_not_run() -> None:
    assert import_effects(clinic(__main__="print('running')"), "clinic") == []
