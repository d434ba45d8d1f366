"""Errors made for people: what is wrong, where, and what to do next."""

from collections.abc import Callable, Iterable
from pathlib import Path


class CourseError(Exception):
    """A mistake of the user or the author, shown without a traceback.

    Args:
        problem: What is wrong, as a sentence.
        remedy: What to do next, as a sentence.
        path: The file concerned.
        line: The line in that file, counted from 1.
    """

    def __init__(
        self,
        problem: str,
        *,
        remedy: str,
        path: Path | None = None,
        line: int | None = None,
    ) -> None:
        self.problem = problem
        self.remedy = remedy
        self.path = path
        self.line = line
        super().__init__(str(self))

    @property
    def place(self) -> str:
        """``file:line`` as editors understand it; empty when no file is concerned."""
        if self.path is None:
            return ""
        return f"{self.path}:{self.line}" if self.line else str(self.path)

    def __str__(self) -> str:
        prefix = f"{self.place}: " if self.place else ""
        return f"{prefix}{self.problem} {self.remedy}"


class CourseErrors(CourseError):
    """Several mistakes found in one pass, reported together.

    Args:
        errors: The mistakes, at least one.
    """

    def __init__(self, errors: list[CourseError]) -> None:
        self.errors = errors
        super().__init__(
            f"{len(errors)} problems found.",
            remedy="Mend each place named and run it again.",
        )

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def collect(checks: Iterable[Callable[[], object]]) -> list[CourseError]:
    """Run checks and gather what they find wrong.

    Args:
        checks: Functions that raise ``CourseError`` when something is wrong.

    Returns:
        The mistakes, each by itself.
    """
    errors: list[CourseError] = []
    for check in checks:
        try:
            check()
        except CourseErrors as several:
            errors += several.errors
        except CourseError as error:
            errors.append(error)
    return errors


def raise_all(errors: list[CourseError]) -> None:
    """Raise what was collected; do nothing when it is empty.

    Args:
        errors: Mistakes gathered by a pass over several files.

    Raises:
        CourseError: The only mistake, or a ``CourseErrors`` with all of them.
    """
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise CourseErrors(errors)
