"""Limits on what one process may use."""

import math
import os
import resource
from dataclasses import dataclass

from autograder.sandbox.kernel import spare_address_space

_MIB = 1024**2


@dataclass(frozen=True)
class Limits:
    """Limits on what one confined process may use.

    Attributes:
        memory: Bytes of address space beyond what is mapped when it is confined, so
            that a zygote with more libraries loaded leaves as much to learners.
        cpu_seconds: Seconds of processor time, counted from when it is confined.
        file_bytes: Size of one file.
        open_files: Open files at once.
        tmp_bytes: Size of the box's own ``/tmp``; held at level NAMESPACES only.
        processes: Processes and threads of one box; held at level NAMESPACES only,
            and not when the grader is root, whom the kernel does not count.
    """

    memory: int = 1024 * _MIB
    cpu_seconds: int = 30
    file_bytes: int = 64 * _MIB
    open_files: int = 128
    tmp_bytes: int = 64 * _MIB
    processes: int = 128


def mapped_bytes(proc: int | None = None) -> int:
    """Say how much address space this process has mapped.

    Args:
        proc: An open ``/proc``, when there is none at its usual place.

    Returns:
        Bytes; 0 on systems that do not tell.
    """
    path = "/proc/self/statm" if proc is None else "self/statm"
    try:
        statm = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    except FileNotFoundError:
        return 0
    try:
        pages = int(os.read(statm, 64).split()[0])
    finally:
        os.close(statm)
    return pages * resource.getpagesize()


def apply_limits(limits: Limits, *, mapped: int, count_processes: bool) -> None:
    """Limit this process; it can never raise the limits again.

    Args:
        limits: The limits.
        mapped: Bytes of address space already in use.
        count_processes: Whether processes of this user are those of the box only.
    """
    spare_address_space()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used_seconds = math.ceil(usage.ru_utime + usage.ru_stime)
    wanted = {
        resource.RLIMIT_AS: mapped + limits.memory,
        resource.RLIMIT_CPU: used_seconds + limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        # Threads take their stack's size from here: without one, a few fill memory.
        resource.RLIMIT_STACK: 8 * _MIB,
    }
    if count_processes:
        wanted[resource.RLIMIT_NPROC] = limits.processes
    for kind, value in wanted.items():
        _, highest = resource.getrlimit(kind)
        unlimited = highest == resource.RLIM_INFINITY
        limit = value if unlimited else min(value, highest)
        resource.setrlimit(kind, (limit, limit))
