"""Landlock: what files this process may touch, held by the kernel for good."""

import ctypes
import os
import struct
from collections.abc import Iterable
from stat import S_ISDIR

from autograder.sandbox import kernel

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG, _MAKE_SYM = 1 << 7, 1 << 8, 1 << 12
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

_FIRST_RIGHTS = (1 << 13) - 1
TRUNCATE_SINCE = 3
_RIGHTS_SINCE = {2: _REFER, TRUNCATE_SINCE: _TRUNCATE, 5: _IOCTL_DEV}
_ALL_NET, _ALL_SCOPES = 0b11, 0b11
_NET_SINCE, _SCOPES_SINCE = 4, 6

_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
# No execution in the working folder: nobody runs a program he has just written.
_WORK = (
    _READ_FILE | _READ_DIR | _WRITE_FILE | _TRUNCATE | _REFER | _REMOVE_DIR
    | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM
)  # fmt: skip

_RULE_PATH_BENEATH = 1
_CREATE_RULESET_VERSION = 1


def abi() -> int:
    """Ask the kernel for its version of Landlock.

    Returns:
        The version; 0 when the kernel has none or it is switched off.
    """
    try:
        return kernel.syscall(
            "landlock",
            kernel.SYS_LANDLOCK_CREATE_RULESET,
            0,
            0,
            _CREATE_RULESET_VERSION,
        )
    except (OSError, AttributeError):
        return 0


def restrict(readable: Iterable[str], devices: Iterable[str], work: str) -> None:
    """Close all files but these to this process, and TCP, and foreign signals.

    The caller has set ``no_new_privs``.

    Args:
        readable: Files and folders that may be read, and executed as programs.
        devices: Device files that may be read and written.
        work: The folder that may be written.

    Raises:
        OSError: The kernel refused.
    """
    version = abi()
    handled = _FIRST_RIGHTS
    for since, right in _RIGHTS_SINCE.items():
        handled |= right if version >= since else 0
    attributes = struct.pack(
        "=QQQ",
        handled,
        _ALL_NET if version >= _NET_SINCE else 0,
        _ALL_SCOPES if version >= _SCOPES_SINCE else 0,
    )
    ruleset = kernel.syscall(
        "landlock",
        kernel.SYS_LANDLOCK_CREATE_RULESET,
        attributes,
        len(attributes),
        0,
    )
    try:
        for path in readable:
            _allow(ruleset, path, _READ & handled)
        for path in devices:
            _allow(ruleset, path, (_READ_FILE | _WRITE_FILE) & handled)
        _allow(ruleset, work, _WORK & handled)
        kernel.syscall("landlock", kernel.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Add a rule; a path that does not exist needs none."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        kernel.syscall(
            "landlock",
            kernel.SYS_LANDLOCK_ADD_RULE,
            ruleset,
            _RULE_PATH_BENEATH,
            rule,
            0,
        )
    finally:
        os.close(place)
