"""Logging, judged by what arrives: lines at a stream of ours, records at our handler.

``Stream`` is handed to an answer's entry point and lives with the criterion, so what is
written is known on this side. ``events_in`` reads it as a log platform would: each line
by itself, as JSON. ``records_of`` puts a handler beside the learner's code instead, for
code that a caller's logging must reach. Judging starts with logging as a new process
finds it (``autograder.logging_state``), and leaves it as it was.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.checks.outcomes import expect, shown_value
from autograder.namespace import Namespace

__all__ = [
    "Record",
    "Stream",
    "events_in",
    "expect_absent",
    "handlers_at",
    "records_of",
    "without_times",
]

_TIME = re.compile(r"(\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d([.,]\d+)?")
_AT_THE_ROOT = """
import logging as _logging

def handlers_at(name):
    logger = _logging.getLogger(name)
    return [type(handler).__name__ for handler in logger.handlers], logger.level
"""
_HANDLER = """
import logging as _logging

_usual = {*vars(_logging.makeLogRecord({})), "message", "asctime"}


class _Handler(_logging.Handler):
    def emit(self, record):
        error = record.exc_info and record.exc_info[0]
        fields = {k: str(v) for k, v in vars(record).items() if k not in _usual}
        note(
            record.name,
            record.levelname,
            str(record.msg),
            record.getMessage(),
            error.__name__ if error else "",
            fields,
        )


_handler = _Handler()


_level = _logging.getLogger().level


def start():
    _logging.getLogger().addHandler(_handler)
    _logging.getLogger().setLevel(1)


def stop():
    _logging.getLogger().removeHandler(_handler)
    _logging.getLogger().setLevel(_level)
"""


class Stream:
    """A text stream that the criterion keeps; hand it to what configures logging.

    Args:
        name: How messages call it.
    """

    def __init__(self, name: str = "stream") -> None:
        self._name = name
        self._written: list[str] = []

    def write(self, text: object) -> int:
        """Take text.

        Args:
            text: What is written.

        Returns:
            How long it is.
        """
        self._written.append(str(text))
        return len(str(text))

    def flush(self) -> None:
        """Do nothing: all is here already."""

    def isatty(self) -> bool:
        """Say that nobody sits before it.

        Returns:
            False.
        """
        return False

    def __repr__(self) -> str:
        return self._name

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._written)

    @property
    def lines(self) -> list[str]:
        """What was written, by lines as log platforms cut them."""
        return self.text.splitlines()


@dataclass(frozen=True)
class Record:
    """One record as a handler sees it.

    Attributes:
        logger: The logger's name.
        level: The level's name.
        template: The message before arguments are put in.
        message: The message as it reads.
        error: The name of the exception's class, or nothing.
        fields: What was added to the record, as text.
    """

    logger: str
    level: str
    template: str
    message: str
    error: str
    fields: Mapping[str, str]


def events_in(
    stream: Stream, *, called: str, always: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Read each line of a stream as one JSON object.

    Args:
        stream: The stream that logging wrote to.
        called: What was done.
        always: Names of fields that each line must have, each a text that is not empty.

    Returns:
        The objects.

    Raises:
        CriterionNotMet: A line is something else, or lacks a field.
    """
    events = []
    for line in stream.lines:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        expect(
            isinstance(event, dict),
            called=called,
            got=f"wrote the line {shown_value(without_times(line))} to {stream!r}",
            expected="each line to be one JSON object",
        )
        for field in always:
            value = event.get(field)
            expect(
                isinstance(value, str) and value,
                called=called,
                got=f"wrote a line with {field}: {shown_value(value)}",
                expected=f"each line to have a {field}, as text",
            )
        if isinstance(event.get("level"), str):
            event["level"] = event["level"].upper()  # libraries differ in this
        events.append(event)
    return events


def without_times(text: str) -> str:
    """Take out of a text what differs from run to run; messages must not.

    Args:
        text: A line of a log, or a time.

    Returns:
        The text with ``(time)`` in the place of each time of day.
    """
    return _TIME.sub("(time)", text)


def expect_absent(secret: str, text: str, *, called: str, what: str) -> None:
    """Demand that a secret stands nowhere in a text; the secret itself is not shown.

    Args:
        secret: A fresh word.
        text: All that was written.
        called: What was done.
        what: What the secret is, such as ``the badge's code``.

    Raises:
        CriterionNotMet: It is there.
    """
    line = next((line for line in text.splitlines() if secret in line), "")
    expect(
        secret not in text,
        called=called,
        got=f"wrote {what}: {shown_value(line.replace(secret, '(secret)'))}",
        expected=f"{what} to stand nowhere",
    )


def records_of(solution: Namespace, call: Callable[[], object]) -> list[Record]:
    """Make a call while a handler of ours listens at the root logger, at every level.

    Args:
        solution: The learner's code.
        call: A function without arguments.

    Returns:
        The records that reached the handler.
    """
    records: list[Record] = []

    def note(*told: Any) -> None:
        logger, level, template, message, error, fields = told
        records.append(Record(logger, level, template, message, error, dict(fields)))

    handler = solution.probe(_HANDLER, note=note)
    handler.start()
    try:
        call()
    finally:
        handler.stop()
    return records


def handlers_at(solution: Namespace, logger: str = "") -> tuple[list[str], int]:
    """Tell how a logger is configured at this moment.

    Args:
        solution: The learner's code.
        logger: The logger's name; none for the root.

    Returns:
        The class names of its handlers, and its level.
    """
    classes, level = solution.probe(_AT_THE_ROOT).handlers_at(logger)
    return list(classes), int(level)
