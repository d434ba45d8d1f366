"""The last step before untrusted code runs: nothing here can be undone."""

import os
import signal
import sys
from collections.abc import Collection
from dataclasses import dataclass

from autograder.sandbox import kernel, landlock, seccomp
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits, apply_limits, mapped_bytes
from autograder.sandbox.places import DEVICES

STANDARD_STREAMS = (0, 1, 2)


@dataclass
class Surroundings:
    """What a box knows of itself.

    Attributes:
        folder: The folder it may write; None outside a box.
        readable: What it may read.
        proc: The open ``/proc`` of a warm root.
        mapped: Bytes of address space mapped when the box was forked.
        tmp: Where boxes within a warm root have their temporary folder.
    """

    folder: str | None = None
    readable: tuple[str, ...] = ()
    proc: int | None = None
    mapped: int = 0
    tmp: str = ""


surroundings = Surroundings()
"""Those of this process; forked processes inherit them."""


def confine(
    level: Level,
    limits: Limits,
    *,
    may_execute: bool = False,
    keep: Collection[int] = STANDARD_STREAMS,
) -> None:
    """Close this process for good, as the last step before untrusted code runs.

    To be called in a process that was forked within a box. The process dies with the
    one that forked it. At level LANDLOCK, changing modes and times of files seems to
    work but does nothing, as nothing else protects them.

    Args:
        level: How strongly; that of the box.
        limits: What it may use.
        may_execute: Whether it may start programs (which are confined like it).
        keep: File descriptors that stay open; of the standard streams, those that do
            not stay lead nowhere.

    Raises:
        SandboxError: It is called outside a box.
        OSError: The kernel refused; nothing untrusted may run then.
    """
    if surroundings.folder is None:
        raise kernel.SandboxError("confine() is for processes forked within a box.")
    kernel.die_with_parent()
    close_all_but(keep)
    _reset_environment(surroundings.folder)
    apply_limits(
        limits,
        mapped=mapped_bytes() or surroundings.mapped,
        count_processes=level is Level.NAMESPACES,
    )
    if sys.platform != "linux":
        return
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if level is Level.NONE:
        return
    version = landlock.abi()
    if version:
        landlock.restrict(surroundings.readable, DEVICES, surroundings.folder)
    own_files, can_truncate = _harmless(level, version)
    seccomp.restrict(
        may_execute=may_execute, own_files=own_files, can_truncate=can_truncate
    )


def prepare(level: Level) -> None:
    """Do in the zygote what every box would have to do anew.

    Args:
        level: That of the boxes.
    """
    if level is not Level.NONE:
        own_files, can_truncate = _harmless(level, landlock.abi())
        seccomp.prepare(own_files=own_files, can_truncate=can_truncate)


def _harmless(level: Level, version: int) -> tuple[bool, bool]:
    """Say whether changing modes of files is, and emptying them.

    A box with a root of its own sees no file it could change but its own.
    """
    own_files = level is Level.NAMESPACES
    return own_files, own_files or version >= landlock.TRUNCATE_SINCE


def close_all_but(keep: Collection[int]) -> None:
    """Close file descriptors.

    Args:
        keep: Those that stay; standard streams that do not are led nowhere.
    """
    first = 0
    for descriptor in sorted(keep):
        if first < descriptor:  # an empty range from 0 would close everything
            os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
    missing = [stream for stream in STANDARD_STREAMS if stream not in keep]
    for _ in missing:  # the lowest free descriptor is the next one missing
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def reset_signals() -> None:
    """Treat signals as a fresh Python does, whatever the zygote made of them."""
    signal.set_wakeup_fd(-1)
    ignored = {signal.SIGPIPE, signal.SIGXFSZ}
    for number in signal.valid_signals():
        wanted = signal.SIG_IGN if number in ignored else signal.SIG_DFL
        if signal.getsignal(number) != wanted:
            signal.signal(number, wanted)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _reset_environment(folder: str) -> None:
    """Leave no variable of the zygote: they may hold secrets."""
    for name in list(os.environ):
        del os.environ[name]
    os.environ.update(
        PATH=f"{sys.prefix}/bin:/usr/bin:/bin",
        HOME=folder,
        TMPDIR=folder,
        LANG="C.UTF-8",
    )
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:  # it remembers the folder it once found
        vars(tempfile)["tempdir"] = None
