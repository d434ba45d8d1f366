"""Verdicts: the criteria of an exercise applied to a learner's code."""

import contextlib
import inspect
import io
import signal
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from autograder.border.channel import BorderClosed
from autograder.criteria import Criterion, CriterionNotMet, Evidence, withholding
from autograder.exercises import Exercise
from autograder.logging_state import fresh_logging
from autograder.modules import put_away
from autograder.namespace import LoadError, Namespace, NamespaceError

SECONDS_PER_CRITERION = 10


@dataclass(frozen=True)
class Verdict:
    """The verdict on one criterion.

    Attributes:
        criterion: What was judged.
        evidence: Why it is not met; None when it is.
        counts: False for behaviour points while no design criterion is met: code that
            was not refactored earns nothing.
    """

    criterion: Criterion
    evidence: Evidence | None
    counts: bool = True

    @property
    def met(self) -> bool:
        """Whether the criterion is met."""
        return self.evidence is None

    @property
    def points(self) -> int:
        """Points earned."""
        return self.criterion.points if self.met and self.counts else 0


class _OutOfTime(BaseException):
    """Not an Exception: learner code and property-based search must not swallow it."""


Run = Callable[[], Any]
"""Runs the learner's code afresh and gives it as criteria see it."""


def judge(
    exercise: Exercise, source: str, *, stop_at_first: bool = False
) -> list[Verdict]:
    """Judge code by all criteria of an exercise, in this process.

    Args:
        exercise: The exercise.
        source: The learner's code.
        stop_at_first: Stop after the first criterion that is not met.

    Returns:
        The verdicts, in the order of the criteria.
    """
    findings: dict[str, Evidence | None] = {}
    for criterion in exercise.criteria:
        findings[criterion.name] = _apply(exercise, criterion, source)
        if stop_at_first and findings[criterion.name]:
            break
    return verdicts_of(exercise, findings)


def verdicts_of(
    exercise: Exercise, findings: Mapping[str, Evidence | None]
) -> list[Verdict]:
    """Make verdicts of what was found: behaviour counts once something is refactored.

    Args:
        exercise: The exercise.
        findings: By criterion why it is not met, or None; others were not judged.

    Returns:
        The verdicts on the criteria that were judged, in their order.
    """
    judged = [c for c in exercise.criteria if c.name in findings]
    refactored = any(c.kind == "design" and findings[c.name] is None for c in judged)
    return [
        Verdict(c, findings[c.name], c.kind == "design" or refactored) for c in judged
    ]


def judge_one(exercise: Exercise, source: str, name: str) -> Verdict:
    """Judge code by one criterion; others are asked only for whether behaviour counts.

    Args:
        exercise: The exercise.
        source: The learner's code.
        name: The criterion's name.

    Returns:
        The verdict.

    Raises:
        CourseError: The exercise has no such criterion.
    """
    criterion = exercise.criterion(name)
    evidence = _apply(exercise, criterion, source)
    if criterion.kind == "design" or evidence is not None:
        return Verdict(criterion, evidence)
    designs = (c for c in exercise.criteria if c.kind == "design")
    return Verdict(
        criterion, None, any(_apply(exercise, c, source) is None for c in designs)
    )


def points(verdicts: Iterable[Verdict]) -> int:
    """Sum the points earned.

    Args:
        verdicts: The verdicts on one piece of code.

    Returns:
        The points.
    """
    return sum(verdict.points for verdict in verdicts)


def _apply(exercise: Exercise, criterion: Criterion, source: str) -> Evidence | None:
    package = exercise.brief.package
    return find(
        criterion,
        exercise.brief.starter,
        lambda: Namespace(source, "solution", package),
        package=package,
        seconds=SECONDS_PER_CRITERION,
    )


def find(
    criterion: Criterion,
    starter: str,
    run: Run,
    *,
    package: str | None = None,
    seconds: float,
) -> Evidence | None:
    """Apply one criterion to fresh copies of the code, quietly and within its time.

    Args:
        criterion: The criterion.
        starter: The original code; it runs in this process.
        run: Runs the learner's code.
        package: What callers import from where answers are files; None for a cell.
        seconds: Time for all of it.

    Returns:
        Why the criterion is not met; None when it is.
    """
    with withholding(), _quiet(), fresh_logging(), _time_limit(seconds):
        try:
            _run(criterion, starter, run, package)
        except CriterionNotMet as error:
            return error.evidence
        except NamespaceError as error:
            return Evidence(
                "your code",
                f"defines no {error.name}",
                "every name that the brief lists",
            )
        except _OutOfTime:
            return took_too_long(seconds)
        except BorderClosed as ended:
            return Evidence(
                f"your code to see this: {criterion.title.rstrip('.')}",
                ended.what,
                "an answer to every call",
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - learners raise anything
            return Evidence(
                f"your code to see this: {criterion.title.rstrip('.')}",
                f"raised {type(error).__name__}: {error}",
                "no exception here",
            )
        finally:
            put_away()
    return None


def took_too_long(seconds: float) -> Evidence:
    """Say that code was ended because it ran on and on.

    Args:
        seconds: The time it was given.

    Returns:
        Why the criterion is not met.
    """
    return Evidence(
        "your code",
        f"was still running after {seconds:.0f} seconds",
        "an answer well within a second",
    )


def out_of_time(criterion: Criterion) -> Evidence:
    """Say that nothing could be judged any more.

    Args:
        criterion: The criterion whose turn it was.

    Returns:
        Why it is not met.
    """
    return Evidence(
        f"your code to see this: {criterion.title.rstrip('.')}",
        "had used up the time of the whole notebook",
        "an answer well within a second to each criterion",
    )


def _run(criterion: Criterion, starter: str, run: Run, package: str | None) -> None:
    try:
        solution = run()
    except (Exception, SystemExit) as error:
        raise _does_not_run(error, package) from error
    given: dict[str, Any] = {"solution": solution}
    if "original" in inspect.signature(criterion.function).parameters:
        given["original"] = Namespace(starter, "original", package)
    criterion.function(**given)


def _does_not_run(error: BaseException, package: str | None) -> CriterionNotMet:
    line = error.lineno if isinstance(error, SyntaxError) else None
    place = f" in line {line}" if line else ""
    if package is None:
        return CriterionNotMet(
            called="your cell on its own, in a fresh Python",
            got=f"raised {type(error).__name__}: {error}{place}",
            expected="code that runs; keep everything it needs in this one cell",
        )
    # Exceptions cross the border as classes of the same name. One that the package
    # raises is told there: here there is no traceback.
    told = type(error).__name__ == LoadError.__name__
    return CriterionNotMet(
        called=f"your files on their own: import {package}".removesuffix(": import "),
        got=str(error) if told else f"raised {type(error).__name__}: {error}",
        expected="files that can be imported in a fresh Python",
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What learner code prints or warns while it is judged is nobody's business."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs too long, where the platform and the thread allow it."""
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
