"""What happens in a repository, and which workflows that starts."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.checks.workflows.reading import Workflow

REPOSITORY = "town/project"
FORK = "stranger/project"
DEFAULT_BRANCH = "main"
_PULL_REQUEST_TYPES = ["opened", "synchronize", "reopened"]


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happens, once.

    Attributes:
        text: What messages call it.
        started_as: By name of the trigger the ``github`` context that its runs see.
        base: The branch that filters are compared with; empty for a tag.
        tag: The tag that filters are compared with.
        head: The branch that the code is on.
        fork: Whether somebody without any rights has written the code.
        changed: The files that differ.
    """

    text: str
    started_as: Mapping[str, Mapping[str, Any]]
    base: str = ""
    tag: str = ""
    head: str = ""
    fork: bool = False
    changed: Sequence[str] = ("README.md", "src/code.py")


def push(branch: str = DEFAULT_BRANCH, sha: str = "a" * 40) -> Event:
    """Make a push to a branch.

    Args:
        branch: The branch.
        sha: The newest commit.

    Returns:
        The event.
    """
    context = _github("push", f"refs/heads/{branch}", sha, {"head_commit": {"id": sha}})
    return Event(f"a push to {branch}", {"push": context}, base=branch, head=branch)


def push_of_tag(tag: str) -> Event:
    """Make the push of a tag.

    Args:
        tag: The tag.

    Returns:
        The event.
    """
    context = _github("push", f"refs/tags/{tag}", "b" * 40, {})
    return Event(f"the push of the tag {tag}", {"push": context}, tag=tag)


def pull_request(
    *,
    fork: bool = False,
    into: str = DEFAULT_BRANCH,
    number: int = 17,
    sha: str = "c" * 40,
    title: str = "Mend a typo",
    branch: str = "typo",
) -> Event:
    """Make a new commit in a pull request.

    Args:
        fork: Whether it comes from somebody without any rights.
        into: The branch that it wants to change.
        number: Its number.
        sha: Its newest commit.
        title: Its title, which is the author's.
        branch: The branch it comes from, named by its author.

    Returns:
        The event.
    """
    home = FORK if fork else REPOSITORY
    told = {
        "action": "synchronize",
        "number": number,
        "pull_request": {
            "number": number,
            "title": title,
            "body": title,
            "user": {"login": home.partition("/")[0]},
            "head": {
                "sha": sha,
                "ref": branch,
                "label": f"{home.partition('/')[0]}:{branch}",
                "repo": {"full_name": home, "fork": fork},
            },
            "base": {"sha": "d" * 40, "ref": into, "repo": {"full_name": REPOSITORY}},
        },
    }
    names = {"head_ref": branch, "base_ref": into}
    merge, base = f"refs/pull/{number}/merge", f"refs/heads/{into}"
    return Event(
        f"a pull request {'from a fork ' if fork else ''}into {into}",
        {
            "pull_request": _github("pull_request", merge, "e" * 40, told) | names,
            "pull_request_target": _github("pull_request_target", base, "d" * 40, told)
            | names,
        },
        base=into,
        head=branch,
        fork=fork,
    )


def schedule() -> Event:
    """Make the hour of a schedule.

    Returns:
        The event.
    """
    context = _github("schedule", f"refs/heads/{DEFAULT_BRANCH}", "a" * 40, {})
    return Event("the hour of the schedule", {"schedule": context})


def manual(branch: str = DEFAULT_BRANCH) -> Event:
    """Make a start by hand.

    Args:
        branch: The branch that is chosen.

    Returns:
        The event.
    """
    context = _github("workflow_dispatch", f"refs/heads/{branch}", "a" * 40, {})
    return Event(f"a start by hand on {branch}", {"workflow_dispatch": context})


def after(workflow: Workflow, event: Event, result: str) -> Event:
    """Make the end of a run, which can start other workflows.

    Args:
        workflow: The workflow that ended.
        event: What started it.
        result: How it ended.

    Returns:
        The event.
    """
    cause, context = next(iter(event.started_as.items()))
    request = context["event"].get("pull_request", {})
    told = {
        "name": workflow.name,
        "conclusion": result,
        "status": "completed",
        "event": cause,
        "head_branch": event.head,
        "head_sha": request.get("head", {}).get("sha", context["sha"]),
        "head_repository": {"full_name": FORK if event.fork else REPOSITORY},
    }
    ref = f"refs/heads/{DEFAULT_BRANCH}"
    run = _github("workflow_run", ref, "a" * 40, {"workflow_run": told})
    return dataclasses.replace(event, started_as={"workflow_run": run})


def _github(name: str, ref: str, sha: str, told: Mapping[str, Any]) -> dict[str, Any]:
    short = re.sub(r"^refs/(heads|tags|pull)/", "", ref)
    return {
        "event_name": name,
        "ref": ref,
        "ref_name": short,
        "ref_type": "tag" if ref.startswith("refs/tags/") else "branch",
        "base_ref": "",
        "head_ref": "",
        "sha": sha,
        "repository": REPOSITORY,
        "repository_owner": REPOSITORY.partition("/")[0],
        "actor": "somebody",
        "token": "token",
        "run_id": 1,
        "run_number": 1,
        "run_attempt": 1,
        "server_url": "https://github.com",
        "event": {"repository": {"default_branch": DEFAULT_BRANCH}, **told},
    }


def starts(workflow: Workflow, event: Event, name: str) -> bool:
    """Tell whether an event starts a workflow under one of its names.

    Args:
        workflow: The workflow.
        event: The event.
        name: A name of ``event.started_as``, such as ``pull_request_target``.

    Returns:
        Whether the trigger's filters let it through.
    """
    if name not in workflow.triggers:
        return False
    told = workflow.triggers[name]
    if not isinstance(told, dict):
        return True
    if name == "workflow_run":
        started = event.started_as[name]["event"]["workflow_run"]
        names = told.get("workflows", [])
        return started["name"] in names and _branch_passes(told, event.head)
    if name.startswith("pull_request"):
        types = told.get("types", _PULL_REQUEST_TYPES)
        return (
            "synchronize" in types
            and _branch_passes(told, event.base)
            and _paths_pass(told, event.changed)
        )
    if name == "push":
        return _push_passes(told, event)
    return True


def _push_passes(told: Mapping[str, Any], event: Event) -> bool:
    branches = "branches" in told or "branches-ignore" in told
    tags = "tags" in told or "tags-ignore" in told
    if event.tag:
        return (tags or not branches) and _passes(told, "tags", event.tag)
    return (
        (branches or not tags)
        and _branch_passes(told, event.base)
        and _paths_pass(told, event.changed)
    )


def _branch_passes(told: Mapping[str, Any], branch: str) -> bool:
    return _passes(told, "branches", branch)


def _passes(told: Mapping[str, Any], kind: str, name: str) -> bool:
    if kind in told and not matches(name, _listed(told[kind])):
        return False
    return not matches(name, _listed(told.get(f"{kind}-ignore", [])))


def _paths_pass(told: Mapping[str, Any], changed: Sequence[str]) -> bool:
    if "paths" in told:
        return any(matches(path, _listed(told["paths"])) for path in changed)
    ignored = _listed(told.get("paths-ignore", []))
    return not ignored or not all(matches(path, ignored) for path in changed)


def _listed(value: Any) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Compare a name with GitHub's patterns; the last one that fits decides.

    Args:
        name: A branch, a tag or a path.
        patterns: Such as ``release/**``; with ``!`` before it one that excludes.

    Returns:
        Whether the name is meant.
    """
    meant = False
    for pattern in patterns:
        if re.fullmatch(_as_regex(pattern.removeprefix("!")), name):
            meant = not pattern.startswith("!")
    return meant


def _as_regex(pattern: str) -> str:
    def translated(match: re.Match[str]) -> str:
        found = match[0]
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
        if found in known:
            return known[found]
        return found if found.startswith("[") else re.escape(found)

    return re.sub(r"\*\*/|\*\*|\*|\?|\+|\[[\w-]+\]|.", translated, pattern)
