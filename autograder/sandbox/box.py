"""Boxes: processes forked from a warm one, each with its own small world."""

import contextlib
import os
import select
import signal
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from autograder.sandbox import kernel, namespaces
from autograder.sandbox.confinement import (
    STANDARD_STREAMS,
    close_all_but,
    prepare,
    reset_signals,
    surroundings,
)
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits, mapped_bytes
from autograder.sandbox.places import folder_for_tmp, readable_places

FAILED = 70
"""Exit status of a box that could not be made or whose ``main`` raised."""

_TIMES_TO_REMOVE = 50
_MOMENT = 0.02


@dataclass
class Box:
    """A running box, as its zygote sees it.

    Attributes:
        pid: The process to wait for or kill; everything in the box ends with it.
        folder: Its private folder, removed by ``close``; None when it has its own
            ``/tmp``.
        status: Its exit status once it ended; negative for a signal.
    """

    pid: int
    folder: Path | None
    status: int | None = None

    def wait(self) -> int:
        """Wait until the box ends.

        Returns:
            Its exit status; negative for a signal.
        """
        if self.status is None:
            _, state = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(state)
        return self.status

    def kill(self) -> None:
        """End everything in the box at once; call ``close`` afterwards."""
        if self.status is not None:
            return
        for kill in (os.killpg, os.kill):  # it may not have become a group yet
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)

    def close(self) -> int:
        """End the box if it still runs, and remove what it wrote.

        Returns:
            Its exit status; negative for a signal.
        """
        self.kill()
        status = self.wait()
        # What it left running in its group, it may not outlive.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        # The first process of its own process table outlives the one that made it by a
        # moment, and is this process's to bury.
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-self.pid, 0)
        if self.folder is not None:
            _remove(self.folder)
        return status


def _remove(folder: Path) -> None:
    """Remove a folder, though processes that are just dying may still write there."""
    for _ in range(_TIMES_TO_REMOVE):
        with contextlib.suppress(OSError):
            _empty(folder)
            folder.rmdir()
        if not folder.exists():
            return
        time.sleep(_MOMENT)


def _empty(folder: Path) -> None:
    """Remove what is in a folder, however deep and long its paths have been made.

    What lies two levels down is brought up by one, so no path ever gets longer and
    nothing recurses. Names are random: nobody can have taken them.
    """
    while entries := list(folder.iterdir()):
        for entry in entries:
            if entry.is_symlink() or not entry.is_dir():
                entry.unlink()
                continue
            entry.chmod(0o700)
            for inner in list(entry.iterdir()):
                inner.rename(folder / uuid.uuid4().hex)
            entry.rmdir()


def enter_warm_root(level: Level, readable: Sequence[Path]) -> None:
    """Shut a zygote in, once it has imported everything and before it serves.

    At level NAMESPACES it sees only the system's programs and libraries, Python, and
    ``readable`` from now on; at LANDLOCK its boxes will. It must have one thread.

    Args:
        level: How strongly.
        readable: Files and folders that boxes may read beyond Python's own.

    Raises:
        SandboxError: The process has several threads.
        OSError: The kernel refused.
    """
    places = readable_places(readable)
    surroundings.readable = tuple(places)
    kernel.adopt_orphans()
    prepare(level)
    if level is Level.NAMESPACES:
        surroundings.tmp = folder_for_tmp(places)
        surroundings.proc = namespaces.enter_warm_root(places, surroundings.tmp)


def fork_box(
    level: Level,
    main: Callable[[], None],
    *,
    limits: Limits,
    keep: Collection[int] = STANDARD_STREAMS,
) -> Box:
    """Fork a box that runs a function.

    The box lives as long as the thread that calls this.

    Args:
        level: How strongly it is closed; that of ``enter_warm_root``.
        main: Runs in the box, in an empty folder; the box ends when it returns.
        limits: Of these, the size of the box's ``/tmp``.
        keep: File descriptors that stay open in the box.

    Returns:
        The box.
    """
    folder = None
    if level is not Level.NAMESPACES:
        folder = Path(tempfile.mkdtemp(prefix="box-")).resolve()
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        _exit_after(lambda: _live(main, limits, keep, folder, zygote))
    return Box(pid, folder)


def _live(
    main: Callable[[], None],
    limits: Limits,
    keep: Collection[int],
    folder: Path | None,
    zygote: int,
) -> None:
    """Be the box."""
    os.setsid()
    reset_signals()
    if folder is None:
        _enter_namespaces(limits, zygote)
    else:
        os.chdir(folder)
        os.environ["TMPDIR"] = str(folder)
        tempfile.tempdir = None
        _die_with(zygote)
    surroundings.folder = surroundings.tmp if folder is None else str(folder)
    surroundings.mapped = mapped_bytes(surroundings.proc)
    surroundings.proc = None
    close_all_but(keep)
    main()


def _die_with(zygote: int) -> None:
    """End with the zygote, also when it has ended already."""
    kernel.die_with_parent()
    if os.getppid() != zygote:
        os._exit(FAILED)


def _enter_namespaces(limits: Limits, zygote: int) -> None:
    """Return in the first process of a new process table; the caller waits for it."""
    if surroundings.proc is None:
        raise kernel.SandboxError("enter_warm_root() comes before fork_box().")
    namespaces.enter_box(surroundings.proc, surroundings.tmp, limits.tmp_bytes)
    _die_with(zygote)  # only now: new privileges make the kernel forget it
    watch, alive = os.pipe()
    child = os.fork()
    if child:
        close_all_but([alive])
        _, state = os.waitpid(child, 0)
        status = os.waitstatus_to_exitcode(state)
        os._exit(status if status >= 0 else 128 - status)
    kernel.die_with_parent()
    os.close(alive)
    # Nobody to die with: the parent ended before this process asked to.
    if select.select([watch], [], [], 0)[0]:
        os._exit(FAILED)
    kernel.drop_capabilities()


def _exit_after(work: Callable[[], None]) -> NoReturn:
    """Run and end the process, whatever happens: it is a copy of the zygote."""
    status = FAILED
    try:
        work()
        status = 0
    except SystemExit as leave:
        status = leave.code if isinstance(leave.code, int) else FAILED
    except BaseException:  # noqa: BLE001 - nothing may climb into the zygote's stack
        with contextlib.suppress(BaseException):
            traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)
