"""The learner's end: runs the code and answers for it.

Runs inside the box, beside code that may do anything to it. So it knows nothing worth
knowing and decides nothing: what it says is what the learner's code says.
"""

import contextlib
import inspect
import io
import select
import socket
import sys
import threading
import types
import warnings
from typing import Any

from autograder.border.channel import BorderClosed, Channel
from autograder.logging_state import fresh_logging
from autograder.namespace import Namespace, Probe
from autograder.values import class_names_of, is_data, plain, shape, thing_kind

_MAX_PRINTED = 1 << 20


class Proxy:
    """Stands in learner code for an object that a criterion handed over.

    What the object offers is set on the instance, so that ``isinstance`` with a runtime
    protocol sees it; all else is asked for at the judge, who writes it down.
    """

    def __init__(self, end: "LearnerEnd", number: int, told: dict[str, Any]) -> None:
        self.__dict__["_border"] = (end, number, told)
        self.__dict__.update({k: end.decode(v) for k, v in told["own"].items()})
        for name in told["methods"]:
            self.__dict__[name] = end.ask("attribute", of=number, name=name)

    def __getattr__(self, name: str) -> Any:
        end, number, told = self.__dict__["_border"]
        if name.startswith("_"):
            raise AttributeError(f"{told['shown'] or told['type']} has no {name}")
        return end.ask("attribute", of=number, name=name)

    def __setattr__(self, name: str, value: object) -> None:
        end, number, told = self.__dict__["_border"]
        if name in told["writable"]:
            end.ask("assign", of=number, name=name, value=end.encode(value))
        self.__dict__[name] = value

    def __repr__(self) -> str:
        told = self.__dict__["_border"][2]
        return str(told["shown"] or object.__repr__(self))


class CallableProxy(Proxy):
    """A proxy for an object that can be called."""

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the object where it lives."""
        end, number, _ = self.__dict__["_border"]
        return end.call(number, args, kwargs)


class LearnerEnd(Channel):
    """The end at which learner code runs.

    Args:
        connection: A socket to the judge.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._code: Namespace | None = None
        self._stand_ins: dict[int, Any] = {}
        self._home: dict[int, int] = {}
        self._classes: dict[type, int] = {}
        self._printed = io.StringIO()
        self._turn = threading.RLock()
        self._parted = False

    # --- Serving ---------------------------------------------------------------------

    def serve(self) -> bool:
        """Answer the judge until it hangs up.

        Returns:
            Whether it parted first, satisfied with the answers as such, and nothing
            of this criterion runs on.
        """
        sys.stdout = _Printed(self)
        sys.stderr = io.StringIO()
        warnings.simplefilter("ignore")
        # Whoever parts waits for no answer: sending one may find nobody there.
        with contextlib.suppress(BorderClosed):
            while not self._parted:
                self._wait()
        # A thread that lives on would have a hand in the next criterion.
        return self._parted and threading.active_count() == 1

    def _wait(self) -> None:
        """Wait for a request; without holding the turn where threads may ask too."""
        if threading.active_count() == 1:
            with self._turn:
                self.answer(self._receive())
            return
        if b"\n" not in self._received:
            select.select([self._connection], [], [])
        with self._turn:
            ready = b"\n" in self._received
            if ready or select.select([self._connection], [], [], 0)[0]:
                self.answer(self._receive())

    def ask(self, what: str, **fields: Any) -> Any:
        """Ask the judge; one thread at a time.

        Args:
            what: The request's name.
            **fields: Its fields, encoded already.

        Returns:
            The answer.
        """
        with self._turn:
            return super().ask(what, **fields)

    def answer(self, request: dict[str, Any]) -> None:
        """Answer the judge; while learner code runs, its threads may take turns.

        Args:
            request: A message with ``ask``.
        """
        self._turn.release()
        try:
            line = self.reply_to(request)
        finally:
            self._turn.acquire()
        self._send_line(line)

    def call(self, number: int, args: Any, kwargs: Any) -> Any:
        """Call an object of the criterion's.

        Args:
            number: Its handle.
            args: Positional arguments.
            kwargs: Keyword arguments.

        Returns:
            What it returned there.
        """
        return self.ask(
            "call",
            of=number,
            args=[self.encode(item) for item in args],
            kwargs={name: self.encode(item) for name, item in kwargs.items()},
        )

    def do(self, request: dict[str, Any]) -> Any:
        """Do what a criterion asks of the learner's code.

        Args:
            request: A message with ``ask``.

        Returns:
            The answer, not yet encoded.
        """
        try:
            return getattr(self, f"_do_{request['ask']}")(request)
        except (Exception, BorderClosed):
            raise
        except BaseException as error:
            raise _as_exception(error) from error

    def _target(self, of: Any) -> Any:
        """Find an object: by handle, by handle and method, or by global name."""
        if isinstance(of, str):
            return getattr(self._code, of)
        if isinstance(of, list):
            return getattr(self.mine(of[0]), of[1])
        return self.mine(of)

    def _do_itself(self, request: dict[str, Any]) -> Any:
        return self._target(request["of"])

    def _do_part(self, _: dict[str, Any]) -> None:
        self._parted = True

    def _do_start(self, request: dict[str, Any]) -> None:
        self._code = Namespace(request["source"], "solution", request["package"])

    def _do_global(self, request: dict[str, Any]) -> Any:
        return getattr(self._code, request["name"])

    def _do_defines(self, request: dict[str, Any]) -> bool:
        return self._code is not None and self._code.defines(request["name"])

    def _do_probe(self, request: dict[str, Any]) -> Any:
        given = {name: self.decode(item) for name, item in request["given"].items()}
        return self._code.probe(request["source"], **given) if self._code else None

    def _do_attribute(self, request: dict[str, Any]) -> Any:
        return getattr(self._target(request["of"]), request["name"])

    def _do_assign(self, request: dict[str, Any]) -> None:
        value = self.decode(request["value"])
        setattr(self._target(request["of"]), request["name"], value)

    def _do_delete(self, request: dict[str, Any]) -> None:
        delattr(self._target(request["of"]), request["name"])

    def _do_call(self, request: dict[str, Any]) -> Any:
        args = [self.decode(item) for item in request["args"]]
        kwargs = {name: self.decode(item) for name, item in request["kwargs"].items()}
        return self._target(request["of"])(*args, **kwargs)

    def _do_iterate(self, request: dict[str, Any]) -> Any:
        return _Items(iter(self._target(request["of"])))

    def _do_next(self, request: dict[str, Any]) -> Any:
        return self._target(request["of"]).next()

    def _do_length(self, request: dict[str, Any]) -> int:
        return len(self._target(request["of"]))

    def _do_truth(self, request: dict[str, Any]) -> bool:
        return bool(self._target(request["of"]))

    def _do_item(self, request: dict[str, Any]) -> Any:
        return self._target(request["of"])[self.decode(request["key"])]

    def _do_contains(self, request: dict[str, Any]) -> bool:
        return self.decode(request["item"]) in self._target(request["of"])

    def _do_enter(self, request: dict[str, Any]) -> Any:
        return self._target(request["of"]).__enter__()

    def _do_exit(self, request: dict[str, Any]) -> None:
        self._target(request["of"]).__exit__(None, None, None)

    def _do_text(self, request: dict[str, Any]) -> str:
        return str(self._target(request["of"]))

    def _do_shown(self, request: dict[str, Any]) -> str:
        return repr(self._target(request["of"]))

    def _do_plain(self, request: dict[str, Any]) -> Any:
        return plain(self._target(request["of"]))

    # --- Objects ---------------------------------------------------------------------

    def describe(self, value: object) -> dict[str, Any]:
        """Tell the judge what a criterion may want to know of an object.

        Args:
            value: An object of learner code.

        Returns:
            What is known of its class.
        """
        if isinstance(value, Probe | _Items):
            return {}
        known = shape(value)
        name = getattr(value, "__name__", None)
        return {
            **self._class_of(value),
            "type": known.type_name,
            "own": known.own,
            "class": known.is_class,
            "record": known.is_record,
            "calls": callable(value),
            "name": name if type(name) is str else None,
            "thing": None if is_data(value) else thing_kind(value),
        }

    def _class_of(self, value: object) -> dict[str, Any]:
        """Number the class; with its first object, name the methods it has."""
        kind = type(value)
        if kind.__module__ == "builtins" or "__getattribute__" in vars(kind):
            return {}
        number = self._classes.get(kind)
        if number is not None:
            return {"class_number": number}
        self._classes[kind] = number = len(self._classes) + 1
        methods = [
            name
            for name in dir(kind)
            if name[0] != "_"
            and isinstance(inspect.getattr_static(kind, name), types.FunctionType)
            and name not in getattr(value, "__dict__", {})
        ]
        return {"class_number": number, "methods": methods}

    def stand_in(self, number: int, description: dict[str, Any]) -> Any:
        """Make what stands for an object of the criterion's.

        Args:
            number: The handle.
            description: What the judge tells of it.

        Returns:
            The same stand-in for the same object.
        """
        if number not in self._stand_ins:
            if description.get("function"):
                made: Any = self._function(number, description["name"])
            else:
                kind = CallableProxy if description["calls"] else Proxy
                made = kind(self, number, description)
            self._stand_ins[number] = made
            self._home[id(made)] = number
        return self._stand_ins[number]

    def _function(self, number: int, name: str | None) -> types.FunctionType:
        def function(*args: object, **kwargs: object) -> Any:
            return self.call(number, args, kwargs)

        function.__name__ = function.__qualname__ = name or "function"
        return function  # type: ignore[return-value]

    def home_number(self, value: object) -> int | None:
        """Tell which object of the criterion's a value stands for.

        Args:
            value: Anything that learner code returned or handed over.

        Returns:
            The handle, or None for an object of the learner's own.
        """
        return self._home.get(id(value))

    def read_error(self, told: Any) -> BaseException:
        """Read an exception that a fake raised; it can go home as the same one.

        Args:
            told: What arrived.

        Returns:
            An exception to be raised.
        """
        error = super().read_error(told)
        self._stand_ins[told["handle"]] = error
        self._home[id(error)] = told["handle"]
        return error

    # --- What is printed -------------------------------------------------------------

    def note_printed(self, text: str) -> None:
        """Keep what learner code prints until the next message.

        Args:
            text: What was printed.
        """
        if self._printed.tell() < _MAX_PRINTED:
            self._printed.write(text[:_MAX_PRINTED])

    def take_printed(self) -> str:
        """Give what was printed since the last message.

        Returns:
            The text.
        """
        if not self._printed.tell():
            return ""
        text = self._printed.getvalue()
        self._printed = io.StringIO()
        return text


def _as_exception(error: BaseException) -> Exception:
    """SystemExit, KeyboardInterrupt and their like are told like any other failure."""
    told = {"border_names": class_names_of(error)}
    kind: type[Exception] = type(type(error).__name__, (Exception,), told)
    return kind(str(error))


class _Items:
    """An iterator; each item is handed over by itself, none at the end."""

    def __init__(self, items: Any) -> None:
        self._items = items

    def next(self) -> list[Any]:
        """Give the next item in a list, or an empty list at the end."""
        for item in self._items:
            return [item]
        return []


class _Printed(io.TextIOBase):
    """What learner code finds as ``sys.stdout``."""

    def __init__(self, end: LearnerEnd) -> None:
        self._end = end

    def write(self, text: str) -> int:
        """Keep the text for the judge."""
        self._end.note_printed(str(text))
        return len(text)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True


def serve(connection: socket.socket) -> bool:
    """Serve one criterion, until the judge parts or hangs up.

    Args:
        connection: A socket to the judge.

    Returns:
        Whether the judge got an answer to all that it asked.
    """
    with fresh_logging():
        return LearnerEnd(connection).serve()
