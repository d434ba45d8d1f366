"""Values as JSON: plain data with its exact type, nothing that runs when it is read.

A value is written as itself where JSON has it, else as an object with one tag. Only the
exact built-in types travel by value; all other objects stay where they are and are
spoken of by handles, which ``channel`` knows about.
"""

import builtins
import datetime as dt
import decimal
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

from autograder.values import Thing, class_names_of

MAX_DEPTH = 50
_MAX_NAMES = 30
_MAX_TEXT = 2000
_PLAIN_ARGS = (str, int, float, bool, type(None))

Handles = Callable[[object], dict[str, Any]]
"""Writes an object that is not plain data."""

_COLLECTIONS: dict[type, str] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
}
_BY_TAG: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


_AS_TEXT: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    bytes: ("bytes", bytes.hex, bytes.fromhex),
    complex: ("complex", lambda c: [c.real, c.imag], lambda pair: complex(*pair)),
    decimal.Decimal: ("decimal", str, decimal.Decimal),
    dt.datetime: ("datetime", dt.datetime.isoformat, _instant),
    dt.date: ("date", dt.date.isoformat, dt.date.fromisoformat),
    dt.time: ("time", dt.time.isoformat, dt.time.fromisoformat),
    dt.timedelta: (
        "timedelta",
        lambda d: [d.days, d.seconds, d.microseconds],
        lambda parts: dt.timedelta(*parts),
    ),
    uuid.UUID: ("uuid", str, uuid.UUID),
    pathlib.PurePosixPath: ("purepath", str, pathlib.PurePosixPath),
    pathlib.PosixPath: ("path", str, pathlib.Path),
    Thing: ("thing", lambda thing: thing.kind, Thing),
}
_FROM_TEXT = {tag: read for tag, _, read in _AS_TEXT.values()}


def encode(value: Any, handle: Handles, depth: int = 0) -> Any:
    """Write a value.

    Args:
        value: Anything.
        handle: What to write for an object that is not plain data.
        depth: How deep in collections the value stands.

    Returns:
        Something that ``json.dumps`` takes.

    Raises:
        ValueError: Collections are nested too deeply.
    """
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if depth > MAX_DEPTH:
        raise ValueError(f"data nested more than {MAX_DEPTH} levels deep")
    if kind in _COLLECTIONS:
        return {_COLLECTIONS[kind]: [encode(item, handle, depth + 1) for item in value]}
    if kind is dict:
        pairs = [
            [encode(key, handle, depth + 1), encode(item, handle, depth + 1)]
            for key, item in value.items()
        ]
        return {"dict": pairs}
    if kind in _AS_TEXT:
        tag, write, _ = _AS_TEXT[kind]
        return {tag: write(value)}
    name = value.__name__ if isinstance(value, type) else ""
    if name and getattr(builtins, name, None) is value:
        return {"builtin": name}
    return handle(value)


def decode(
    written: Any, handle: Callable[[dict[str, Any]], Any], depth: int = 0
) -> Any:
    """Read a value.

    Args:
        written: What ``encode`` made, or anything that a hostile process sent.
        handle: Reads an object that is not plain data.
        depth: How deep in collections the value stands.

    Returns:
        The value.

    Raises:
        ValueError: This is not a value, or collections are nested too deeply.
    """
    if written is None or type(written) in (bool, int, float, str):
        return written
    if type(written) is not dict or not written or depth > MAX_DEPTH:
        raise ValueError("not a value")
    tag, content = next(iter(written.items()))
    if tag in _BY_TAG:
        return _BY_TAG[tag](decode(item, handle, depth + 1) for item in content)
    if tag == "dict":
        return {
            decode(key, handle, depth + 1): decode(item, handle, depth + 1)
            for key, item in content
        }
    if tag in _FROM_TEXT:
        return _FROM_TEXT[tag](content)
    if tag == "builtin":
        found = getattr(builtins, str(content), None)
        if isinstance(found, type):
            return found
        raise ValueError("no such class")
    return handle(written)


def encode_error(error: BaseException) -> dict[str, Any]:
    """Write an exception: the names of its classes and what it says.

    Args:
        error: The exception.

    Returns:
        Something that ``json.dumps`` takes.
    """
    told: dict[str, Any] = {
        "names": [str(name) for name in class_names_of(error)][:_MAX_NAMES],
        "text": str(error)[:_MAX_TEXT],
    }
    for detail in ("lineno", "name"):  # of a SyntaxError, of a NameError
        found = getattr(error, detail, None)
        if type(found) in (int, str):
            told[detail] = found
    args = error.args
    if type(args) is tuple and all(type(arg) in _PLAIN_ARGS for arg in args):
        told["args"] = list(args)
    return told


def decode_error(told: Any) -> BaseException:
    """Make an exception that is caught, named and shown like the one that was raised.

    Args:
        told: What ``encode_error`` made, or anything that a hostile process sent.

    Returns:
        An exception of a class of that name, under the same built-in classes.

    Raises:
        ValueError: This is no exception.
    """
    names, text = told["names"], told["text"]
    if type(names) is not list or type(text) is not str or len(names) > _MAX_NAMES:
        raise ValueError("not an exception")
    cut = tuple(_class_name(name) for name in names) or ("Exception",)
    built_in = _built_in_error(cut, told.get("args"), text)
    if built_in:
        return built_in
    error = _error_class(cut).__new__(_error_class(cut), text[:_MAX_TEXT])
    error.args = (text[:_MAX_TEXT],)
    for detail in ("lineno", "name"):
        if type(told.get(detail)) in (int, str):
            setattr(error, detail, told[detail])
    return error


def _class_name(name: object) -> str:
    told = str(name)[:100]
    return told if told.isidentifier() else "Exception"


def _built_in_error(
    names: tuple[str, ...], args: object, text: str
) -> Exception | None:
    """The very class, where it is one of Python's own: ``type(e) is TimeoutError``."""
    kind = getattr(builtins, names[0], None)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        return None
    if type(args) is not list or not all(type(arg) in _PLAIN_ARGS for arg in args):
        return None
    try:
        error = kind(*args)
        same = class_names_of(error) == names and str(error)[:_MAX_TEXT] == text
    except (TypeError, ValueError):
        return None
    return error if same and not isinstance(error, SyntaxError | NameError) else None


_classes: dict[tuple[str, ...], type[BaseException]] = {}


def _error_class(names: tuple[str, ...]) -> type[BaseException]:
    if names not in _classes:
        if len(_classes) > 1000:
            _classes.clear()
        _classes[names] = _make_error_class(names)
    return _classes[names]


def _make_error_class(names: tuple[str, ...]) -> type[BaseException]:
    known: list[type[BaseException]] = []
    for name in names:
        found = getattr(builtins, name, None)
        if not isinstance(found, type) or not issubclass(found, BaseException):
            continue
        if not any(issubclass(better, found) for better in known):
            known.append(found)
    members = {
        "border_names": names,
        "__module__": "learner",
        "__str__": lambda self: self.args[0] if self.args else "",
    }
    # What is no Exception where it was raised is none here either, but for the three
    # that nobody may raise in a judge: it takes them as an ordinary failure.
    # A group cannot be made without the exceptions that it holds.
    fit = [
        c
        for c in known
        if c is SystemExit
        or (issubclass(c, Exception) and not issubclass(c, BaseExceptionGroup))
    ]
    try:
        return type(names[0], tuple(fit) or (Exception,), members)
    except TypeError:  # the layouts of two built-in classes can conflict
        return type(names[0], (fit[0],), members)
