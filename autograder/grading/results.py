"""Results kept on disk, each under what it depends on."""

import errno
import hashlib
from functools import cache
from pathlib import Path

from autograder.errors import CourseError
from autograder.exercises import Exercise
from autograder.grading.files import write_whole
from autograder.grading.result import Result
from autograder.rooms import Rooms

# What a verdict cannot depend on: how it is shown, booked, sent or kept.
_NOT_JUDGING = ("hidden_tests", "variants", "standards", "templates", "__pycache__")


class ResultStore:
    """A folder of results. Whoever kills the grader loses none that was finished.

    Args:
        folder: Where they are kept; made when the first one is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Result | None:
        """Look a result up.

        Args:
            key: What it depends on.

        Returns:
            The result, or None when there is none that can be read.
        """
        try:
            return Result.from_json(self._path(key).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, result: Result) -> None:
        """Keep a result; half a file is never seen, whenever the power goes.

        Args:
            result: The result, which knows its key.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        content = result.to_json().encode()
        write_whole(self._path(result.key), content, mode=0o600, suffix=".new")

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


@cache
def exercise_digest(exercise: Exercise) -> str:
    """Digest the files that decide over the verdicts of one exercise.

    Args:
        exercise: The exercise.

    Returns:
        A SHA-256.
    """
    paths = (exercise.brief_path, exercise.visible_path, exercise.hidden_path)
    made_of = f"{_digest(paths)} {exercise.brief.starter}"
    return hashlib.sha256(made_of.encode()).hexdigest()


@cache
def grader_digest(rooms: Rooms) -> str:
    """Digest the grader itself.

    Args:
        rooms: The course.

    Returns:
        A SHA-256.
    """
    package = rooms.root / "autograder"
    sources = [
        path
        for path in sorted(package.rglob("*.py"))
        if not set(path.relative_to(package).parts) & set(_NOT_JUDGING)
    ]
    return _digest([rooms.root / "requirements.txt", *sources])


def disk_error(error: OSError) -> CourseError:
    """Say in words why a file of the course could not be written.

    Args:
        error: What the system said.

    Returns:
        An error for the instructor.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CourseError(
            "The disk is full.",
            remedy="Free some space and start again: what was graded is kept.",
        )
    return CourseError(
        f"A file could not be written: {error}.",
        remedy="Mend that and start again: what was graded is kept.",
    )


def _digest(paths: "list[Path] | tuple[Path, ...]") -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
