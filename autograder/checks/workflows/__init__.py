"""Workflows of GitHub Actions, judged by what runs when something happens.

Nothing of an answer is executed. Real tools read it (``schema_errors``, ``audit``,
``movable_actions``). ``simulate`` follows an event through triggers, conditions,
matrices, scripts, reusable workflows and composite actions: which commands run, where,
with which secrets and rights, and what is left of that when one of them fails.
"""

from autograder.checks.workflows.commands import Command
from autograder.checks.workflows.events import (
    Event,
    manual,
    pull_request,
    push,
    push_of_tag,
    schedule,
)
from autograder.checks.workflows.reading import (
    Workflow,
    audit,
    movable_actions,
    schema_errors,
    workflows,
)
from autograder.checks.workflows.runs import Run, simulate
from autograder.checks.workflows.steps import Job

__all__ = [
    "Command",
    "Event",
    "Job",
    "Run",
    "Workflow",
    "audit",
    "manual",
    "movable_actions",
    "pull_request",
    "push",
    "push_of_tag",
    "schedule",
    "schema_errors",
    "simulate",
    "workflows",
]
