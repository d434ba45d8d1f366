"""Hidden criteria of the exercise continuous_integration."""

from typing import Any

from autograder import criterion
from autograder.checks import expect, fresh_word
from autograder.checks.workflows import (
    Event,
    Job,
    Run,
    audit,
    manual,
    movable_actions,
    pull_request,
    push,
    push_of_tag,
    simulate,
)
from autograder.namespace import Namespace

LOCK = "requirements.txt"
PUBLISHES = ("pools.publish",)
PUSH = push().text
MINUTES = 30
AUDITS = (
    "github-env",
    "insecure-commands",
    "unpinned-uses",
    "unsound-condition",
)


def _checking(solution: Namespace, event: Event, **given: Any) -> Run:
    """Follow an event, and demand that the work is done."""
    run = simulate(solution, event, **given)
    expect(
        run.commands("pytest") and (run.commands(*PUBLISHES) or event.text != PUSH),
        called=f"your workflows with {event.text}",
        got="did not come to all that they are for",
        expected="the checks to run, and a push to main to publish",
    )
    return run


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-13.1.R1",
    hint="A trigger without branches means all of them, and all tags.",
)
def test_nothing_else_is_published(solution: Namespace) -> None:
    """Other branches, tags, starts by hand and pull requests publish nothing."""
    events = [
        push("winter-hours"),
        push_of_tag("v3.2.0"),
        manual(),
        manual("winter-hours"),
        pull_request(into="winter-hours"),
        pull_request(branch="main", fork=True),
    ]
    for event in events:
        published = simulate(solution, event).commands(*PUBLISHES)
        expect(
            not published,
            called=f"your workflows with {event.text}",
            got="published the site",
            expected="python -m pools.publish on a push to main only",
        )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-13.R5",
    hint="A stranger writes the code of a pull request, its title and its branch.",
)
def test_strangers_get_nothing(solution: Namespace) -> None:
    """A pull request from a fork gets no secret, no right to write, no shell."""
    title, branch = fresh_word("title_"), fresh_word("branch_")
    called = "your workflows with a pull request from a fork"
    run = _checking(solution, pull_request(fork=True, title=title, branch=branch))
    for job in run.jobs:
        expect(
            not (job.foreign_code and job.trigger != "pull_request"),
            called=called,
            got=f"checked out its code in the job {job.id}, started by {job.trigger}, "
            "which has the rights of the repository",
            expected="the code of strangers to run under pull_request only",
        )
        texts = [*job.scripts, *(str(g.get("script", "")) for _, g in job.uses)]
        for what, word in (("title", title), ("branch's name", branch)):
            expect(
                not any(word in text for text in texts),
                called=called,
                got=f"put its {what} into a script of the job {job.id}: "
                "whatever stands there is run",
                expected="what strangers write only in environment variables",
            )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-13.R5",
    hint="Let the workflow's token read, and give the secret to one step.",
)
def test_least_rights(solution: Namespace) -> None:
    """No token may write, and only the publication sees POOLS_TOKEN."""
    for event in (push(), pull_request()):
        called = f"your workflows with {event.text}"
        run = _checking(solution, event)
        for job in run.jobs:
            expect(
                not job.may_write,
                called=called,
                got=f"gave the job {job.id} a token that may write: "
                f"{', '.join(job.may_write)}",
                expected="a token that may read the contents",
            )
            published = {c.step for c in job.commands if c.is_run_of(*PUBLISHES)}
            others = [
                str(command)
                for command in job.commands
                if command.secrets and command.step not in published
            ]
            expect(
                not others,
                called=called,
                got=f"gave POOLS_TOKEN to {others[:1]} in the job {job.id}",
                expected="the secret in the step of python -m pools.publish alone",
            )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-13.R5",
    hint="A tag can be moved by its owner; a checkout leaves its token in .git/config.",
)
def test_linter_finds_nothing(solution: Namespace) -> None:
    """Actions are pinned to commits, checkouts leave no token; zizmor has no remark."""
    movable = movable_actions(solution)
    expect(
        not movable,
        called="your files and looked at each uses",
        got=f"takes {', '.join(movable[:3])}",
        expected="a commit of 40 hexadecimal digits after each @",
    )
    left = [
        job.id
        for job in _checking(solution, push()).jobs
        for used, given in job.uses
        if used.startswith("actions/checkout@") and given.get("persist-credentials", 1)
    ]
    expect(
        not left,
        called="your workflows with a push to main",
        got=f"left the token of actions/checkout in the job {left[:1]}",
        expected="persist-credentials: false for each checkout",
    )
    remarks = audit(solution, AUDITS)
    expect(
        not remarks,
        called="your workflows through zizmor, ignoring comments that silence it",
        got=f"remarked: {'; '.join(remarks[:2])}",
        expected="no such remark",
    )


@criterion(
    points=1,
    kind="design",
    rule="BACKEND-12.1.R4",
    hint="The key must change with the lock file, and with the Python it was made for.",
)
def test_caches_follow_the_lock_file(solution: Namespace) -> None:
    """The checks use a cache that another lock file and another Python do not share."""

    def caches(lock: str) -> list[list[str]]:
        run = _checking(solution, push(), files={LOCK: lock})
        return [job.caches for job in run.jobs_with("pytest")]

    before, after = caches("ruff==1\n"), caches("ruff==2\n")
    expect(
        all(before),
        called="your workflows with a push to main",
        got="ran pytest in a job without a cache",
        expected="what pip needs to be cached",
    )
    kept = [
        key for old, new in zip(before, after, strict=True) for key in old if key in new
    ]
    expect(
        not kept,
        called=f"your workflows with a push to main that changes {LOCK}",
        got=f"found the cache {kept[:1]} again",
        expected="a new key for a new lock file",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-13.R1",
    hint="See timeout-minutes, and what a concurrency group is named after.",
)
def test_runs_end_in_time(solution: Namespace) -> None:
    """Jobs end after 30 minutes; new commits cancel old runs, but no publication."""
    for event in (push(), pull_request()):
        for job in _checking(solution, event).jobs:
            minutes = job.timeout or 360
            expect(
                job.result == "skipped" or minutes <= MINUTES,
                called=f"your workflows with {event.text}",
                got=f"gave the job {job.id} {minutes:g} minutes",
                expected=f"{MINUTES} at most",
            )
    old, new, other = (
        _groups(_checking(solution, pull_request(number=number, sha=sha * 40)).jobs)
        for number, sha in ((17, "1"), (17, "2"), (18, "3"))
    )
    expect(
        "" not in old and old == new,
        called="your workflows with two commits in one pull request",
        got="let both runs go on",
        expected="a group that both are in, whose older run is cancelled",
    )
    expect(
        not old & other,
        called="your workflows with two pull requests",
        got=f"put both into {sorted(old & other)}, so that one cancels the other",
        expected="a group of its own for each",
    )
    for job in _checking(solution, push()).jobs_with(*PUBLISHES):
        expect(
            not job.cancels,
            called="your workflows with two pushes to main",
            got="cancelled the first while it published",
            expected="a publication to end",
        )


def _groups(jobs: list[Job]) -> set[str]:
    """The groups whose newer run cancels the older; empty for a job that goes on."""
    ran = [job for job in jobs if job.result != "skipped"]
    return {job.group if job.cancels else "" for job in ran}
