"""Requests and answers over a socket; both ends serve while they wait.

One line of JSON is one message: a request ``{"ask": ..., ...}``, an answer
``{"answer": value}`` or a failure ``{"failure": exception}``. A message may also carry
``"printed"``: what learner code has printed since the last one.
"""

import json
import socket
from typing import Any

from autograder.border import wire

MAX_MESSAGE = 4 << 20
MAX_OBJECTS = 100_000
# Made once: most of what crosses is so small that making it would take longer.
_encode_json = json.JSONEncoder(separators=(",", ":")).encode


class BorderClosed(BaseException):
    """The other process has ended, or does not keep to the protocol.

    Not an Exception: nothing that a criterion or learner code catches may swallow it,
    and no criterion may take it for an exception that the learner's code raised.

    Args:
        what: What the other process did, as a clause that completes "It ...".
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Channel:
    """One end of the border.

    Args:
        connection: A connected stream socket.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._unanswered = 0

    # --- What the two ends do differently -------------------------------------------

    def do(self, request: dict[str, Any]) -> Any:
        """Do what the other end asks for.

        Args:
            request: A message with ``ask``.

        Returns:
            The answer, not yet encoded.
        """
        raise NotImplementedError

    def describe(self, value: object) -> dict[str, Any]:
        """Tell the other end what it needs to know of an object that stays here."""
        raise NotImplementedError

    def stand_in(self, number: int, description: dict[str, Any]) -> Any:
        """Make what stands here for an object of the other end."""
        raise NotImplementedError

    def home_number(self, value: object) -> int | None:
        """Tell which object of the other end a value stands for, if any."""
        raise NotImplementedError

    def take_printed(self) -> str:
        """Give what was printed here since it was last asked."""
        return ""

    def hear_printed(self, text: str) -> None:
        """Take what was printed at the other end."""

    def read_error(self, told: Any) -> BaseException:
        """Read an exception that was raised at the other end."""
        return wire.decode_error(told)

    # --- Values ----------------------------------------------------------------------

    def encode(self, value: object) -> Any:
        """Write a value; objects that are not plain data as handles."""
        return wire.encode(value, self._handle)

    def decode(self, written: Any) -> Any:
        """Read a value; handles become stand-ins, or come home."""
        return wire.decode(written, self._from_handle)

    def _handle(self, value: object) -> dict[str, Any]:
        home = self.home_number(value)
        if home is not None:
            return {"home": home}
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._objects) >= MAX_OBJECTS:
                raise ValueError(f"more than {MAX_OBJECTS} objects handed over")
            number = len(self._objects) + 1
            self._objects[number] = value  # keeps it alive, and so its id its own
            self._numbers[id(value)] = number
        return {"handle": number, **self.describe(value)}

    def _from_handle(self, written: dict[str, Any]) -> Any:
        if "home" in written:
            return self.mine(written["home"])
        if type(written.get("handle")) is not int:
            raise ValueError("not a handle")
        return self.stand_in(written["handle"], written)

    def mine(self, number: object) -> Any:
        """Find an object that was handed over.

        Args:
            number: Its number.

        Returns:
            The object.

        Raises:
            ValueError: Nothing was handed over under this number.
        """
        if type(number) is not int or number not in self._objects:
            raise ValueError("no such handle")
        return self._objects[number]

    # --- Messages --------------------------------------------------------------------

    def ask(self, what: str, **fields: Any) -> Any:
        """Ask the other end, and serve what it asks meanwhile.

        Args:
            what: The request's name.
            **fields: Its fields, encoded already.

        Returns:
            The answer.

        Raises:
            BorderClosed: The other end has ended or does not keep to the protocol.
            BaseException: What was raised at the other end.
        """
        self._send({"ask": what, **fields})
        self._unanswered += 1
        while True:
            message = self._receive()
            if "ask" in message:
                self.answer(message)
            elif "answer" in message:
                answer = self._read(message["answer"])
                self._unanswered -= 1
                return answer
            else:
                error = self._read_failure(message.get("failure"))
                self._unanswered -= 1
                raise error

    def answer(self, request: dict[str, Any]) -> None:
        """Do what was asked and send the answer, or the exception that came of it.

        Args:
            request: A message with ``ask``.
        """
        self._send_line(self.reply_to(request))

    def reply_to(self, request: dict[str, Any]) -> bytes:
        """Do what was asked.

        Args:
            request: A message with ``ask``.

        Returns:
            The answer, or the exception that came of it, as a line to be sent.
        """
        try:
            return self._line({"answer": self.encode(self.do(request))})
        except BorderClosed:
            raise
        except Exception as error:  # noqa: BLE001 - it is raised at the other end
            return self._line({"failure": self._write_failure(error)})

    def _write_failure(self, error: BaseException) -> Any:
        home = self.home_number(error)
        if home is not None:
            return {"home": home}
        try:
            told = wire.encode_error(error)
        except Exception:  # noqa: BLE001 - an exception that cannot say what it is
            told = {"names": ["Exception"], "text": ""}
        # The very same exception comes back out of learner code that lets it pass.
        return {**told, "handle": self._handle(error)["handle"]}

    def _read(self, written: Any) -> Any:
        try:
            return self.decode(written)
        except (ValueError, TypeError, KeyError, RecursionError, ArithmeticError):
            raise BorderClosed("sent something that is not a value") from None

    def _read_failure(self, told: Any) -> BaseException:
        try:
            if "home" in told:
                error = self.mine(told["home"])
                if isinstance(error, BaseException):
                    return error
                raise ValueError("not an exception")
            return self.read_error(told)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise BorderClosed("sent something that is not an answer") from None

    def _send(self, message: dict[str, Any]) -> None:
        self._send_line(self._line(message))

    def _line(self, message: dict[str, Any]) -> bytes:
        printed = self.take_printed()
        if printed:
            message["printed"] = printed
        line = _encode_json(message).encode()
        if len(line) > MAX_MESSAGE:
            raise ValueError(f"more than {MAX_MESSAGE >> 20} MB of data")
        return line

    def _send_line(self, line: bytes) -> None:
        try:
            self._connection.sendall(line + b"\n")
        except OSError:
            raise BorderClosed("ended its own process") from None

    def _receive(self) -> dict[str, Any]:
        line, end, rest = self._received.partition(b"\n")
        while not end:
            try:
                chunk = self._connection.recv(1 << 16)
            except OSError:
                chunk = b""
            if not chunk:
                raise BorderClosed("ended its own process")
            if b"\n" not in chunk:
                self._received += chunk
                if len(self._received) > MAX_MESSAGE:
                    raise BorderClosed("sent more than can be read")
                continue
            line, end, rest = (self._received + chunk).partition(b"\n")
        self._received = rest
        try:
            message = json.loads(line.decode())
        except (ValueError, RecursionError):
            message = None
        if type(message) is not dict:
            raise BorderClosed("sent something that is not an answer")
        if type(message.get("printed")) is str:
            self.hear_printed(message["printed"])
        return message
