"""Packages out of texts: side by side, with imports that run later, and no trace."""

import sys
from collections.abc import Callable, Iterator

import pytest

from autograder.exercises import find_exercise
from autograder.files import pack
from autograder.judge import find
from autograder.modules import put_away
from autograder.namespace import LoadError, Namespace, NamespaceError
from autograder.rooms import Rooms

PARCELS = {
    "parcels/__init__.py": "from parcels.routes import dispatch\n",
    "parcels/routes.py": (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from .rates import RATE\n"
        "@dataclass\n"
        "class Parcel:\n"
        "    weight: int\n"
        "def dispatch(weight):\n"
        "    from parcels import late\n"
        "    return late.FACTOR * RATE * Parcel(weight).weight\n"
    ),
    "parcels/rates.py": "RATE = 3\n",
    "parcels/late.py": "FACTOR = 10\n",
}


@pytest.fixture(autouse=True)
def _put_away() -> Iterator[None]:
    yield
    put_away()


def namespace(
    changes: dict[str, str] | None = None, name: str = "solution"
) -> Namespace:
    return Namespace(pack({**PARCELS, **(changes or {})}), name, "parcels")


def test_two_packages_of_one_name_live_side_by_side() -> None:
    original = namespace(name="original")
    solution = namespace({"parcels/late.py": "FACTOR = 1\n"})
    assert (solution.dispatch(2), original.dispatch(2), solution.dispatch(2)) == (
        6,
        60,
        6,
    )


def test_nothing_is_left_in_the_process() -> None:
    before = (set(sys.modules), list(sys.meta_path), list(sys.path))
    solution = namespace()
    solution.dispatch(1)
    solution.probe("import parcels.late")
    put_away()
    assert (set(sys.modules), list(sys.meta_path), list(sys.path)) == before


def test_imports_by_a_name_work_whenever_they_run() -> None:
    late = {
        "parcels/late.py": "from importlib import import_module, resources\n"
        "def rate():\n    return import_module('parcels.rates').RATE\n"
        "def note():\n"
        "    return resources.files(__package__).joinpath('note.txt').read_text()\n",
    }
    solution = namespace({**late, "parcels/note.txt": "mine"})
    original = namespace({**late, "parcels/rates.py": "RATE = 4"}, name="original")
    assert (solution.late.rate(), original.late.rate()) == (3, 4)
    assert (solution.late.rate(), solution.late.note()) == (3, "mine")


def test_what_the_process_had_under_the_name_is_put_back() -> None:
    before = Namespace("x = 1", "parcels")
    try:
        there = sys.modules["parcels"]
        assert namespace().dispatch(1) == 30
        put_away()
        assert sys.modules["parcels"] is there
    finally:
        del sys.modules["parcels"]
    assert before.x == 1


def test_submodules_are_names_of_the_package() -> None:
    solution = namespace({"parcels/labels.py": "TEXT = 'fragile'\n"})
    assert solution.defines("labels")
    assert solution.labels.TEXT == "fragile"
    assert not solution.defines("nothing")
    with pytest.raises(NamespaceError, match="Your code defines no nothing"):
        _ = solution.nothing


def test_probe_imports_anything_and_sees_the_package_names() -> None:
    solution = namespace({"tools/count.py": "def two(): return 2\n"})
    probe = solution.probe(
        "from parcels.rates import RATE\nfrom tools import count\n"
        "from . import late\ntotal = dispatch(count.two()) + RATE + late.FACTOR"
    )
    assert probe.total == 73


def test_modules_of_a_src_folder_are_found() -> None:
    files = {f"src/{path}": text for path, text in PARCELS.items()}
    assert Namespace(pack(files), "solution", "parcels").dispatch(1) == 30


def test_data_files_are_read_with_importlib_resources() -> None:
    solution = namespace(
        {
            "parcels/data/zones.csv": "a,b\n",
            "parcels/zones.py": (
                "from importlib.resources import files\n"
                "place = files(__package__) / 'data'\n"
                "ROWS = place.joinpath('zones.csv').read_text(encoding='utf-8')\n"
                "NAMES = [item.name for item in place.iterdir()]\n"
            ),
        }
    )
    assert (solution.zones.ROWS, solution.zones.NAMES) == ("a,b\n", ["zones.csv"])


def test_patched_builtins_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = namespace({"parcels/__init__.py": "def size(x): return bin(x)\n"})
    # Not len: all that runs beside a test would see it, too.
    monkeypatch.setattr("builtins.bin", lambda _: 7)
    assert solution.size("a") == 7


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"parcels/rates.py": "RATE = (\n"},
            "raised SyntaxError in parcels/rates.py, line 1: '(' was never closed",
        ),
        (
            {"parcels/rates.py": "from parcels import routes, nothing\n"},
            "raised ImportError in parcels/rates.py, line 1: cannot import name",
        ),
        (
            {"parcels/rates.py": "import missing_module\n"},
            "raised ModuleNotFoundError in parcels/rates.py, line 1: No module named",
        ),
        (
            {"parcels/rates.py": "RATE = 1\nRATE / 0\n"},
            "raised ZeroDivisionError in parcels/rates.py, line 2: division by zero",
        ),
    ],
)
def test_what_cannot_be_imported_is_told_with_its_place(
    changes: dict[str, str], said: str
) -> None:
    with pytest.raises(LoadError) as caught:
        namespace(changes)
    assert str(caught.value).startswith(said)
    assert "<solution>" not in str(caught.value)


def test_package_that_is_not_there_is_told() -> None:
    with pytest.raises(LoadError, match="No module named 'parcels'"):
        Namespace(pack({"main.py": ""}), "solution", "parcels")


def test_files_without_a_package_are_not_run() -> None:
    answer = Namespace(pack({"ci.yml": "on: push\n"}), "solution", "")
    assert answer.files == {"ci.yml": "on: push\n"}
    assert not answer.defines("ci")


def test_learner_reads_the_place_in_the_verdict(judged: Callable[[str], str]) -> None:
    said = judged(pack({**PARCELS, "parcels/rates.py": "RATE = 1 / 0"}))
    assert said == (
        "We ran your files on their own: import parcels. It raised ZeroDivisionError "
        "in parcels/rates.py, line 1: division by zero. Expected files that can be "
        "imported in a fresh Python."
    )
    assert "cannot be read: These are no packed files" in judged("{}")


@pytest.fixture
def judged() -> Callable[[str], str]:
    any_criterion = find_exercise(Rooms.of_this_course(), "open_closed").criteria[0]

    def judge(source: str) -> str:
        return str(
            find(
                any_criterion,
                "",
                lambda: Namespace(source, "solution", "parcels"),
                package="parcels",
                seconds=5,
            )
        )

    return judge
