"""nbgrader, run as a child process with the course's configuration.

Starting it takes longer than releasing an assignment. So several are released by one
process: this module run as a program, which calls nbgrader's API.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import CourseError
from autograder.rooms import Rooms

_REASON = re.compile(r"[\w.]*(Error|Exception|Timeout|Interrupt)\b.*:|.*\| ERROR\]")
_ACTIONS = ("generate_assignment", "release_assignment")


def generate_assignments(rooms: Rooms, parts: Sequence[str]) -> dict[str, str]:
    """Make the release versions of assignments in ``build/nbgrader``.

    Args:
        rooms: The course.
        parts: The assignments.

    Returns:
        By assignment what nbgrader had to say against it; empty when it is released.
    """
    return _run(rooms, "generate_assignment", parts, None)


def release_to_exchange(rooms: Rooms, parts: Sequence[str], root: Path) -> None:
    """Offer released assignments in nbgrader's assignment list.

    Args:
        rooms: The course.
        parts: The assignments.
        root: nbgrader's course folder, which holds the exchange as well.

    Raises:
        CourseError: nbgrader refused one; its words are quoted.
    """
    exchange = root / "exchange"
    exchange.mkdir(exist_ok=True)
    exchange.chmod(0o777)  # nbgrader demands it: learners hand in there
    for part, complaint in _run(rooms, "release_assignment", parts, root).items():
        if complaint:
            raise refused(part, complaint)


def refused(part: str, complaint: str) -> CourseError:
    """Say that nbgrader did not release an assignment.

    Args:
        part: The assignment.
        complaint: nbgrader's words.

    Returns:
        The error to raise.
    """
    lines = complaint.strip().splitlines()
    return CourseError(
        f"nbgrader did not release {part}:\n" + "\n".join(lines[-15:]) + "\n",
        remedy="Mend what is named and run the command again.",
    )


def _run(
    rooms: Rooms, action: str, parts: Sequence[str], root: Path | None
) -> dict[str, str]:
    run = subprocess.run(
        [sys.executable, "-m", "course.nbgrader", action, *parts],
        cwd=rooms.root,
        env=nbgrader_environment(rooms, root),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise refused(", ".join(parts), run.stderr)
    found: dict[str, str] = json.loads(run.stdout.splitlines()[-1])
    return found


def run_nbgrader(
    rooms: Rooms, *arguments: str, root: Path | None = None, database: str = ""
) -> str:
    """Run an nbgrader command as an instructor would.

    Args:
        rooms: The course.
        *arguments: The command and its arguments.
        root: nbgrader's course folder; ``build/nbgrader`` unless another is meant.
        database: The gradebook's URL, when it is not the course folder's own.

    Returns:
        What it printed.

    Raises:
        CourseError: It failed; its errors and last lines are quoted.
    """
    environment = nbgrader_environment(rooms, root)
    if database:
        environment["COURSE_DB_URL"] = database
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=rooms.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    output = run.stdout + run.stderr
    if run.returncode != 0:
        lines = output.strip().splitlines()
        # A traceback in the middle says why; the last lines only say what was left.
        reasons = [line for line in lines[:-15] if _REASON.match(line)]
        quoted = "\n".join([*reasons[-5:], *lines[-15:]])
        raise CourseError(
            f"nbgrader {' '.join(arguments)} failed:\n{quoted}\n",
            remedy="Mend what is named and run the command again.",
        )
    return output


def nbgrader_environment(rooms: Rooms, root: Path | None = None) -> dict[str, str]:
    """The environment in which nbgrader and Jupyter find this course.

    Args:
        rooms: The course.
        root: nbgrader's course folder, when it is not ``build/nbgrader``.

    Returns:
        Environment variables for a child process.
    """
    environment = dict(os.environ)
    # nbgrader starts `alembic`, and kernels start Python, by name.
    scripts = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([scripts, environment.get("PATH", "")])
    environment["PYTHONPATH"] = str(rooms.root)
    # nbgrader_config.py stands at the top; course/jupyter keeps JupyterLab from asking
    # another server for news.
    own = [str(rooms.root), str(rooms.root / "course" / "jupyter")]
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(own)
    if root is not None:
        environment["COURSE_NBGRADER_ROOT"] = str(root)
    return environment


def _release_all(action: str, parts: Sequence[str]) -> dict[str, str]:
    # Loading nbgrader takes seconds: only the child process does.
    from nbgrader.apps import NbGrader, NbGraderAPI  # noqa: PLC0415

    if action not in _ACTIONS:
        raise ValueError(action)
    app = NbGrader()
    app.load_config_file()
    app.config.ExchangeReleaseAssignment.force = True
    api = NbGraderAPI(config=app.config)
    complaints = {}
    for part in parts:
        if action == "generate_assignment":
            done = api.generate_assignment(part, force=True, create=True)
        else:
            done = api.release_assignment(part)
        said = f"{done.get('error', '')}\n{done.get('log', '')}"
        complaints[part] = "" if done["success"] else said
    return complaints


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_release_all(sys.argv[1], sys.argv[2:])) + "\n")
