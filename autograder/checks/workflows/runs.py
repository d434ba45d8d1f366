"""What runs when something happens, told without running any of it."""

import dataclasses
import itertools
from collections.abc import Mapping

from autograder.checks.workflows.commands import Command
from autograder.checks.workflows.events import Event, after, starts
from autograder.checks.workflows.jobs import result_of, run_workflow
from autograder.checks.workflows.occasion import MAX_DEPTH, Fails, Occasion, refuse
from autograder.checks.workflows.reading import schema_errors, workflows
from autograder.checks.workflows.steps import Job
from autograder.namespace import Namespace


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
        refuse("workflows", f"does not fit GitHub's schema: {error}")
    repository = {**solution.files, **(files or {})}
    jobs: list[Job] = []
    waiting = [(event, 0)]
    while waiting:
        now, depth = waiting.pop(0)
        for workflow, name in itertools.product(known, now.started_as):
            if not starts(workflow, now, name):
                continue
            occasion = Occasion(known, repository, now, name, fails)
            ran = run_workflow(occasion, workflow)
            jobs += ran
            if depth < MAX_DEPTH:
                waiting.append((after(workflow, now, result_of(ran)), depth + 1))
    return Run(event, jobs)
