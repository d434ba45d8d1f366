"""Warm processes that fork a box for each piece of work.

Starting Python and loading libraries takes longer than grading, so it is done once. A
zygote is a fresh interpreter, not a fork of the grader: what the grader knows, such as
the gradebook's address, was never in its memory. There are two kinds:

* ``learner`` loads what learner code may use, and no test, no solution;
* ``judge`` loads the exercises with their criteria.

Work arrives over a control socket as one packet with sockets in it. The first of them
belongs to the box alone: when the grader hangs up, the box is killed.
"""

import contextlib
import fcntl
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.sandbox import Box, Level, Limits, enter_warm_root, fork_box

READY = b"ready"
_MAX_SOCKETS = 40
_PACKET = 1 << 16
_START_SECONDS = 60
_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Work:
    """What a box is asked to do.

    Attributes:
        told: What the grader says of it, as plain data.
        line: A socket to the grader.
        criteria: For each criterion a socket to the other box.
    """

    told: dict[str, str]
    line: socket.socket
    criteria: list[socket.socket]

    @property
    def sockets(self) -> list[socket.socket]:
        """All of them."""
        return [self.line, *self.criteria]


class Zygote:
    """The grader's hold on a warm process.

    Args:
        kind: The module that runs in its boxes, such as ``learner_box``.
        level: How its boxes are closed.
    """

    def __init__(self, kind: str, level: Level) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._kind = kind
        self._ready = False
        self._asking = threading.Lock()
        with theirs:
            start = (
                f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
                f"from autograder.grading.{kind} import warm; "
                f"from autograder.grading.zygote import live; "
                f"live(warm, {theirs.fileno()}, {int(level)})"
            )
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", start],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Ctrl-C is for the grader, which then hangs up.
                start_new_session=True,
                env=_environment(),
            )

    def wait_until_ready(self) -> None:
        """Wait until everything is loaded.

        Raises:
            CourseError: The process could not be set up.
        """
        with self._asking:
            if not self._ready:
                self._hear_that_it_is_ready()
                self._ready = True

    def _hear_that_it_is_ready(self) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            said = self._control.recv(_PACKET)
        except (TimeoutError, OSError):
            said = b""
        self._control.settimeout(None)
        if said != READY:
            self.close()
            raise CourseError(
                f"The grader's {self._kind} process did not start. {said.decode()}",
                remedy="Run `python3 -m course doctor`: it says what is missing.",
            )

    def fork(self, told: dict[str, str], sockets: Sequence[socket.socket]) -> None:
        """Have a box forked.

        Args:
            told: What it is to know at once.
            sockets: Its line to the grader, then one for each criterion.

        Raises:
            CourseError: The warm process has ended.
        """
        self.wait_until_ready()
        packet = json.dumps(told).encode()
        try:
            socket.send_fds(self._control, [packet], [s.fileno() for s in sockets])
        except OSError as error:
            raise CourseError(
                f"The grader's {self._kind} process has ended.",
                remedy="Start the command again: what was graded is kept.",
            ) from error

    def ends_within(self, seconds: float) -> bool:
        """Wait a little for the process to end.

        Args:
            seconds: How long; 0 to look only.

        Returns:
            Whether it has ended.
        """
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """End the process with all its boxes."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """Nothing of the grader's environment: it may hold secrets."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        # A zygote forks, so it must have one thread.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


# --- In the warm process ------------------------------------------------------------

Main = Callable[[Work, Level], None]


def live(
    warm: Callable[[], tuple[Callable[[Work], None], Main]], fd: int, level: int
) -> None:
    """Be a zygote: load, shut oneself in, serve until the grader hangs up.

    Args:
        warm: Loads everything; returns what to do before each fork, and in each box.
        fd: The control socket.
        level: How boxes are closed.
    """
    control = socket.socket(fileno=fd)
    try:
        with _called_when_hung_up(control, lambda: os._exit(0)):
            before, main = warm()
            enter_warm_root(Level(level), [])
    except Exception as error:  # noqa: BLE001 - it is told to the grader
        control.send(f"{type(error).__name__}: {error}".encode()[:1000])
        return
    # What is loaded now stays: the collector need not touch, and so copy, its pages.
    gc.collect()
    gc.freeze()
    with contextlib.suppress(ConnectionError):  # the grader may never need a box
        control.send(READY)
        _Nursery(control, before, main, Level(level)).serve()


@contextlib.contextmanager
def _called_when_hung_up(
    control: socket.socket, call: Callable[[], object]
) -> Iterator[None]:
    """Have the kernel interrupt long work that nobody waits for any more."""
    poll = select.poll()
    poll.register(control, 0)  # hanging up is always told

    def look(*_: object) -> None:
        if poll.poll(0):
            call()

    before = signal.signal(signal.SIGIO, look)
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_ASYNC)
    look()  # it may have been a moment ago
    try:
        yield
    finally:
        fcntl.fcntl(control, fcntl.F_SETFL, flags)
        signal.signal(signal.SIGIO, before)


class _Nursery:
    """The boxes that a zygote has forked and not yet buried."""

    def __init__(
        self,
        control: socket.socket,
        before: Callable[[Work], None],
        main: Main,
        level: Level,
    ) -> None:
        self._control = control
        self._before = before
        self._main = main
        self._level = level
        self._boxes: dict[int, tuple[Box, socket.socket]] = {}
        self._lines: dict[int, int] = {}
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def serve(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            for fd, _ in self._poll.poll():
                if fd == self._control.fileno():
                    if not self._take_work():
                        return
                elif fd in self._lines:  # the grader hung up
                    self._boxes[self._lines[fd]][0].kill()
                    self._poll.unregister(fd)
                    del self._lines[fd]
                elif fd in self._boxes:  # the box has ended
                    self._bury(fd)

    def _take_work(self) -> bool:
        packet, fds, _, _ = socket.recv_fds(self._control, _PACKET, _MAX_SOCKETS)
        if not packet:
            self._bury_all()
            return False
        line, *criteria = [socket.socket(fileno=fd) for fd in fds]
        work = Work(json.loads(packet), line, criteria)
        with _called_when_hung_up(self._control, self._leave):
            self._before(work)
        box = fork_box(
            self._level,
            lambda: self._main(work, self._level),
            limits=Limits(),
            keep=[0, 1, 2, *fds],
        )
        for connection in criteria:  # else nobody would notice that the box has ended
            connection.close()
        watch = os.pidfd_open(box.pid)
        self._boxes[watch] = (box, line)
        self._lines[line.fileno()] = watch
        self._poll.register(watch, select.POLLIN)
        self._poll.register(line, 0)  # hanging up is always told
        return True

    def _leave(self) -> None:
        self._bury_all()
        os._exit(0)

    def _bury_all(self) -> None:
        for watch in list(self._boxes):
            self._boxes[watch][0].kill()
            self._bury(watch)

    def _bury(self, watch: int) -> None:
        box, line = self._boxes.pop(watch)
        self._poll.unregister(watch)
        os.close(watch)
        if self._lines.pop(line.fileno(), None) is not None:
            self._poll.unregister(line)
        box.close()
        line.close()


def deadline_in(seconds: float) -> float:
    """Tell the moment, by a clock that all processes share.

    Args:
        seconds: From now.

    Returns:
        A value of ``time.monotonic``.
    """
    return time.monotonic() + seconds
