"""The frame of the attack corpus: a class with attackers in it, graded and looked at.

An attack is a learner who hands in a wrong answer, and something beside it. Its
`achieves` says whether it worked. The same question is asked twice: plain nbgrader must
answer yes (so that the test can fail), the grader with a border must answer no.

Attacks are written with marks that are filled in when they are handed in:

=============  =====================================================================
`@COURSE@`     nbgrader's course folder (source, submitted, gradebook.db ...)
`@CHECKOUT@`   the course's own sources, hidden tests and solutions among them
`@HOME@`       the instructor's home
`@MARK@`       a word of this one attack, for files, processes and requests
`@PORT@`       where a server of this machine listens and counts visits
`@SOCKET@`     the same as an abstract Unix socket (name without the leading NUL)
`@VICTIM@`     the id of a process that belongs to the instructor
`@LEARNER@`    the attacker's user name
=============  =====================================================================
"""

import base64
import contextlib
import hashlib
import importlib
import json
import re
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import nbformat
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook, MissingEntry

from autograder.assemble import assemble_all
from autograder.exercises import Exercise, find_exercises
from autograder.notebook import ANSWER_ID
from autograder.rooms import Rooms
from course.demo_class import hand_in
from course.nbgrader import nbgrader_environment

PART = "01_design"
SLUG = "open_closed"
ROOT = Rooms.of_this_course().root
EXERCISE = Exercise(PART, SLUG, Rooms(ROOT))
STARTER = EXERCISE.brief.starter
SOLUTION = EXERCISE.solution
FULL_MARKS = 10
PATIENCE = 240  # seconds for one command of plain nbgrader

SECRETS = (
    "hidden",
    "probe",
    "solution",
    "classmate",
    "environment",
    "gradebook",
    "home",
)

Goal = Literal["points", "secret", "harm"]
Achieves = Callable[["Graded"], bool]


@dataclass(frozen=True)
class Attack:
    """What one attacker hands in, and how to see that it worked.

    Attributes:
        id: As in the table of the research (n01, r05 ...), or a new one.
        title: One line of plain words.
        achieves: Whether it worked, asked of what grading left behind.
        goal: What it is after.
        answer: Source of the answer cell; it earns `honest` points by itself.
        code: Source put behind the answer, in the same cell.
        before: The attacker's own cells in front of the answer.
        after: The attacker's own cells behind it, before the first check.
        tamper: Changes the submitted folder, notebook included, after it was written.
        slug: The exercise that is handed in.
        honest: Points that the same wrong answer earns without the attack.
        not_shown: Why plain nbgrader is not asked: what the attack would do to this
            machine, or that plain nbgrader resists or has no such part.
        whole_class: On plain, zoe is handed in and graded after the attacker.
        options: Further arguments for plain nbgrader, such as a short time limit.
        wait: Seconds to wait after grading, for what an attack does later.
        crowd: On plain, graded in one run with others, as it touches nobody else; left
            open, this follows from the rest.
        page: On plain, the feedback page is made too.
    """

    id: str
    title: str
    achieves: Achieves
    goal: Goal = "points"
    answer: str = STARTER
    code: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tamper: Callable[[Path], None] | None = None
    slug: str = SLUG
    honest: int = 0
    not_shown: str = ""
    whole_class: bool = False
    options: tuple[str, ...] = ()
    wait: float = 0
    crowd: bool | None = None
    page: bool = False

    @property
    def alone(self) -> bool:
        """Whether plain nbgrader grades it in a run of its own."""
        if self.crowd is not None:
            return not self.crowd
        apart = self.tamper or self.whole_class or self.options or self.wait
        return self.goal == "harm" or bool(apart)

    def __str__(self) -> str:
        return f"{self.id} {self.title}"


# --------------------------------------------------------------------------------------
# Questions that attacks ask most


def earns(points: float) -> Achieves:
    """Ask whether the attacker has that many points or more."""
    return lambda graded: (graded.score or 0) >= points


def reads(*secret: str) -> Achieves:
    """Ask whether all secrets of these names can be read by the attacker."""
    return lambda graded: set(secret) <= graded.leaked


def writes(path: str) -> Achieves:
    """Ask whether a file, named with marks as in an attack's code, is there."""
    return lambda graded: Path(graded.fill(path)).exists()


def visits(graded: "Graded") -> bool:
    """Ask whether the attacker reached a server outside."""
    mark = graded.mark.encode()
    return any(mark in visit for visit in graded.world.visits)


def leaves_running(graded: "Graded") -> bool:
    """Ask whether a process of the attacker was still there after grading."""
    return any(graded.mark in line for line in graded.run.left_running)


def costs(learner: str) -> Achieves:
    """Ask whether somebody whose answer is right got less than full marks."""
    return lambda graded: graded.world.score(learner) != FULL_MARKS


def ends_in_nothing(graded: "Graded") -> bool:
    """Ask whether the attacker's submission ended without a score."""
    return graded.score is None


# --------------------------------------------------------------------------------------
# The world that is attacked


class World:
    """A course that may be broken: sources, nbgrader's folder, a home, a folder /tmp.

    Args:
        folder: An empty folder, or one that `World.copy` made.
        slugs: The exercises that are in it.
    """

    def __init__(self, folder: Path, slugs: Sequence[str] = (SLUG,)) -> None:
        self.folder = folder
        self.slugs = tuple(slugs)
        self.checkout = folder / "checkout"
        self.course = folder / "course"
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        self.rooms = Rooms(self.checkout)
        self.visits: list[bytes] = []
        self.port = 0
        self.victim: subprocess.Popen[bytes] | None = None

    @property
    def canaries(self) -> dict[str, str]:
        """Secrets by name, each a text that stands nowhere else."""
        told = json.loads((self.folder / "canaries.json").read_text("utf-8"))
        return dict(told)

    @property
    def gradebook_path(self) -> Path:
        """The gradebook."""
        return self.course / "gradebook.db"

    @property
    def socket_name(self) -> str:
        """The name of the abstract Unix socket that counts visits."""
        return f"attack-{self.port}"

    def prepare(self) -> None:
        """Build the course, with alice in it, right and graded by plain nbgrader."""
        for room in ("autograder", "course", "exercises", "solutions"):
            ignore = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules")
            shutil.copytree(ROOT / room, self.checkout / room, ignore=ignore)
        for name in ("nbgrader_config.py", "requirements.txt"):
            shutil.copyfile(ROOT / name, self.checkout / name)
        (self.checkout / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
        for path in (self.course, self.home, self.temporary):
            path.mkdir()
        self._plant_canaries()
        exercises = [e for e in find_exercises(self.rooms) if e.slug in self.slugs]
        assemble_all(exercises, self.course / "source")
        release = self.plain("generate_assignment", PART, "--create")
        assert release.code == 0, release.log
        canaries = self.canaries
        with self.gradebook() as gradebook:
            gradebook.add_student("alice", email=canaries["gradebook"])
        self.hand_in_right("alice", canaries["classmate"])
        graded = self.plain("autograde", PART)
        assert graded.code == 0, graded.log
        assert self.score("alice") == FULL_MARKS, graded.log

    def _plant_canaries(self) -> None:
        canaries = {name: f"{name}-{secrets.token_hex(8)}" for name in SECRETS}
        passwd = Path("/etc/passwd")
        if passwd.exists():
            canaries["passwd"] = passwd.read_text(encoding="utf-8").splitlines()[0]
        (self.folder / "canaries.json").write_text(json.dumps(canaries), "utf-8")
        path = self.rooms.hidden_tests / PART / f"test_{SLUG}.py"
        text = path.read_text(encoding="utf-8")
        planted = f"\\1\n    canary = {canaries['hidden']!r}"
        text, count = re.subn(r'^(    """.*""")$', planted, text, flags=re.MULTILINE)
        probe = f"class Pigeon:\n    canary = {canaries['probe']!r}\n"
        assert count > 2
        assert "class Pigeon:\n" in text
        path.write_text(text.replace("class Pigeon:\n", probe), encoding="utf-8")
        with (self.rooms.solutions / PART / f"{SLUG}.py").open("a") as solution:
            solution.write(f"\n# {canaries['solution']}\n")
        (self.home / ".netrc").write_text(f"password {canaries['home']}\n", "utf-8")

    def copy(self, folder: Path) -> "World":
        """Copy a prepared world, to be broken."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return World(folder, self.slugs)

    def hand_in_right(self, learner: str, remark: str = "") -> None:
        """Hand in the solution for somebody honest."""
        hand_in(self._released(SLUG), self._handed_in(learner), f"{SOLUTION}# {remark}")

    def hand_in(self, attack: Attack, learner: str) -> None:
        """Hand in an attack."""
        graded = Graded(self, attack, learner, Run(0, "", ()))
        target = self._handed_in(learner, attack.slug)
        answer = graded.fill(f"{attack.answer}\n\n{attack.code}")
        hand_in(self._released(attack.slug), target, answer)
        notebook = nbformat.read(target, as_version=4)
        place = [c.metadata.nbgrader.grade_id for c in notebook.cells].index(ANSWER_ID)
        notebook.cells[place + 1 : place + 1] = _cells(graded, "after", attack.after)
        notebook.cells[place:place] = _cells(graded, "before", attack.before)
        nbformat.write(notebook, target)
        if attack.tamper:
            attack.tamper(target.parent)

    def _released(self, slug: str) -> Path:
        return self.course / "release" / PART / f"{slug}.ipynb"

    def _handed_in(self, learner: str, slug: str = SLUG) -> Path:
        return self.course / "submitted" / learner / PART / f"{slug}.ipynb"

    def gradebook(self) -> Gradebook:
        """Open the gradebook."""
        return Gradebook(f"sqlite:///{self.gradebook_path}")

    def score(self, learner: str, slug: str = SLUG) -> float | None:
        """Read what a learner has in the gradebook; None: nothing was decided."""
        with self.gradebook() as gradebook:
            try:
                found = gradebook.find_submission_notebook(slug, PART, learner)
            except MissingEntry:
                return None
            if any(g.score is None or g.needs_manual_grade for g in found.grades):
                return None
            extra = sum(g.extra_credit or 0 for g in found.grades)
            return float(sum(g.score for g in found.grades)) + float(extra)

    def environment(self, **further: str) -> dict[str, str]:
        """The environment of the instructor who grades."""
        environment = nbgrader_environment(self.rooms, self.course)
        kept = ("PATH", "PYTHONPATH", "JUPYTER_CONFIG_PATH", "COURSE_NBGRADER_ROOT")
        return {
            **{name: environment[name] for name in kept},
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "COURSE_TEST_TOKEN": self.canaries["environment"],
            **further,
        }

    def plain(self, *arguments: str, wait: float = 0) -> "Run":
        """Run a command of nbgrader with the judge in the learner's own kernel."""
        command = [sys.executable, "-m", "nbgrader", *arguments]
        return self.run(command, {"COURSE_GRADER": "plain"}, wait=wait)

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        wait: float = 0,
        patience: float = PATIENCE,
    ) -> "Run":
        """Run a command as the instructor, and end whatever it leaves running.

        Args:
            command: The command.
            environment: Variables that it needs beside the usual ones.
            wait: Seconds to wait before leftovers are ended.
            patience: Seconds after which the command is ended as well.

        Returns:
            How it went.
        """
        report = self.folder / f"run-{secrets.token_hex(4)}"
        steps = [sys.executable, "-I", "-c", _SUPERVISOR, str(report), str(wait)]
        with report.with_suffix(".log").open("wb") as log:
            done = subprocess.run(
                [*steps, str(patience), *command],
                cwd=self.checkout,
                env=self.environment(**environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
            )
        log_text = report.with_suffix(".log").read_text("utf-8", errors="replace")
        assert report.exists(), f"the supervisor ended with {done.returncode}{log_text}"
        told = json.loads(report.read_text(encoding="utf-8"))
        return Run(told["code"], log_text, tuple(told["left"]))

    def fingerprint(self) -> dict[str, str]:
        """Digests of all that grading must not change, by path.

        Home, temporary files, the gradebook and what belongs to attackers are left out:
        they are asked for on their own.
        """
        skipped = ("__pycache__", ".venv", ".hypothesis", ".mypy_cache")
        found: dict[str, str] = {}
        for path in sorted([*self.checkout.rglob("*"), *self.course.rglob("*")]):
            inside = path.relative_to(self.folder)
            if any(part in skipped for part in inside.parts) or not path.is_file():
                continue
            if inside.parts[0] == "course" and inside.parts[1] not in (
                "source",
                "release",
                "submitted",
            ):
                continue
            # Links of an attacker lead to the gradebook, which is meant to change.
            if not path.is_symlink() and path.stat().st_nlink == 1:
                found[str(inside)] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    @contextlib.contextmanager
    def open_to_visits(self) -> Iterator[None]:
        """Have a server and a process on this machine that no learner may reach."""
        with contextlib.ExitStack() as stack:
            tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            self.port = tcp.getsockname()[1]
            local = stack.enter_context(socket.socket(socket.AF_UNIX))
            if sys.platform == "linux":
                local.bind(f"\0{self.socket_name}")
            else:
                local.bind(str(self.folder / "visits"))
            local.listen()
            self._ended = ended = threading.Event()
            threads = [
                threading.Thread(target=self._welcome, args=(each,), daemon=True)
                for each in (tcp, local)
            ]
            for thread in threads:
                thread.start()
                stack.callback(thread.join)
            stack.callback(ended.set)
            self.victim = stack.enter_context(
                subprocess.Popen([sys.executable, "-I", "-c", "input()"], stdin=-1)
            )
            stack.callback(self.victim.kill)
            yield

    def _welcome(self, server: socket.socket) -> None:
        server.settimeout(0.2)
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                guest, _ = server.accept()
                with guest:
                    guest.settimeout(1)
                    said = b"connected"
                    with contextlib.suppress(OSError):
                        said += guest.recv(65536)
                    self.visits.append(said)

    @property
    def victim_is_alive(self) -> bool:
        """Whether the instructor's other process still runs."""
        return self.victim is not None and self.victim.poll() is None


def _cells(
    graded: "Graded", name: str, sources: Sequence[str]
) -> list[nbformat.NotebookNode]:
    return [
        new_code_cell(graded.fill(source), id=f"own-{name}-{number}")
        for number, source in enumerate(sources)
    ]


# Orphans of the grader become children of this process, so none of them is overlooked.
_SUPERVISOR = """
import ctypes, json, os, pathlib, signal, subprocess, sys, time

report, wait, patience, *command = sys.argv[1:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER

def processes():
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = pathlib.Path("/proc", entry, "stat").read_text()
                state, parent = stat.rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                found[int(entry)] = int(parent)
    return found

def left():
    parents, mine = processes(), {os.getpid()}
    while new := {p for p, parent in parents.items() if parent in mine} - mine:
        mine |= new
    return mine - {os.getpid()}

def describe(pid):
    said = [str(pid)]
    for name in ("cmdline", "environ"):
        try:
            said.append(pathlib.Path("/proc", str(pid), name).read_text(
                errors="replace").replace(chr(0), " "))
        except OSError:
            pass
    return " ".join(said)

child = subprocess.Popen(command)
try:
    code = child.wait(float(patience))
except subprocess.TimeoutExpired:
    child.kill()
    code = child.wait()
ends = time.monotonic() + 2
while left() and time.monotonic() < ends:  # what is just about to end is not left
    time.sleep(0.05)
described = [describe(pid) for pid in left()]
time.sleep(float(wait))
while remaining := left():
    for pid in remaining:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    time.sleep(0.02)
pathlib.Path(report).write_text(json.dumps({"code": code, "left": described}))
"""


@dataclass(frozen=True)
class Run:
    """How a command went.

    Attributes:
        code: Its exit code.
        log: What it printed.
        left_running: Processes it left, each with its arguments and environment.
    """

    code: int
    log: str
    left_running: tuple[str, ...]


@dataclass(frozen=True)
class Graded:
    """What grading left behind, as seen from one attack.

    Attributes:
        world: Where it happened.
        attack: The attack.
        learner: Who handed it in.
        run: How the grader's command went.
        before: Digests of the files outside, from before grading.
    """

    world: World
    attack: Attack
    learner: str
    run: Run
    before: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """A word that belongs to this attack."""
        return f"mark-{self.attack.id}-"

    def fill(self, text: str) -> str:
        """Fill the marks of an attack's code in."""
        world = self.world
        marks: dict[str, object] = {
            "COURSE": world.course,
            "CHECKOUT": world.checkout,
            "HOME": world.home,
            "MARK": self.mark + world.canaries["home"][-6:],
            "PORT": world.port,
            "SOCKET": world.socket_name,
            "VICTIM": world.victim.pid if world.victim else 0,
            "LEARNER": self.learner,
        }
        return re.sub(r"@([A-Z]+)@", lambda found: str(marks[found[1]]), text)

    @cached_property
    def score(self) -> float | None:
        """The attacker's points; None when nothing was decided."""
        return self.world.score(self.learner, self.attack.slug)

    @property
    def autograded(self) -> Path:
        """The attacker's graded notebook."""
        folder = self.world.course / "autograded" / self.learner / PART
        return folder / f"{self.attack.slug}.ipynb"

    @property
    def feedback(self) -> Path:
        """The attacker's feedback page."""
        folder = self.world.course / "feedback" / self.learner / PART
        return folder / f"{self.attack.slug}.html"

    @cached_property
    def shown(self) -> str:
        """All that comes back to the attacker: graded notebook, feedback, outputs."""
        folders = (self.autograded.parent, self.feedback.parent)
        paths = [path for folder in folders for path in sorted(folder.glob("*"))]
        texts = [p.read_text("utf-8", errors="replace") for p in paths if p.is_file()]
        texts += [visit.decode("utf-8", "replace") for visit in self.world.visits]
        return "\n".join(texts)

    @cached_property
    def leaked(self) -> set[str]:
        """Names of the secrets that came back, in clear, in hex or in base 64."""
        return {
            name
            for name, secret in self.world.canaries.items()
            if any(form in self.shown for form in _forms(secret))
        }

    @property
    def changed(self) -> set[str]:
        """Files outside that are new, gone or different since before grading."""
        now = self.world.fingerprint()
        return {
            path
            for path in {*now, *self.before}
            if now.get(path) != self.before.get(path)
        }


def _forms(secret: str) -> list[str]:
    raw = secret.encode()
    # Base 64 depends on where a text starts; its middle is the same for one of three.
    coded = [base64.b64encode(b"\0" * n + raw).decode()[4:-4] for n in range(3)]
    return [secret, raw.hex(), secret[::-1], *coded]


# --------------------------------------------------------------------------------------
# Grading by plain nbgrader


def on_plain(world: World, attacks: Sequence[Attack]) -> dict[str, str]:
    """Grade attackers with plain nbgrader and ask whether their attacks worked.

    Args:
        world: The course; it is broken afterwards.
        attacks: The attacks, one learner each.

    Returns:
        By attack the reason why it did not work; empty where it did.
    """
    with world.open_to_visits():
        learners = {attack.id: learner_of(attack) for attack in attacks}
        for attack in attacks:
            world.hand_in(attack, learners[attack.id])
        whole_class = any(attack.whole_class for attack in attacks)
        if whole_class:
            world.hand_in_right("zoe")
        before = world.fingerprint()
        everybody = "*" if whole_class else "mallory-*"
        options = [option for attack in attacks for option in attack.options]
        wait = max(attack.wait for attack in attacks)
        run = world.plain(
            "autograde", PART, f"--student={everybody}", *options, wait=wait
        )
        if any(attack.page for attack in attacks):
            world.plain("generate_feedback", PART, "--student=mallory-*")
        why_not = {}
        for attack in attacks:
            graded = Graded(world, attack, learners[attack.id], run, before)
            why_not[attack.id] = (
                "" if attack.achieves(graded) else f"score {graded.score}\n{run.log}"
            )
    return why_not


def learner_of(attack: Attack) -> str:
    """Name the learner who hands an attack in."""
    return f"mallory-{attack.id}"


# --------------------------------------------------------------------------------------
# Grading with the border


def grade_class(world: World, level: str) -> Run:
    """Grade everybody with the grader that has a border, feedback pages included.

    Args:
        world: The course.
        level: The name of a sandbox level.

    Returns:
        How it went.
    """
    # Whatever hangs is waited for; less patience makes the same way through shorter.
    environment = {"COURSE_SANDBOX_LEVEL": level, "COURSE_GRADING_PATIENCE": "0.6"}
    grade = [sys.executable, "-m", "course", "grade", PART, "--jobs", "6"]
    return world.run(grade, environment, patience=900)


def levels_here() -> list[str]:
    """Names of the sandbox levels that this machine gives, the strongest first."""
    sandbox = importlib.import_module("autograder.sandbox")
    best = sandbox.best_level()
    return [name for name in ("NAMESPACES", "LANDLOCK") if sandbox.Level[name] <= best]


# --------------------------------------------------------------------------------------
# The corpus


def corpus() -> list[Attack]:
    """Collect the attacks of all files `corpus_*.py` beside this one."""
    found: list[Attack] = []
    for path in sorted(Path(__file__).parent.glob("corpus_*.py")):
        module = importlib.import_module(f"tests.attacks.{path.stem}")
        found += module.ATTACKS
    return found
