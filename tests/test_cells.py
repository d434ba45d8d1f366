"""A learner's cells, run for show: as in Jupyter, bounded, and never fatal."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.grading.cells import MAX_OUTPUTS, MAX_TEXT, MAX_TOTAL, sound_outputs
from autograder.rooms import Rooms

Outputs = list[dict[str, Any]]

_ROOT = Rooms.of_this_course().exercises.parent
# A warm process that forks for each line it is sent, as the grader's does.
_ZYGOTE = """
import json, os, resource, sys, time
sys.path.insert(0, sys.argv[1])
from autograder.grading import cells
assert "IPython" not in sys.modules, "IPython was imported too early"
cells.warm_up()
pipe = os.fdopen(os.dup(1), "w")
def emit(told):
    pipe.write(json.dumps(told) + "\\n")
    pipe.flush()
for line in sys.stdin:
    folder, sources, seconds = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
        told = [{"id": str(n), "source": source} for n, source in enumerate(sources)]
        begin = time.process_time()
        cells.run_cells(told, emit, seconds)
        emit({"cpu": time.process_time() - begin})
        os._exit(0)
    emit({"status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])})
"""
_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


class Run:
    """Runs cells in a forked child, in a folder of its own."""

    def __init__(self, zygote: subprocess.Popen[str], folder: Path) -> None:
        self.zygote = zygote
        self.folder = folder

    def lines(self, *sources: str, seconds: float = 5) -> list[dict[str, Any]]:
        """Give all that the child sent, and last how it ended."""
        assert self.zygote.stdin
        assert self.zygote.stdout
        told = json.dumps([str(self.folder), sources, seconds])
        self.zygote.stdin.write(f"{told}\n")
        self.zygote.stdin.flush()
        lines = []
        for line in self.zygote.stdout:
            lines.append(json.loads(line))
            if "status" in lines[-1]:
                break
        return lines

    def __call__(self, *sources: str, seconds: float = 5) -> list[Outputs]:
        *told, _cpu, end = self.lines(*sources, seconds=seconds)
        assert end == {"status": 0}
        assert [cell["id"] for cell in told] == [str(n) for n in range(len(sources))]
        for cell in told:
            notebook_accepts(cell["outputs"])
        return [cell["outputs"] for cell in told]


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    home = tmp_path_factory.mktemp("home")
    errors = home.with_name("stderr")
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-I", "-c", _ZYGOTE, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=home,
            env={"HOME": str(home)},
            text=True,
        ) as process,
    ):
        yield process
    assert errors.read_text() == ""
    assert list(home.iterdir()) == [], "the shell wrote files"


@pytest.fixture
def run(zygote: subprocess.Popen[str], tmp_path: Path) -> Run:
    return Run(zygote, tmp_path)


def notebook_accepts(outputs: Outputs) -> None:
    cell = nbformat.v4.new_code_cell("", outputs=nbformat.from_dict(outputs))
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert sound_outputs(outputs)[0] == outputs
    json.dumps(outputs, ensure_ascii=False).encode()


def texts(outputs: Outputs) -> list[str]:
    """Say in one string each what was shown."""
    said = []
    for output in outputs:
        if output["output_type"] == "stream":
            said.append(f"{output['name']}: {output['text']}")
        elif output["output_type"] == "error":
            said.append(f"{output['ename']}: {output['evalue']}")
        else:
            said.append(output["data"]["text/plain"])
    return said


# --- As in Jupyter ------------------------------------------------------------------


def test_streams_interleave_and_the_last_expression_is_shown(run: Run) -> None:
    source = (
        "import sys\nprint(1)\nprint(2)\nprint(3, file=sys.stderr)\nprint(4)\n'five'"
    )
    (outputs,) = run(source)
    assert texts(outputs) == ["stdout: 1\n2\n", "stderr: 3\n", "stdout: 4\n", "'five'"]
    assert outputs[-1]["output_type"] == "execute_result"
    assert outputs[-1]["execution_count"] == 1


def test_state_is_kept_across_cells(run: Run) -> None:
    shown = run(
        "x = 1",
        "x + 1;",
        "_, x + 1",
        "import decimal; decimal.getcontext().prec = 3",
        "decimal.Decimal(1) / 3",
        "from __future__ import annotations",
        "def f(a: nonsense): ...",
        "import dataclasses\n@dataclasses.dataclass\nclass C:\n    n: int",
        "import inspect\nprint(C(3), inspect.getsource(f))",
    )
    assert [texts(outputs) for outputs in shown] == [
        [],
        [],
        ["('', 2)"],
        [],
        ["Decimal('0.333')"],
        [],
        [],
        [],
        ["stdout: C(n=3) def f(a: nonsense): ...\n\n"],
    ]


def test_await_and_tasks_work_in_cells(run: Run) -> None:
    shown = run(
        "import asyncio\n"
        "async def double(n):\n    await asyncio.sleep(0)\n    return 2 * n",
        "await double(2)",
        "task = asyncio.create_task(double(3))",
        "await task",
        "1 / 0\nawait double(1)",
        "await asyncio.gather(double(4), double(5))",
    )
    assert [texts(outputs) for outputs in shown] == [
        [],
        ["4"],
        [],
        ["6"],
        ["ZeroDivisionError: division by zero"],
        ["[8, 10]"],
    ]


def test_displays_become_text_and_png_only(run: Run) -> None:
    shown = run(
        "from IPython.display import HTML, Image, SVG, display, clear_output",
        "display(1, HTML('<b>'))\nHTML('<script>')",
        f"import base64\nImage(base64.b64decode('{_PIXEL}'))",
        "display({'text/html': '<b>', 'image/svg+xml': '<svg/>'}, raw=True)",
        "h = display('a', display_id=True); h.update('b')",
        "print(1); clear_output(); print(2); clear_output(wait=True); print(3)",
    )
    assert texts(shown[1]) == ["1", *["<IPython.core.display.HTML object>"] * 2]
    assert shown[2][0]["data"]["image/png"] == _PIXEL
    assert texts(shown[3]) == ["[only text and PNG pictures are shown here]"]
    assert texts(shown[4]) == ["'b'"]
    assert texts(shown[5]) == ["stdout: 3\n"]
    kinds = {k for s in shown for o in s for k in o.get("data", ())}
    assert kinds == {"text/plain", "image/png"}


def test_figures_are_shown_as_png(run: Run) -> None:
    pytest.importorskip("matplotlib")
    (figure, again) = run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "%matplotlib inline\nplt.plot([1]); plt.show(); print('after')",
        seconds=40,
    )
    for shown in (figure[-1], again[0]):
        picture = base64.b64decode(shown["data"]["image/png"])
        assert picture.startswith(b"\x89PNG")
    assert texts(again)[1] == "stdout: after\n"


def test_magics(run: Run) -> None:
    shown = run(
        "%time sum(range(10))",
        "%%time\nprint(1)",
        "%timeit 1 + 1",
        "%timeit -n 100000 -r 9 __import__('time').sleep(0.001)",
        "%%timeit\nx = 1",
        "%%capture c\nprint(2)",
        "c.stdout",
        "%history -n",
        "%nosuch",
    )
    said = [" ".join(texts(s)) for s in shown]
    assert "Wall time" in said[0]
    assert said[0].endswith("45")
    assert "stdout: 1\n" in said[1]
    assert all("per loop" in line for line in said[2:5])
    assert said[5:7] == ["", "'2\\n'"]
    assert "ZeroDivisionError" not in said[7]
    assert "UsageError" in said[8]


def test_warm_up_and_magics_leave_no_file(run: Run) -> None:
    shown = run("%history -n", "%bookmark here", "%alias", "1")
    assert not [o for outputs in shown for o in outputs if "ename" in o]
    assert list(run.folder.iterdir()) == []


def test_opening_cell_and_checks_do_not_fail(run: Run) -> None:
    opening = (
        'from autograder.notebook import exercise\n\ncheck = exercise("singleton")'
    )
    shown = run('check("a")', opening, 'check("a")', "import autograder.notebook as n")
    words = ["Your instructor's grader runs this check."]
    assert [texts(s) for s in shown] == [words, [], words, []]


# --- Errors -------------------------------------------------------------------------


def test_traceback_is_plain_and_shows_the_learners_frames(run: Run) -> None:
    shown = run("import json\ndef f():\n    return json.loads('{')", "x = 1\nf()")
    lines = shown[1][0]["traceback"]
    files = [line.strip().rsplit(",", 2)[0] for line in lines if "File " in line]
    assert files[:2] == ['File "Cell In[2]"', 'File "Cell In[1]"']
    assert set(files[2:]) == {'File "json/__init__.py"', 'File "json/decoder.py"'}
    assert '  File "Cell In[1]", line 3, in f' in lines
    assert "    return json.loads('{')" in lines
    assert lines[-1].startswith("json.decoder.JSONDecodeError: Expecting")
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x ===", "SyntaxError"),
        ("def f(:", "SyntaxError"),
        ("if 1:\n    x\n  x", "IndentationError"),
        ("return 3", "SyntaxError"),
        ("x = '\0'", "SyntaxError"),
        ("x = '\ud800'", "UnicodeEncodeError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def f(): f()\nf()", "RecursionError"),
        ("raise ExceptionGroup('g', [ValueError(1)])", "ExceptionGroup"),
        (
            "async def g(): raise SystemExit\nawait __import__('asyncio').gather(g())",
            "SystemExit",
        ),
        ("import asyncio\nasyncio.run(asyncio.sleep(0))", "RuntimeError"),
    ],
)
def test_every_error_is_one_output_and_the_next_cell_runs(
    run: Run, source: str, name: str
) -> None:
    failed, after = run(source, "'next'")
    assert [o["ename"] for o in failed if o["output_type"] == "error"] == [name]
    assert "IPython" not in "".join(failed[0]["traceback"])
    assert texts(after) == ["'next'"]


def test_chain_is_told_and_recursion_is_short(run: Run) -> None:
    chain, long, recursion, leaving = run(
        "try:\n    1 / 0\n"
        "except ArithmeticError as e:\n    raise LookupError('no') from e",
        f"e = ValueError()\n{_CHAIN}",
        "def a(): b()\ndef b(): a()\na()",
        "exit()",
    )
    told = "\n".join(chain[0]["traceback"])
    assert told.index("ZeroDivisionError") < told.index("direct cause")
    assert told.endswith("LookupError: no")
    assert "\n".join(long[0]["traceback"]).count("direct cause") == 3
    assert any("calls left out]" in line for line in recursion[0]["traceback"])
    assert len(recursion[0]["traceback"]) < 100
    assert "do nothing here" in texts(leaving)[0]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("!ls", "Shell commands do not run"),
        ("x = !ls", "Shell commands do not run"),
        ("%sx ls", "Shell commands do not run"),
        ("%pip install x", "Shell commands do not run"),
        ("%%bash\nls", "Shell commands do not run"),
        ("%%python3\n1", "Shell commands do not run"),
        ("%%!\nls", "Shell commands do not run"),
        ("input('name')", "input() does not work here"),
        ("import getpass; getpass.getpass()", "getpass() does not work here"),
    ],
)
def test_what_cannot_work_says_so(run: Run, source: str, words: str) -> None:
    refused, after = run(source, "1")
    assert words in texts(refused)[-1]
    assert texts(after) == ["1"]


# --- Bounds -------------------------------------------------------------------------


def test_long_outputs_are_cut_in_words(run: Run) -> None:
    stream, text, wide, many, alternating, error = run(
        "for _ in range(5000): print('twelve chars')",
        "class R:\n    def __repr__(self): return 'x' * 10**8\nR()",
        "print('\N{GRINNING FACE}' * 19_000)",
        "for n in range(300): display(n)",
        "import sys\nout = sys.stdout, sys.stderr\n"
        "for n in range(300): print(n, file=out[n % 2])",
        "raise ValueError('y' * 10**7)",
    )
    for shown in (*stream, *text, *wide):
        said = texts([shown])[0].removeprefix("stdout: ")
        assert said.endswith("[output cut after 20 kB]")
        assert MAX_TEXT - 10 < len(said.encode()) <= MAX_TEXT
    for several in (many, alternating):
        assert len(several) == MAX_OUTPUTS + 1
        assert "left out: it has more than 100" in texts(several)[-1]
    assert len(error[0]["evalue"]) <= MAX_TEXT
    assert len("\n".join(error[0]["traceback"])) <= MAX_TEXT


def test_notebook_shows_at_most_4_mb(run: Run) -> None:
    big = "class R:\n    def __repr__(self): return 'x' * 19_000\n"
    shown = run(*[f"{big}for _ in range(60): display(R())"] * 5, "'small'")
    assert [len(outputs) for outputs in shown[:3]] == [60, 60, 60]
    assert len(shown[3]) < 60
    for outputs in shown[3:5]:
        assert "more than 4 MB" in texts(outputs)[-1]
    assert len(shown[4]) == 1
    assert len(json.dumps(shown)) < MAX_TOTAL + 10_000


_BUSY = "async def busy():\n    while True: pass\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x = 1\nwhile True: pass", "line 2"),
        ("import time; time.sleep(60)", "line 1"),
        ("await asyncio.sleep(60)", ""),
        ("async def busy():\n    while True: await asyncio.sleep(0)\nawait busy()", ""),
        (f"{_BUSY}await busy()", "in busy"),
        (
            f"{_BUSY}t = asyncio.create_task(busy())\nawait asyncio.sleep(60)",
            "in busy",
        ),
        (
            "import time\ntry: time.sleep(60)\nexcept: pass\nwhile True: pass",
            "line 4",
        ),
        ("class R:\n    def __repr__(self):\n        while True: pass\nR()", "line 3"),
        (
            "class E(OSError):\n    def __str__(self): time.sleep(60)\nraise E",
            "line 2",
        ),
    ],
)
def test_endless_cell_is_stopped_and_the_next_ones_run(
    run: Run, source: str, place: str
) -> None:
    _, endless, after, later = run(
        "import asyncio, time", source, "1", "await asyncio.sleep(0); 2", seconds=0.3
    )
    (error,) = endless
    assert error["ename"] == "OutOfTime"
    assert error["evalue"] == "Stopped after 0.3 seconds"
    assert error["traceback"][-1] == "OutOfTime: Stopped after 0.3 seconds"
    assert place in "\n".join(error["traceback"])
    assert [texts(after), texts(later)] == [["1"], ["2"]]


def test_what_an_endless_cell_printed_is_kept(run: Run) -> None:
    (endless,) = run("n = 0\nwhile True: n += 1; print(n)", seconds=0.3)
    printed, error = texts(endless)
    assert printed.startswith("stdout: 1\n2\n")
    assert error == "OutOfTime: Stopped after 0.3 seconds"


def test_finished_cells_are_kept_when_the_process_dies(run: Run) -> None:
    *told, end = run.lines("1", "2", "import os; os._exit(3)", "4")
    assert end == {"status": 3}
    assert [texts(cell["outputs"]) for cell in told] == [["1"], ["2"]]


# --- Hostile cells ------------------------------------------------------------------


_REPR = "class R:\n    def __repr__(self): {}\nR()"
_STR = "class S(str):\n    def __str__(self): 1 / 0\n    encode = __len__ = __str__\n"
_META = "class M(type):\n    @property\n    def __name__(self): 1 / 0\n"
_CHAIN = "for _ in range(10**5):\n    f = ValueError(); f.__cause__ = e; e = f\nraise e"
_HOSTILE = [
    _REPR.format("raise ValueError"),
    _REPR.format("raise SystemExit"),
    _REPR.format("return repr(R())"),
    _REPR.format("return '\\ud800'"),
    _REPR.format("return 3"),
    _STR + _REPR.format("return S('x')"),
    _STR + "print(S('x'))",
    "class R:\n    def _repr_png_(self): return b'<svg>'\nR()",
    "class R:\n    def _repr_png_(self): return b'\\x89PNG\\r\\n' * 10**6\nR()",
    "class R:\n    def _repr_mimebundle_(self, **k): return {'image/png': R}\nR()",
    "class R:\n    @property\n    def __class__(self): raise OSError\nR()",
    "class R:\n    def __getattr__(self, name): raise OSError\nR()",
    _META + "class E(Exception, metaclass=M):\n    def __str__(self): 1 / 0\nraise E",
    "class E(Exception):\n    __cause__ = property(lambda s: 1 / 0)\nraise E",
    "class E(Exception):\n    def _render_traceback_(self): return 7\nraise E",
    f"e = ValueError()\n{_CHAIN}",
    "import sys; sys.stdout = sys.stderr = None; print(1)",
    "import sys; sys.stdout.close(); sys.stderr.close()",
    "import sys; sys.displayhook = 3",
    "import sys; sys.excepthook = 3; 1 / 0",
    "import sys; sys.settrace(lambda *a: print(1))",
    "import sys; sys.setprofile(lambda *a: [3].index(4))",
    "import sys\nfor n in range(200, 0, -1): sys.setrecursionlimit(n)",
    "import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)",
    "import linecache as l, traceback as t; l.getline = t.StackSummary = 3; 1 / 0",
    "shell = get_ipython(); shell.display_pub = shell.displayhook = None; 1",
    "get_ipython().set_custom_exc((OSError,), lambda *a: 3); raise OSError",
    "get_ipython().display_pub.publish(3)",
    "get_ipython().display_pub.publish({3: 4}, transient={'display_id': []})",
    "__name__ = None; del In, Out, _oh, _",
]


@pytest.mark.parametrize("source", _HOSTILE)
def test_hostile_cell_harms_no_later_cell(run: Run, source: str) -> None:
    _hostile, *later = run(
        source, "'shown'", "display(2)\nprint(3)", "1 / 0", seconds=3
    )
    assert [texts(s) for s in later] == [
        ["'shown'"],
        ["2", "stdout: 3\n"],
        ["ZeroDivisionError: division by zero"],
    ]


def test_string_that_lies_about_itself_is_shown_as_it_is(run: Run) -> None:
    printed, shown = run(
        f"{_STR}import sys; sys.stdout.write(S('xy'));",
        "display({'text/plain': S('z')}, raw=True)",
    )
    assert texts(printed) == ["stdout: xy"]
    assert texts(shown) == ["z"]


def test_thread_that_prints_late_is_harmless(run: Run) -> None:
    thread = (
        "import threading, time\n"
        "def late():\n    time.sleep(0.1); print('late')\n"
        "threading.Thread(target=late).start()"
    )
    shown = run(thread, "time.sleep(0.3); 1", "2")
    assert texts(shown[1]) == ["stdout: late\n", "1"]
    assert texts(shown[2]) == ["2"]


@pytest.mark.parametrize(
    "told",
    [
        None,
        "text",
        [None, 3, [], {}],
        [{"output_type": "display_data", "data": {"text/html": "<script>"}}],
        [{"output_type": "display_data", "data": {"image/png": "PHN2Zz4="}}],
        [{"output_type": "display_data", "data": {"image/png": "no base64 \u00e9"}}],
        [{"output_type": "display_data", "data": {"image/png": "A" * 10**7}}],
        [{"output_type": "display_data", "data": 3, "metadata": {"x": "y"}}],
        [{"output_type": "execute_result", "data": {"text/plain": ["a"]}}],
        [
            {
                "output_type": "execute_result",
                "execution_count": "1",
                "data": {"text/plain": "a", "text/html": "b"},
                "metadata": {"isolated": True},
            }
        ],
        [{"output_type": "stream", "name": ["stdout"], "text": "x"}],
        [{"output_type": "stream", "name": "stdout", "text": "\ud800" * 30_000}],
        [{"output_type": "error", "ename": 3, "evalue": None, "traceback": "x"}],
        [{"output_type": "error", "traceback": [1, "a" * 50_000], "more": 1}],
        [{"output_type": "stream", "name": "stdout", "text": "x"}] * 500,
        [{"output_type": "stream", "name": "stdout", "text": "\0" * 20_000}] * 50,
    ],
)
def test_forged_outputs_are_brought_into_form(told: object) -> None:
    outputs, room = sound_outputs(told)
    notebook_accepts(outputs)
    assert 0 <= room <= MAX_TOTAL
    assert len(outputs) <= MAX_OUTPUTS + 1
    written = json.dumps(outputs)
    assert len(written) < MAX_TOTAL + 10_000
    assert "<script>" not in written
    assert "image/png" not in written
    assert "isolated" not in written


# --- Cost ---------------------------------------------------------------------------


def test_cells_cost_less_than_3_ms_each_even_when_they_fail(run: Run) -> None:
    count = 100
    for source in ("x = 1\nx", "1 / 0", "print('a')"):
        *_told, spent, _end = run.lines(*[source] * count)
        assert spent["cpu"] / count < 0.003


def test_import_brings_in_neither_criteria_nor_their_tools() -> None:
    names = "hypothesis", "complexipy", "IPython", "autograder.checks", "pydantic"
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import autograder.grading.cells\n"
        f"print([n for n in {names!r} if n in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-c", code, str(_ROOT)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "[]\n"
