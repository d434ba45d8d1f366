"""Calls to the Linux kernel that Python does not offer."""

import ctypes
import os
import platform
import sys

MACHINE = platform.machine().lower().replace("arm64", "aarch64")

# Numbers that are the same on every architecture since system calls were unified.
SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_ADD_RULE = 445
SYS_LANDLOCK_RESTRICT_SELF = 446
SYS_MOUNT_SETATTR = 442
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_SECUREBITS_NO_ROOT_LOCKED = 0x2F
_CAPABILITY_VERSION_3 = 0x20080522
_M_ARENA_MAX = -8

libc = ctypes.CDLL(None, use_errno=True)


class SandboxError(RuntimeError):
    """The sandbox could not be made; nothing may be run in it."""


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(
    what: str, number: int, *args: int | bytes | ctypes.Array[ctypes.c_char]
) -> int:
    """Make a system call.

    Args:
        what: Its name, for the error.
        number: Its number.
        args: Its arguments; every number is passed in full width.

    Returns:
        What the kernel returned.

    Raises:
        OSError: The kernel refused.
    """
    wide = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return _checked(libc.syscall(ctypes.c_long(number), *wide), what)


def prctl(option: int, *args: int) -> int:
    """Change an attribute of this process.

    Args:
        option: One of the ``PR_`` numbers.
        args: Its arguments; missing ones are 0.

    Returns:
        What the kernel returned.

    Raises:
        OSError: The kernel refused.
    """
    padded = [ctypes.c_ulong(arg) for arg in (*args, 0, 0, 0, 0)[:4]]
    return _checked(libc.prctl(ctypes.c_int(option), *padded), "prctl")


def unshare(flags: int) -> None:
    """Leave the namespaces named by flags for new ones.

    Args:
        flags: ``CLONE_NEW`` flags.

    Raises:
        OSError: The kernel refused.
    """
    _checked(libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system.

    Args:
        source: What is mounted.
        target: Where.
        kind: Its type; empty for a bind.
        flags: ``MS_`` flags.
        data: Options of the file system.

    Raises:
        OSError: The kernel refused.
    """
    words = [word.encode() or None for word in (source, target, kind)]
    result = libc.mount(*words, ctypes.c_ulong(flags), data.encode() or None)
    _checked(result, f"mount {target}")


def unmount_lazily(target: str) -> None:
    """Detach a mount and all below it.

    Args:
        target: Where it is mounted.

    Raises:
        OSError: The kernel refused.
    """
    mnt_detach = 2
    _checked(libc.umount2(target.encode(), mnt_detach), f"unmount {target}")


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that forked it ends."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, 9)


def adopt_orphans() -> None:
    """Become the parent of processes whose own parent, further down, has ended."""
    if sys.platform == "linux":
        prctl(PR_SET_CHILD_SUBREAPER, 1)


def drop_capabilities() -> None:
    """Give up every privilege that root has, also for programs started later."""
    if sys.platform != "linux":
        return
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one, or not privileged enough to need it
            break
    for option, value in (
        (PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL),
        (PR_SET_SECUREBITS, _SECUREBITS_NO_ROOT_LOCKED),
    ):
        try:
            prctl(option, value)
        except OSError:  # only a privileged process may, and only it needs to
            continue
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(libc.capset(header, nothing), "capset")


def spare_address_space() -> None:
    """Keep glibc from reserving 64 MiB of address space for each new thread."""
    mallopt = getattr(libc, "mallopt", None)  # not every C library has it
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)
