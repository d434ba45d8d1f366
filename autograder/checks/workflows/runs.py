"""What runs when something happens: jobs, commands, rights, without running them."""

import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NoReturn

from autograder.checks.workflows.commands import Command, python_of
from autograder.checks.workflows.events import Event, after, matches, starts
from autograder.checks.workflows.expressions import (
    ExpressionError,
    Scope,
    as_text,
    asks_for_status,
    interpolate,
    is_met,
    truth,
)
from autograder.checks.workflows.reading import (
    Workflow,
    read_yaml,
    schema_errors,
    workflows,
)
from autograder.checks.workflows.scripts import ScriptError, succeeds
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

MAX_JOBS = 256
_MAX_DEPTH = 4
_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - a name
_SECRET = "secret of "  # noqa: S105 - what stands for one
_PIP_CACHES = ("pip", "pipenv", "poetry")


Fails = Callable[[Command], bool]
"""Answers whether a command fails today."""


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


@dataclasses.dataclass(frozen=True)
class Run:
    """All that an event leads to.

    Attributes:
        event: The event.
        jobs: The jobs in an order in which they can run.
    """

    event: Event
    jobs: list[Job]

    @property
    def is_red(self) -> bool:
        """Whether a job failed for everybody to see."""
        return any(job.result == "failure" for job in self.jobs)

    def commands(self, *tool: str) -> list[Command]:
        """Find the runs of a tool.

        Args:
            *tool: As for ``Command.is_run_of``.

        Returns:
            Each run of it.
        """
        every = (command for job in self.jobs for command in job.commands)
        return [command for command in every if command.is_run_of(*tool)]

    def jobs_with(self, *tool: str) -> list[Job]:
        """Find the jobs that run a tool.

        Args:
            *tool: As for ``Command.is_run_of``.

        Returns:
            The jobs.
        """
        return [j for j in self.jobs if any(c.is_run_of(*tool) for c in j.commands)]


def simulate(
    solution: Namespace,
    event: Event,
    *,
    fails: Fails = lambda _: False,
    files: Mapping[str, str] | None = None,
) -> Run:
    """Follow an event through all workflows of an answer.

    Args:
        solution: The answer.
        event: What happens.
        fails: Which commands fail; without it all succeed.
        files: Files of the repository that differ from the answer's, by path.

    Returns:
        What runs.

    Raises:
        CriterionNotMet: GitHub would refuse a workflow, or it cannot be followed.
    """
    known = workflows(solution)
    for error in schema_errors(solution):
        _refuse("workflows", f"does not fit GitHub's schema: {error}")
    repository = {**solution.files, **(files or {})}
    jobs: list[Job] = []
    waiting = [(event, 0)]
    while waiting:
        now, depth = waiting.pop(0)
        for workflow, name in itertools.product(known, now.started_as):
            if not starts(workflow, now, name):
                continue
            follower = _Follower(known, repository, now, name, fails)
            ran = follower.run_workflow(workflow)
            jobs += ran
            if depth < _MAX_DEPTH:
                waiting.append((after(workflow, now, _result(ran)), depth + 1))
    return Run(event, jobs)


def _result(jobs: Sequence[Job]) -> str:
    results = {job.result for job in jobs}
    if "failure" in results:
        return "failure"
    return "skipped" if results == {"skipped"} else "success"


class _Secrets(dict[str, str]):
    """Has every secret, and notes which are read."""

    def __init__(self, *, withheld: bool) -> None:
        super().__init__()
        self._withheld = withheld
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        if name == _TOKEN:
            return "token"
        if self._withheld:
            return default
        self.read.add(name)
        return f"{_SECRET}{name}"


@dataclasses.dataclass
class _Caller:
    """What a called workflow gets from its caller."""

    inputs: Mapping[str, Any]
    permissions: Mapping[str, str]
    secrets: Mapping[str, Any] | None  # None: all of them
    prefix: str


class _Follower:
    """Follows one event, under one of its names, through a workflow."""

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
        # A stranger's pull request has no secrets and a token that reads. The trigger
        # pull_request_target was made to go around that.
        self.withheld = event.fork and name == "pull_request"

    def run_workflow(
        self, workflow: Workflow, caller: _Caller | None = None, depth: int = 0
    ) -> list[Job]:
        told: dict[str, Any] = workflow.content["jobs"]
        done: dict[str, list[Job]] = {}
        waiting = dict(told)
        while waiting:
            ready = [i for i, job in waiting.items() if set(_needs(job)) <= set(done)]
            if not ready:
                _refuse(workflow.path, f"has jobs that wait for ever: {[*waiting]}")
            for name in ready:
                job = waiting.pop(name)
                follower = _JobFollower(self, workflow, str(name), job, done, caller)
                done[name] = follower.run(depth)
                if sum(map(len, done.values())) > MAX_JOBS:
                    _refuse(workflow.path, f"has more than {MAX_JOBS} jobs")
        return [job for jobs in done.values() for job in jobs]

    def local_workflow(self, path: str) -> Workflow | None:
        return self._known.get(path.removeprefix("./").partition("@")[0])

    def local_action(self, used: str) -> tuple[str, Mapping[str, Any]]:
        folder = PurePosixPath(used.removeprefix("./"))
        paths = [str(folder / name) for name in ("action.yml", "action.yaml")]
        path = next((path for path in paths if path in self.files), None)
        if path is None:
            _refuse(used, "is used, and there is no action.yml in that folder")
        content = read_yaml(path, self.files[path])
        return path, content if isinstance(content, dict) else {}

    def hash_files(self, *patterns: object) -> str:
        wanted = [as_text(pattern) for pattern in patterns]
        found = [path for path in sorted(self.files) if matches(path, wanted)]
        if not found:
            return ""
        told = "\0".join(f"{path}\0{self.files[path]}" for path in found)
        return hashlib.sha256(told.encode()).hexdigest()


class _JobFollower:
    """Follows one job: its matrix, and in each cell its steps."""

    def __init__(
        self,
        follower: _Follower,
        workflow: Workflow,
        name: str,
        told: Mapping[str, Any],
        done: Mapping[str, list[Job]],
        caller: _Caller | None,
    ) -> None:
        self._follower = follower
        self._workflow = workflow
        self._name = f"{caller.prefix}{name}" if caller else name
        self._told = told
        self._caller = caller
        self._needed = {need: _result(done[need]) for need in _needs(told)}
        self._secrets = _Secrets(withheld=follower.withheld)
        self._permissions = self._allowed()

    def run(self, depth: int) -> list[Job]:
        try:
            return self._run(depth)
        except (ExpressionError, ScriptError) as error:
            _refuse(f"{self._workflow.path}, job {self._name}", str(error))

    def _run(self, depth: int) -> list[Job]:
        scope = self._scope({})
        condition = self._told.get("if", True)
        met = is_met(condition, scope) and (
            asks_for_status(str(condition)) or scope.functions["success"]()
        )
        if not met:
            trigger = self._follower.name
            return [Job(self._workflow.path, self._name, trigger, result="skipped")]
        cells = _cells(interpolate(self._told.get("strategy", {}), scope))
        jobs: list[Job] = []
        for cell in cells:
            if "uses" in self._told:
                jobs += self._call(cell, depth)
            else:
                jobs.append(self._run_cell(cell))
        return jobs

    def _allowed(self) -> Mapping[str, str]:
        content = self._workflow.content
        told = self._told.get("permissions", content.get("permissions"))
        if told is None:
            granted = self._caller.permissions if self._caller else {"all": "write"}
        elif isinstance(told, dict):
            granted = {str(scope): str(may) for scope, may in told.items()}
        else:
            granted = {"all": "write" if told == "write-all" else "read"}
        if self._follower.withheld:
            return {s: "read" if may == "write" else may for s, may in granted.items()}
        return granted

    def _scope(self, matrix: Mapping[str, Any], **more: Any) -> Scope:
        failed = "failure" in self._needed.values()
        succeeded = set(self._needed.values()) <= {"success"}
        github = self._follower.event.started_as[self._follower.name]
        inputs = self._caller.inputs if self._caller else {}
        secrets: Mapping[str, Any] = self._secrets
        if self._caller and self._caller.secrets is not None:
            secrets = self._caller.secrets
        return Scope(
            {
                "github": {**github, "workflow": self._workflow.name},
                "needs": {
                    need: {"result": result, "outputs": {}}
                    for need, result in self._needed.items()
                },
                "matrix": matrix,
                "strategy": {},
                "secrets": secrets,
                "inputs": inputs,
                "vars": {},
                "env": {},
                "steps": {},
                "job": {},
                "runner": {"os": "Linux", "arch": "X64", "temp": "/tmp"},  # noqa: S108
                **more,
            },
            {
                "hashFiles": self._follower.hash_files,
                "always": lambda: True,
                "cancelled": lambda: False,
                "failure": lambda: failed,
                "success": lambda: succeeded,
            },
        )

    def _call(self, cell: Mapping[str, Any], depth: int) -> list[Job]:
        """Follow a job that is a workflow itself."""
        used = str(self._told["uses"])
        scope = self._scope(cell)
        called = self._follower.local_workflow(used)
        own = self._job(cell, scope)
        given = interpolate(self._told.get("with", {}), scope)
        secrets = self._told.get("secrets", {})
        handed = None if secrets == "inherit" else interpolate(secrets, scope)
        if called is None or depth == _MAX_DEPTH:
            own.uses.append((used, given))
            own.secrets = set(self._secrets.read) | (
                {"all"} if handed is None else set()
            )
            return [own]
        told = called.triggers.get("workflow_call", {})
        inputs = told.get("inputs", {}) if isinstance(told, dict) else {}
        defaults = {name: (i or {}).get("default") for name, i in inputs.items()}
        caller = _Caller(
            {**defaults, **given}, self._permissions, handed, f"{self._name} / "
        )
        jobs = self._follower.run_workflow(called, caller, depth + 1)
        for job in jobs:
            if handed and any(value for value in handed.values()):
                job.secrets |= self._secrets.read
            if not job.group:
                job.group, job.cancels = own.group, own.cancels
        return jobs

    def _job(self, cell: Mapping[str, Any], scope: Scope) -> Job:
        told, content = self._told, self._workflow.content
        one_at_a_time = told.get("concurrency", content.get("concurrency", {}))
        if isinstance(one_at_a_time, str):
            one_at_a_time = {"group": one_at_a_time}
        group = interpolate(one_at_a_time, scope)
        place = told.get("environment", "")
        name = place.get("name", "") if isinstance(place, dict) else place
        minutes = interpolate(told.get("timeout-minutes"), scope)
        return Job(
            self._workflow.path,
            self._name,
            self._follower.name,
            matrix=cell,
            permissions=self._permissions,
            foreign_code=self._follower.withheld,
            environment=as_text(interpolate(name, scope)),
            timeout=float(minutes) if isinstance(minutes, int | float) else None,
            group=as_text(group.get("group", "")),
            cancels=truth(group.get("cancel-in-progress", False)),
        )

    def _run_cell(self, cell: Mapping[str, Any]) -> Job:
        scope = self._scope(cell)
        job = self._job(cell, scope)
        env = interpolate(self._workflow.content.get("env", {}), scope)
        env |= interpolate(self._told.get("env", {}), self._scope(cell, env=env))
        shells = [
            (place.get("defaults") or {}).get("run", {}).get("shell")
            for place in (self._told, self._workflow.content)
        ]
        steps = _StepFollower(self._follower, job, lambda **m: self._scope(cell, **m))
        steps.shell = next((shell for shell in shells if shell), "")
        steps.secrets = self._secrets
        for step in self._told.get("steps", []):
            steps.run(step, env)
        job.secrets |= self._secrets.read
        hidden = truth(interpolate(self._told.get("continue-on-error", False), scope))
        job.result = "success" if steps.succeeded or hidden else "failure"
        return job


class _StepFollower:
    """Follows the steps of one job, and those of its composite actions."""

    def __init__(
        self, follower: _Follower, job: Job, scope: Callable[..., Scope]
    ) -> None:
        self._follower = follower
        self._job = job
        self._make_scope = scope
        self._steps: dict[str, Any] = {}
        self._python = ""
        self._done: list[str] = []
        self._depth = 0
        self.succeeded = True
        self.shell = ""
        self.secrets = _Secrets(withheld=True)

    def run(
        self,
        step: Mapping[str, Any],
        env: Mapping[str, Any],
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
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
        shell = str(step.get("shell") or self.shell)
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
            {k: v.removeprefix(_SECRET) for k, v in values.items() if _SECRET in v},
            tuple(self._done),
        )
        self._done.append(str(command))
        self._job.commands.append(command)
        if words[:3] == ("gh", "pr", "checkout") or "refs/pull" in " ".join(words):
            self._job.foreign_code = self._follower.event.fork
        return not self._follower.fails(command)

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
        if action == "actions/checkout" and self._follower.event.fork:
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
        path, content = self._follower.local_action(used)
        told = content.get("inputs") or {}
        defaults = {name: (i or {}).get("default", "") for name, i in told.items()}
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            _refuse(path, "uses itself")
        for step in (content.get("runs") or {}).get("steps", []):
            self.run(step, env, {**defaults, **given})
        self._depth -= 1

    def _set_up_python(self, action: str, given: Mapping[str, Any]) -> None:
        files = self._follower.files
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
        found = self._follower.hash_files(*paths.split())
        self._job.caches.append(f"{action}-{self._python}-{found}")


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [str(need) for need in (needs if isinstance(needs, list) else [needs])]


def _cells(strategy: Any) -> list[dict[str, Any]]:
    """The cells of a matrix, as include and exclude leave them."""
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if not isinstance(matrix, dict):
        return [{}]
    axes = {k: v for k, v in matrix.items() if k not in ("include", "exclude")}
    if not all(isinstance(values, list) for values in axes.values()):
        raise ExpressionError("has a matrix whose values are no lists")
    count = 1
    for values in axes.values():
        count *= len(values)
    if count > MAX_JOBS:
        raise ExpressionError(f"has a matrix of {count} jobs")
    crossed = itertools.product(*axes.values())
    cells = [dict(zip(axes, cell, strict=True)) for cell in crossed] if axes else []
    for excluded in matrix.get("exclude") or []:
        cells = [c for c in cells if not excluded.items() <= c.items()]
    extra: list[dict[str, Any]] = []
    for included in matrix.get("include") or []:
        fitting = [
            cell
            for cell in cells
            if all(cell[k] == v for k, v in included.items() if k in axes)
        ]
        for cell in fitting:
            cell.update(included)
        if not fitting:
            extra.append(dict(included))
    return cells + extra or [{}]


def _is_of_request(given: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether a checkout takes the code of the pull request that started the run."""
    heads = [told.get("pull_request", {}).get("head", {})]
    run = told.get("workflow_run", {})
    heads.append({"sha": run.get("head_sha"), "ref": run.get("head_branch")})
    asked = f"{as_text(given.get('ref'))} {as_text(given.get('repository'))}"
    names = [head.get(key) for head in heads for key in ("sha", "ref")]
    return "refs/pull" in asked or any(n and n in asked.split() for n in names)


def _refuse(what: str, got: str) -> NoReturn:
    raise CriterionNotMet(
        called=f"your {what} step by step", got=got, expected="what GitHub can run"
    )
