"""What jobs and steps of one run share: the event, the files, the secrets."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NoReturn

from autograder.checks.workflows.commands import Command
from autograder.checks.workflows.events import Event, matches
from autograder.checks.workflows.expressions import as_text
from autograder.checks.workflows.reading import Workflow, read_yaml
from autograder.criteria import CriterionNotMet

MAX_DEPTH = 4
"""How deep workflows may call each other, and composite actions."""

SECRET = "secret of "  # noqa: S105 - what stands for one
"""What stands for a secret, before its name."""

_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - a name

Fails = Callable[[Command], bool]
"""Answers whether a command fails today."""


class Occasion:
    """An event under one of its names, in a repository.

    Args:
        known: All workflows.
        files: The repository's files, by path.
        event: What happens.
        name: What it is called here, such as ``pull_request_target``.
        fails: Which commands fail.
    """

    def __init__(
        self,
        known: Sequence[Workflow],
        files: Mapping[str, str],
        event: Event,
        name: str,
        fails: Fails,
    ) -> None:
        self._known = {workflow.path: workflow for workflow in known}
        self.files = files
        self.event = event
        self.name = name
        self.fails = fails

    @property
    def withheld(self) -> bool:
        """Whether secrets are withheld, and the token may only read.

        So it is for a stranger's pull request. The trigger ``pull_request_target`` was
        made to go around that.
        """
        return self.event.fork and self.name == "pull_request"

    def local_workflow(self, used: str) -> Workflow | None:
        """Find a workflow of this repository.

        Args:
            used: What a job says under ``uses``.

        Returns:
            The workflow; None if it is none of these.
        """
        return self._known.get(used.removeprefix("./").partition("@")[0])

    def local_action(self, used: str) -> tuple[str, Mapping[str, Any]]:
        """Find an action of this repository.

        Args:
            used: What a step says under ``uses``.

        Returns:
            Its file's path and content.

        Raises:
            CriterionNotMet: There is none.
        """
        folder = PurePosixPath(used.removeprefix("./"))
        paths = [str(folder / name) for name in ("action.yml", "action.yaml")]
        path = next((path for path in paths if path in self.files), None)
        if path is None:
            refuse(used, "is used, and there is no action.yml in that folder")
        content = read_yaml(path, self.files[path])
        return path, content if isinstance(content, dict) else {}

    def hash_files(self, *patterns: object) -> str:
        """Do what ``hashFiles`` does.

        Args:
            *patterns: Of paths.

        Returns:
            A digest of the files that match; empty when none does.
        """
        wanted = [as_text(pattern) for pattern in patterns]
        found = [path for path in sorted(self.files) if matches(path, wanted)]
        if not found:
            return ""
        told = "\0".join(f"{path}\0{self.files[path]}" for path in found)
        return hashlib.sha256(told.encode()).hexdigest()


class Secrets(dict[str, str]):
    """Has every secret, and notes which are read.

    Args:
        withheld: Whether there is only the token.
    """

    def __init__(self, *, withheld: bool) -> None:
        super().__init__()
        self._withheld = withheld
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """Give what stands for a secret.

        Args:
            name: Its name.
            default: What is given where it is withheld.

        Returns:
            A text that tells the name.
        """
        if name == _TOKEN:
            return "token"
        if self._withheld:
            return default
        self.read.add(name)
        return f"{SECRET}{name}"


def refuse(what: str, got: str) -> NoReturn:
    """Say that GitHub would not run this.

    Args:
        what: The file, or the part of it.
        got: What is wrong.

    Raises:
        CriterionNotMet: Always.
    """
    raise CriterionNotMet(
        called=f"your {what} step by step", got=got, expected="what GitHub can run"
    )
