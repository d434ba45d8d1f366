"""What this machine really gives, found by trying it."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import confinement, kernel, landlock, seccomp
from autograder.sandbox.box import enter_warm_root, fork_box
from autograder.sandbox.levels import Level, level_asked_for
from autograder.sandbox.limits import Limits


@dataclass(frozen=True)
class Finding:
    """Whether one mechanism works here.

    Attributes:
        works: Whether it does.
        words: What was found, as a clause.
        remedy: What to do about it, as a sentence; empty when it works.
    """

    works: bool
    words: str
    remedy: str = ""


@dataclass(frozen=True)
class Report:
    """What this machine gives.

    Attributes:
        namespaces: An own file system, process table and network.
        landlock: Files closed by the kernel.
        seccomp: System calls closed by the kernel.
    """

    namespaces: Finding
    landlock: Finding
    seccomp: Finding

    @property
    def level(self) -> Level:
        """The highest level that works."""
        if not self.seccomp.works:
            return Level.NONE
        if self.namespaces.works:
            return Level.NAMESPACES
        return Level.LANDLOCK if self.landlock.works else Level.NONE


def best_level() -> Level:
    """Choose the level for this machine.

    ``COURSE_SANDBOX_LEVEL`` (namespaces, landlock, none) lowers it, never raises it.

    Returns:
        The highest level that works here and is allowed.

    Raises:
        ValueError: The variable holds no level.
    """
    asked = level_asked_for()
    if asked is Level.NONE:
        return asked
    found = probe().level
    return found if asked is None else min(found, asked)


def probe() -> Report:
    """Try each mechanism in a process of its own.

    Call it from a process that has one thread.

    Returns:
        What works, and what to do about what does not.
    """
    if sys.platform != "linux":
        missing = Finding(
            False,
            f"{sys.platform} has nothing of the kind",
            "Grade on Linux, or in a container or virtual machine that runs it.",
        )
        return Report(missing, missing, missing)
    return Report(_probe_namespaces(), _probe_landlock(), _probe_seccomp())


def _probe_namespaces() -> Finding:
    if not seccomp.is_known_here():
        return _unknown_architecture()
    problem = _try(lambda: _try_level(Level.NAMESPACES))
    if not problem:
        return Finding(True, "user namespaces work")
    for setting, bad in (
        ("kernel/apparmor_restrict_unprivileged_userns", "1"),
        ("kernel/unprivileged_userns_clone", "0"),
        ("user/max_user_namespaces", "0"),
    ):
        if _setting(setting) == bad:
            name = setting.replace("/", ".")
            good = {"1": "0", "0": "1"}[bad] if setting[0] == "k" else "10000"
            return Finding(
                False,
                f"user namespaces are forbidden ({name} is {bad})",
                f"Have the administrator run: sysctl -w {name}={good}",
            )
    return Finding(
        False,
        f"user namespaces do not work ({problem})",
        "In a container, start it with a seccomp profile that allows unshare and "
        "mount; elsewhere, Linux 5.12 or newer is needed.",
    )


def _probe_landlock() -> Finding:
    version = landlock.abi()
    if not version:
        return Finding(
            False,
            "Landlock is missing or switched off",
            "Use Linux 5.13 or newer with landlock in the kernel's lsm= list; in a "
            "container, a seccomp profile that allows it.",
        )
    if not seccomp.is_known_here():
        return _unknown_architecture()
    problem = _try(lambda: _try_level(Level.LANDLOCK))
    if problem:
        return Finding(
            False,
            f"Landlock does not work ({problem})",
            "See whether a container or an older sandbox forbids it.",
        )
    return Finding(True, f"Landlock version {version} works")


def _probe_seccomp() -> Finding:
    if not seccomp.is_known_here():
        return _unknown_architecture()
    problem = _try(_try_seccomp)
    if problem:
        return Finding(
            False,
            f"seccomp filters do not work ({problem})",
            "Use a kernel built with CONFIG_SECCOMP_FILTER.",
        )
    return Finding(True, "seccomp filters work")


def _unknown_architecture() -> Finding:
    return Finding(
        False,
        f"the system calls of {kernel.MACHINE} are not known here",
        "Grade on x86_64 or aarch64.",
    )


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _try_level(level: Level) -> None:
    """Make a box within a zygote and see that it is closed."""
    enter_warm_root(level, [])
    box = fork_box(level, lambda: _try_box(level), limits=Limits())
    status = box.wait()
    box.close()
    if status:
        raise kernel.SandboxError("a box could not be made or was not closed")


def _try_box(level: Level) -> None:
    confinement.confine(level, Limits())
    try:
        Path("/etc/passwd").read_bytes()  # everybody may read it outside
    except OSError:
        return
    raise kernel.SandboxError("files can still be read")


def _try_seccomp() -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.restrict(may_execute=False, own_files=True, can_truncate=True)
    try:
        if os.fork() == 0:
            os._exit(0)
    except PermissionError:
        return
    raise kernel.SandboxError("processes can still be forked")


def _try(work: Callable[[], None]) -> str:
    """Run in a forked process.

    Returns:
        What went wrong; empty when nothing did.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)  # a box that fails says so, but not to this user
            work()
            status = 0
        except BaseException as error:  # noqa: BLE001 - told to the parent
            os.write(writing, str(error).encode(errors="replace")[:500])
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123
        words = pipe.read().decode(errors="replace")
    _, state = os.waitpid(pid, 0)
    return words or ("" if state == 0 else f"ended with status {state}")
