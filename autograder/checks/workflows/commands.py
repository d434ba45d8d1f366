"""A command that a job comes to: which tool it runs, under which Python."""

import dataclasses
import itertools
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

_WITH_VALUE = {"--python", "-p", "--with", "--extra", "--group", "--directory", "--env"}
_LAUNCHERS: dict[str, tuple[str, ...]] = {
    "uv": ("run",),
    "poetry": ("run",),
    "pdm": ("run",),
    "hatch": ("run",),
    "pipenv": ("run",),
    "pipx": ("run",),
    "coverage": ("run", "-m"),
    "uvx": (),
    "env": (),
    "sudo": (),
    "xvfb-run": (),
}
_PYTHON = re.compile(r"(?:.*/)?(?:python|py)(?P<version>\d(?:\.\d+)?)?(?:\.exe)?")


@dataclasses.dataclass(frozen=True)
class Command:
    """A command that a job comes to.

    Attributes:
        words: As the shell splits it.
        job: The job's id.
        step: Which script of the job it stands in, counted from one.
        python: The version of Python that is set up for it, empty where none is.
        matrix: What the matrix says in this job.
        secrets: The secrets that it can read, by environment variable: a secret's name
            where the variable is that secret. What its own words hold is under "".
        done: What the job did before: actions without their version, and commands.
    """

    words: tuple[str, ...]
    job: str
    step: int
    python: str
    matrix: Mapping[str, Any]
    secrets: Mapping[str, str]
    done: tuple[str, ...]

    def is_run_of(self, *tool: str) -> bool:
        """Tell whether this runs a tool, by whatever launcher.

        Args:
            *tool: Its words, such as ``ruff``, ``check``; options may stand between.

        Returns:
            Whether it does: ``uv run ruff -q check .`` is a run of ``ruff check``.
        """
        words = _launched(self.words)
        plain = [word for word in words if not word.startswith("-")]
        asked = [word for word in tool if not word.startswith("-")]
        flags = {word for word in tool if word.startswith("-")}
        return plain[: len(asked)] == asked and flags <= set(words)

    def __str__(self) -> str:
        return " ".join(self.words)


def _launched(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without ``uv run``, ``python -m`` and other launchers."""
    while words:
        if "=" in words[0] and words[0].partition("=")[0].isidentifier():
            words = words[1:]
        elif _PYTHON.fullmatch(words[0]) and words[1:2] == ("-m",):
            words = words[2:]
        elif words[0] in _LAUNCHERS and set(_LAUNCHERS[words[0]]) <= set(words):
            words = _without_options(words[1 + len(_LAUNCHERS[words[0]]) :])
        else:
            break
    return (PurePosixPath(words[0]).name, *words[1:]) if words else ()


def _without_options(words: tuple[str, ...]) -> tuple[str, ...]:
    while words and words[0].startswith("-"):
        words = words[2 if words[0] in _WITH_VALUE else 1 :]
    return words


def python_of(words: tuple[str, ...]) -> str:
    """Read the version of Python that a command asks for itself.

    Args:
        words: The command.

    Returns:
        The version, empty where it takes what is set up.
    """
    if words[:3] == ("uv", "python", "install"):
        return words[-1]
    for option, value in itertools.pairwise(words):
        if option in ("--python", "-p") and words[0] in ("uv", "uvx"):
            return value
    named = _PYTHON.fullmatch(words[0]) if words else None
    return (named["version"] or "") if named else ""
