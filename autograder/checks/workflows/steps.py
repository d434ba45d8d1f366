"""What the steps of a job come to: scripts, actions, composite actions."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from autograder.checks.workflows.commands import Command, python_of
from autograder.checks.workflows.expressions import (
    Scope,
    as_text,
    asks_for_status,
    interpolate,
    is_met,
    truth,
)
from autograder.checks.workflows.occasion import MAX_DEPTH, SECRET, Occasion, refuse
from autograder.checks.workflows.scripts import succeeds

_PIP_CACHES = ("pip", "pipenv", "poetry")


@dataclasses.dataclass
class Job:
    """A job that ran or was skipped, once for each cell of its matrix.

    Attributes:
        workflow: The path of its workflow.
        id: Its name in the workflow.
        trigger: What started it, such as ``pull_request_target``.
        matrix: What the matrix says here.
        result: ``success``, ``failure`` or ``skipped``.
        permissions: What its token may do, by scope; ``all`` where a word says it.
        secrets: The secrets that it reads anywhere.
        foreign_code: Whether code is checked out that a stranger has written.
        environment: Where it deploys to.
        timeout: Minutes after which it is ended; None for GitHub's six hours.
        group: The group in which one run goes at a time; empty without.
        cancels: Whether a newer run of the group ends it.
        commands: What it comes to, in order.
        scripts: The scripts with all expressions filled in.
        uses: The actions, with what they are given.
        caches: What its caches are found by.
    """

    workflow: str
    id: str
    trigger: str
    matrix: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    result: str = "success"
    permissions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    secrets: set[str] = dataclasses.field(default_factory=set)
    foreign_code: bool = False
    environment: str = ""
    timeout: float | None = None
    group: str = ""
    cancels: bool = False
    commands: list[Command] = dataclasses.field(default_factory=list)
    scripts: list[str] = dataclasses.field(default_factory=list)
    uses: list[tuple[str, Mapping[str, Any]]] = dataclasses.field(default_factory=list)
    caches: list[str] = dataclasses.field(default_factory=list)

    @property
    def may_write(self) -> list[str]:
        """The scopes in which its token may change something."""
        return [scope for scope, may in self.permissions.items() if may == "write"]


class StepFollower:
    """Follows the steps of one job, and those of its composite actions.

    Args:
        occasion: What the run is about.
        job: The job; what the steps do is noted in it.
        scope: Makes what expressions see, given contexts that change.
        shell: What scripts run in where their steps do not say.

    Attributes:
        succeeded: Whether no step has failed yet.
    """

    def __init__(
        self, occasion: Occasion, job: Job, scope: Callable[..., Scope], shell: str
    ) -> None:
        self._occasion = occasion
        self._job = job
        self._make_scope = scope
        self._steps: dict[str, Any] = {}
        self._python = ""
        self._done: list[str] = []
        self._depth = 0
        self._shell = shell
        self.succeeded = True

    def run(
        self,
        step: Mapping[str, Any],
        env: Mapping[str, Any],
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Follow a step.

        Args:
            step: What it says.
            env: The variables around it.
            inputs: What a composite action is given; None outside of one.
        """
        more = {} if inputs is None else {"inputs": inputs}
        scope = self._scope(env, more)
        own = {**env, **interpolate(step.get("env", {}), scope)}
        scope = self._scope(own, more)
        condition = step.get("if", True)
        wanted = asks_for_status(str(condition)) or self.succeeded
        if not (wanted and is_met(condition, scope)):
            self._note(step, "skipped", "skipped")
            return
        if "run" in step:
            met = self._script(step, own, scope)
        else:
            met = self._action(step, own, scope)
        hidden = truth(interpolate(step.get("continue-on-error", False), scope))
        outcome = "success" if met else "failure"
        self._note(step, outcome, "success" if hidden else outcome)
        self.succeeded = self.succeeded and (met or hidden)

    def _scope(self, env: Mapping[str, Any], more: Mapping[str, Any]) -> Scope:
        scope = self._make_scope(env=env, steps=self._steps, **more)
        status = {
            "success": lambda: self.succeeded,
            "failure": lambda: not self.succeeded,
        }
        return Scope(scope.contexts, {**scope.functions, **status})

    def _note(self, step: Mapping[str, Any], outcome: str, conclusion: str) -> None:
        if "id" in step:
            told = {"outcome": outcome, "conclusion": conclusion, "outputs": {}}
            self._steps[str(step["id"])] = told

    def _script(
        self, step: Mapping[str, Any], env: Mapping[str, Any], scope: Scope
    ) -> bool:
        script = as_text(interpolate(step["run"], scope))
        self._job.scripts.append(script)
        shell = str(step.get("shell") or self._shell)
        if shell.split()[:1] not in ([], ["bash"], ["sh"]):
            return True

        def runs(words: tuple[str, ...]) -> bool:
            return self._command(words, env)

        return succeeds(script, runs, pipefail=shell == "bash" or "pipefail" in shell)

    def _command(self, words: tuple[str, ...], env: Mapping[str, Any]) -> bool:
        if words[:2] == ("uv", "python") or words[:2] == ("uv", "venv"):
            self._python = python_of(words) or self._python
        values = {"": " ".join(words)} | {k: as_text(v) for k, v in env.items()}
        command = Command(
            words,
            self._job.id,
            len(self._job.scripts),
            python_of(words) or as_text(env.get("UV_PYTHON")) or self._python,
            self._job.matrix,
            {k: v.removeprefix(SECRET) for k, v in values.items() if SECRET in v},
            tuple(self._done),
        )
        self._done.append(str(command))
        self._job.commands.append(command)
        if words[:3] == ("gh", "pr", "checkout") or "refs/pull" in " ".join(words):
            self._job.foreign_code = self._occasion.event.fork
        return not self._occasion.fails(command)

    def _action(
        self, step: Mapping[str, Any], env: Mapping[str, Any], scope: Scope
    ) -> bool:
        used = str(step.get("uses", ""))
        given = interpolate(step.get("with", {}) or {}, scope)
        self._job.uses.append((used, given))
        if used.startswith("./"):
            self._composite(used, given, env)
            return True
        action = used.partition("@")[0].lower()
        self._done.append(action)
        if action == "actions/checkout" and self._occasion.event.fork:
            theirs = _is_of_request(given, scope.contexts["github"]["event"])
            self._job.foreign_code = self._job.foreign_code or theirs
        elif action in ("actions/setup-python", "astral-sh/setup-uv"):
            self._set_up_python(action, given)
        elif action in ("actions/cache", "actions/cache/restore"):
            self._job.caches.append(as_text(given.get("key")))
        return True

    def _composite(
        self, used: str, given: Mapping[str, Any], env: Mapping[str, Any]
    ) -> None:
        path, content = self._occasion.local_action(used)
        told = content.get("inputs") or {}
        defaults = {name: (i or {}).get("default", "") for name, i in told.items()}
        self._depth += 1
        if self._depth > MAX_DEPTH:
            refuse(path, "uses itself")
        for step in (content.get("runs") or {}).get("steps", []):
            self.run(step, env, {**defaults, **given})
        self._depth -= 1

    def _set_up_python(self, action: str, given: Mapping[str, Any]) -> None:
        files = self._occasion.files
        version = as_text(given.get("python-version")).split()
        if not version and "python-version-file" in given:
            version = files.get(as_text(given["python-version-file"]), "").split()[:1]
        self._python = version[0] if version else self._python
        if action == "actions/setup-python" and given.get("cache") in _PIP_CACHES:
            default = "**/requirements.txt\npyproject.toml"
            paths = as_text(given.get("cache-dependency-path")) or default
        elif action == "astral-sh/setup-uv" and given.get("enable-cache", True) is True:
            default = "**/uv.lock\n**/requirements*.txt\n**/requirements*.lock"
            paths = as_text(given.get("cache-dependency-glob")) or default
        else:
            return
        found = self._occasion.hash_files(*paths.split())
        self._job.caches.append(f"{action}-{self._python}-{found}")


def _is_of_request(given: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether a checkout takes the code of the pull request that started the run."""
    heads = [told.get("pull_request", {}).get("head", {})]
    run = told.get("workflow_run", {})
    heads.append({"sha": run.get("head_sha"), "ref": run.get("head_branch")})
    asked = f"{as_text(given.get('ref'))} {as_text(given.get('repository'))}"
    names = [head.get(key) for head in heads for key in ("sha", "ref")]
    return "refs/pull" in asked or any(n and n in asked.split() for n in names)
