"""The words of a verdict: the same in terminal, notebook, gradebook and feedback."""

import html
import os

from autograder.criteria import Evidence
from autograder.exercises import Exercise
from autograder.judge import Verdict
from autograder.rule_texts import rule_text

_DEFAULT_BOOK_URL = "http://127.0.0.1:8000"
_WAITS = "Behaviour is unchanged. It counts as soon as one design criterion is met."
_GREEN, _RED, _AMBER = "#1a7f37", "#c62828", "#9a6700"


def book_url() -> str:
    """Where the book is served: ``COURSE_BOOK_URL``, or this machine's own."""
    return os.environ.get("COURSE_BOOK_URL", _DEFAULT_BOOK_URL).rstrip("/")


def chapter_url(exercise: Exercise) -> str:
    """The chapter that an exercise belongs to.

    Args:
        exercise: The exercise.

    Returns:
        The page's address.
    """
    return f"{book_url()}/book/{exercise.part}/{exercise.slug}.html"


def headline(verdict: Verdict) -> str:
    """Say what was judged, how it went and what it earns.

    Args:
        verdict: The verdict.

    Returns:
        One line.
    """
    state = "Met" if verdict.met else "Not met"
    criterion = verdict.criterion
    plural = "point" if criterion.points == 1 else "points"
    return (
        f"{state}: {criterion.title} "
        f"({verdict.points} of {criterion.points} {plural}, {criterion.kind})"
    )


def explanation(verdict: Verdict) -> list[str]:
    """Say what happened and what helps.

    Args:
        verdict: The verdict.

    Returns:
        Sentences; none when the criterion is met and counts.
    """
    criterion = verdict.criterion
    rule = f"Rule {criterion.rule}: {rule_text(criterion.rule)}"
    if verdict.evidence:
        return [str(verdict.evidence), f"Hint: {criterion.hint}", rule]
    if not verdict.counts:
        return [_WAITS, rule]
    return []


def facts(evidence: Evidence) -> list[tuple[str, str]]:
    """Take the sentences of evidence apart, for a page that sets them one by one.

    Args:
        evidence: Why a criterion is not met.

    Returns:
        Beginning and rest of three sentences; joined they are ``str(evidence)``.
    """
    rest = f" {evidence.called}. It {evidence.got}. Expected {evidence.expected}."
    return [
        (str(evidence).removesuffix(rest), f"{evidence.called}."),
        ("It", f"{evidence.got}."),
        ("Expected", f"{evidence.expected}."),
    ]


def as_text(verdict: Verdict) -> str:
    """Write a verdict for a terminal.

    Args:
        verdict: The verdict.

    Returns:
        The headline, and the explanation indented under it.
    """
    return "\n  ".join([headline(verdict), *explanation(verdict)])


def as_html(verdict: Verdict, exercise: Exercise) -> str:
    """Write a verdict for a notebook or a feedback page.

    Args:
        verdict: The verdict.
        exercise: The exercise it belongs to, for the link to its chapter.

    Returns:
        A card whose state is told by words and colour, on light and dark pages alike.
    """
    colour = _RED if not verdict.met else _GREEN if verdict.counts else _AMBER
    lines = explanation(verdict)
    link = html.escape(chapter_url(exercise))
    body = "".join(
        f"<p style='margin:.3em 0'>{html.escape(line)}</p>" for line in lines
    )
    if lines:
        body += f"<p style='margin:.3em 0'><a href='{link}'>Read the chapter</a></p>"
    return (
        f"<div style='border-left:6px solid {colour};padding:.3em .9em;margin:.3em 0'>"
        f"<strong>{html.escape(headline(verdict))}</strong>{body}</div>"
    )
