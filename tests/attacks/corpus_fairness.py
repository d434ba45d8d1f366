"""Honest learners: right answers that a careless border would punish.

They are written like attacks so that they are graded in the same class and at the same
levels, among those who mean harm. What they "achieve" is to be punished, which must not
happen: each earns full marks, as on plain nbgrader. Where plain nbgrader punishes them
itself, that is shown.
"""

import json
from collections.abc import Callable
from pathlib import Path

from autograder.notebook import ANSWER_ID
from tests.attacks.attack import FULL_MARKS, SOLUTION, Attack, Graded
from tests.attacks.corpus_notebooks import (
    cell,
    edited,
    notebook_of,
    own,
    rewritten,
)

FAIR = "plain nbgrader gives full marks too"


def is_punished(graded: Graded) -> bool:
    """Ask whether an honest learner got less than full marks."""
    return graded.score != FULL_MARKS


def honest(
    name: str,
    title: str,
    *,
    top: str = "",
    bottom: str = "",
    answer: str = "",
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    tamper: Callable[[Path], None] | None = None,
    not_shown: str = FAIR,
) -> Attack:
    """The solution with something harmless above, below or beside it."""
    return Attack(
        name,
        title,
        is_punished,
        goal="harm",
        answer=answer or f"{top}\n{SOLUTION}\n{bottom}",
        before=before,
        after=after,
        tamper=tamper,
        honest=FULL_MARKS,
        not_shown=not_shown,
    )


def in_quote(code: str, top: str = "") -> str:
    """Code that runs in front of every call of `quote`, below the solution."""
    lines = "\n".join(f"    {line}" for line in code.strip().splitlines())
    return f"""
{top}
_quote_alone = quote


def quote(carrier: str, grams: int) -> int:
{lines}
    return _quote_alone(carrier, grams)
"""


# --------------------------------------------------------------------------------------
# What the answer does beside its task

TALK = [
    honest(
        "h01",
        "Every call prints a line",
        bottom=in_quote('print("quote", carrier, grams)'),
    ),
    honest(
        "h02",
        "Loading prints a thousand lines",
        top="for _number in range(1000):\n    print(_number, 'loading ...')",
    ),
    honest(
        "b2",
        "One warning",
        bottom=in_quote(
            'warnings.warn("prices of last year", stacklevel=2)', "import warnings"
        ),
    ),
    honest(
        "h03",
        "A DeprecationWarning, and filters that make warnings errors elsewhere",
        top="""
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("error")
warnings.warn("old", DeprecationWarning, stacklevel=1)
""",
    ),
    honest(
        "h04",
        "Every call writes to standard error",
        bottom=in_quote('sys.stderr.write("asked\\n")', "import sys"),
    ),
    honest(
        "h05",
        "Logging is set up and used, at level DEBUG, to standard error",
        bottom=in_quote(
            'logging.getLogger("desk").debug("asked for %s", carrier)',
            "import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)",
        ),
        not_shown="",  # b2 of the table: what lands on stderr costs the points
    ),
    honest(
        "h06",
        "Constructors print",
        bottom="""
class _Loud(Post):
    def __init__(self):
        print("made", flush=True)

add_carrier("post", _Loud())
""",
    ),
    honest(
        "h07",
        "A traceback is printed of an error that was handled",
        top="""
import traceback
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
""",
    ),
    honest(
        "h08",
        "A hundred kilobytes in many scripts and emoji are printed",
        top='print("räksmörgås 日本語 🍤 עברית " * 4000)',
    ),
]

THREADS_AND_TASKS = [
    honest(
        "h09",
        "A pool of threads computes, and ends",
        bottom=in_quote(
            "with ThreadPoolExecutor(4) as pool:\n    sum(pool.map(abs, range(8)))",
            "from concurrent.futures import ThreadPoolExecutor",
        ),
    ),
    honest(
        "h10",
        "asyncio.run inside a function",
        bottom="""
import asyncio


async def _gathered(lines):
    return await asyncio.gather(*(asyncio.sleep(0, line) for line in lines))


_manifest_alone = manifest


def manifest(parcels: list[tuple[str, int, int]]) -> list[str]:
    return list(asyncio.run(_gathered(_manifest_alone(parcels))))
""",
        not_shown="",
    ),
    honest(
        "h11",
        "A lock, an event and a timer that has been cancelled",
        top="""
import threading
_lock = threading.Lock()
_timer = threading.Timer(60, print)
_timer.start()
_timer.cancel()
""",
        bottom=in_quote("with _lock:\n    pass"),
    ),
    honest(
        "h12",
        "A daemon thread ticks in the background",
        top="""
import threading
import time

def _tick():
    while True:
        time.sleep(0.05)

threading.Thread(target=_tick, daemon=True).start()
""",
    ),
    honest(
        "h13",
        "Context variables and thread-local data",
        bottom=in_quote(
            "_current.set(carrier)\n_local.grams = grams",
            """
import contextvars
import threading
_current = contextvars.ContextVar("current", default="")
_local = threading.local()
""",
        ),
    ),
]

FILES = [
    honest(
        "h14",
        "A temporary folder, a file in it, both taken away again",
        bottom=in_quote(
            """
with tempfile.TemporaryDirectory() as folder:
    place = Path(folder, "asked.txt")
    place.write_text(carrier, encoding="utf-8", errors="replace")
    place.read_text(encoding="utf-8", errors="replace")
""",
            "import tempfile\nfrom pathlib import Path",
        ),
    ),
    honest(
        "h15",
        "A file is written to the working folder and read back",
        top="""
from pathlib import Path
Path("prices.json").write_text("[1, 2]", encoding="utf-8")
assert Path("prices.json").read_text(encoding="utf-8") == "[1, 2]"
""",
    ),
    honest(
        "h16",
        "A database in memory and one in a file",
        top="""
import sqlite3
import tempfile
from pathlib import Path
with tempfile.TemporaryDirectory() as _folder:
    for _place in (":memory:", str(Path(_folder, "desk.db"))):
        _desk = sqlite3.connect(_place)
        _desk.execute("create table parcel (id integer primary key)")
        _desk.executemany("insert into parcel values (?)", [(n,) for n in range(100)])
        _desk.commit()
        assert _desk.execute("select count(*) from parcel").fetchone() == (100,)
        _desk.close()
""",
    ),
    honest(
        "h17",
        "Twenty megabytes are held, and ten written to a temporary file",
        top="""
import tempfile
_table = bytes(20_000_000)
with tempfile.TemporaryFile() as _spill:
    _spill.write(_table[:10_000_000])
""",
    ),
    honest(
        "h18",
        "The user, the home, the machine and the environment are asked for politely",
        top="""
import os
import platform
import sys
import time
_about = (os.environ.get("HOME"), os.getcwd(), platform.python_version(), sys.argv)
_about += (os.getpid(), os.cpu_count(), time.time(), os.environ.get("USER", "me"))
""",
    ),
]

MODULES = [
    honest(
        "h19",
        "Random numbers without a seed, and with one",
        bottom=in_quote("random.random()", "import random\nrandom.seed(1)"),
    ),
    honest(
        "h20",
        "The clock, the date and the local time zone",
        bottom=in_quote(
            'datetime.now(UTC).astimezone()\ntime.strftime("%c")',
            "import time\nfrom datetime import UTC, datetime",
        ),
    ),
    honest(
        "h21",
        "The language of the place is set",
        top='import locale\nlocale.setlocale(locale.LC_ALL, "")',
    ),
    honest(
        "h22",
        "The context of decimals is changed for everybody in the process",
        top="""
import decimal
decimal.getcontext().prec = 3
decimal.getcontext().rounding = decimal.ROUND_DOWN
decimal.getcontext().traps[decimal.Inexact] = True
""",
    ),
    honest(
        "h23",
        "numpy, matplotlib and pydantic where they are installed",
        top="""
import importlib.util
if importlib.util.find_spec("numpy"):
    import numpy
    assert (numpy.ones((200, 200)) @ numpy.ones((200, 200)))[0, 0] == 200
if importlib.util.find_spec("matplotlib"):
    import matplotlib
    matplotlib.use("agg")
if importlib.util.find_spec("pydantic"):
    import pydantic
    pydantic.create_model("Parcel", grams=(int, 0))(grams="7")
""",
    ),
    honest(
        "h24",
        "Many modules of the standard library, heavy ones among them",
        top="""
import collections.abc, contextlib, csv, ctypes, email.message, enum, functools
import http.client, inspect, itertools, json, multiprocessing, operator, pathlib
import pickle, pprint, re, secrets, socket, ssl, statistics, subprocess, textwrap
import typing, unittest.mock, urllib.request, uuid, weakref, xml.etree.ElementTree
""",
    ),
    honest(
        "h25",
        "The recursion limit is raised and the garbage collector run",
        top="""
import gc
import sys
sys.setrecursionlimit(5000)
gc.collect()

def _depth(n):
    return n and 1 + _depth(n - 1)

assert _depth(2000) == 2000
""",
    ),
    honest(
        "h26",
        "Caches and weak references",
        bottom="""
import functools
import weakref
_seen = weakref.WeakSet(_carriers.values())
_words = functools.cache(str.upper)
_words("post")
_words.cache_info()


@functools.lru_cache(maxsize=2)
def _delivery(zone: int) -> int:
    return zone


_delivery(1)
""",
    ),
    honest(
        "h27",
        "A handler for alarms, and one for the exit",
        top="""
import atexit
import signal
signal.signal(signal.SIGUSR1, lambda *told: None)
atexit.register(print, "good bye")
""",
        not_shown="plain nbgrader gives full marks too; the alarm itself is left alone",
    ),
    honest(
        "h28",
        "unittest and doctest run on loading",
        top="""
import doctest
import io
import unittest

class _Test(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(1 + 1, 2)

unittest.TextTestRunner(stream=io.StringIO()).run(
    unittest.defaultTestLoader.loadTestsFromTestCase(_Test)
)
doctest.DocTestRunner(verbose=False)
""",
    ),
]

# --------------------------------------------------------------------------------------
# How the answer is written


def restyled(*changes: tuple[str, str]) -> str:
    """The solution with texts replaced; each must be there."""
    text = SOLUTION
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


RECORD = "@dataclass(frozen=True, slots=True, order=True)"

STYLES = [
    honest(
        "h29",
        "A block for running as a program",
        bottom='if __name__ == "__main__":\n    print(manifest([("post", 1, 2)]))',
    ),
    honest(
        "h30",
        "A module docstring, and annotations of the future",
        answer=f'"""My desk."""\n\nfrom __future__ import annotations\n{SOLUTION}',
    ),
    honest(
        "h31",
        "Two thousand lines of comments and unused functions",
        bottom="".join(
            f"# Remark {n}\ndef _unused_{n}(a):\n    return a + {n}\n\n"
            for n in range(500)
        ),
    ),
    honest(
        "h32",
        "Names that are not ASCII",
        answer=restyled(("_find", "_größe"), ("_carriers", "_перевозчики"))
        + "\nπ, ℌ, ªº = 3.14, 1, 2\nassert H == 1\n",
    ),
    honest(
        "h33",
        "Tabs for indentation",
        answer="\n".join(
            "\t" * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ")
            for line in SOLUTION.splitlines()
        ),
    ),
    honest(
        "h34",
        "Abstract base classes",
        answer=restyled(
            (
                "from typing import Protocol",
                "from abc import ABC, abstractmethod",
            ),
            ("class Carrier(Protocol)", "class Carrier(ABC)"),
            *(
                (f"    def {method} ...", f"    @abstractmethod\n    def {method} ...")
                for method in (
                    "quote(self, grams: int) -> int:",
                    "label(self, parcel_id: int) -> str:",
                    "days(self, zone: int) -> int:",
                )
            ),
            *(
                (f"class {name}:", f"class {name}(Carrier):")
                for name in ("Post", "Courier", "Locker")
            ),
        ),
    ),
    honest(
        "h35",
        "Frozen dataclasses with slots, ordered",
        answer=restyled(
            (
                "from typing import Protocol",
                "from dataclasses import dataclass, field\nfrom typing import Protocol",
            ),
            *(
                (
                    f"class {name}:",
                    f"{RECORD}\nclass {name}:\n    notes: tuple = field(default=())\n",
                )
                for name in ("Post", "Courier", "Locker")
            ),
        ),
    ),
    honest(
        "h36",
        "Enums, named tuples and typed dictionaries stand beside",
        bottom="""
import enum
from typing import Final, NamedTuple, TypedDict


class Zone(enum.IntEnum):
    NEAR = 0
    FAR = enum.auto()


class Parcel(NamedTuple):
    carrier: str
    parcel_id: int
    grams: int = 100


class Row(TypedDict, total=False):
    price: int


LIMIT: Final = 3000
assert manifest([Parcel("locker", 1)]) and days("courier", Zone.FAR)
""",
    ),
    honest(
        "h37",
        "Carriers that are equal to each other, without hash, and with a repr",
        bottom="""
class _Equal(Locker):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return repr(other) == repr(self)

    def __repr__(self) -> str:
        return "Locker()"

    def __bool__(self) -> bool:
        return False


add_carrier("locker", _Equal())
""",
    ),
    honest(
        "h38",
        "Forward references, overloads and generic types",
        bottom="""
from typing import TYPE_CHECKING, Generic, Optional, TypeVar, overload

if TYPE_CHECKING:
    from nowhere import Nothing

T = TypeVar("T", bound="Desk")


class Desk(Generic[T]):
    def next(self: "Desk[T]") -> "Optional[Desk[T]]":
        return None

    @overload
    def ask(self, what: int) -> "Nothing": ...
    @overload
    def ask(self, what: str) -> str: ...
    def ask(self, what): return what


Desk().ask("price")
""",
    ),
    honest(
        "h39",
        "Metaclasses, descriptors and class decorators",
        bottom="""
class _Registry(type):
    known: dict = {}

    def __new__(cls, name, bases, body):
        made = super().__new__(cls, name, bases, body)
        cls.known[name] = made
        return made


class _Base(metaclass=_Registry):
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return 3


class _Desk:
    days = _Base()


assert _Desk().days == 3
""",
    ),
    honest(
        "h40",
        "Functions are wrapped by decorators, with and without functools.wraps",
        bottom="""
import functools


def _counted(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        call.count += 1
        return function(*args, **kwargs)

    call.count = 0
    return call


quote, label, days = _counted(quote), _counted(label), _counted(days)
_sum = manifest
manifest = lambda *args, **kwargs: _sum(*args, **kwargs)
""",
    ),
    honest(
        "h41",
        "A match statement, walrus, star expressions and nested f-strings",
        bottom="""
match len(_carriers):
    case 3 as _number if (_half := _number / 2) > 1:
        _first, *_rest = _carriers
        print(f"{f'{_first}':>{10}} {_half:.1f} {_rest=}")
    case _:
        raise AssertionError
""",
    ),
    honest(
        "h42",
        "Words like check, solution and original are used as names",
        bottom="""
check = solution = original = answer = exercise = result = probe = None
source, defines, verdict, points, drone, pigeon = 1, 2, 3, 4, 5, 6
""",
        not_shown="plain nbgrader loses its own check to the name, and gives 0",
    ),
    honest(
        "h44",
        "Blank lines, form feeds and a comment without line end",
        answer=f"\n\n\n{SOLUTION}\f\n    \n\n# done",
    ),
    honest(
        "h45",
        "The last line of the answer shows a value",
        bottom='manifest([("post", 1, 200)])',
    ),
]

# --------------------------------------------------------------------------------------
# Other cells

CELLS = [
    honest(
        "h46",
        "Scratch cells raise",
        before=("1 / 0", "def broken(:", "raise SystemExit"),
        after=("undefined_name", "quote('nobody', 3)", "raise KeyboardInterrupt"),
    ),
    honest(
        "h47",
        "A scratch cell runs for two seconds",
        after=("import time\nends = time.time() + 2\nwhile time.time() < ends: pass",),
    ),
    honest(
        "h48",
        "A scratch cell draws",
        after=("import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()",),
    ),
    honest(
        "h49",
        "Scratch cells use magics, help and the shell",
        after=(
            "%time quote('post', 3)",
            "%matplotlib inline",
            "%%timeit -n 1 -r 1\nquote('post', 3)",
            "!ls",
            "quote?",
            "%load_ext no_such_extension",
        ),
    ),
    honest(
        "h50",
        "Scratch cells await at the top level",
        after=(
            "import asyncio\nawait asyncio.sleep(0.01)\nasync with asyncio.Lock(): 1",
        ),
    ),
    honest(
        "h51",
        "Scratch cells ask for input",
        after=('name = input("Your name? ")', "import getpass\ngetpass.getpass()"),
    ),
    honest(
        "h52",
        "A scratch cell prints what a check would, and defines check anew",
        before=('print("met", 10)', "def check(name):\n    return 10"),
        not_shown="plain nbgrader then asks the learner's check, and books nothing",
    ),
    honest(
        "h53",
        "A scratch cell overwrites the answer's functions afterwards",
        after=("def quote(carrier, grams):\n    return 0", "del label"),
    ),
    honest(
        "h54",
        "A scratch cell ends its process",
        after=("import os\nos._exit(3)",),
        not_shown="plain nbgrader loses the submission with its kernel; x51 shows it",
    ),
    honest(
        "h55",
        "A hundred and fifty scratch cells",
        after=tuple(f"quote('post', {n})" for n in range(150)),
    ),
    honest(
        "h56",
        "A data frame is shown as a table, a figure as HTML",
        after=(
            """
from IPython.display import HTML, Markdown, display
display(HTML("<table><tr><td>1</td></tr></table>"), Markdown("**x**"))
""",
        ),
    ),
]

# --------------------------------------------------------------------------------------
# What editors and services make of a notebook


def stripped(notebook: dict[str, object]) -> None:
    """Metadata of cells is gone, as in editors that do not know it; ids are kept."""
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for each in cells:
        each["metadata"] = {}


def as_in_colab(notebook: dict[str, object]) -> None:
    """Colab adds metadata of its own and leaves nbgrader's."""
    notebook["metadata"] = {
        "colab": {"provenance": [], "collapsed_sections": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for number, each in enumerate(cells):
        each["metadata"] |= {"id": f"c{number}", "colab": {"base_uri": "https://x"}}
        if each["cell_type"] == "code":
            each["execution_count"] = number
            each["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": ["earlier\n"]}
            ]


def reordered(notebook: dict[str, object]) -> None:
    cells = notebook["cells"]
    assert isinstance(cells, list)
    checks = [c for c in cells if c["metadata"].get("nbgrader", {}).get("grade")]
    rest = [c for c in cells if c not in checks]
    notebook["cells"] = checks[::-1] + rest


def annotated(notebook: dict[str, object]) -> None:
    cells = notebook["cells"]
    assert isinstance(cells, list)
    cells.insert(0, own("# My notes\n\n<b>bold</b> $x^2$", "markdown", id="notes"))
    cells.append(own("raw text", "raw", id="raw"))
    cells.append(own("", id="empty"))


def without_ids(notebook: dict[str, object]) -> None:
    """The format before cells had ids."""
    notebook["nbformat_minor"] = 4
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for each in cells:
        each.pop("id", None)


def tagged(notebook: dict[str, object]) -> None:
    """Slides, tags, collapsed inputs and other people's metadata."""
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for each in cells:
        each["metadata"] |= {
            "tags": ["hide-input"],
            "slideshow": {"slide_type": "slide"},
            "editable": False,
            "deletable": False,
            "trusted": True,
            "vscode": {"languageId": "python"},
        }


def other_points(notebook: dict[str, object]) -> None:
    """Marks of another version of the exercise."""
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for each in cells:
        mark = each["metadata"].get("nbgrader", {})
        if mark.get("grade"):
            mark |= {"points": 1, "checksum": "0" * 32}


def indented(data: bytes) -> bytes:
    return json.dumps(json.loads(data), indent=4, sort_keys=True).encode()


def lines_as_in_windows(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def sources_as_in_windows(notebook: dict[str, object]) -> None:
    cells = notebook["cells"]
    assert isinstance(cells, list)
    answer = cell({"cells": cells}, ANSWER_ID)
    answer["source"] = "".join(answer["source"]).replace("\n", "\r\n")


def everyday_files(folder: Path) -> None:
    """What lies in a folder that somebody worked in."""
    checkpoints = folder / ".ipynb_checkpoints"
    checkpoints.mkdir()
    old = notebook_of(folder).read_bytes().replace(b"grams", b"ounces")
    (checkpoints / "open_closed-checkpoint.ipynb").write_bytes(old)
    (folder / "__pycache__").mkdir()
    (folder / "My notes (final) 2.docx").write_bytes(b"PK\x03\x04" + bytes(5000))
    (folder / ".DS_Store").write_bytes(bytes(100))
    (folder / "Thumbs.db").write_bytes(bytes(100))


EDITORS = [
    honest(
        "h58",
        "Grade cells stand in front of the answer, in another order",
        tamper=edited(reordered),
        not_shown="",
    ),
    honest(
        "h59",
        "An editor took all metadata of cells away",
        tamper=edited(stripped),
        not_shown="plain nbgrader fails at it, as at m01",
    ),
    honest(
        "h60", "The file has Windows' line ends", tamper=rewritten(lines_as_in_windows)
    ),
    honest(
        "h61",
        "The answer itself has Windows' line ends",
        tamper=edited(sources_as_in_windows),
    ),
    honest(
        "h62",
        "The file starts with a byte order mark",
        tamper=rewritten(lambda data: b"\xef\xbb\xbf" + data),
        not_shown="",
    ),
    honest("h63", "The notebook comes from Colab", tamper=edited(as_in_colab)),
    honest("h64", "The file is indented and sorted", tamper=rewritten(indented)),
    honest("h65", "Cells of text, raw text and nothing", tamper=edited(annotated)),
    honest("h66", "Cells without ids", tamper=edited(without_ids)),
    honest("h67", "Tags, slides and locks on every cell", tamper=edited(tagged)),
    honest("h68", "Other points and checksums", tamper=edited(other_points)),
    honest(
        "h69",
        "Checkpoints, notes and a file manager's files lie in the folder",
        tamper=everyday_files,
    ),
]

ATTACKS = [
    *TALK,
    *THREADS_AND_TASKS,
    *FILES,
    *MODULES,
    *STYLES,
    *CELLS,
    *EDITORS,
]
