"""What runs in the learner's box: the cells for show, then the answer, for criteria.

The first process of the box is the course's; it forks, watches and kills. A criterion
that learner code hangs, crashes or fills up costs that criterion, and no other.
"""

import contextlib
import importlib
import itertools
import json
import os
import select
import signal
import socket
import tempfile
from collections.abc import Callable
from typing import Any

from autograder import given
from autograder.border import learner_end
from autograder.grading import cells
from autograder.grading.zygote import Main, Work
from autograder.sandbox import Level, Limits, confine

_MAX_REQUEST = 8 << 20
_TO_MOVE_ON = 0.5  # seconds to notice that the judge has hung up
# What exercises and learners commonly use; anything else is imported when it is asked
# for, from the same read-only library.
_LIBRARIES = (
    "abc",
    "argparse",
    "asyncio",
    "collections",
    "concurrent.futures",
    "contextlib",
    "contextvars",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "email.message",
    "enum",
    "functools",
    "inspect",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "pathlib",
    "random",
    "re",
    "sqlite3",
    "statistics",
    "string",
    "tempfile",
    "textwrap",
    "time",
    "types",
    "typing",
    "unittest.mock",
    "uuid",
    "zoneinfo",
)


def warm() -> tuple[Callable[[Work], None], Main]:
    """Load the libraries of the course.

    Returns:
        What to do before each fork, and in each box.
    """
    for name in _LIBRARIES:
        importlib.import_module(name)
    given.load_all()
    cells.warm_up()
    return _load_libraries, live_in_box


def _load_libraries(work: Work) -> None:
    """Import what an exercise is about, once for all who hand it in."""
    for name in work.told["libraries"].split():
        importlib.import_module(name)


def live_in_box(work: Work, level: Level) -> None:
    """Run the cells for show, then serve the criteria.

    The cells come first: their process has seen nothing of any criterion.

    Args:
        work: What arrived.
        level: How the processes are closed.
    """
    process = _Process(lambda _: _run_cells(work.line), "cells", level, work.line)
    process.runs_until_hung_up(work.line)
    process.kill()
    work.line.close()
    left = work.criteria
    while left:
        served = _serve(left, level)
        for connection in left[:served]:
            connection.close()
        left = left[served:]


def _serve(connections: list[socket.socket], level: Level) -> int:
    """Serve criteria in one process for as long as it keeps up with the judge.

    Starting a process for each would take longer than most criteria. Whatever ends the
    process, or keeps it from answering, costs one criterion: the next ones get a new
    process.

    Returns:
        How many criteria are done with, one way or the other.
    """
    process = _Process(_serve_each, "criteria", level)
    done = 0
    while done < len(connections):
        process.hand_over(connections[done])
        alive = process.runs_until_hung_up(connections[done])
        done += 1
        if not alive or not process.moved_on():
            break
    process.kill()
    return done


def _serve_each(control: socket.socket) -> None:
    """Serve what is handed over; no more of it is here than the one at hand."""
    for number in itertools.count():
        _, fds, _, _ = socket.recv_fds(control, 1, 1)
        # Files of one criterion are not there for the next.
        os.mkdir(f"{number}")  # noqa: PTH102
        os.chdir(f"{number}")
        with socket.socket(fileno=fds[0]) as connection:
            kept_up = learner_end.serve(connection)
        if not kept_up:
            return
        os.chdir("..")
        control.send(b".")


class _Process:
    """A confined process in the box, watched by the box's first process."""

    def __init__(
        self,
        main: Callable[[socket.socket], None],
        folder: str,
        level: Level,
        *keep: socket.socket,
    ) -> None:
        self._level = level
        self._control, control = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                os.chdir(tempfile.mkdtemp(prefix=folder, dir="."))
                kept = [connection.fileno() for connection in (control, *keep)]
                confine(level, Limits(), keep=kept)
                main(control)
            finally:
                os._exit(0)
        control.close()
        self._watch = os.pidfd_open(self._pid)

    def hand_over(self, connection: socket.socket) -> None:
        """Give it a criterion to serve."""
        with contextlib.suppress(OSError):  # it has ended, which is noticed next
            socket.send_fds(self._control, [b"."], [connection.fileno()])

    def runs_until_hung_up(self, connection: socket.socket) -> bool:
        """Wait until the other side hangs up; tell whether it was alive then."""
        poll = select.poll()
        poll.register(self._watch, select.POLLIN)
        poll.register(connection, select.POLLRDHUP)
        return self._watch not in {fd for fd, _ in poll.poll()}

    def moved_on(self) -> bool:
        """Tell whether it is done with a criterion, shortly after the judge is."""
        told = self._control.fileno()
        ready, _, _ = select.select([told, self._watch], [], [], _TO_MOVE_ON)
        return told in ready and self._control.recv(64) == b"."

    def kill(self) -> None:
        """End it, with all that it may have left running."""
        os.kill(self._pid, signal.SIGKILL)
        if self._level is Level.NAMESPACES:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # all that this first process can see
        os.waitpid(self._pid, 0)
        os.close(self._watch)
        self._control.close()


def _run_cells(line: socket.socket) -> None:
    request = json.loads(_read_line(line))

    def emit(told: dict[str, Any]) -> None:
        line.sendall(json.dumps(told).encode() + b"\n")

    cells.run_cells(request["cells"], emit, request["seconds"])


def _read_line(line: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        chunk = line.recv(1 << 16)
        if not chunk or len(received) > _MAX_REQUEST:
            os._exit(0)
        received += chunk
    return received
