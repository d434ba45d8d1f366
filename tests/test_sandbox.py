"""The sandbox: what honest code needs works, and what it must not do fails.

Each test forks a zygote from this process, a box from that, and in the box a process
that is confined: the way the grader does it.
"""
# What runs in the box is written as learners write it.
# ruff: noqa: BLE001, PLC0415, PLW0108, PTH104, PTH108, PTH123, PTH208, S311, S606

import asyncio
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder import sandbox
from autograder.sandbox import Level, Limits, seccomp, syscalls
from autograder.sandbox.box import FAILED, _remove
from autograder.sandbox.places import outermost

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="The sandbox is made of Linux."
)

LEVELS = (Level.LANDLOCK, Level.NAMESPACES)
MIB = 1024**2
PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def report() -> sandbox.Report:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork with threads
        return sandbox.probe()


@pytest.fixture(params=LEVELS, ids=lambda level: level.name.lower())
def level(request: pytest.FixtureRequest, report: sandbox.Report) -> Level:
    chosen: Level = request.param
    mechanism = getattr(report, chosen.name.lower())
    if not mechanism.works:
        pytest.skip(f"{mechanism.words}. {mechanism.remedy}")
    return chosen


@pytest.fixture(params=["this user", "nobody"])
def as_nobody(request: pytest.FixtureRequest) -> bool:
    nobody: bool = request.param == "nobody"
    if nobody and os.geteuid() != 0:
        pytest.skip("Only root can become another user.")
    return nobody


def fork(work: Callable[[], object], *, keep: tuple[int, ...] = ()) -> int:
    """Fork a process that ends when the work is done; say its pid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr)
        finally:
            os._exit(status)
    return pid


def attempt(
    level: Level,
    work: Callable[[], object],
    *,
    limits: Limits | None = None,
    may_execute: bool = False,
    as_nobody: bool = False,
    keep: tuple[int, ...] = (),
    readable: tuple[Path, ...] = (),
) -> Any:
    """Do something in a confined process: say what came back, or the error's name."""
    reading, writing = os.pipe()
    chosen = limits or Limits(cpu_seconds=20)
    kept = (0, 1, 2, writing, *keep)

    def confined() -> None:
        sandbox.confine(level, chosen, may_execute=may_execute, keep=kept)
        try:
            answer = {"value": work()}
        except BaseException as error:
            answer = {"error": type(error).__name__, "words": str(error)}
        os.write(writing, json.dumps(answer).encode())

    def box_main() -> None:
        _, state = os.waitpid(fork(confined), 0)
        if os.WIFSIGNALED(state):
            answer = {"error": signal.Signals(os.WTERMSIG(state)).name}
            os.write(writing, json.dumps(answer).encode())

    def zygote() -> None:
        if as_nobody:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            tempfile.tempdir = None
            c_call("prctl", 4, 1, 0, 0, 0)  # owns its /proc again, as after exec
        sandbox.enter_warm_root(level, readable)
        box = sandbox.fork_box(level, box_main, limits=chosen, keep=kept)
        box.wait()
        box.close()

    pid = fork(zygote)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    answer = json.loads(said)
    return answer.get("error", answer.get("value"))


def spawn() -> object:
    return subprocess.run(["/usr/bin/true"], check=False).returncode


# What must fail


def connect(family: socket.AddressFamily, address: Any) -> None:
    with socket.socket(family) as connection:
        connection.connect(address)


def c_call(name: str, *args: Any) -> int:
    """Call the C library and raise what it reports."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    result: int = function(*args)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def send_on_datagram_pair() -> None:
    left, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    left.sendto(b"x", "\0anybody")


def pass_the_limit_on() -> None:
    import resource

    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (1, 1))


FORBIDDEN: dict[str, Callable[[], object]] = {
    "read the users": lambda: Path("/etc/passwd").read_text(),
    "read the project": lambda: (PROJECT / "pyproject.toml").read_text(),
    "list the root's home": lambda: os.listdir("/root"),
    "list the project": lambda: os.listdir(PROJECT),
    "read another process": lambda: Path("/proc/self/environ").read_bytes(),
    "write in /usr": lambda: Path("/usr/lib/written").write_text("x"),
    "write in /": lambda: Path("/written").write_text("x"),
    "write among the libraries": lambda: Path(os.__file__).write_text("x"),
    "truncate a library": lambda: os.open("/usr/bin/env", os.O_RDONLY | os.O_TRUNC),
    "remove a program": lambda: os.unlink("/usr/bin/env"),
    "connect to this machine": lambda: connect(socket.AF_INET, ("127.0.0.1", 1)),
    "connect to an abstract socket": lambda: connect(socket.AF_UNIX, "\0anybody"),
    "connect to a socket file": lambda: connect(socket.AF_UNIX, "/run/x"),
    "write to any socket": send_on_datagram_pair,
    "signal the parent": lambda: os.kill(os.getppid(), 0),
    "stop the parent": lambda: os.kill(os.getppid(), signal.SIGSTOP),
    "signal everybody": lambda: os.kill(-1, 0),
    "signal the own group": lambda: os.killpg(0, 0),
    "fork": os.fork,
    "start a program": spawn,
    "start a program by posix_spawn": lambda: os.posix_spawn(
        "/usr/bin/true", ["true"], {}
    ),
    "become a program": lambda: os.execv("/usr/bin/true", ["true"]),
    "trace the parent": lambda: c_call("ptrace", 16, os.getppid(), 0, 0),
    "mount": lambda: c_call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
    "leave namespaces": lambda: c_call("unshare", 0x10000000),
    "leave one namespace": lambda: c_call("unshare", 0x00020000),
    "change the root": lambda: os.chroot("."),
    "become root": lambda: os.setuid(0),
    "become another user": lambda: os.setresuid(1, 1, 1),
    "make memory files": lambda: os.memfd_create("x"),
    "load kernel programs": lambda: c_call("syscall", 321, 0, 0, 0),
    "outlive the parent": lambda: c_call("prctl", 1, 0, 0, 0, 0),
    "be traceable again": lambda: c_call("prctl", 4, 1, 0, 0, 0),
    "limit the parent": pass_the_limit_on,
    "write a large file": lambda: Path("large").write_bytes(b"x" * 100 * MIB),
    "allocate beyond the limit": lambda: len(bytearray(1100 * MIB)),
}
ERRORS = {
    "PermissionError",
    "FileNotFoundError",
    "OSError",
    "MemoryError",
    "ProcessLookupError",
}
THE_ERROR = {
    "allocate beyond the limit": "MemoryError",
    "fork": "PermissionError",
    "start a program": "PermissionError",
    "become a program": "PermissionError",
    "connect to this machine": "PermissionError",
    "connect to an abstract socket": "PermissionError",
    "write to any socket": "PermissionError",
    "signal the parent": "PermissionError",
    "trace the parent": "PermissionError",
    "mount": "PermissionError",
    "write a large file": "OSError",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden(name: str, level: Level, as_nobody: bool) -> None:
    outcome = attempt(level, FORBIDDEN[name], as_nobody=as_nobody)

    assert outcome in ({THE_ERROR[name]} if name in THE_ERROR else ERRORS)


def test_without_a_border_the_same_is_possible() -> None:
    assert "root" in attempt(Level.NONE, FORBIDDEN["read the users"])
    assert attempt(Level.NONE, spawn) == 0
    assert attempt(Level.NONE, FORBIDDEN["allocate beyond the limit"]) == "MemoryError"


def test_modes_and_times_of_files_outside_stay(level: Level, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("x")
    precious.chmod(0o640)
    before = precious.stat()

    def change() -> None:
        steps: list[Callable[[], object]] = [
            lambda: precious.chmod(0o777),
            lambda: os.utime(precious, (1, 1)),
            lambda: os.truncate(precious, 0),
            lambda: os.setxattr(precious, "user.x", b"x"),
            lambda: os.link(precious, "here"),
            lambda: os.rename(precious, "here"),
        ]
        for step in steps:
            try:
                step()
            except OSError:
                continue

    attempt(level, change)

    after = precious.stat()
    assert (after.st_mode, after.st_mtime, after.st_size) == (
        before.st_mode,
        before.st_mtime,
        before.st_size,
    )
    assert after.st_ctime == before.st_ctime


def test_descriptors_of_the_zygote_are_closed(level: Level, tmp_path: Path) -> None:
    secret = os.open(tmp_path / "gradebook", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(secret, True)
    try:
        assert attempt(level, lambda: os.fstat(secret).st_size) == "OSError"
        kept = attempt(level, lambda: os.fstat(secret).st_size, keep=(secret,))
    finally:
        os.close(secret)
    assert kept == 0


def test_only_few_variables_are_left(
    level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    names = attempt(level, lambda: sorted(os.environ))
    assert names == ["HOME", "LANG", "PATH", "TMPDIR"]


def test_no_privilege_is_left(level: Level) -> None:
    def privileges() -> list[int]:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        data = (ctypes.c_uint32 * 6)()
        c_call("capget", header, data)
        return list(data)

    assert attempt(level, privileges) == [0] * 6


def test_threads_without_end_meet_a_limit(level: Level) -> None:
    def bomb() -> int:
        stop = threading.Event()
        count = 0
        try:
            for _ in range(20_000):
                threading.Thread(target=stop.wait, daemon=True).start()
                count += 1
        except (RuntimeError, MemoryError):
            return count
        finally:
            stop.set()
        return -1

    assert 20 < attempt(level, bomb) < 500


def test_endless_loop_is_ended(level: Level) -> None:
    def loop() -> None:
        while True:
            pass

    assert attempt(level, loop, limits=Limits(cpu_seconds=1)) in ("SIGKILL", "SIGXCPU")


def test_full_tmp_is_an_error(report: sandbox.Report) -> None:
    if not report.namespaces.works:
        pytest.skip(report.namespaces.words)

    def fill() -> None:
        for number in range(20):
            Path(f"part{number}").write_bytes(b"x" * MIB)

    assert (
        attempt(Level.NAMESPACES, fill, limits=Limits(tmp_bytes=8 * MIB)) == "OSError"
    )


def test_only_its_own_processes_exist(report: sandbox.Report) -> None:
    if not report.namespaces.works:
        pytest.skip(report.namespaces.words)

    def look() -> list[int]:
        return [os.getpid(), os.getppid(), os.getuid()]

    assert attempt(Level.NAMESPACES, look) == [2, 1, 65534]


# What must work


def use_threads() -> int:
    found: list[int] = []
    threads = [threading.Thread(target=found.append, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(found)


def use_asyncio() -> int:
    async def half(number: int) -> int:
        await asyncio.sleep(0.001)
        return number // 2

    async def main() -> int:
        from_thread = await asyncio.to_thread(lambda: 1)
        return sum(await asyncio.gather(half(2), half(4))) + from_thread

    return asyncio.run(main())


def use_sqlite() -> int:
    database = sqlite3.connect("shop.db")
    with database:
        database.execute("create table item (name text)")
        database.execute("insert into item values ('tea')")
    database.execute("pragma journal_mode=wal")
    with database:
        database.execute("insert into item values ('milk')")
    rows = database.execute("select count(*) from item").fetchone()
    database.close()
    return int(rows[0])


def use_files() -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a").write_text("text", encoding="utf-8")
        shutil.copy2(folder / "a", folder / "b")
        (folder / "b").chmod(0o600)
        (folder / "b").touch()
        (folder / "b").rename(folder / "c")
        (folder / "deep").mkdir()
        shutil.move(folder / "c", folder / "deep" / "c")
        (folder / "link").symlink_to("a")
        found = sorted(path.name for path in folder.rglob("*"))
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("x")
    Path("here.txt").write_text("x", encoding="utf-8")
    return found


def use_much_of_the_library() -> str:
    import colorsys
    import csv
    import datetime
    import decimal
    import hashlib
    import io
    import wave
    import zoneinfo

    paris = zoneinfo.ZoneInfo("Europe/Paris")
    noon = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.UTC).astimezone(paris)
    csv.writer(io.StringIO()).writerow([decimal.Decimal("0.1") + 1, colorsys, wave])
    time.sleep(0.001)
    digest = hashlib.sha256(random.randbytes(8) + os.urandom(8)).hexdigest()
    return f"{noon:%H} {len(digest)} {len(os.sched_getaffinity(0)) > 0}"


def use_site_packages() -> str:
    for name in [name for name in sys.modules if name.split(".")[0] == "yaml"]:
        del sys.modules[name]
    import yaml

    return str(yaml.safe_load("a: 1"))


def use_numpy() -> float:
    numpy = pytest.importorskip("numpy")
    square = numpy.ones((200, 200))
    return float((square @ square).sum())


def use_matplotlib() -> bool:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure, axes = pyplot.subplots()
        axes.plot([1, 2, 3])
        figure.savefig("figure.png")
    return Path("figure.png").stat().st_size > 1000


def use_signals() -> list[str]:
    seen: list[str] = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append("alarm"))
    signal.signal(signal.SIGUSR1, lambda *_: seen.append("own"))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    return seen


HONEST: dict[str, tuple[Callable[[], object], object]] = {
    "threads": (use_threads, 20),
    "asyncio": (use_asyncio, 4),
    "sqlite": (use_sqlite, 2),
    "files": (use_files, ["a", "c", "deep", "link"]),
    "library": (use_much_of_the_library, "14 64 True"),
    "site-packages": (use_site_packages, "{'a': 1}"),
    "numpy": (use_numpy, 200.0**3),
    "matplotlib": (use_matplotlib, True),
    "signals": (use_signals, ["alarm", "own", "own"]),
    "much memory": (lambda: len(bytearray(700 * MIB)), 700 * MIB),
    "large file": (lambda: Path("f").write_bytes(b"x" * 10 * MIB), 10 * MIB),
    "null": (lambda: Path("/dev/null").write_text("x"), 1),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_works(name: str, level: Level) -> None:
    work, expected = HONEST[name]
    assert attempt(level, work) == expected


def test_judge_may_start_programs_but_no_more(level: Level) -> None:
    def check_style() -> list[object]:
        Path("answer.py").write_text("import os\n", encoding="utf-8")
        ruff = subprocess.run(
            ["ruff", "check", "--isolated", "--no-cache", "answer.py"],
            check=False,
            capture_output=True,
            text=True,
        )
        return [ruff.returncode, "F401" in ruff.stdout]

    assert attempt(level, check_style, may_execute=True) == [1, True]
    for name in ("read the users", "connect to this machine", "mount", "write in /"):
        assert attempt(level, FORBIDDEN[name], may_execute=True) in ERRORS

    def shell() -> int:
        command = "cat /etc/passwd || echo x > /usr/lib/x"
        return subprocess.run(["/bin/sh", "-c", command], check=False).returncode

    assert attempt(level, shell, may_execute=True) not in (0, *ERRORS)


# How long a box lives


def family(level: Level, alive: int, main_ends: bool) -> sandbox.Box:
    """Make a box with a confined process that sleeps and holds a pipe open."""
    sandbox.enter_warm_root(level, [])

    def sleeper() -> None:
        sandbox.confine(level, Limits(), keep=(0, 1, 2, alive))
        os.write(alive, b"x")
        time.sleep(60)

    def main() -> None:
        fork(sleeper)
        time.sleep(0.5 if main_ends else 60)

    return sandbox.fork_box(level, main, limits=Limits(), keep=(0, 1, 2, alive))


@pytest.mark.parametrize("end", ["box killed", "zygote killed", "main returns"])
def test_nothing_outlives_the_box(
    end: str, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A zygote that is killed cannot remove the folders of its boxes.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reading, writing = os.pipe()
    control, confirm = os.pipe()

    def zygote() -> None:
        box = family(level, writing, main_ends=end == "main returns")
        os.close(writing)
        os.read(control, 1)
        if end == "box killed":
            box.kill()
        time.sleep(60)

    pid = fork(zygote)
    os.close(writing)
    with open(reading, "rb", buffering=0) as pipe:
        assert pipe.read(1) == b"x"
        started = time.monotonic()
        if end == "zygote killed":
            os.kill(pid, signal.SIGKILL)
        os.write(confirm, b"x")
        assert pipe.read(1) == b""  # nobody holds the other end any more
    assert time.monotonic() - started < 10
    if end != "zygote killed":
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(control)
    os.close(confirm)


def test_what_is_still_written_to_is_removed_all_the_same(tmp_path: Path) -> None:
    """A process of the box may be dying yet when its folder is removed."""
    folder = tmp_path / "box"
    (folder / ".0").mkdir(parents=True)
    (folder / ".0" / "taken").touch()
    busy = (
        "import contextlib, pathlib, sys, time\n"
        "ends = time.monotonic() + 0.3\n"
        "while time.monotonic() < ends:\n"
        "    for number in range(9):\n"
        "        with contextlib.suppress(OSError):\n"
        "            outer = pathlib.Path(sys.argv[1], str(number))\n"
        "            outer.mkdir()\n"
        "            (outer / 'inner').mkdir()\n"
        "            (outer / 'inner').rmdir()\n"
    )
    with subprocess.Popen([sys.executable, "-c", busy, str(folder)]):
        while not list(folder.glob("[0-9]")):
            time.sleep(0.001)
        _remove(folder)
    assert not folder.exists()


@pytest.mark.parametrize("any_level", list(Level))
def test_main_never_returns_into_the_zygote(
    any_level: Level, report: sandbox.Report
) -> None:
    if any_level > report.level:
        pytest.skip("This machine does not give it.")
    reading, writing = os.pipe()

    def fail() -> None:
        raise LookupError

    def zygote() -> None:
        sandbox.enter_warm_root(any_level, [])
        statuses = []
        for main in (fail, lambda: sys.exit(3), lambda: None):
            box = sandbox.fork_box(any_level, main, limits=Limits(), keep=())
            statuses.append(box.wait())
            box.close()
            assert box.folder is None or not box.folder.exists()
        os.write(writing, json.dumps(statuses).encode())

    pid = fork(zygote)
    os.close(writing)
    with open(reading, "rb") as pipe:
        assert json.load(pipe) == [FAILED, 3, 0]
    os.waitpid(pid, 0)


def test_confine_is_for_boxes_only() -> None:
    with pytest.raises(sandbox.SandboxError, match="within a box"):
        sandbox.confine(Level.NONE, Limits())


# What a machine gives


def test_words_say_what_a_level_gives() -> None:
    assert len({level.words for level in Level}) == len(Level)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", Level.LANDLOCK),
        ("none", Level.NONE),
        ("landlock", Level.LANDLOCK),
        ("Namespaces", Level.LANDLOCK),
    ],
)
def test_level_can_be_lowered_but_not_raised(
    asked: str, expected: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = sandbox.Finding(True, "works")
    missing = sandbox.Finding(False, "is missing", "Get it.")
    here = sandbox.Report(namespaces=missing, landlock=works, seccomp=works)
    monkeypatch.setattr("autograder.sandbox.probing.probe", lambda: here)
    monkeypatch.setenv(sandbox.LEVEL_VARIABLE, asked)
    assert sandbox.best_level() is expected


def test_unknown_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sandbox.LEVEL_VARIABLE, "strong")
    with pytest.raises(ValueError, match="namespaces, landlock or none"):
        sandbox.best_level()


def test_without_seccomp_there_is_no_border() -> None:
    works, missing = sandbox.Finding(True, ""), sandbox.Finding(False, "")
    assert sandbox.Report(works, works, missing).level is Level.NONE


def test_probe_names_the_setting_that_forbids(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"kernel/apparmor_restrict_unprivileged_userns": "1"}
    monkeypatch.setattr(
        "autograder.sandbox.probing._setting", lambda name: settings.get(name, "")
    )

    def forbidden(_flags: int) -> None:
        raise PermissionError(1, "unshare")

    monkeypatch.setattr("autograder.sandbox.kernel.unshare", forbidden)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = sandbox.probe().namespaces
    assert not found.works
    assert "apparmor_restrict_unprivileged_userns is 1" in found.words
    assert "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in found.remedy


# The parts


def test_a_course_below_tmp_is_seen_and_not_written(level: Level) -> None:
    """The box's own temporary folder would hide it."""

    def work() -> list[str]:
        said = [(course / "lesson.txt").read_text()]
        for folder in (course, Path(tempfile.gettempdir())):
            try:
                (folder / "written").write_text("x")
            except OSError as error:
                said.append(type(error).__name__)
            else:
                said.append("written")
        return said

    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        course = Path(name)
        (course / "lesson.txt").write_text("lesson")
        said = attempt(level, work, readable=(course,))
    assert said[0] == "lesson"
    assert said[1] in {"OSError", "PermissionError"}
    assert said[2:] == ["written"]


def test_places_inside_others_are_left_out() -> None:
    paths = ["/usr/lib", "/usr/lib/x", "/usr/lib64", "/usr/lib-x", "/opt"]
    assert outermost(paths) == ["/opt", "/usr/lib", "/usr/lib-x", "/usr/lib64"]


def run_program(program: bytes, number: int, *args: int, arch: int) -> int:
    """Do what the kernel does with a program, and say what it answers."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *(*args, 0, 0, 0, 0, 0, 0)[:6])
    code = list(struct.iter_unpack("=HBBI", program))
    value = at = 0
    while True:
        kind, yes, no, constant = code[at]
        at += 1
        if kind == 0x20:
            value = struct.unpack_from("=I", data, constant)[0]
        elif kind == 0x54:
            value &= constant
        elif kind == 0x06:
            return int(constant)
        else:
            holds = {
                0x15: value == constant,
                0x25: value > constant,
                0x35: value >= constant,
                0x45: bool(value & constant),
            }[kind]
            at += yes if holds else no


@pytest.mark.parametrize(
    ("machine", "arch"), [("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)]
)
def test_system_calls_by_number(machine: str, arch: int) -> None:
    table = syscalls.numbers(machine)
    code = seccomp.program(
        machine, 77, may_execute=False, own_files=False, can_truncate=False
    )

    def answer(name: str | int, *args: int, arch: int = arch) -> int:
        number = table[name] if isinstance(name, str) else name
        return run_program(code, number, *args, arch=arch)

    allowed, refused, old_kernel, done = 0x7FFF0000, 0x50001, 0x50026, 0x50000
    killed = 0x80000000
    thread, process, namespace = 0x3D0F00, 0x1200011, 0x10000000 | 0x10000
    assert answer("read") == answer("clock_gettime") == allowed
    assert answer("execve") == answer("setsid") == refused
    assert answer("clone3") == answer(460) == old_kernel
    assert answer("fchmod") == done
    assert answer("clone", thread) == allowed
    assert answer("clone", process) == answer("clone", namespace) == refused
    assert answer("kill", 77) == answer("tgkill", 77, 78) == allowed
    assert answer("kill", 78) == answer("kill", 0xFFFFFFFF) == refused
    assert answer("prlimit64", 0) == answer("prlimit64", 77) == allowed
    assert answer("prlimit64", 1) == refused
    assert answer("socketpair", 1, 0x80001) == allowed
    assert answer("socketpair", 1, 2) == answer("socketpair", 2, 1) == refused
    assert answer("ioctl", 0, 0x5401) == allowed
    assert answer("ioctl", 0, 0x5412) == refused  # types into the user's terminal
    assert answer("fcntl", 0, 8) == refused  # has signals sent to another
    assert answer("openat", 0, 0, os.O_RDONLY | os.O_TRUNC) == refused
    assert answer("openat", 0, 0, os.O_WRONLY | os.O_TRUNC) == allowed
    assert answer("truncate") == refused
    assert answer("read", arch=0x40000003) == killed
    assert answer(0x40000000) == killed


def test_numbers_are_those_of_this_machine() -> None:
    import platform

    if platform.machine() != "x86_64":
        pytest.skip("The header is that of x86_64.")
    headers = list(Path("/usr/include").glob("**/asm/unistd_64.h"))
    if not headers:
        pytest.skip("The kernel's headers are not installed.")
    words = [line.split() for line in headers[0].read_text().splitlines()]
    real = {row[1][5:]: int(row[2]) for row in words if len(row) == 3}
    table = syscalls.numbers("x86_64")
    assert table == {name: real.get(name, number) for name, number in table.items()}
