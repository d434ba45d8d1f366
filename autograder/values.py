"""Plain data: the form in which values are compared, shown and carried to judges."""

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import uuid
from collections.abc import Mapping
from typing import Any

SCALARS = (
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    decimal.Decimal,
    dt.date,
    dt.datetime,
    dt.time,
    dt.timedelta,
    uuid.UUID,
    pathlib.PurePath,
)
_COLLECTIONS = (list, tuple, set, frozenset)
_EXACT = frozenset(SCALARS)


@dataclasses.dataclass(frozen=True)
class Thing:
    """Stands in comparisons for an object that is not plain data.

    Two things are equal: an honest refactor may return another class. What such an
    object does is compared by the calls that a scenario makes on it.

    Attributes:
        kind: What it is, for messages.
    """

    kind: str = dataclasses.field(compare=False)

    def __repr__(self) -> str:
        return f"<{self.kind} object>"


class Foreign:
    """An object that lives in another process; the border subclasses this."""

    __slots__ = ()

    def as_plain(self) -> Any:
        """Fetch what ``plain`` makes of the object where it lives."""
        raise NotImplementedError

    def as_shape(self) -> "Shape":
        """Tell what is known of the object's class."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Shape:
    """What can be told of a value without using it.

    Attributes:
        type_name: The name of its class.
        own: Whether that class is not one of Python's built-in ones.
        is_class: Whether the value is a class itself.
        is_record: Whether it has named fields: a dataclass or a named tuple.
    """

    type_name: str
    own: bool
    is_class: bool
    is_record: bool


def shape(value: object) -> Shape:
    """Describe the class of a value.

    Args:
        value: Anything.

    Returns:
        Its shape.
    """
    if isinstance(value, Foreign):
        return value.as_shape()
    kind = type(value)
    return Shape(
        type_name=kind.__name__,
        own=kind.__module__ != "builtins",
        is_class=isinstance(value, type),
        is_record=dataclasses.is_dataclass(value) or hasattr(value, "_fields"),
    )


def plain(value: Any) -> Any:
    """Turn a value into plain data that can be compared and shown.

    Args:
        value: Anything that learner code returned.

    Returns:
        Scalars as they are; lists, tuples, sets and dicts item by item; dataclasses and
        named tuples as dicts of their fields; enum members by value; else a ``Thing``.
    """
    kind = type(value)
    if kind in _EXACT:  # nearly all values, at once
        return value
    if kind in _COLLECTIONS:
        return kind([plain(item) for item in value])
    if kind is dict:
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, Foreign):
        return value.as_plain()
    if is_data(value):
        return _plain_data(value)
    return Thing(thing_kind(value))


def _plain_data(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, SCALARS):
        return _without_subclass(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {
            name: plain(item) for name, item in zip(value._fields, value, strict=True)
        }
    for collection in _COLLECTIONS:
        if isinstance(value, collection):  # a subclass's own may not take items
            return collection(plain(item) for item in value)
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}


def is_data(value: object) -> bool:
    """Tell whether ``plain`` makes more of a value than a ``Thing``.

    Args:
        value: Anything.

    Returns:
        True for scalars, collections, records and enum members, of any subclass.
    """
    if isinstance(value, (enum.Enum, Mapping, *SCALARS, *_COLLECTIONS)):
        return True
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def thing_kind(value: object) -> str:
    """Name what a value is, when it is not plain data.

    Args:
        value: Anything.

    Returns:
        A word for messages.
    """
    return "function" if callable(value) else type(value).__name__


def _without_subclass(value: Any) -> Any:
    """A learner's own kind of str or int is compared, and travels, as the plain one."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return value


def class_names_of(error: BaseException) -> tuple[str, ...]:
    """Name the class of an exception and its bases, nearest first.

    Args:
        error: An exception, raised here or in another process.

    Returns:
        The names, without those that every exception has.
    """
    foreign = getattr(type(error), "border_names", None)
    if isinstance(foreign, tuple):
        return foreign
    return tuple(
        c.__name__ for c in type(error).__mro__ if c not in (BaseException, object)
    )
