"""What Python says to the page, and the way a cell's outputs take to it."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Output = dict[str, Any]  # an nbformat output, or {"output_type": "clear_output"}
Sink = Callable[[Output], None]

MOST_CHARACTERS = 100_000
MOST_OUTPUTS = 500
# The first lines of a turn go out at once; a flood of them is sent in batches.
LINES_SENT_AT_ONCE = 100
SECONDS_BETWEEN_BATCHES = 0.05


@dataclass
class Turn:
    """One run of a cell, or one message to a widget, and what it may still put out."""

    cell: str
    characters_left: int = MOST_CHARACTERS
    outputs_left: int = MOST_OUTPUTS
    lines_at_once: int = LINES_SENT_AT_ONCE
    told: bool = False


_no_turn = Turn(cell="")
_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)
_sinks: ContextVar[tuple[Sink, ...]] = ContextVar("sinks", default=())
_post: Callable[[Message], object] | None = None
_take_comm: Callable[[Message], object] | None = None


def connect(post: Callable[[Message], object]) -> None:
    """Say how messages leave Python.

    Args:
        post: Takes one message: a dictionary of plain data and bytes.
    """
    global _post  # noqa: PLW0603 - there is one page
    _post = post


def emit(message: Message) -> None:
    """Post a message to the page.

    Args:
        message: Plain data with a ``type`` that `session.mjs` knows.
    """
    if _post is not None:
        _post(message)


def take_comms_with(handler: Callable[[Message], object]) -> None:
    """Say who takes the messages that widgets of the page send.

    Args:
        handler: Takes one message: kind, comm_id, target_name, data, buffers.
    """
    global _take_comm  # noqa: PLW0603 - there is one comm manager
    _take_comm = handler


def receive_comm(message: Message) -> None:
    """Hand a widget's message to Python's comm manager.

    Args:
        message: As the page sent it.
    """
    if _take_comm is not None:
        _take_comm(message)


@contextmanager
def turn(cell: str) -> Iterator[Turn]:
    """Outputs made inside belong to a cell and have a fresh allowance.

    Args:
        cell: The cell's id.

    Yields:
        The turn.
    """
    begun = Turn(cell)
    token = _turn.set(begun)
    try:
        yield begun
    finally:
        _stream.flush()
        _turn.reset(token)


def current_cell() -> str:
    """Tell whose turn it is.

    Returns:
        The cell's id; empty outside any turn.
    """
    return _current_turn().cell


@contextmanager
def captured_by(sink: Sink) -> Iterator[None]:
    """Hand outputs made inside to a sink and not to the page.

    Args:
        sink: Takes each output, such as one that fills an ``Output`` widget.
    """
    enter_sink(sink)
    try:
        yield
    finally:
        leave_sink()


def enter_sink(sink: Sink) -> None:
    """Hand outputs to a sink until `leave_sink`.

    Args:
        sink: Takes each output.
    """
    _stream.flush()
    _sinks.set((*_sinks.get(), sink))


def leave_sink() -> None:
    """Hand outputs to whom they went before the last `enter_sink`."""
    _stream.flush()
    _sinks.set(_sinks.get()[:-1])


def emit_output(output: Output) -> None:
    """Send an output to the innermost sink, else to its cell on the page.

    Args:
        output: An nbformat output.
    """
    _stream.flush()
    now = _current_turn()
    if output["output_type"] == "clear_output":
        now.characters_left, now.told = MOST_CHARACTERS, False
    elif now.outputs_left == 0:
        _tell_cut(now, f"after {MOST_OUTPUTS} outputs")
        return
    else:
        now.outputs_left -= 1
    _deliver(output, now, _sinks.get())


def make_streams() -> tuple[io.TextIOBase, io.TextIOBase]:
    """Make the streams that take the place of ``sys.stdout`` and ``sys.stderr``.

    Returns:
        The two.
    """
    return _Writer("stdout"), _Writer("stderr")


def _current_turn() -> Turn:
    return _turn.get() or _no_turn


def _deliver(output: Output, now: Turn, sinks: tuple[Sink, ...]) -> None:
    if sinks:
        sinks[-1](output)
    else:
        emit({"type": "output", "cell": now.cell, "output": output})


def _tell_cut(now: Turn, limit: str) -> None:
    if now.told:
        return
    now.told = True
    text = f"\n[cut here {limit}: the cell goes on, what it puts out is dropped]\n"
    _deliver(
        {"output_type": "stream", "name": "stderr", "text": text}, now, _sinks.get()
    )


class _StreamBuffer:
    """Text on its way out, held back only while a flood of it comes."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._source: tuple[str, Turn, tuple[Sink, ...]] | None = None
        self._sent = 0.0
        self._flush_is_planned = False

    def write(self, name: str, text: str) -> None:
        now = _current_turn()
        if now.characters_left <= 0:
            self.flush()
            _tell_cut(now, f"after {MOST_CHARACTERS:,} characters")
            return
        text = text[: now.characters_left]
        now.characters_left -= len(text)
        source = (name, now, _sinks.get())
        if source != self._source:
            self.flush()
            self._source = source
        self._parts.append(text)
        self._flush_if_due(now, text)

    def flush(self) -> None:
        if self._source is None:
            return
        name, turn_of_text, sinks = self._source
        output = {"output_type": "stream", "name": name, "text": "".join(self._parts)}
        self._parts, self._source = [], None
        self._sent = time.monotonic()
        _deliver(output, turn_of_text, sinks)

    def _flush_if_due(self, now: Turn, text: str) -> None:
        if text.endswith("\n") and now.lines_at_once:
            now.lines_at_once -= 1
            self.flush()
        elif time.monotonic() - self._sent > SECONDS_BETWEEN_BATCHES:
            self.flush()
        else:
            self._plan_flush()

    def _plan_flush(self) -> None:
        """A coroutine that waits after a write must not hold its text back."""
        if self._flush_is_planned:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._flush_is_planned = True
        loop.call_later(SECONDS_BETWEEN_BATCHES, self._flush_as_planned)

    def _flush_as_planned(self) -> None:
        self._flush_is_planned = False
        self.flush()


_stream = _StreamBuffer()


class _Writer(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the cells."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            _stream.write(self.name, str(text))
        return len(text)

    def flush(self) -> None:
        _stream.flush()
