"""GitHub's expressions: ``${{ github.ref == 'refs/heads/main' && success() }}``."""

import dataclasses
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_TEXT = 20_000

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<mark>&&|\|\||==|!=|<=|>=|[<>!().,*\[\]]))"
)
_EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_STATUS = re.compile(r"\b(success|failure|cancelled|always)\s*\(")
_WORDS = {"true": True, "false": False, "null": None, "nan": math.nan}
_ORDER = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


class ExpressionError(ValueError):
    """An expression that GitHub would refuse; the text completes "It ..."."""


@dataclasses.dataclass(frozen=True)
class Scope:
    """What an expression can see.

    Attributes:
        contexts: ``github``, ``needs``, ``matrix`` and their like.
        functions: ``success``, ``hashFiles`` and others that depend on the run.
    """

    contexts: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]] = dataclasses.field(
        default_factory=dict
    )


def asks_for_status(condition: str) -> bool:
    """Tell whether a condition replaces the ``success()`` that GitHub adds.

    Args:
        condition: The text of an ``if``.

    Returns:
        Whether it calls a status function.
    """
    return bool(_STATUS.search(condition))


def evaluate(expression: str, scope: Scope) -> Any:
    """Evaluate one expression, without its braces.

    Args:
        expression: The text.
        scope: What it sees.

    Returns:
        None, a truth value, a number, a text, a list or a mapping.

    Raises:
        ExpressionError: It is none.
    """
    return _Parser(expression, scope).parse()


def interpolate(value: Any, scope: Scope) -> Any:
    """Fill in all expressions of a value.

    Args:
        value: A text, or a list or mapping that holds some.
        scope: What the expressions see.

    Returns:
        The value; a text that is nothing but one expression keeps that one's type.
    """
    if isinstance(value, Mapping):
        return {str(key): interpolate(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate(item, scope) for item in value]
    if not isinstance(value, str):
        return value
    whole = _EMBEDDED.fullmatch(value.strip())
    if whole and "${{" not in whole[1]:
        return evaluate(whole[1], scope)
    return _EMBEDDED.sub(lambda m: as_text(evaluate(m[1], scope)), value)[:MAX_TEXT]


def is_met(condition: object, scope: Scope) -> bool:
    """Evaluate an ``if``, which may leave out the braces.

    Args:
        condition: What the workflow says.
        scope: What it sees.

    Returns:
        Whether it holds.
    """
    if not isinstance(condition, str):
        return truth(condition)
    whole = _EMBEDDED.fullmatch(condition.strip())
    if whole and "${{" not in whole[1]:
        return truth(evaluate(whole[1], scope))
    if "${{" in condition:  # a text around an expression: never empty, so true
        return truth(interpolate(condition, scope))
    return truth(evaluate(condition, scope))


def truth(value: object) -> bool:
    """Say what GitHub takes for true.

    Args:
        value: Any value.

    Returns:
        False for null, false, 0, not a number and the empty text.
    """
    if isinstance(value, float) and math.isnan(value):
        return False
    return value not in (None, False, 0, "") or isinstance(value, list | dict)


def as_text(value: Any) -> str:
    """Write a value as GitHub does.

    Args:
        value: Any value.

    Returns:
        Its text.
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case Mapping():
            return "Object"
        case list():
            return "Array"
    return str(value)[:MAX_TEXT]


class _Parser:
    """Evaluates while it reads; both sides of ``&&`` and ``||`` are read."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._text = text
        self._tokens = [*_tokens(text), ("end", "")]
        self._scope = scope
        self._at = 0

    def parse(self) -> Any:
        value = self._binary(0)
        if self._kind != "end":
            raise self._error()
        return value

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _takes(self, *marks: str) -> str:
        """Go past one of these marks, and say which; empty where none stands here."""
        kind, token = self._tokens[self._at]
        if kind != "mark" or token not in marks:
            return ""
        return self._next()

    def _error(self) -> ExpressionError:
        return ExpressionError(f"holds the expression {self._text.strip()!r}")

    def _binary(self, level: int) -> Any:
        if level == len(_ORDER):
            return self._unary()
        value = self._binary(level + 1)
        while operator := self._takes(*_ORDER[level]):
            value = _apply(operator, value, self._binary(level + 1))
        return value

    def _unary(self) -> Any:
        if self._takes("!"):
            return not truth(self._unary())
        if self._takes("("):
            value = self._binary(0)
            if not self._takes(")"):
                raise self._error()
        else:
            value = self._atom()
        return self._parts_of(value)

    def _atom(self) -> Any:
        kind, token = self._kind, self._next()
        if kind == "number":
            return float(int(token, 16) if "0x" in token else token)
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind != "name":
            raise self._error()
        if self._takes("("):
            return self._call(token)
        if token.lower() in _WORDS:
            return _WORDS[token.lower()]
        if token not in self._scope.contexts:
            raise self._error()
        return self._scope.contexts[token]

    def _call(self, name: str) -> Any:
        arguments = []
        while not self._takes(")"):
            arguments.append(self._binary(0))
            if not self._takes(",") and self._tokens[self._at][1] != ")":
                raise self._error()
        known = {**_FUNCTIONS, **self._scope.functions}
        function = {n.lower(): f for n, f in known.items()}.get(name.lower())
        if function is None:
            raise self._error()
        try:
            return function(*arguments)
        except (TypeError, ValueError, IndexError, KeyError) as error:
            raise self._error() from error

    def _parts_of(self, value: Any) -> Any:
        while mark := self._takes(".", "["):
            if self._takes("*"):
                value = _every(value)
            else:
                value = _part(value, self._next() if mark == "." else self._binary(0))
            if mark == "[" and not self._takes("]"):
                raise self._error()
        return value


class _Every(list[Any]):
    """What ``.*`` gives: a part of it is that part of every item."""


def _every(value: Any) -> "_Every":
    items = value.values() if isinstance(value, Mapping) else value or []
    return _Every(items)


def _part(value: Any, key: Any) -> Any:
    if isinstance(value, _Every):
        return _Every(_part(item, key) for item in value)
    if isinstance(value, Mapping):
        return value.get(as_text(key))
    if isinstance(value, list) and isinstance(key, float) and key.is_integer():
        return value[int(key)] if 0 <= key < len(value) else None
    return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(f"holds the expression {text.strip()!r}")
        at = found.end()
        yield str(found.lastgroup), found[str(found.lastgroup)]


def _apply(operator: str, left: Any, right: Any) -> Any:
    if operator == "||":
        return left if truth(left) else right
    if operator == "&&":
        return right if truth(left) else left
    if isinstance(left, str) and isinstance(right, str):
        left, right = left.lower(), right.lower()
    elif type(left) is not type(right) or isinstance(left, bool):
        left, right = _number(left), _number(right)
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    try:
        return {
            "<": lambda: left < right,
            "<=": lambda: left <= right,
            ">": lambda: left > right,
            ">=": lambda: left >= right,
        }[operator]()
    except TypeError:
        return False


def _number(value: Any) -> float:
    try:
        return float(value) if value not in (None, "") else 0.0
    except (TypeError, ValueError):
        return math.nan


def _contains(where: Any, what: Any) -> bool:
    if isinstance(where, list):
        return any(_apply("==", item, what) for item in where)
    return as_text(what).lower() in as_text(where).lower()


def _join(items: Any, separator: Any = ",") -> str:
    parts = items if isinstance(items, list) else [items]
    return as_text(separator).join(map(as_text, parts))


def _format(pattern: Any, *arguments: Any) -> str:
    def filled(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        return as_text(arguments[int(match[1])])

    return re.sub(r"\{\{|\}\}|\{(\d+)\}", filled, as_text(pattern))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contains": _contains,
    "startsWith": lambda a, b: as_text(a).lower().startswith(as_text(b).lower()),
    "endsWith": lambda a, b: as_text(a).lower().endswith(as_text(b).lower()),
    "format": _format,
    "join": _join,
    "toJSON": lambda value: json.dumps(value, indent=2),
    "fromJSON": lambda text: json.loads(as_text(text)),
}
