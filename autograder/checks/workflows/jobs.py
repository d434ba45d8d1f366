"""What the jobs of a workflow come to: conditions, matrices, reusable workflows."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.checks.workflows.expressions import (
    ExpressionError,
    Scope,
    as_text,
    asks_for_status,
    interpolate,
    is_met,
    truth,
)
from autograder.checks.workflows.matrix import MAX_JOBS, cells
from autograder.checks.workflows.occasion import MAX_DEPTH, Occasion, Secrets, refuse
from autograder.checks.workflows.reading import Workflow
from autograder.checks.workflows.scripts import ScriptError
from autograder.checks.workflows.steps import Job, StepFollower


@dataclasses.dataclass
class _Caller:
    """What a called workflow gets from its caller."""

    inputs: Mapping[str, Any]
    permissions: Mapping[str, str]
    secrets: Mapping[str, Any] | None  # None: all of them
    prefix: str


def run_workflow(
    occasion: Occasion,
    workflow: Workflow,
    caller: _Caller | None = None,
    depth: int = 0,
) -> list[Job]:
    """Follow a workflow.

    Args:
        occasion: What the run is about.
        workflow: The workflow.
        caller: The job that called it, if one did.
        depth: How many called each other before.

    Returns:
        Its jobs, in an order in which they can run.

    Raises:
        CriterionNotMet: GitHub would refuse it.
    """
    told: dict[str, Any] = workflow.content["jobs"]
    done: dict[str, list[Job]] = {}
    waiting = dict(told)
    while waiting:
        ready = [i for i, job in waiting.items() if set(_needs(job)) <= set(done)]
        if not ready:
            refuse(workflow.path, f"has jobs that wait for ever: {[*waiting]}")
        for name in ready:
            job = waiting.pop(name)
            follower = _JobFollower(occasion, workflow, str(name), job, done, caller)
            done[name] = follower.run(depth)
            if sum(map(len, done.values())) > MAX_JOBS:
                refuse(workflow.path, f"has more than {MAX_JOBS} jobs")
    return [job for jobs in done.values() for job in jobs]


def result_of(jobs: Sequence[Job]) -> str:
    """Sum up jobs as GitHub does for who waits for them.

    Args:
        jobs: The jobs.

    Returns:
        ``success``, ``failure`` or ``skipped``.
    """
    results = {job.result for job in jobs}
    if "failure" in results:
        return "failure"
    return "skipped" if results == {"skipped"} else "success"


class _JobFollower:
    """Follows one job: its matrix, and in each cell its steps."""

    def __init__(
        self,
        occasion: Occasion,
        workflow: Workflow,
        name: str,
        told: Mapping[str, Any],
        done: Mapping[str, list[Job]],
        caller: _Caller | None,
    ) -> None:
        self._occasion = occasion
        self._workflow = workflow
        self._name = f"{caller.prefix}{name}" if caller else name
        self._told = told
        self._caller = caller
        self._needed = {need: result_of(done[need]) for need in _needs(told)}
        self._secrets = Secrets(withheld=occasion.withheld)
        self._permissions = self._allowed()

    def run(self, depth: int) -> list[Job]:
        try:
            return self._run(depth)
        except (ExpressionError, ScriptError) as error:
            refuse(f"{self._workflow.path}, job {self._name}", str(error))

    def _run(self, depth: int) -> list[Job]:
        scope = self._scope({})
        condition = self._told.get("if", True)
        met = is_met(condition, scope) and (
            asks_for_status(str(condition)) or scope.functions["success"]()
        )
        if not met:
            trigger = self._occasion.name
            return [Job(self._workflow.path, self._name, trigger, result="skipped")]
        jobs: list[Job] = []
        for cell in cells(interpolate(self._told.get("strategy", {}), scope)):
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
        if self._occasion.withheld:
            return {s: "read" if may == "write" else may for s, may in granted.items()}
        return granted

    def _scope(self, matrix: Mapping[str, Any], **more: Any) -> Scope:
        failed = "failure" in self._needed.values()
        succeeded = set(self._needed.values()) <= {"success"}
        github = self._occasion.event.started_as[self._occasion.name]
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
                "hashFiles": self._occasion.hash_files,
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
        called = self._occasion.local_workflow(used)
        own = self._job(cell, scope)
        given = interpolate(self._told.get("with", {}), scope)
        secrets = self._told.get("secrets", {})
        handed = None if secrets == "inherit" else interpolate(secrets, scope)
        if called is None or depth == MAX_DEPTH:
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
        jobs = run_workflow(self._occasion, called, caller, depth + 1)
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
            self._occasion.name,
            matrix=cell,
            permissions=self._permissions,
            foreign_code=self._occasion.withheld,
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
        steps = StepFollower(
            self._occasion,
            job,
            lambda **more: self._scope(cell, **more),
            shell=next((shell for shell in shells if shell), ""),
        )
        for step in self._told.get("steps", []):
            steps.run(step, env)
        job.secrets |= self._secrets.read
        hidden = truth(interpolate(self._told.get("continue-on-error", False), scope))
        job.result = "success" if steps.succeeded or hidden else "failure"
        return job


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [str(need) for need in (needs if isinstance(needs, list) else [needs])]
