"""Criteria: pytest functions that carry points, a kind, a rule and a hint."""

import contextlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal, ParamSpec

from autograder.errors import CourseError, raise_all

Kind = Literal["behaviour", "design"]
P = ParamSpec("P")

_MARK = "__criterion__"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True)
class Evidence:
    """Why a criterion is not met.

    Attributes:
        called: What was done: a call a learner can repeat, or "your code ...".
        got: What came back, as a clause that completes "It ...".
        expected: What meets the criterion, as words that complete "Expected ...".
    """

    called: str
    got: str
    expected: str

    def __post_init__(self) -> None:
        # What learner code says may hide, reorder or colour what stands around it, and
        # where an object lies in memory differs from run to run.
        for part in ("called", "got", "expected"):
            text = _ADDRESS.sub("", getattr(self, part))
            object.__setattr__(self, part, printable(_without_secrets(text)))

    def __str__(self) -> str:
        done = "We ran" if self.called.startswith("your ") else "You called"
        return f"{done} {self.called}. It {self.got}. Expected {self.expected}."


_secrets: list[str] = []
_TELLTALE = 5  # letters of a secret that are as good as the whole in a message


def withhold(secret: str) -> None:
    """Let no evidence show a secret, nor a part of it, until the criterion is judged.

    Args:
        secret: Random letters that a criterion has planted.
    """
    _secrets.append(secret)


@contextlib.contextmanager
def withholding() -> Iterator[None]:
    """Judge one criterion: what it has withheld is forgotten afterwards.

    Yields:
        Nothing.
    """
    try:
        yield
    finally:
        _secrets.clear()


def _without_secrets(text: str) -> str:
    """Take out secrets, and parts of them: long texts are cut somewhere."""
    for secret in _secrets:
        parts = {
            secret[at : at + _TELLTALE] for at in range(len(secret) - _TELLTALE + 1)
        }
        found = {
            place
            for part in parts
            for at in re.finditer(f"(?={re.escape(part)})", text)
            for place in range(at.start(), at.start() + _TELLTALE)
        }
        marked = ("\0" if place in found else c for place, c in enumerate(text))
        text = re.sub("\0+", "[secret]", "".join(marked))
    return text


def printable(text: str) -> str:
    """Show the characters of a text that show nothing themselves.

    Args:
        text: Anything that learner code may have had a hand in.

    Returns:
        The text with control, direction and private characters as escapes; lines and
        tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or char in "\n\t"
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


class CriterionNotMet(AssertionError):
    """The verdict "not met".

    Args:
        called: What was done: a call a learner can repeat, or "your code ...".
        got: What came back, as a clause that completes "It ...".
        expected: What meets the criterion, as words that complete "Expected ...".
    """

    def __init__(self, *, called: str, got: str, expected: str) -> None:
        self.evidence = Evidence(called, got, expected)
        super().__init__(str(self.evidence))


@dataclass(frozen=True)
class Marks:
    """What the decorator was told."""

    points: int
    kind: Kind
    rule: str
    hint: str


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric: one test, one nbgrader grade cell.

    Attributes:
        name: The test's name without ``test_``.
        title: The first line of its docstring: what is judged, in plain words.
        points: Points earned when met.
        kind: ``behaviour`` (unchanged) or ``design`` (rule met).
        rule: Id of the rule it checks, such as ``GUIDE-1.2.2.R1``.
        hint: What a learner reads when it is not met.
        visible: Whether learners have the test.
        function: The test itself.
        path: The file it stands in.
        line: The line it starts at.
    """

    name: str
    title: str
    points: int
    kind: Kind
    rule: str
    hint: str
    visible: bool
    function: Callable[..., None]
    path: Path
    line: int


def criterion(
    *, points: int, kind: Kind, rule: str, hint: str
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a pytest function a criterion of an exercise.

    Args:
        points: Points earned when met; an exercise's criteria sum to 10.
        kind: ``behaviour`` for what must stay, ``design`` for the rule to be met.
        rule: Id of the rule it checks.
        hint: One sentence that helps without giving the answer away.

    Returns:
        A decorator that marks the function and leaves it callable as it was.
    """

    def mark(function: Callable[P, None]) -> Callable[P, None]:
        setattr(function, _MARK, Marks(points, kind, rule, hint))
        return function

    return mark


def load_criteria(path: Path, *, visible: bool) -> list[Criterion]:
    """Read the criteria of one test file, in the order they stand.

    Args:
        path: A file of pytest functions marked with ``criterion``.
        visible: Whether learners have this file.

    Returns:
        The criteria of the file.

    Raises:
        CourseError: The file cannot be imported, or a test lacks marks or docstring.
    """
    module = _import(path)
    criteria: list[Criterion] = []
    errors: list[CourseError] = []
    for name, function in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(function):
            continue
        try:
            criteria.append(_read(name, function, path, visible=visible))
        except CourseError as error:
            errors.append(error)
    raise_all(errors)
    return criteria


def _read(
    name: str, function: Callable[..., None], path: Path, *, visible: bool
) -> Criterion:
    line = inspect.getsourcelines(function)[1]
    marks = getattr(function, _MARK, None)
    if not isinstance(marks, Marks):
        raise CourseError(
            f"{name} is not marked as a criterion, so it has no points.",
            remedy="Put @criterion(points=..., kind=..., rule=..., hint=...) above it.",
            path=path,
            line=line,
        )
    if marks.points < 1:
        raise CourseError(
            f"{name} gives {marks.points} points.",
            remedy="Give it 1 point or more, or delete it.",
            path=path,
            line=line,
        )
    if not function.__doc__:
        raise CourseError(
            f"{name} has no docstring.",
            remedy="Say in its first line what is judged: learners read it.",
            path=path,
            line=line,
        )
    return Criterion(
        name=name.removeprefix("test_"),
        title=inspect.cleandoc(function.__doc__).splitlines()[0],
        points=marks.points,
        kind=marks.kind,
        rule=marks.rule,
        hint=marks.hint,
        visible=visible,
        function=function,
        path=path,
        line=line,
    )


def _import(path: Path) -> ModuleType:
    # A name of its own for every file: visible and hidden tests share a file name.
    name = "criteria_" + "_".join(path.with_suffix("").parts[-3:]).replace(".", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CourseError(
            "This is not a Python file.", remedy="Name it test_<slug>.py.", path=path
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise CourseError(
            f"The criteria cannot be imported: {type(error).__name__}: {error}.",
            remedy="Run it with pytest to see where.",
            path=path,
            line=line,
        ) from error
    return module
