"""The judge's end: ``solution`` as a criterion sees it, with the code far away.

Trusts nothing that arrives. It answers two requests only, public attributes and calls,
and only of objects that a criterion handed over. A fake's own plain attributes can also
be written: what is written there is what a criterion looks at.
"""

import contextlib
import socket
import sys
import types
from collections.abc import Iterator
from typing import Any
from weakref import WeakValueDictionary

from autograder.border.channel import BorderClosed, Channel
from autograder.namespace import NamespaceError, files_of
from autograder.values import Foreign, Shape, Thing

# Their public attributes lead out of what was handed over.
_INSIDE_OUT = (
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    types.ModuleType,
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
)
_WITHOUT_ATTRIBUTES = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    type,
)


class JudgeEnd(Channel):
    """The end at which criteria run.

    Args:
        connection: A socket to a learner's process.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._known: WeakValueDictionary[int, Remote] = WeakValueDictionary()
        self._methods: dict[int, frozenset[str]] = {}

    def do(self, request: dict[str, Any]) -> Any:
        """Answer for an object that a criterion handed over.

        Args:
            request: A message with ``ask``.

        Returns:
            An attribute, or what a call returned.

        Raises:
            AttributeError: The attribute is not there, or not for learners.
            PermissionError: Nothing else is answered.
        """
        target = self.mine(request.get("of"))
        if request["ask"] == "attribute":
            return _public_attribute(target, request.get("name"))
        if request["ask"] == "call" and callable(target):
            args = [self.decode(item) for item in request.get("args", [])]
            kwargs = {k: self.decode(v) for k, v in request.get("kwargs", {}).items()}
            return target(*args, **kwargs)
        if request["ask"] == "assign" and request.get("name") in _writable(target):
            setattr(target, request["name"], self.decode(request.get("value")))
            return None
        raise PermissionError("only attributes and calls cross this border")

    def part(self) -> None:
        """Say that the criterion is done, if the other end answered to all of it.

        Who is not told so did not keep up: its process does not serve another one.
        """
        if not self._unanswered:
            with contextlib.suppress(BorderClosed):
                self._send({"ask": "part"})

    def describe(self, value: object) -> dict[str, Any]:
        """Tell learner code what it needs to know of a criterion's object.

        Args:
            value: A fake, a function or another object of the criterion.

        Returns:
            Its name and what it offers.

        Raises:
            TypeError: This object would lead learner code to the criterion's inside.
        """
        if isinstance(value, _INSIDE_OUT):
            raise TypeError(f"a {type(value).__name__} cannot be handed to a solution")
        told: dict[str, Any] = {
            "type": type(value).__name__,
            "name": getattr(value, "__name__", None),
            "calls": callable(value),
        }
        if isinstance(value, BaseException):
            return told
        if isinstance(value, _WITHOUT_ATTRIBUTES):
            return {**told, "function": True}
        told["shown"] = (
            repr(value) if type(value).__repr__ is not object.__repr__ else ""
        )
        own = {
            name: item for name, item in vars(value).items() if not name.startswith("_")
        }
        told["own"] = {name: self.encode(item) for name, item in own.items()}
        told["writable"] = _writable(value)
        told["methods"] = [
            name
            for name in dir(type(value))
            if not name.startswith("_") and callable(getattr(type(value), name))
        ]
        return told

    def stand_in(self, number: int, description: dict[str, Any]) -> "Remote":
        """Make what stands for an object of the learner's.

        Args:
            number: The handle.
            description: What its process tells of it.

        Returns:
            The same stand-in for the same object.
        """
        known = self._known.get(number)
        if known is None:
            kind = RemoteCallable if description.get("calls") is True else Remote
            known = kind(self, number, description)
            self._known[number] = known
        self.methods_of(description)
        return known

    def home_number(self, value: object) -> int | None:
        """Tell which of the learner's objects a value stands for.

        Args:
            value: Anything that a criterion hands over.

        Returns:
            The handle, or None for an object of the criterion's own.
        """
        if isinstance(value, Remote) and value._end is self:
            if isinstance(value, RemoteMethod):
                value = value._ask("itself")
            return value._number if isinstance(value, Remote) else None
        if isinstance(value, BaseException):
            told = getattr(value, "border_number", None)
            return told if type(told) is int else None
        return None

    def methods_of(self, about: dict[str, Any]) -> frozenset[str]:
        """Tell which methods an object's class has, as its process once told.

        Args:
            about: The object's description.

        Returns:
            Their names.
        """
        kind = about.get("class_number")
        if type(kind) is not int:
            return frozenset()
        if type(about.get("methods")) is list:
            self._methods[kind] = frozenset(map(str, about["methods"]))
        return self._methods.get(kind, frozenset())

    def hear_printed(self, text: str) -> None:
        """Print here what learner code printed there.

        Args:
            text: What was printed.
        """
        sys.stdout.write(text)

    def read_error(self, told: Any) -> BaseException:
        """Read an exception; a missing name is told as such.

        Args:
            told: What arrived.

        Returns:
            An exception to be raised.
        """
        if told["names"][:1] == ["NamespaceError"] and type(told.get("name")) is str:
            return NamespaceError(str(told["text"]), name=told["name"])
        error = super().read_error(told)
        if type(told.get("handle")) is int:
            error.border_number = told["handle"]  # type: ignore[attr-defined]
        return error


def _public_attribute(target: object, name: object) -> Any:
    if type(name) is not str or name.startswith("_"):
        raise AttributeError(f"{name!r:.100} is not for a solution")
    if isinstance(target, (*_WITHOUT_ATTRIBUTES, BaseException)):
        raise AttributeError(f"{type(target).__name__} has no {name:.100}")
    return getattr(target, name)


def _writable(target: object) -> list[str]:
    """The attributes of a fake that a solution may write, as it may those of a card."""
    if not getattr(type(target), "takes_assignments", False):
        return []
    return [
        name
        for name, item in vars(target).items()
        if not name.startswith("_") and not callable(item)
    ]


class Remote(Foreign):
    """An object of the learner's: its attributes, calls and items, asked for there.

    Equality is identity: what learner code says of equality is not for a criterion.

    Args:
        end: The border's end here.
        number: The handle.
        description: What its process tells of it.
    """

    __slots__ = ("__weakref__", "_about", "_end", "_number")

    def __init__(self, end: JudgeEnd, number: int, description: dict[str, Any]) -> None:
        for name, value in (
            ("_end", end),
            ("_number", number),
            ("_about", description),
        ):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name == "__name__" and type(self._about.get("name")) is str:
            return self._about["name"]
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._end.methods_of(self._about):
            return RemoteMethod(self._end, self._number, {"name": name})
        return self._ask("attribute", name=name)

    def __setattr__(self, name: str, value: object) -> None:
        self._ask("assign", name=name, value=self._end.encode(value))

    def __delattr__(self, name: str) -> None:
        self._ask("delete", name=name)

    def __iter__(self) -> Iterator[Any]:
        items = self._ask("iterate")
        while True:
            item = self._end.ask("next", of=items._number)
            if not item:
                return
            yield item[0]

    def __len__(self) -> int:
        return _number(self._ask("length"))

    def __bool__(self) -> bool:
        return self._ask("truth") is True

    def __getitem__(self, key: object) -> Any:
        return self._ask("item", key=self._end.encode(key))

    def __contains__(self, item: object) -> bool:
        return self._ask("contains", item=self._end.encode(item)) is True

    def __enter__(self) -> Any:
        return self._ask("enter")

    def __exit__(self, *_: object) -> None:
        self._ask("exit")

    def __str__(self) -> str:
        return str(self._ask("text"))

    def __repr__(self) -> str:
        return str(self._ask("shown"))

    def _ask(self, what: str, **fields: Any) -> Any:
        return self._end.ask(what, of=self._where(), **fields)

    def _where(self) -> Any:
        return self._number

    def as_plain(self) -> Any:
        """Fetch what ``plain`` makes of the object where it lives."""
        if type(self._about.get("thing")) is str:
            return Thing(self._about["thing"])
        return self._ask("plain")

    def as_shape(self) -> Shape:
        """Tell what its process said of the object's class."""
        return Shape(
            type_name=str(self._about.get("type"))[:100],
            own=self._about.get("own") is True,
            is_class=self._about.get("class") is True,
            is_record=self._about.get("record") is True,
        )


class RemoteCallable(Remote):
    """An object of the learner's that can be called."""

    __slots__ = ()

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it where it lives."""
        return self._ask(
            "call",
            args=[self._end.encode(item) for item in args],
            kwargs={name: self._end.encode(item) for name, item in kwargs.items()},
        )


class RemoteMethod(RemoteCallable):
    """A method, looked up where its object lives when it is called, not before."""

    __slots__ = ()

    def _where(self) -> Any:
        return [self._number, self._about["name"]]

    def as_shape(self) -> Shape:
        """Tell what is true of every method."""
        return Shape("method", own=False, is_class=False, is_record=False)

    def as_plain(self) -> Thing:
        """Stand for a function, as methods do."""
        return Thing("function")


class RemoteGlobal(RemoteCallable):
    """A function or class of the learner's module, looked up there at each use."""

    __slots__ = ("_name",)

    def __init__(self, end: JudgeEnd, name: str, first: RemoteCallable) -> None:
        super().__init__(end, first._number, first._about)
        object.__setattr__(self, "_name", name)

    def _where(self) -> Any:
        return self._name


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise BorderClosed("sent a length that is not a number")
    return value


class RemoteNamespace:
    """The learner's code as ``solution``, run in another process.

    Offers what ``autograder.namespace.Namespace`` offers.

    Args:
        end: The border's end here.
        source: The code, or packed files; the other process runs it now.
        package: What callers import from where answers are files; None for a cell.

    Raises:
        Exception: Whatever the code raises while it is run.
    """

    def __init__(self, end: JudgeEnd, source: str, package: str | None = None) -> None:
        self._end = end
        self._callables: dict[str, RemoteGlobal] = {}
        self._package = package
        self.source = source
        end.ask("start", source=source, package=package)

    @property
    def files(self) -> dict[str, str]:
        """The answer's files: text by path; a cell is one file."""
        return files_of(self.source, self._package)

    def __getattr__(self, name: str) -> Any:
        if name not in self._callables:
            value = self._end.ask("global", name=name)
            if not isinstance(value, RemoteCallable):
                return value
            self._callables[name] = RemoteGlobal(self._end, name, value)
        return self._callables[name]

    def defines(self, name: str) -> bool:
        """Tell whether the code defines a top-level name.

        Args:
            name: The name to look for.

        Returns:
            True when it is there.
        """
        return self._end.ask("defines", name=name) is True

    def probe(self, source: str, **given: object) -> Any:
        """Run a criterion's own code beside the learner's, with all names in reach.

        Args:
            source: Code of the criterion.
            **given: Values and fakes that the code needs, by name.

        Returns:
            The names that the probe defined.
        """
        handed = {name: self._end.encode(value) for name, value in given.items()}
        return self._end.ask("probe", source=source, given=handed)
