"""seccomp: which system calls this process may make, as a program for the kernel.

An allow-list: what is not named is refused with "operation not permitted". The
program is made of classic BPF instructions; it sees numbers, never memory.
"""

import ctypes
import errno
import os
import struct
from functools import lru_cache

from autograder.sandbox import kernel
from autograder.sandbox.syscalls import LAST_KNOWN, numbers

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

# Instructions of classic BPF.
_LOAD, _RETURN, _AND = 0x20, 0x06, 0x54
_IF_EQUAL, _IF_GREATER, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x25, 0x35, 0x45
# Where things stand in the kernel's ``struct seccomp_data``.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FREE = _names(
    """
    read write open close stat fstat lstat poll lseek mmap mprotect munmap brk
    rt_sigaction rt_sigprocmask rt_sigreturn pread64 pwrite64 readv writev preadv
    pwritev preadv2 pwritev2 access faccessat faccessat2 pipe pipe2 select pselect6
    sched_yield mremap msync mincore madvise dup dup2 dup3 pause nanosleep
    clock_nanosleep getitimer alarm setitimer getpid sendfile sendto recvfrom
    sendmsg recvmsg shutdown getsockname getpeername getsockopt exit exit_group
    wait4 waitid uname flock fsync fdatasync ftruncate getdents getdents64 getcwd
    chdir fchdir rename renameat renameat2 mkdir mkdirat rmdir creat link linkat
    unlink unlinkat symlink symlinkat readlink readlinkat umask gettimeofday time
    getrlimit setrlimit getrusage sysinfo times getuid getgid geteuid getegid
    getppid getpgrp getpgid getsid getgroups getresuid getresgid rt_sigpending
    rt_sigtimedwait rt_sigsuspend sigaltstack statfs fstatfs getpriority
    sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
    sched_rr_get_interval arch_prctl gettid futex futex_waitv sched_getaffinity
    sched_setaffinity set_tid_address set_robust_list fadvise64 timer_create
    timer_settime timer_gettime timer_getoverrun timer_delete clock_gettime
    clock_getres epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
    epoll_pwait2 openat newfstatat ppoll fallocate eventfd eventfd2 timerfd_create
    timerfd_settime timerfd_gettime getcpu getrandom membarrier copy_file_range
    statx rseq close_range restart_syscall capget get_mempolicy
    """
)
_TO_EXECUTE = _names(
    """
    fork vfork execve execveat kill tgkill setsid setpgid pidfd_open
    pidfd_send_signal
    """
)
_MODES_AND_TIMES = _names(
    """
    chmod fchmod fchmodat utime utimes futimesat utimensat
    """
)
_EXTENDED_ATTRIBUTES = _names(
    """
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr
    fsetxattr removexattr lremovexattr fremovexattr
    """
)
# glibc tries these first and knows the older call when the kernel has none.
_AS_IF_OLD_KERNEL = frozenset(["clone3", "openat2", "fchmodat2"])

_CLONE_THREAD = 0x10000
_CLONE_NEW_ANYTHING = 0x7E020000
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPES = 1, 1, 0xF
_FCNTL_COMMANDS = (
    *(0, 1, 2, 3, 4, 5, 6, 7),  # duplicate, flags, locks
    *(36, 37, 38),  # locks of open files
    *(1030, 1032),  # duplicate and close on exec; size of a pipe
)
_IOCTL_COMMANDS = (
    0x5401,  # TCGETS: is it a terminal?
    0x5413,  # TIOCGWINSZ: how wide is it?
    0x541B,  # FIONREAD: how much can be read?
    0x5421,  # FIONBIO: do not block
    0x5450,  # FIONCLEX and FIOCLEX: keep or close on exec
    0x5451,
)
_PRCTL_OPTIONS = (
    2,  # PR_GET_PDEATHSIG
    3,  # PR_GET_DUMPABLE
    15,  # PR_SET_NAME
    16,  # PR_GET_NAME
    21,  # PR_GET_SECCOMP
    23,  # PR_CAPBSET_READ
    39,  # PR_GET_NO_NEW_PRIVS
    0x53564D41,  # PR_SET_VMA: newer C libraries name their memory
)

_Instruction = tuple[int, int, int, int]


def is_known_here() -> bool:
    """Whether this machine's system calls are known by number."""
    return kernel.MACHINE in _ARCHITECTURES


def restrict(*, may_execute: bool, own_files: bool, can_truncate: bool) -> None:
    """Close all system calls but the harmless ones, for good and for all threads.

    The caller has set ``no_new_privs``.

    Args:
        may_execute: Whether programs may be started and signals sent.
        own_files: Whether all files in sight that could be changed are the box's own,
            so that changing modes and times does no harm.
        can_truncate: Whether something else keeps files from being emptied.

    Raises:
        OSError: The kernel refused.
    """
    code = program(
        kernel.MACHINE,
        os.getpid(),
        may_execute=may_execute,
        own_files=own_files,
        can_truncate=can_truncate,
    )
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    number = kernel.SYS_SECCOMP[kernel.MACHINE]
    kernel.syscall("seccomp", number, _SET_MODE_FILTER, _ALL_THREADS, header)


def program(
    machine: str, pid: int, *, may_execute: bool, own_files: bool, can_truncate: bool
) -> bytes:
    """Write the program that the kernel runs at each system call.

    Args:
        machine: The architecture.
        pid: The process that signals and limits may be set for.
        may_execute: As for ``restrict``.
        own_files: As for ``restrict``.
        can_truncate: As for ``restrict``.

    Returns:
        The instructions, eight bytes each.
    """
    start, rest, table = _fixed_parts(machine, may_execute, own_files, can_truncate)
    own = b""
    if not may_execute:
        for name in ("kill", "tgkill"):
            own += _assemble(_rule(table[name], _if_equal(0, [pid])))
    own += _assemble(_rule(table["prlimit64"], _if_equal(0, [0, pid])))
    return start + own + rest


def prepare(*, own_files: bool, can_truncate: bool) -> None:
    """Write the programs that boxes will need, so that forked processes have them.

    Args:
        own_files: As for ``restrict``.
        can_truncate: As for ``restrict``.
    """
    for may_execute in (False, True):
        _fixed_parts(kernel.MACHINE, may_execute, own_files, can_truncate)


@lru_cache
def _fixed_parts(
    machine: str, may_execute: bool, own_files: bool, can_truncate: bool
) -> tuple[bytes, bytes, dict[str, int]]:
    """Assemble what comes before and after the rules that name a process."""
    table = numbers(machine)
    decisions = _decisions(may_execute, own_files, can_truncate)
    by_number = {table[name]: how for name, how in decisions.items() if name in table}
    free = sorted(n for n, how in by_number.items() if how == [_answer(_ALLOW)])
    rest: list[_Instruction] = []
    for first, last in _ranges(free):
        # The kernel tries the program with every number when it is loaded: few
        # instructions make that quick.
        rest += [(_IF_AT_LEAST, 0, 2, first), (_IF_GREATER, 1, 0, last)]
        rest.append(_answer(_ALLOW))
    for number, decision in by_number.items():
        if number not in free:
            rest += _rule(number, decision)
    newer = [(_IF_GREATER, 0, 1, LAST_KNOWN), _answer(_ERRNO | errno.ENOSYS)]
    rest += [*newer, _answer(_ERRNO | errno.EPERM)]
    start: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        _answer(_KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_ANY_BIT, 0, 1, _X32_BIT),
        _answer(_KILL),
    ]
    return _assemble(start), _assemble(rest), table


def _ranges(values: list[int]) -> list[tuple[int, int]]:
    """Join sorted numbers that follow one another."""
    ranges: list[tuple[int, int]] = []
    for value in values:
        if ranges and ranges[-1][1] == value - 1:
            ranges[-1] = (ranges[-1][0], value)
        else:
            ranges.append((value, value))
    return ranges


def _decisions(
    may_execute: bool, own_files: bool, can_truncate: bool
) -> dict[str, list[_Instruction]]:
    """Say for each system call by name what is answered; others are refused."""
    allow = [_answer(_ALLOW)]
    decisions = dict.fromkeys(sorted(_FREE), allow)
    decisions |= {
        "clone": _decide_clone(may_execute),
        "fcntl": _if_equal(1, _FCNTL_COMMANDS),
        "ioctl": _if_equal(1, _IOCTL_COMMANDS),
        "prctl": _if_equal(0, _PRCTL_OPTIONS),
        "socketpair": _decide_socketpair(),
    }
    if can_truncate:
        decisions["truncate"] = allow
    else:
        decisions["open"] = _decide_open(1)
        decisions["openat"] = _decide_open(2)
    if may_execute:
        decisions |= dict.fromkeys(sorted(_TO_EXECUTE), allow)
    # Landlock cannot guard modes and times: said to be changed, so that copying
    # a file works, but left alone.
    change = allow if own_files else [_answer(_ERRNO)]
    decisions |= dict.fromkeys(sorted(_MODES_AND_TIMES), change)
    no_such_thing = [_answer(_ERRNO | errno.EOPNOTSUPP)]
    decisions |= dict.fromkeys(sorted(_EXTENDED_ATTRIBUTES), no_such_thing)
    old_kernel = [_answer(_ERRNO | errno.ENOSYS)]
    return decisions | dict.fromkeys(sorted(_AS_IF_OLD_KERNEL), old_kernel)


def _decide_clone(may_execute: bool) -> list[_Instruction]:
    """Threads yes, namespaces no; processes only where programs may be started."""
    decision = [
        _load_argument(0),
        (_IF_ANY_BIT, 0, 1, _CLONE_NEW_ANYTHING),
        _answer(_ERRNO | errno.EPERM),
    ]
    if not may_execute:
        refuse = _answer(_ERRNO | errno.EPERM)
        decision += [(_IF_ANY_BIT, 1, 0, _CLONE_THREAD), refuse]
    return [*decision, _answer(_ALLOW)]


def _decide_socketpair() -> list[_Instruction]:
    """Connected pairs only: a datagram socket could still write to any other."""
    refuse = _answer(_ERRNO | errno.EPERM)
    return [
        _load_argument(0),
        (_IF_EQUAL, 1, 0, _AF_UNIX),
        refuse,
        _load_argument(1),
        (_AND, 0, 0, _SOCK_TYPES),
        (_IF_EQUAL, 1, 0, _SOCK_STREAM),
        refuse,
        _answer(_ALLOW),
    ]


def _decide_open(argument: int) -> list[_Instruction]:
    """Refuse to empty a file that is opened for reading: old Landlocks let it pass."""
    return [
        _load_argument(argument),
        (_AND, 0, 0, os.O_TRUNC | os.O_ACCMODE),
        (_IF_EQUAL, 0, 1, os.O_TRUNC | os.O_RDONLY),
        _answer(_ERRNO | errno.EPERM),
        _answer(_ALLOW),
    ]


def _if_equal(argument: int, values: tuple[int, ...] | list[int]) -> list[_Instruction]:
    """Allow a system call when an argument is one of some values."""
    decision = [_load_argument(argument)]
    for value in values:
        decision += [(_IF_EQUAL, 0, 1, value), _answer(_ALLOW)]
    return [*decision, _answer(_ERRNO | errno.EPERM)]


def _rule(number: int, decision: list[_Instruction]) -> list[_Instruction]:
    """Apply a decision, which must end in an answer, to one system call."""
    return [(_IF_EQUAL, 0, len(decision), number), *decision]


def _load_argument(index: int) -> _Instruction:
    """Load the lower half of an argument; the kernel ignores the upper of an int."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index)


def _answer(value: int) -> _Instruction:
    return (_RETURN, 0, 0, value)


def _assemble(instructions: list[_Instruction]) -> bytes:
    return b"".join(struct.pack("=HBBI", *each) for each in instructions)
