"""How cost grows with the size of the input: counted, never timed.

Lines of Python that run and bytes that are allocated are the same on every run, also on
a busy machine. Each is measured at two sizes, and what a further item costs decides:
code that hands whole columns to numpy runs no line more, a loop runs at least one.

What counts stands beside learner code, which could reach it. So the criterion looks at
the source first, and refuses what code that computes has no use for.
"""

import ast
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from autograder.chance import fresh_word
from autograder.checks.outcomes import expect, result_of
from autograder.checks.source import syntax_tree
from autograder.namespace import Namespace


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Given = Callable[[int], Mapping[str, Any]]
"""Makes the input of a size: plain data, by the names that the probe reads."""

SIZES = (200, 2000)
"""Large enough for one line an item to stand out, small enough for a slow answer."""

OWN_LINES = 0.1
"""Lines of the learner's code that one more item may cost."""
LIBRARY_LINES = 20.0
"""pandas loops over texts and dates: 1 to 4 lines each. A row as a Series costs 200."""

MODULES = _words("""
    __future__ array bisect calendar collections copy csv dataclasses datetime decimal
    enum fractions functools heapq io itertools json math numbers numpy operator os
    pandas pathlib random re statistics string struct textwrap time typing
    typing_extensions uuid warnings zoneinfo
""")
"""What code that computes imports; nothing here counts, traces or starts a thread."""

_BUILTINS = _words("""
    compile eval exec globals locals vars __builtins__ __import__ __loader__ __spec__
""")
_ATTRIBUTES = _words("""
    _getframe builtins ctypes ctypeslib gc importlib inspect setprofile settrace sys
    threading tracemalloc with_traceback ag_frame cr_frame f_back f_globals f_locals
    f_trace gi_frame tb_frame tb_next __builtins__ __closure__ __code__ __dict__
    __globals__ __import__ __loader__ __spec__ __subclasses__ __traceback__
""")
_BY_NAME = frozenset({"getattr", "setattr", "attrgetter", "methodcaller"})

_COUNT_LINES = """
import sys as _sys

class _Counter:
    def __init__(self, limit):
        self.own = self.libraries = 0
        self.limit = limit

    def enter(self, frame, event, argument):
        if self.own + self.libraries > self.limit:
            return None
        name = frame.f_code.co_filename
        # Code of the learner's, and what it makes at run time, stands in no file.
        if name.startswith("<") and not name.startswith(("<frozen", "<__array")):
            self.own += 1
            return self.own_line
        self.libraries += 1
        return self.library_line

    def own_line(self, frame, event, argument):
        if event == "line":
            self.own += 1
        return self.own_line

    def library_line(self, frame, event, argument):
        if event == "line":
            self.libraries += 1
        return self.library_line

def _marked():
    return None

def count_lines(word, limit, given):
    run(prepare(**given))  # what is done only the first time is not counted
    prepared, counter = prepare(**given), _Counter(limit)
    before = _sys.gettrace()
    _sys.settrace(counter.enter)
    try:
        run(prepared)
        own, entered = counter.own, counter.own + counter.libraries
        _marked()
        alive = counter.own > own or entered > limit
    finally:
        _sys.settrace(before)
    return [word, own, counter.libraries, alive]
"""

_PEAK_MEMORY = """
import gc as _gc
import tracemalloc as _tracemalloc

def peak_memory(word, given):
    run(prepare(**given))
    prepared = prepare(**given)
    _gc.collect()
    running = _tracemalloc.is_tracing()
    if not running:
        _tracemalloc.start()
    try:
        _tracemalloc.reset_peak()
        before = _tracemalloc.get_traced_memory()[0]
        kept = run(prepared)
        alive = _tracemalloc.is_tracing()
        peak = _tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            _tracemalloc.stop()
    return [word, peak, alive]
"""
_LIMIT = 2_000_000


@dataclasses.dataclass(frozen=True)
class Lines:
    """Lines of Python that ran, each counted as often as it ran; calls count as one.

    Attributes:
        own: Of the learner's code, also when a library calls it back.
        libraries: Of everything else.
    """

    own: int
    libraries: int


def lines_run(solution: Namespace, probe: str, **given: object) -> Lines:
    """Count the lines that run beside the learner's code.

    Args:
        solution: The learner's code.
        probe: Source that defines ``prepare(**given)``, which is not counted, and
            ``run(prepared)``, which is. All names of the learner's are in reach.
        **given: Plain data for ``prepare``.

    Returns:
        The lines; above two million the count stops.

    Raises:
        CriterionNotMet: The code reaches for what counts.
    """
    _expect_plain_computing(solution)
    word = fresh_word()
    told = solution.probe(probe + _COUNT_LINES).count_lines(word, _LIMIT, given)
    _expect_measured(told[0] == word and told[3])
    return Lines(told[1], told[2])


def peak_memory(solution: Namespace, probe: str, **given: object) -> int:
    """Measure how much memory is taken at most, beyond the input.

    Args:
        solution: The learner's code.
        probe: As for ``lines_run``.
        **given: Plain data for ``prepare``.

    Returns:
        Bytes, those of numpy's arrays among them.

    Raises:
        CriterionNotMet: The code reaches for what measures.
    """
    _expect_plain_computing(solution)
    word = fresh_word()
    told = solution.probe(probe + _PEAK_MEMORY).peak_memory(word, given)
    _expect_measured(told[0] == word and told[2])
    return int(told[1])


def expect_vectorised(
    solution: Namespace,
    probe: str,
    given: Given,
    *,
    called: str,
    items: str = "rows",
    sizes: tuple[int, int] = SIZES,
) -> None:
    """Demand that no line of Python runs item by item.

    Args:
        solution: The learner's code.
        probe: As for ``lines_run``.
        given: Makes the input of a size.
        called: The call as a learner can repeat it.
        items: What the input consists of, for messages.
        sizes: How many items, twice.

    Raises:
        CriterionNotMet: A larger input makes more lines run.
    """
    few, many = (
        result_of(
            lambda size=size: lines_run(solution, probe, **given(size)),  # type: ignore[misc]
            called=f"{called} with {size:,} {items}",
            expected="a result",
        )
        for size in sizes
    )
    more = sizes[1] - sizes[0]
    for kind, less, grown, allowed in (
        ("lines of your code", few.own, many.own, OWN_LINES),
        (
            "lines of Python inside the libraries",
            few.libraries,
            many.libraries,
            LIBRARY_LINES,
        ),
    ):
        expect(
            grown - less <= allowed * more,
            called=f"{called} with {sizes[0]:,} {items}, then with {sizes[1]:,}",
            got=f"ran {less:,} {kind}, then {grown:,}",
            expected=f"about as many for {sizes[1]:,} {items} as for {sizes[0]:,}",
        )


def expect_memory(
    solution: Namespace,
    probe: str,
    given: Given,
    *,
    at_most: int,
    called: str,
    items: str = "rows",
    sizes: tuple[int, int] = SIZES,
) -> None:
    """Demand that one more item takes no more than some bytes while the code runs.

    Args:
        solution: The learner's code.
        probe: As for ``lines_run``.
        given: Makes the input of a size.
        at_most: Bytes that one more item may take. Measure the honest styles, and leave
            twice the room.
        called: The call as a learner can repeat it.
        items: What the input consists of, for messages.
        sizes: How many items, twice.

    Raises:
        CriterionNotMet: It takes more.
    """
    few, many = (
        result_of(
            lambda size=size: peak_memory(solution, probe, **given(size)),  # type: ignore[misc]
            called=f"{called} with {size:,} {items}",
            expected="a result",
        )
        for size in sizes
    )
    each = (many - few) / (sizes[1] - sizes[0])
    expect(
        each <= at_most,
        called=f"{called} with {sizes[0]:,} {items}, then with {sizes[1]:,}",
        got=f"needed {each:,.0f} bytes of memory for each one more",
        expected=f"at most {at_most:,} bytes for each",
    )


def _expect_plain_computing(solution: Namespace) -> None:
    """Refuse code that reaches for the interpreter: it could reach what counts."""
    found = reaches_for(solution)
    expect(
        not found,
        called="your code to count what it does",
        got=f"reaches for {', '.join(found)}, with which it could change the count",
        expected="code that imports numpy, pandas and modules of the standard library "
        "that compute, and does not look into the interpreter",
    )


def _expect_measured(met: bool) -> None:
    expect(
        met,
        called="your code to count what it does",
        got="ended the count before it was done",
        expected="code that computes",
    )


def reaches_for(solution: Namespace) -> list[str]:
    """Name what code uses that could change a count.

    Args:
        solution: The learner's code.

    Returns:
        Modules and names in the order of the source; empty for code that computes.
    """
    nodes = ast.walk(syntax_tree(solution))
    return [name for node in nodes for name in _suspect(node)]


def _suspect(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names if _is_suspect(alias.name)]
        case ast.ImportFrom(module=module, names=names):
            whole = [f"{module or '.'}.{alias.name}" for alias in names]
            return [name for name in whole if _is_suspect(name)]
        case ast.Name(id=name) if name in _BUILTINS:
            return [name]
        case ast.Attribute(attr="eval", value=ast.Name(id="pd" | "pandas")):
            return ["pandas.eval"]
        case ast.Attribute(attr=name) if name in _ATTRIBUTES:
            return [name]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
            named = [a.value for a in args if isinstance(a, ast.Constant)]
            return [str(n) for n in named if name in _BY_NAME and n in _ATTRIBUTES]
    return []


def _is_suspect(module: str) -> bool:
    top, *inner = module.split(".")
    return top not in MODULES or not _ATTRIBUTES.isdisjoint(inner)
