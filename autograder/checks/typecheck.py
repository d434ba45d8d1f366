"""A type checker as the judge: mypy on the learner's code, and on code that uses it.

Three questions, from the weakest to the strongest:

* ``expect_typed``: does mypy, in strict mode, find nothing in the learner's code? What
  silences mypy is no answer: comments are ignored, ``cast`` and its like are named.
* ``expect_uses``: does mypy accept each right use of the code, and refuse each wrong
  one? Hints that are too wide, such as ``Any``, refuse nothing.
* ``expect_hints_hold``: does what really comes back have the type that the hint
  promises? Hints that say what is not so are caught here.

mypy sees the standard library and the code, and no other library. A use is source, with
the learner's module as ``solution``::

    expect_uses(
        solution,
        setup="from solution import total",
        accepted=["total([1, 2]) + 1"],
        refused={"total('12')": "a text is no list of numbers"},
    )
"""

import ast
import datetime as dt
import decimal
import re
import textwrap
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.checks.outcomes import expect, outcome_of
from autograder.checks.source import syntax_tree
from autograder.checks.warm_mypy import check_modules
from autograder.namespace import Namespace
from autograder.values import plain, shape

__all__ = ["expect_hints_hold", "expect_typed", "expect_uses", "silencers"]

_SUPPRESSION = re.compile(r"#\s*type:\s*ignore|^# mypy:", re.MULTILINE)
_NO_ANY = "\n# mypy: disallow-any-explicit\n"
# What is asked of a use is whether its types fit, not whether it is good style.
_CLIENT = "# mypy: allow-untyped-calls, disable-error-code=func-returns-value\n"
_PROBES = """
import datetime
import uuid
from decimal import Decimal
from typing import Generic, TypeVar

_T = TypeVar("_T")


class _Nobody: ...


class _Box(Generic[_T]):
    def __init__(self, value: _T) -> None:
        self.value = value


def _some(value: _T | None) -> _T:
    assert value is not None
    return value
"""
_TYPING = ("typing", "typing_extensions")
_SILENCING = frozenset({"cast", "no_type_check", "no_type_check_decorator"})
_ONLY_FOR_CHECKERS = frozenset({"TYPE_CHECKING", "MYPY"})
_SHOWN_REMARKS = 3
# What stands above the uses is not shown: it is the test's own.
_BESIDE = "your code through mypy, with code of ours beside it"


def silencers(solution: Namespace) -> list[str]:
    """Find what makes a checker believe something without proof.

    Args:
        solution: The learner's code.

    Returns:
        Each ``cast`` and ``no_type_check``, and each branch on ``TYPE_CHECKING`` that
        holds more than imports, with its line.
    """
    nodes = list(ast.walk(syntax_tree(solution)))
    modules = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name in _TYPING
    }
    found = []
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module in _TYPING:
            names = [alias.name for alias in node.names if alias.name in _SILENCING]
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in modules:
            names = [node.attr] if node.attr in _SILENCING else []
        elif isinstance(node, ast.If) and _differs_for_checkers(node):
            names = ["code that only a checker sees, or that it never sees"]
        else:
            continue
        found += [(node.lineno, name) for name in names]
    return [f"{name} in line {line}" for line, name in sorted(found)]


def _differs_for_checkers(node: ast.If) -> bool:
    asked = {
        n.id if isinstance(n, ast.Name) else n.attr
        for n in ast.walk(node.test)
        if isinstance(n, ast.Name | ast.Attribute)
    }
    branches = [*node.body, *node.orelse]
    imports = ast.Import | ast.ImportFrom | ast.Pass
    return bool(asked & _ONLY_FOR_CHECKERS) and not all(
        isinstance(statement, imports) for statement in branches
    )


def expect_typed(solution: Namespace, *, explicit_any: bool = False) -> None:
    """Demand that mypy, in strict mode and not silenced, finds nothing.

    Args:
        solution: The learner's code.
        explicit_any: Whether the code may write ``Any``.

    Raises:
        CriterionNotMet: mypy finds something, or is kept from finding it.
    """
    source = _unsilenced(solution.source) + ("" if explicit_any else _NO_ANY)
    remarks = [f"line {r.line}: {r.text}" for r in check_modules({"solution": source})]
    expect(
        not remarks,
        called="your code through mypy --strict",
        got=f"said {_several(remarks)}",
        expected="mypy to find nothing",
    )
    silenced = silencers(solution)
    expect(
        not silenced,
        called="your code through mypy --strict",
        got=f"was silenced by {_several(silenced)}",
        expected="types that mypy can follow by itself",
    )


def expect_uses(
    solution: Namespace,
    *,
    setup: str,
    accepted: Sequence[str],
    refused: Mapping[str, str],
) -> None:
    """Demand that mypy accepts right uses of the code and refuses wrong ones.

    Every name that a wrong use needs should occur in a right one as well: an unknown
    name is refused for another reason.

    Args:
        solution: The learner's code.
        setup: What stands above each use: imports, definitions.
        accepted: Statements that are right.
        refused: Statements that are wrong, each with the reason.

    Raises:
        CriterionNotMet: mypy says otherwise of one of them.
    """
    uses = [*accepted, *refused]
    remarks = _Client(setup).check(solution, uses)
    above = remarks.pop(_SETUP, [])
    expect(not above, called=_BESIDE, got=_said(above), expected="no error")
    for use in accepted:
        expect(
            use not in remarks,
            called=_shown(use),
            got=_said(remarks.get(use, [])),
            expected="no error: this use is right",
        )
    for use, reason in refused.items():
        expect(
            use in remarks,
            called=_shown(use),
            got="found nothing wrong",
            expected=f"an error: {reason}",
        )


def expect_hints_hold(solution: Namespace, calls: Sequence[str], *, setup: str) -> None:
    """Demand of calls that mypy accepts that they work, and return what is promised.

    What mypy refuses is not called: nothing was promised. Documented exceptions, such
    as a ValueError, break no promise; a TypeError or an AttributeError does.

    Args:
        solution: The learner's code.
        calls: Expressions.
        setup: What stands above each: imports, definitions. It runs, too.

    Raises:
        CriterionNotMet: A hint promises nothing, or what is not so.
    """
    client = _Client(setup + _PROBES)
    tests = {call: f"nobody: _Nobody = {call}" for call in calls}
    said = client.check(solution, [*calls, *tests.values()])
    above = said.get(_SETUP, [])
    expect(not above, called=_BESIDE, got=_said(above), expected="no error")
    promised = [call for call in calls if call not in said]
    for call in promised:
        expect(
            tests[call] in said,
            called=_shown(f"result = {call}"),
            got="took the result for Any: whatever is done with it is right",
            expected="a hint that says what comes back",
        )
    claims = dict(
        claim for call in promised for claim in _claims(solution, setup, call)
    )
    broken = client.check(solution, list(claims))
    for claim, (place, literal) in claims.items():
        remarks = _several(broken.get(claim, []))
        expect(
            not remarks,
            called=place,
            got=f"returned {literal}, against your hints: {remarks}",
            expected="a result of the type that the hints promise",
        )


def _claims(
    solution: Namespace, setup: str, call: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Make a call; say in Python what came back, for mypy to compare with the hints."""
    returned: list[Any] = []
    source = f"{setup}\n_result = {call}"
    outcome = outcome_of(lambda: returned.append(solution.probe(source)._result))
    expect(
        not {"TypeError", "AttributeError"} & set(outcome.errors),
        called=f"{call}, which your hints allow",
        got=str(outcome),
        expected="hints that allow only what works",
    )
    for value in returned:
        for place, expression, literal in _facts(call, call, value):
            yield f"box = _Box({expression})\nbox.value = {literal}", (place, literal)


def _facts(place: str, expression: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """What was found at run time: where, the same as an expression, and the value."""
    if shape(value).is_record:
        for name in plain(value):
            there = getattr(value, name)
            yield from _facts(f"{place}.{name}", f"_some({expression}).{name}", there)
        return
    literal = _literal(value)
    if literal is not None:
        yield place, expression, literal
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            end = f"[{index}]"
            yield from _facts(place + end, f"_some({expression}){end}", item)


_AS_SHOWN = (
    type(None),
    bool,
    int,
    str,
    bytes,
    decimal.Decimal,
    dt.date,
    dt.datetime,
    dt.time,
    dt.timedelta,
    uuid.UUID,
)
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    set: ("{", "}"),
    tuple: ("(", ")"),
}


def _literal(value: Any) -> str | None:
    """Write a value as an expression; None for one that is more than plain data."""
    kind = type(value)
    if kind in _AS_SHOWN:
        return repr(value)
    if kind is float:
        return repr(value) if value - value == 0 else f"float('{value}')"
    if kind is dict:
        pairs = [(_literal(key), _literal(item)) for key, item in value.items()]
        if any(None in pair for pair in pairs):
            return None
        return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
    if kind not in _BRACKETS:
        return None
    items = [_literal(item) for item in value]
    if None in items:
        return None
    if kind is set and not items:
        return "set()"
    opening, closing = _BRACKETS[kind]
    comma = "," if kind is tuple and len(items) == 1 else ""
    return opening + ", ".join(map(str, items)) + comma + closing


_SETUP = "setup"


class _Client:
    """Code that uses the learner's, each use in a function of its own.

    Args:
        setup: What stands above all uses.
    """

    def __init__(self, setup: str) -> None:
        self._setup = f"{_CLIENT}{setup}\n".splitlines()

    def check(self, solution: Namespace, uses: Sequence[str]) -> dict[str, list[str]]:
        """Ask mypy.

        Args:
            solution: The learner's code.
            uses: Statements.

        Returns:
            What it says of each use of which it says something, and of ``setup``.
        """
        lines, owners = list(self._setup), [_SETUP] * len(self._setup)
        for number, use in enumerate(uses):
            body = textwrap.indent(use, "    ").splitlines()
            lines += [f"def use_{number}() -> None:", *body]
            owners += [use] * (len(body) + 1)
        sources = {
            "solution": _unsilenced(solution.source),
            "client": "\n".join(lines) + "\n",
        }
        said: dict[str, list[str]] = {}
        for remark in check_modules(sources):
            if remark.module == "client":
                said.setdefault(owners[remark.line - 1], []).append(remark.text)
        return said


def _unsilenced(source: str) -> str:
    """Take from comments what mypy obeys; lines keep their numbers."""
    return _SUPPRESSION.sub("# unheard:", source)


def _shown(use: str) -> str:
    lines = [line for line in use.splitlines() if line.strip()]
    return f"your code through mypy, used as {'; '.join(lines)}"


def _said(remarks: Sequence[str]) -> str:
    return f"said {_several(remarks)}"


def _several(remarks: Sequence[str]) -> str:
    more = len(remarks) - _SHOWN_REMARKS
    shown = "; ".join(remarks[:_SHOWN_REMARKS])
    return f"{shown}; and {more} more" if more > 0 else shown
