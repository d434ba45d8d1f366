"""What runs in the learner's box: a process for each criterion, then the cells.

The first process of the box is the course's; it forks, watches and kills. A criterion
that learner code hangs, crashes or fills up costs that criterion, and no other.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from typing import Any

from autograder.border import learner_end
from autograder.grading import cells
from autograder.grading.zygote import Main, Work
from autograder.sandbox import Level, Limits, confine

SECONDS_PER_CELL = 10.0
_MAX_REQUEST = 8 << 20
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
        What to do before each fork (nothing), and in each box.
    """
    for name in _LIBRARIES:
        importlib.import_module(name)
    cells.warm_up()
    return lambda _: None, live_in_box


def live_in_box(work: Work, level: Level) -> None:
    """Serve the criteria one after the other, then run the cells.

    Args:
        work: What arrived.
        level: How the processes are closed.
    """
    line = work.line
    for number, connection in enumerate(work.criteria):
        _run_apart(
            lambda c=connection: learner_end.serve(c),  # type: ignore[misc]
            connection,
            folder=f"criterion{number}",
            level=level,
        )
        connection.close()
    _run_apart(lambda: _run_cells(line), line, folder="notebook", level=level)


def _run_apart(
    main: Callable[[], None], connection: socket.socket, *, folder: str, level: Level
) -> None:
    """Run in a process of its own until it ends or the other side hangs up."""
    with contextlib.suppress(OSError):  # a full disk is found out by who writes
        os.mkdir(folder)  # noqa: PTH102
    pid = os.fork()
    if pid == 0:
        try:
            os.chdir(folder)
            confine(level, Limits(), keep=[connection.fileno()])
            main()
        finally:
            os._exit(0)
    watch = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    poll.register(connection, select.POLLRDHUP)
    poll.poll()
    os.kill(pid, signal.SIGKILL)
    if level is Level.NAMESPACES:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)  # all that this first process can see
    os.waitpid(pid, 0)
    os.close(watch)


def _run_cells(line: socket.socket) -> None:
    request = json.loads(_read_line(line))

    def emit(told: dict[str, Any]) -> None:
        line.sendall(json.dumps(told).encode() + b"\n")

    cells.run_cells(request["cells"], emit, SECONDS_PER_CELL)


def _read_line(line: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        chunk = line.recv(1 << 16)
        if not chunk or len(received) > _MAX_REQUEST:
            os._exit(0)
        received += chunk
    return received
