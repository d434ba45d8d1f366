"""The workflows of an answer, read as GitHub reads them, and checked by real tools."""

import dataclasses
import functools
import importlib.util
import json
import re
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

_PLACE = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
_SILENCER = re.compile(r"zizmor\s*:")
_COMMIT = re.compile(r"[0-9a-f]{40}|sha256:[0-9a-f]{64}")
_MAX_NODES = 20_000


@dataclasses.dataclass(frozen=True)
class Workflow:
    """One file of the answer's workflows.

    Attributes:
        path: Where it lies.
        name: How other workflows call it: its ``name``, else its path.
        content: The file as plain data.
    """

    path: str
    name: str
    content: Mapping[str, Any]

    @property
    def triggers(self) -> dict[str, Any]:
        """The events it runs on, each with its filters."""
        match self.content.get("on"):
            case str(event):
                return {event: {}}
            case list(events):
                return {str(event): {} for event in events}
            case dict(events):
                return {str(event): told or {} for event, told in events.items()}
        return {}


def workflows(solution: Namespace) -> list[Workflow]:
    """Read all files in ``.github/workflows``.

    Args:
        solution: The answer.

    Returns:
        The workflows, in the order of their paths.

    Raises:
        CriterionNotMet: There is none, or one is no YAML.
    """
    paths = [path for path in solution.files if _PLACE.fullmatch(path)]
    if not paths:
        raise CriterionNotMet(
            called="your folder",
            got="has no workflow",
            expected="one in .github/workflows, its name ending in .yml",
        )
    return [_read(path, solution.files[path]) for path in sorted(paths)]


@functools.lru_cache(maxsize=200)
def _read(path: str, text: str) -> Workflow:
    content = read_yaml(path, text)
    if not isinstance(content, dict):
        _refuse(path, "holds no mapping")
    return Workflow(path, str(content.get("name") or path), content)


def read_yaml(path: str, text: str) -> Any:
    """Read a YAML file as version 1.2, in which ``on`` is a word.

    Args:
        path: Where it lies, for messages.
        text: What it holds.

    Returns:
        Plain data.

    Raises:
        CriterionNotMet: It is no YAML, or refers to itself until it is too large.
    """
    try:
        content = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" in line {mark.line + 1}" if mark else ""
        _refuse(path, f"cannot be read{line}: {error.problem or error}")
    except (ValueError, RecursionError) as error:
        _refuse(path, f"cannot be read: {error}")
    nodes = _nodes(content)
    if sum(1 for _, _ in zip(nodes, range(_MAX_NODES), strict=False)) == _MAX_NODES:
        _refuse(path, "holds too much, perhaps through aliases")
    return content


def _nodes(content: Any) -> Iterator[Any]:
    waiting = [content]
    while waiting:
        node = waiting.pop()
        yield node
        inner = node.values() if isinstance(node, dict) else node
        if isinstance(node, dict | list):
            waiting += reversed([*inner])


def _refuse(path: str, got: str) -> NoReturn:
    raise CriterionNotMet(
        called=f"your file {path} through a reader of YAML",
        got=got,
        expected="a workflow that GitHub can read",
    )


def _read_schema() -> Any:
    # A file of the package; importing its command line would take a while.
    package = importlib.util.find_spec("check_jsonschema")
    [folder] = package.submodule_search_locations or [] if package else []
    path = Path(folder, "builtin_schemas", "vendor", "github-workflows.json")
    return json.loads(path.read_text(encoding="utf-8"))


_SCHEMA = _read_schema()  # now: a judge's box has no files later


@functools.cache
def _validator() -> Any:
    from jsonschema.validators import (  # type: ignore[import-untyped]  # noqa: PLC0415
        Draft7Validator,
    )

    return Draft7Validator(_SCHEMA)


_validator()


def schema_errors(solution: Namespace) -> list[str]:
    """Check all workflows against the schema that GitHub's editors use.

    Args:
        solution: The answer.

    Returns:
        One sentence for each place that is not as the schema says.
    """
    paths = [workflow.path for workflow in workflows(solution)]
    return [e for path in paths for e in _schema_errors(path, solution.files[path])]


@functools.lru_cache(maxsize=200)
def _schema_errors(path: str, text: str) -> tuple[str, ...]:
    errors = map(_innermost, _validator().iter_errors(_read(path, text).content))
    return tuple(
        f"{path}, {'.'.join(map(str, error.absolute_path)) or 'the file'}: "
        f"{error.message[:200]}"
        for error in errors
    )


def _innermost(error: Any) -> Any:
    """Where several forms are allowed, the fault in the form that is nearly met."""
    while error.context:
        forms: dict[Any, list[Any]] = {}
        for inner in error.context:
            forms.setdefault(inner.schema_path[0], []).append(inner)
        error = min(forms.values(), key=len)[0]
    return error


def audit(solution: Namespace, audits: Sequence[str]) -> list[str]:
    """Ask zizmor for its findings, offline, whatever comments say to silence it.

    Args:
        solution: The answer.
        audits: Names of zizmor's audits, such as ``template-injection``.

    Returns:
        One sentence for each finding of these audits: file, line and what it is.
    """
    return [
        f"{workflow.path}, line {line}: {said} ({ident})"
        for workflow in workflows(solution)
        for ident, line, said in _findings(solution.files[workflow.path])
        if ident in audits
    ]


@functools.lru_cache(maxsize=50)
def _findings(text: str) -> tuple[tuple[str, int, str], ...]:
    command = [str(_zizmor()), "--offline", "--no-config", "--no-progress", "--quiet"]
    command += ["--no-exit-codes", "--persona", "regular", "--format", "json", "-"]
    run = subprocess.run(
        command,
        input=_SILENCER.sub("zizmor ", text),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if run.returncode != 0:
        raise RuntimeError(f"zizmor failed: {run.stderr.strip()[:300]}")
    return tuple(_finding(told) for told in json.loads(run.stdout))


def _finding(told: dict[str, Any]) -> tuple[str, int, str]:
    places = told["locations"]
    primary = [p for p in places if p["symbolic"]["kind"] == "Primary"] or places
    line = primary[0]["concrete"]["location"]["start_point"]["row"] + 1
    return (
        told["ident"],
        line,
        f"{told['desc']}: {primary[0]['symbolic']['annotation']}",
    )


@functools.cache
def _zizmor() -> Path:
    scripts = Path(sysconfig.get_path("scripts"))
    return next(scripts.glob("zizmor*"), scripts / "zizmor")


_zizmor()


def movable_actions(solution: Namespace) -> list[str]:
    """Name the actions and workflows of others that are not pinned to a commit.

    Args:
        solution: The answer; composite actions of its own are looked at too.

    Returns:
        Each such ``uses``, with its file.
    """
    found: list[str] = []
    for path, text in solution.files.items():
        if path.startswith(".github/") and path.endswith((".yml", ".yaml")):
            for node in _nodes(read_yaml(path, text)):
                used = node.get("uses") if isinstance(node, dict) else None
                if isinstance(used, str) and not _is_fixed(used):
                    found.append(f"{path}: {used}")
    return found


def _is_fixed(used: str) -> bool:
    return used.startswith("./") or bool(_COMMIT.fullmatch(used.rpartition("@")[2]))
