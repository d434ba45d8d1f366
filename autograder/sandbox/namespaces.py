"""Namespaces: an own file system, network and process table without being root."""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import kernel
from autograder.sandbox.places import DEVICES

NOBODY = 65534

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_WARM = _NEWUSER | _NEWNS | _NEWCGROUP | _NEWUTS | _NEWIPC | _NEWNET
_BOX = _WARM | _NEWPID

_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_OLD_ROOT = "/.old"
_MOUNT_POINT = "/tmp"  # noqa: S108 - any folder that every system has
_HOST_NAME = b"box"


@dataclass(frozen=True)
class _Place:
    """Something of the old root to be seen in the new one.

    Attributes:
        path: Where it is seen.
        source: Where it really is; None for a symbolic link.
        link: What the symbolic link says.
    """

    path: str
    source: str | None
    link: str = ""


def enter_warm_root(readable: Sequence[str], tmp: str) -> int:
    """Move this process to a root of its own that holds only what may be read.

    Args:
        readable: Absolute paths of files and folders, none inside another.
        tmp: Where it has an empty folder to write to; hides none of them.

    Returns:
        The open ``/proc`` of before; the new root has none.

    Raises:
        SandboxError: The process has several threads.
        OSError: The kernel refused.
    """
    places = [_plan(path) for path in readable]
    uid, gid = os.geteuid(), os.getegid()
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _unshare(_WARM)
        _map_user(proc, uid, gid)
        kernel.mount("none", "/", "", _MS_REC | _MS_PRIVATE)
        _mount_tmpfs(_MOUNT_POINT, 1024**2, mode="0755")
        _pivot()
        for place in places:
            _show(place)
        for device in DEVICES:
            _show_device(device)
        Path(tmp).mkdir(parents=True)
        kernel.unmount_lazily(_OLD_ROOT)
        Path(_OLD_ROOT).rmdir()
        _set_attributes("/", _ATTR_RDONLY | _ATTR_NOSUID, 0)
        _fresh_tmp(tmp, 16 * 1024**2)
        kernel.libc.sethostname(_HOST_NAME, len(_HOST_NAME))
    except BaseException:
        os.close(proc)
        raise
    return proc


def enter_box(proc: int, tmp: str, size: int) -> None:
    """Move this process, forked from one in a warm root, to namespaces of its own.

    Its next child is the first process of a new process table.

    Args:
        proc: What ``enter_warm_root`` returned.
        tmp: Its temporary folder, as the warm root has it.
        size: How much that holds, in bytes.

    Raises:
        OSError: The kernel refused.
    """
    _unshare(_BOX)
    _map_user(proc, NOBODY, NOBODY)
    _fresh_tmp(tmp, size)


def _fresh_tmp(tmp: str, size: int) -> None:
    """Cover the temporary folder by an empty one and go there."""
    _mount_tmpfs(tmp, size, mode="0700")
    os.chdir(tmp)


def _unshare(flags: int) -> None:
    try:
        kernel.unshare(flags)
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise kernel.SandboxError(
                "A process with several threads cannot get namespaces of its own: "
                "start none before (OPENBLAS_NUM_THREADS=1 keeps numpy from it)."
            ) from error
        raise


def _map_user(proc: int, uid: int, gid: int) -> None:
    """Call the user ``nobody`` within; the kernel asks for this order."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        file = os.open(f"self/{name}", os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(file, text.encode())
        except PermissionError:
            # Once denied, it stays denied for namespaces within, and may not be told.
            if name != "setgroups":
                raise
        finally:
            os.close(file)


def _mount_tmpfs(target: str, size: int, mode: str) -> None:
    options = f"size={size},nr_inodes=16384,mode={mode}"
    kernel.mount("tmpfs", target, "tmpfs", _MS_NOSUID | _MS_NODEV, options)


def _pivot() -> None:
    """Make the new file system the root; the old one is seen at /.old."""
    old = _MOUNT_POINT + _OLD_ROOT
    os.mkdir(old)  # noqa: PTH102
    number = kernel.SYS_PIVOT_ROOT[kernel.MACHINE]
    kernel.syscall("pivot_root", number, _MOUNT_POINT.encode(), old.encode())
    os.chdir("/")


def _plan(path: str) -> _Place:
    """Say how a path is to be seen; done while the old root is still there."""
    top = path.count("/") == 1
    if top and os.path.islink(path):  # noqa: PTH114
        return _Place(path, None, os.readlink(path))  # noqa: PTH115
    return _Place(path, os.path.realpath(path))


def _show(place: _Place) -> None:
    target = Path(place.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if place.source is None:
        target.symlink_to(place.link)
        return
    source = _OLD_ROOT + place.source
    if stat.S_ISDIR(os.stat(source).st_mode):  # noqa: PTH116
        target.mkdir()
    else:
        target.touch()
    kernel.mount(source, place.path, "", _MS_BIND | _MS_REC)
    read_only = _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV
    _set_attributes(place.path, read_only, _AT_RECURSIVE)


def _show_device(path: str) -> None:
    target = Path(path)
    target.parent.mkdir(exist_ok=True)
    target.touch()
    kernel.mount(_OLD_ROOT + path, path, "", _MS_BIND)


def _set_attributes(path: str, attributes: int, flags: int) -> None:
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    kernel.syscall(
        "mount_setattr",
        kernel.SYS_MOUNT_SETATTR,
        _AT_FDCWD,
        path.encode(),
        flags,
        ctypes.create_string_buffer(wanted, len(wanted)),
        len(wanted),
    )
