"""Attacks that write, kill or stay: grades, classmates, the instructor, the next run.

The last part, ids with t, is about text: what an answer can make other people's screens
show or do by way of evidence.
"""

import contextlib
import sys
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup

from tests.attacks.attack import (
    PART,
    SOLUTION,
    Achieves,
    Attack,
    Graded,
    costs,
    earns,
    ends_in_nothing,
    leaves_running,
    writes,
)

CONFINED = "where the instructor is root it would change the machine for everybody"
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
# What w01, w03 and w07 do to all grades of one learner.
CHANGE = """
import sqlite3
book = sqlite3.connect("@COURSE@/gradebook.db", timeout=20, isolation_level=None)
grades = [row[0] for row in book.execute('select grade.id from grade'
    ' join submitted_notebook on grade.notebook_id = submitted_notebook.id'
    ' join submitted_assignment'
    ' on submitted_notebook.assignment_id = submitted_assignment.id'
    ' where submitted_assignment.student_id = ?', ["WHO"])]
for grade in grades:
    book.execute("update grade set WHAT where id = ?", [grade])
"""


def change(learner: str, what: str) -> str:
    """Write an attack that changes all grades of a learner in the gradebook."""
    return CHANGE.replace("WHO", learner).replace("WHAT", what)


def changes(part: str) -> Achieves:
    """Ask whether a file outside was changed whose path contains a text."""
    return lambda graded: any(part in path for path in graded.changed)


def tampered_with_alice(graded: Graded) -> bool:
    """Ask whether alice's graded notebook holds the attacker's mark."""
    path = graded.world.course / "autograded" / "alice" / PART / "open_closed.ipynb"
    return not path.exists() or graded.mark in path.read_text(encoding="utf-8")


def kills_the_victim(graded: Graded) -> bool:
    """Ask whether another process of the instructor was ended."""
    return not graded.world.victim_is_alive


def has_trigger(graded: Graded) -> bool:
    """Ask whether the gradebook now runs code of the attacker."""
    with graded.world.gradebook() as gradebook:
        connection = gradebook.db.connection().connection
        found = connection.execute(
            "select name from sqlite_master where type = 'trigger'"
        )
        return bool(found.fetchall())


def alive_at_the_instructors(graded: Graded) -> bool:
    """Ask whether the next command of the instructor runs the attacker's code."""
    planted = graded.world.home / graded.fill("ran-@MARK@")
    planted.unlink(missing_ok=True)
    graded.world.run([sys.executable, "-m", "nbgrader", "--version"], {})
    graded.world.run([sys.executable, "-m", "nbgrader", "list"], {})
    return planted.exists()


def leaves_shared_memory(graded: Graded) -> bool:
    """Ask whether memory shared by name is still there."""
    left = list(Path("/dev/shm").glob(f"{graded.mark}*"))  # noqa: S108
    for path in left:
        path.unlink()
    return bool(left)


def leaves_in_tmp(graded: Graded) -> bool:
    """Ask whether a file of the attacker's stays in a folder for temporary files."""
    folders = (Path("/tmp"), Path("/var/tmp"), graded.world.temporary)  # noqa: S108
    left = [path for folder in folders for path in folder.glob(f"*{graded.mark}*")]
    for path in left:
        path.unlink()
    return bool(left)


def poisons_the_environment(graded: Graded) -> bool:
    """Ask whether a file lies among the installed packages, and remove it."""
    packages = Path(contextlib.__file__).parent, Path(nbformat.__file__).parents[1]
    left = [path for folder in packages for path in folder.glob(f"{graded.mark}*")]
    for path in left:
        path.unlink()
    return bool(left)


def writes_script(graded: Graded) -> bool:
    """Ask whether a browser that shows the graded cells would run the mark."""
    pages = [_cards(graded)]
    if graded.feedback.exists():
        pages.append(graded.feedback.read_text(encoding="utf-8"))
    for page in pages:
        for tag in BeautifulSoup(page, "html.parser").find_all(True):
            acts = [
                v for k, v in tag.attrs.items() if k.startswith("on") or k == "href"
            ]
            if graded.mark in " ".join(map(str, acts)):
                return True
            if tag.name in ("script", "style", "iframe") and graded.mark in str(tag):
                return True
    return False


def _cards(graded: Graded) -> str:
    if not graded.autograded.exists():
        return ""
    cells = nbformat.read(graded.autograded, as_version=4).cells
    shown = [
        str(output.get("data", {}).get("text/html", ""))
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("grade")
        for output in cell.outputs
    ]
    return "\n".join(shown)


def writes_characters(characters: str) -> Achieves:
    """Ask whether the verdicts hold one of these characters as it is."""
    return lambda graded: any(c in _cards(graded) for c in characters)


def writes_much(graded: Graded) -> bool:
    """Ask whether one verdict is longer than a page."""
    return len(_cards(graded)) > 100_000


GRADES = [
    Attack(
        "w01",
        "Extra credit is written into the gradebook",
        earns(50),
        code=change("@LEARNER@", "extra_credit = 50"),
        crowd=False,
    ),
    Attack(
        "w02",
        "A trigger that gives points is planted in the gradebook",
        has_trigger,
        goal="harm",
        code="""
import sqlite3
book = sqlite3.connect("@COURSE@/gradebook.db", timeout=20, isolation_level=None)
book.execute('''create trigger if not exists gift after update of auto_score on grade
    begin update grade set manual_score = 2 where id = new.id; end''')
""",
    ),
    Attack(
        "w03",
        "A classmate's grade is set to nothing",
        costs("alice"),
        goal="harm",
        code=change("alice", "manual_score = 0"),
    ),
    Attack(
        "w07",
        "A detached process sets the grade when grading is over",
        earns(9),
        goal="harm",
        wait=6,
        code="import subprocess, sys\nlater = '''import time; time.sleep(5)\n"
        + change("@LEARNER@", "extra_credit = 9")
        + "'''\ncommand = [sys.executable, '-c', later]\n"
        + "subprocess.Popen(command, start_new_session=True)\n",
    ),
    Attack(
        "w12",
        "The gradebook is emptied",
        costs("alice"),
        goal="harm",
        code="""
import os
os.truncate("@COURSE@/gradebook.db", 0)
""",
    ),
    Attack(
        "w13",
        "The gradebook is held locked, so that nobody else can be graded",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import subprocess, sys
hold = '''import sqlite3, time
book = sqlite3.connect("@COURSE@/gradebook.db", isolation_level=None)
book.execute("begin exclusive"); print("held", flush=True); time.sleep(40)'''
command = [sys.executable, "-c", hold]
keep = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
keep.stdout.readline()
""",
    ),
    Attack(
        "w14",
        "The gradebook is swapped for a link to another file",
        lambda graded: graded.world.gradebook_path.is_symlink(),
        goal="harm",
        code="""
import os
os.replace("@COURSE@/gradebook.db", "@COURSE@/gone.db")
os.symlink("/dev/null", "@COURSE@/gradebook.db")
""",
    ),
]

FILES = [
    Attack(
        "w04",
        "A start-up file is planted for later kernels, and zoe, right, loses points",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import pathlib
folder = pathlib.Path("@HOME@/.ipython/profile_default/startup")
folder.mkdir(parents=True, exist_ok=True)
(folder / "00.py").write_text("import autograder.judge as judge\\n"
    "judge._apply = lambda *args: judge.Evidence('your code', 'is bad', 'better')\\n")
""",
    ),
    Attack(
        "w05",
        "Code is added to nbgrader's configuration and runs as the instructor",
        alive_at_the_instructors,
        goal="harm",
        code="""
with open("@CHECKOUT@/nbgrader_config.py", "a") as config:
    config.write("\\nopen('@HOME@/ran-@MARK@', 'w').close()\\n")
""",
    ),
    Attack(
        "w06",
        "A classmate's submission, not graded yet, is overwritten",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import shutil
shutil.copy("@COURSE@/submitted/@LEARNER@/01_design/open_closed.ipynb",
    "@COURSE@/submitted/zoe/01_design/open_closed.ipynb")
""",
    ),
    Attack(
        "w08",
        "The source notebook of the exercise is changed",
        changes("course/source"),
        goal="harm",
        code="""
with open("@COURSE@/source/01_design/open_closed.ipynb", "a") as source:
    source.write(" ")
""",
    ),
    Attack(
        "w11",
        "A classmate's graded notebook is overwritten",
        tampered_with_alice,
        goal="harm",
        code="""
import os, pathlib
path = pathlib.Path("@COURSE@/autograded/alice/01_design/open_closed.ipynb")
path.chmod(0o600)
path.write_text("@MARK@")
""",
    ),
    Attack(
        "w15",
        "Hidden tests are emptied for all who come later",
        changes("hidden_tests"),
        goal="harm",
        code="""
open("@CHECKOUT@/autograder/hidden_tests/01_design/test_open_closed.py", "a").write("#")
""",
    ),
    Attack(
        "w16",
        "The judge's own source gets a back door",
        changes("autograder/judge.py"),
        goal="harm",
        code="""
import autograder.judge
open(autograder.judge.__file__, "a").write("\\n# @MARK@\\n")
""",
    ),
    Attack(
        "w17",
        "Compiled code with a back door is put in place of the judge's",
        writes(f"@CHECKOUT@/autograder/__pycache__/{VERSION}-@MARK@.pyc"),
        goal="harm",
        code=f"""
import pathlib, py_compile
cache = pathlib.Path("@CHECKOUT@/autograder/__pycache__")
cache.mkdir(exist_ok=True)
(cache / "evil.py").write_text("evil = True")
py_compile.compile(cache / "evil.py", cache / "{VERSION}-@MARK@.pyc",
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
""",
    ),
    Attack(
        "w18",
        "A file that Python runs at every start is put among the packages",
        poisons_the_environment,
        goal="harm",
        not_shown="the packages belong to the tests as well",
        code="""
import pathlib, sysconfig, contextlib
for folder in (sysconfig.get_path("purelib"), pathlib.Path(contextlib.__file__).parent):
    try: (pathlib.Path(folder) / "@MARK@.pth").write_text("# planted")
    except OSError: pass
""",
    ),
    Attack(
        "w19",
        "A module that Python imports at every start is put into the home",
        writes(f"@HOME@/.local/lib/{VERSION}/site-packages/usercustomize.py"),
        goal="harm",
        code=f"""
import pathlib
folder = pathlib.Path("@HOME@/.local/lib/{VERSION}/site-packages")
folder.mkdir(parents=True, exist_ok=True)
(folder / "usercustomize.py").write_text("# @MARK@")
""",
    ),
    Attack(
        "w20",
        "Commands are added to what the instructor's shell runs",
        writes("@HOME@/.bashrc"),
        goal="harm",
        code='open("@HOME@/.bashrc", "a").write("# @MARK@")',
    ),
    Attack(
        "w21",
        "The classmates' folders are renamed and locked",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import os
os.rename("@COURSE@/submitted/zoe", "@COURSE@/submitted/zoe-@MARK@")
""",
    ),
    Attack(
        "w22",
        "All graded notebooks are deleted",
        tampered_with_alice,
        goal="harm",
        code="""
import shutil
shutil.rmtree("@COURSE@/autograded", ignore_errors=True)
""",
    ),
    Attack(
        "w23",
        "A file is written through a link made in the learner's own folder",
        changes("course/release"),
        goal="harm",
        code="""
import os
try: os.symlink("@COURSE@/release/01_design/open_closed.ipynb", "mine")
except FileExistsError: pass
open("mine", "a").write(" ")
""",
    ),
    Attack(
        "w24",
        "A file is written through a second name for it, a hard link",
        changes("course/release"),
        goal="harm",
        code="""
import os
if not os.path.exists("mine"):
    os.link("@COURSE@/release/01_design/open_closed.ipynb", "mine")
open("mine", "a").write(" ")
""",
    ),
    Attack(
        "w25",
        "Links with names that the grader may use lie in the folder for such files",
        leaves_in_tmp,
        goal="harm",
        code="""
import os
for folder in ("/tmp", "/var/tmp"):
    for name in ("", ".ipynb", ".json", ".sock"):
        try: os.symlink("@HOME@/.netrc", f"{folder}/@MARK@{name}")
        except OSError: pass
""",
    ),
    Attack(
        "w26",
        "A file is written by way of another process's root folder",
        writes("@HOME@/@MARK@"),
        goal="harm",
        code="""
import os
for pid in filter(str.isdigit, os.listdir("/proc")):
    try: open(f"/proc/{pid}/root@HOME@/@MARK@", "w").close()
    except OSError: pass
""",
    ),
    Attack(
        "w27",
        "A program that everybody may run as its owner is left behind",
        writes("@HOME@/@MARK@"),
        goal="harm",
        code="""
import os, shutil
shutil.copy("/bin/true", "@HOME@/@MARK@")
os.chmod("@HOME@/@MARK@", 0o4755)
""",
    ),
    Attack(
        "w28",
        "Shared memory is left behind",
        leaves_shared_memory,
        goal="harm",
        code="""
open("/dev/shm/@MARK@", "w").write("x" * 4096)
""",
    ),
]

PROCESSES = [
    Attack(
        "w10",
        "The process that grades is killed, and zoe is not graded",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import os
os.kill(os.getppid(), 9)
""",
    ),
    Attack(
        "w30",
        "The whole group of processes is killed",
        ends_in_nothing,
        goal="harm",
        whole_class=True,
        code="""
import os
os.killpg(0, 9)
""",
    ),
    Attack(
        "w31",
        "Another process of the instructor is killed",
        kills_the_victim,
        goal="harm",
        code="""
import os
os.kill(@VICTIM@, 9)
""",
    ),
    Attack(
        "w32",
        "Another process is killed by a thread, by its handle, by its group",
        kills_the_victim,
        goal="harm",
        code="""
import ctypes, os, signal
libc = ctypes.CDLL(None)
libc.syscall(424, os.pidfd_open(@VICTIM@), 9, None, 0)
""",
    ),
    Attack(
        "w33",
        "The grader's limits are changed: it may write no more files",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import os, resource
resource.prlimit(os.getppid(), resource.RLIMIT_FSIZE, (0, 0))
""",
    ),
    Attack(
        "w34",
        "A process detaches itself and goes on",
        leaves_running,
        goal="harm",
        code="""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60) # @MARK@"],
    start_new_session=True, stdin=-3, stdout=-3, stderr=-3)
""",
    ),
    Attack(
        "w35",
        "A child forked twice, in a session of its own, ignores all signals",
        leaves_running,
        goal="harm",
        code="""
import os, signal, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        command = "trap '' 1 2 3 15; sleep 60; : @MARK@"
        os.execv("/bin/sh", ["sh", "-c", command])
    os._exit(0)
""",
    ),
    Attack(
        "w36",
        "A process is hidden behind another name and the parent's group",
        leaves_running,
        goal="harm",
        code="""
import os
if os.fork() == 0:
    os.setpgid(0, 0)
    os.execve("/bin/sleep", ["[kworker/@MARK@]", "60"], {})
""",
    ),
    Attack(
        "w37",
        "The parent's open files are written to",
        writes("@HOME@/@MARK@"),
        goal="harm",
        code="""
import os
parent = os.getppid()
for fd in os.listdir(f"/proc/{parent}/fd"):
    try:
        target = os.readlink(f"/proc/{parent}/fd/{fd}")
        if target.startswith("/") and not target.startswith(("/dev", "/proc")):
            open("@HOME@/@MARK@", "w").close()
    except OSError: pass
""",
    ),
    Attack(
        "w38",
        "The parent's memory is written to",
        costs("zoe"),
        goal="harm",
        whole_class=True,
        code="""
import os
lines = open(f"/proc/{os.getppid()}/maps").read().splitlines()
with open(f"/proc/{os.getppid()}/mem", "r+b", 0) as memory:
    for line in lines:
        if " r-xp" in line and "python" in line + "libc.so":
            start, end = (int(n, 16) for n in line.split()[0].split("-"))
            memory.seek(start); memory.write(b"\\xcc" * (end - start))
""",
    ),
    Attack(
        "w39",
        "The machine is renamed, its clock set, its settings changed",
        lambda graded: graded.mark in Path("/proc/sys/kernel/hostname").read_text(),
        goal="harm",
        not_shown=CONFINED,
        code="""
import ctypes, socket
try: socket.sethostname("@MARK@")
except OSError: pass
""",
    ),
    Attack(
        "w40",
        "A folder is mounted over the course",
        changes(""),
        goal="harm",
        not_shown=CONFINED,
        code="""
import ctypes
libc = ctypes.CDLL(None)
libc.mount(b"none", b"@COURSE@/source", b"tmpfs", 0, None)
libc.mount(b"/tmp", b"@CHECKOUT@/autograder", None, 4096, None)
""",
    ),
    Attack(
        "w41",
        "The warm process that others are forked from is changed",
        costs("zoe"),
        goal="harm",
        not_shown="plain nbgrader starts a new kernel for everybody",
        code="""
import builtins, gc, os, signal, sys
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSTOP, signal.SIGKILL):
    for pid in (os.getppid(), os.getpgid(0), os.getsid(0)):
        try: pid not in (0, os.getpid()) and os.kill(pid, number)
        except OSError: pass
builtins.__build_class__ = builtins.__import__ = None
""",
    ),
    Attack(
        "w42",
        "Limits are raised before they are met",
        lambda graded: graded.mark + "raised" in graded.shown,
        goal="harm",
        code="""
import resource
for name in ("AS", "FSIZE", "NPROC", "NOFILE", "CPU"):
    limit = getattr(resource, f"RLIMIT_{name}")
    try: resource.setrlimit(limit, (resource.RLIM_INFINITY,) * 2)
    except (OSError, ValueError): pass
if resource.getrlimit(resource.RLIMIT_AS)[1] == resource.RLIM_INFINITY:
    print("mark-", "w42-", "raised", sep="")
""",
    ),
]

SAYS = """
def quote(*args): raise Error(TEXT)
label = days = manifest = add_carrier = quote
"""
TEXTS = [
    Attack(
        "t01",
        "A script stands in the message of an exception",
        writes_script,
        goal="harm",
        not_shown="the judge's card is escaped on plain nbgrader as well",
        page=True,
        code=f"""
TEXT = "</p></div><script>alert('@MARK@')</script><img src=x onerror=alert('@MARK@')>"
Error = RuntimeError{SAYS}
""",
    ),
    Attack(
        "t02",
        "The name of an exception's class is markup",
        writes_script,
        goal="harm",
        not_shown="the judge's card is escaped on plain nbgrader as well",
        page=True,
        code=f"""
TEXT = "x"
Error = type("<script>alert('@MARK@')</script>", (Exception,), {{}}){SAYS}
""",
    ),
    Attack(
        "t03",
        "A link with a script stands in a result and in the name of a function",
        writes_script,
        goal="harm",
        not_shown="the judge's card is escaped on plain nbgrader as well",
        page=True,
        answer=SOLUTION,
        honest=5,
        code="""
def manifest(parcels):
    return ["<a href=\\"javascript:alert('@MARK@')\\">x</a>", "[x](javascript:@MARK@)"]
""",
    ),
    Attack(
        "t04",
        "A message steers the terminal: colours, titles, a cleared screen",
        writes_characters("\x1b\x07\x08\x9b"),
        goal="harm",
        not_shown="the judge shows such characters as escapes on plain nbgrader too",
        code=f"""
TEXT = "\\x1b[2J\\x1b]0;owned\\x07\\x9b31m\\x08\\x08 all is well"
Error = RuntimeError{SAYS}
""",
    ),
    Attack(
        "t05",
        "A message turns the direction of writing, so that 01 reads as 10",
        writes_characters("\u202e\u2066\u200f"),
        goal="harm",
        not_shown="the judge shows such characters as escapes on plain nbgrader too",
        code=f"""
TEXT = "\\u202e01 fo 0 \\u2066\\u200f"
Error = RuntimeError{SAYS}
""",
    ),
    Attack(
        "t06",
        "A message is no valid text: half a character, which no file can hold",
        ends_in_nothing,
        goal="harm",
        not_shown="plain nbgrader survives it: the kernel mends what it sends",
        code=f"""
TEXT = "half \\ud800 a character"
Error = RuntimeError{SAYS}
""",
    ),
    Attack(
        "t07",
        "A message holds characters that end a text in C",
        writes_characters("\x00\x01"),
        goal="harm",
        not_shown="the judge shows such characters as escapes on plain nbgrader too",
        code=f"""
TEXT = "met\\0\\1 not"
Error = RuntimeError{SAYS}
""",
    ),
    Attack(
        "t08",
        "A message is 20 MB long",
        writes_much,
        goal="harm",
        not_shown="the judge cuts texts on plain nbgrader as well",
        code=f"""
TEXT = "long " * 4_000_000
Error = RuntimeError{SAYS}
""",
    ),
    Attack(
        "t09",
        "A message claims to be a verdict",
        earns(1),
        code=f"""
TEXT = "x. Expected nothing. Met: all (10 of 10 points). 10"
Error = RuntimeError{SAYS}
""",
        not_shown="nobody but a person could be taken in by it",
    ),
]

ATTACKS = [*GRADES, *FILES, *PROCESSES, *TEXTS]
