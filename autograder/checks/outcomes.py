"""What calls led to, and what a criterion expects of them."""

import contextlib
import dataclasses
import io
import math
from collections.abc import Callable, Sequence
from typing import Any

from autograder.criteria import CriterionNotMet
from autograder.namespace import NamespaceError
from autograder.values import class_names_of, plain

TEXT_LIMIT = 300


def alike(left: Any, right: Any) -> bool:
    """Compare plain data: equal types, floats within rounding, NaN equal to NaN.

    Args:
        left: One value.
        right: The other.

    Returns:
        True when they are the same to a criterion.
    """
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12) or (
            math.isnan(left) and math.isnan(right)
        )
    if isinstance(left, list | tuple) and type(left) is type(right):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            alike(left[k], right[k]) for k in left
        )
    return type(left) is type(right) and bool(left == right)


def shown_value(value: object) -> str:
    """Write a value as a learner would, of bounded length.

    Args:
        value: Plain data.

    Returns:
        Its ``repr``, shortened where it is long.
    """
    text = repr(value)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call led to: a plain value, or an exception.

    Attributes:
        value: The returned value as plain data; None after an exception.
        errors: Names of the exception's class and its bases, nearest first.
        message: The exception's text.
        printed: What was printed during the call.
    """

    value: Any = None
    errors: tuple[str, ...] = ()
    message: str = ""
    printed: str = ""

    @property
    def raised(self) -> bool:
        """True when the call ended in an exception."""
        return bool(self.errors)

    def __str__(self) -> str:
        if not self.raised:
            return f"returned {shown_value(self.value)}"
        return f"raised {self.errors[0]}" + (
            f": {self.message}" if self.message else ""
        )

    def matches(self, wanted: "Outcome") -> bool:
        """Tell whether this outcome is as good as the wanted one.

        Args:
            wanted: The outcome of the original code.

        Returns:
            True for equal plain values, or for the same exception class or a subclass.
        """
        if self.raised or wanted.raised:
            return self.raised and wanted.raised and wanted.errors[0] in self.errors
        return alike(self.value, wanted.value)


def failure_of(error: BaseException) -> Outcome:
    """Describe an exception.

    Args:
        error: What a call ended in.

    Returns:
        The outcome.
    """
    return Outcome(errors=class_names_of(error), message=str(error)[:TEXT_LIMIT])


def outcome_of(call: Callable[[], object]) -> Outcome:
    """Make a call and describe what it led to; exceptions are caught.

    Args:
        call: A function without arguments, usually a lambda around learner code.

    Returns:
        The outcome.

    Raises:
        CriterionNotMet: A verdict reached inside the call passes through.
        NamespaceError: The code lacks a name.
    """
    try:
        return Outcome(value=plain(call()))
    except (CriterionNotMet, NamespaceError):
        raise
    except Exception as error:  # noqa: BLE001 - learner code raises anything
        return failure_of(error)


def printed_by(call: Callable[[], object]) -> str:
    """Make a call and return what it printed.

    Args:
        call: A function without arguments.

    Returns:
        The text written to standard output.
    """
    with contextlib.redirect_stdout(io.StringIO()) as output:
        call()
    return output.getvalue()


def expect(condition: object, *, called: str, got: str, expected: str) -> None:
    """Demand a condition.

    Args:
        condition: What must hold.
        called: What was done, such as ``quote('post', 20)``.
        got: What came back: a clause that completes "It ...".
        expected: What meets the criterion: a clause that completes "Expected ...".

    Raises:
        CriterionNotMet: The condition does not hold.
    """
    if not condition:
        raise CriterionNotMet(called=called, got=got, expected=expected)


def expect_equal(actual: object, wanted: object, *, called: str) -> None:
    """Demand a value.

    Args:
        actual: What learner code returned.
        wanted: The value that meets the criterion.
        called: The call that returned it.

    Raises:
        CriterionNotMet: The values differ as plain data.
    """
    actual, wanted = plain(actual), plain(wanted)
    expect(
        alike(actual, wanted),
        called=called,
        got=f"returned {shown_value(actual)}",
        expected=shown_value(wanted),
    )


def with_article(error: str) -> str:
    """Name an exception as a sentence does.

    Args:
        error: Name of its class.

    Returns:
        The name after ``a`` or ``an``.
    """
    return f"{'an' if error.startswith(tuple('AEIO')) else 'a'} {error}"


def expect_raises(
    error: str, call: Callable[[], object], *, called: str, mentions: Sequence[str] = ()
) -> None:
    """Demand an exception.

    Args:
        error: Name of the exception class; subclasses will do.
        call: A function without arguments.
        called: The call as a learner can repeat it.
        mentions: Words that the exception's message must contain.

    Raises:
        CriterionNotMet: Nothing was raised, or something else, or a word is missing.
    """
    outcome = outcome_of(call)
    expect(
        error in outcome.errors,
        called=called,
        got=str(outcome),
        expected=with_article(error),
    )
    for word in mentions:
        expect(
            word in outcome.message,
            called=called,
            got=str(outcome),
            expected=f"{with_article(error)} whose message names {word!r}",
        )


def expect_result(call: Callable[[], object], wanted: object, *, called: str) -> None:
    """Demand that a call returns a value; an exception is evidence like another value.

    Args:
        call: A function without arguments.
        wanted: The value that meets the criterion.
        called: The call as a learner can repeat it.

    Raises:
        CriterionNotMet: The call raised, or returned something else.
        NamespaceError: The code lacks a name.
    """
    outcome = outcome_of(call)
    expect(
        outcome.matches(Outcome(value=plain(wanted))),
        called=called,
        got=str(outcome),
        expected=shown_value(plain(wanted)),
    )


def result_of(call: Callable[[], Any], *, called: str, expected: str) -> Any:
    """Make a call that must not raise, and return what came back as it is.

    Args:
        call: A function without arguments.
        called: The call as a learner can repeat it.
        expected: What meets the criterion.

    Returns:
        The result, which may be an object to be used further.

    Raises:
        CriterionNotMet: The call raised.
        NamespaceError: The code lacks a name.
    """
    try:
        return call()
    except (CriterionNotMet, NamespaceError):
        raise
    except Exception as error:
        outcome = failure_of(error)
        raise CriterionNotMet(
            called=called, got=str(outcome), expected=expected
        ) from error
