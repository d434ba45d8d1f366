"""The feedback page: what a learner reads about one notebook that was graded.

Both ways to a page meet in one model and one template: a ``Result`` of the fast batch
and a notebook under ``autograded``, which ``feedback_exporter`` reads.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.exercises import Exercise
from autograder.files import unpack
from autograder.grading import untrusted
from autograder.grading.files import write_whole
from autograder.grading.intake import ANSWER_ID, Submission
from autograder.grading.result import Result
from autograder.judge import Verdict
from autograder.report import chapter_url, explanation, facts, headline

State = Literal["todo", "waiting", "met"]

MOST_CELLS = 40
_TEMPLATES = Path(__file__).with_name("templates")
_LINE = re.compile(r" in line (\d{1,6})\Z")
_NO_RESPONSE = "No response."  # nbgrader's, for an answer that is still the starter
_BAR_WIDTH, _BAR_HEIGHT = 600.0, 26.0


@dataclass(frozen=True)
class Grades:
    """What the gradebook says about one notebook.

    Attributes:
        score: Points, before a late penalty.
        max_score: Points to be had.
        late_penalty: Points taken off for handing in late.
        comments: What instructors wrote, by grade id.
        manual: Points that an instructor gave by hand, by grade id.
        graded: When it was graded.
    """

    score: float
    max_score: float
    late_penalty: float = 0.0
    comments: Mapping[str, str] = field(default_factory=dict)
    manual: Mapping[str, float] = field(default_factory=dict)
    graded: datetime | None = None


@dataclass(frozen=True)
class Card:
    """What a page says about one criterion.

    Attributes:
        name: The criterion's name.
        state: Whether it is to be done, met but waiting for a design criterion, or met.
        points: Points that the verdict earned.
        max_points: Points to be had.
        opening: The first words: the state.
        title: What was judged.
        worth: Points and kind, in brackets.
        facts: What was done, what came back, what was expected.
        notes: Further lines: the hint, the rule.
        line: The line of the answer that the verdict names.
        words: A card of plain nbgrader, sanitised, in place of all these.
    """

    name: str
    state: State
    points: float
    max_points: float
    opening: str = ""
    title: str = ""
    worth: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    line: str = ""
    words: Markup = field(default_factory=Markup)


@dataclass(frozen=True)
class OwnCell:
    """A cell that the learner added, or what the answer cell showed.

    Attributes:
        code: Its code, coloured; empty for text.
        prose: Its text, rendered; empty for code.
        shown: What it showed when it was run.
    """

    code: Markup
    prose: Markup
    shown: tuple[untrusted.Shown, ...]


@dataclass(frozen=True)
class Page:
    """All that the template needs.

    Attributes:
        exercise: The exercise.
        learner: The learner's id.
        cards: One for each criterion, in the exercise's order.
        grades: What the gradebook says.
        answer: The answer's source, or packed files; None when there is none.
        answer_shown: What the answer cell showed.
        cells: The learner's own cells.
        cells_left_out: How many more there were.
        problem: Why nothing could be judged; it completes "Your notebook ...".
    """

    exercise: Exercise
    learner: str
    cards: Sequence[Card]
    grades: Grades
    answer: str | None
    answer_shown: Sequence[untrusted.Shown]
    cells: Sequence[OwnCell]
    cells_left_out: int
    problem: str | None


def feedback_page(
    exercise: Exercise,
    submission: Submission,
    result: Result,
    grades: Grades | None,
    learner: str,
) -> str:
    """Write the feedback page of a notebook that was just graded.

    Args:
        exercise: The exercise.
        submission: What was handed in.
        result: What grading it led to.
        grades: What the gradebook says; None to go by the result alone.
        learner: The learner's id.

    Returns:
        A page of HTML that needs nothing beside itself.
    """
    cards = [verdict_card(verdict) for verdict in result.verdicts(exercise)]
    given = [
        (cell.cell_type, cell.source, result.outputs.get(cell.id, ()))
        for cell in submission.cells
        if cell.grade_id is None
    ]
    return render(
        Page(
            exercise=exercise,
            learner=learner,
            cards=cards,
            grades=grades or _by_verdicts(cards),
            answer=submission.answer,
            answer_shown=untrusted.show(result.outputs.get(ANSWER_ID, ())),
            cells=own_cells(given),
            cells_left_out=max(len(given) - MOST_CELLS, 0),
            problem=submission.problem,
        )
    )


def _by_verdicts(cards: Sequence[Card]) -> Grades:
    return Grades(sum(c.points for c in cards), sum(c.max_points for c in cards))


@lru_cache(maxsize=1024)
def verdict_card(verdict: Verdict) -> Card:
    """Make a card of a verdict, in the words that terminal and notebook use.

    Args:
        verdict: The verdict.

    Returns:
        The card.
    """
    opening, _, rest = headline(verdict).partition(" ")
    if not verdict.met:
        opening, rest = "Not met:", rest.removeprefix("met: ")
    title, _, worth = rest.rpartition(" (")
    criterion, evidence = verdict.criterion, verdict.evidence
    found = _LINE.search(evidence.got) if evidence else None
    lines = explanation(verdict)
    return Card(
        name=criterion.name,
        state="todo" if evidence else "met" if verdict.counts else "waiting",
        points=verdict.points,
        max_points=criterion.points,
        opening=opening,
        title=title,
        worth=f"({worth}",
        facts=tuple(facts(evidence)) if evidence else (),
        # The first line of an explanation of evidence is the facts in one.
        notes=tuple(lines[1:] if evidence else lines),
        line=found.group(1) if found else "",
    )


def own_cells(given: Sequence[tuple[str, str, Iterable[object]]]) -> list[OwnCell]:
    """Prepare the learner's own cells.

    Args:
        given: Type, source and outputs of each.

    Returns:
        The first of them; a page does not show hundreds.
    """
    cells: list[OwnCell] = []
    pictures, left = untrusted.MOST_PICTURES, untrusted.LONGEST_TEXT
    for kind, source, outputs in given[:MOST_CELLS]:
        shown = untrusted.show(outputs, pictures=pictures) if kind == "code" else []
        pictures -= sum(item.picture is not None for item in shown)
        if not source.strip() and not shown:
            continue
        left -= len(source)
        # Parsers are slow on text that was made to be slow: they get only so much.
        parsed, cut = left >= 0, source[: untrusted.LONGEST_TEXT]
        if kind == "markdown" and parsed:
            code, prose = Markup(), untrusted.prose(cut)
        else:
            plain = kind != "code" or not parsed
            code, prose = untrusted.code(cut, plain=plain), Markup()
        cells.append(OwnCell(code, prose, tuple(shown)))
    return cells


def render(page: Page) -> str:
    """Fill the template.

    Args:
        page: What it says.

    Returns:
        HTML.
    """
    cards, grades, answer = page.cards, page.grades, page.answer
    groups: dict[State, list[Card]] = {"todo": [], "waiting": [], "met": []}
    for card in cards:
        groups[card.state].append(card)
    final = max(grades.score - grades.late_penalty, 0)
    untouched = (
        answer is not None and answer.strip() == page.exercise.brief.starter.strip()
    )
    return untrusted.valid(
        _template().render(
            page=page,
            exercise=page.exercise,
            chapter=chapter_url(page.exercise),
            groups=groups,
            shared=_shared_facts(groups["todo"]),
            grades=grades,
            final=final,
            bar=_bar(groups, grades.manual),
            graded=_moment(grades.graded),
            comments=_comments(grades.comments, untouched=untouched),
            untouched=untouched,
            answer=_shown_answer(page.exercise, answer) if answer else None,
            one_cell=bool(answer) and page.exercise.brief.package is None,
        )
    )


def _shown_answer(exercise: Exercise, answer: str) -> list[tuple[str, Markup]]:
    """The answer's files with their paths; a cell needs none."""
    if exercise.brief.package is None:
        return [("", untrusted.code(answer, numbered="answer"))]
    left = untrusted.LONGEST_TEXT
    shown = []
    for number, (path, text) in enumerate(unpack(answer).items(), start=1):
        left -= len(text)  # colouring takes a moment for each line
        ids = f"answer-{number}"
        shown.append((path, untrusted.code(text, numbered=ids, plain=left < 0)))
    return shown


def _shared_facts(todo: Sequence[Card]) -> tuple[tuple[str, str], ...]:
    """What all cards say alike: one cause stops them all, such as a syntax error."""
    told = {card.facts for card in todo}
    return told.pop() if len(todo) > 1 and len(told) == 1 else ()


def _comments(comments: Mapping[str, str], *, untouched: bool) -> list[Markup]:
    return [
        untrusted.prose(text, links=True)
        for text in comments.values()
        if text and text.strip() and not (untouched and text == _NO_RESPONSE)
    ]


@dataclass(frozen=True)
class _Segment:
    """A piece of the bar of points."""

    x: float
    width: float
    earned: float
    state: State


def _bar(
    groups: Mapping[State, Sequence[Card]], manual: Mapping[str, float]
) -> list[_Segment]:
    """Lay out the criteria as a bar: what is earned first, what is to be done last."""
    cards = [*groups["met"], *groups["waiting"], *groups["todo"]]
    total = sum(card.max_points for card in cards) or 1
    segments: list[_Segment] = []
    x = 0.0
    for card in cards:
        width = _BAR_WIDTH * card.max_points / total
        share = manual.get(card.name, card.points) / (card.max_points or 1)
        earned = round(width * min(max(share, 0), 1), 2)
        segments.append(_Segment(round(x, 2), round(width, 2), earned, card.state))
        x += width
    return segments


def _moment(moment: datetime | None) -> tuple[str, str] | None:
    """A time for machines and for people."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC)
    said = f"{utc.day} {utc:%B %Y, %H:%M} UTC"
    return utc.isoformat(timespec="seconds"), said


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = _points
    css = (_TEMPLATES / "feedback.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest())
    values: dict[str, Any] = {
        "css": Markup(css),  # noqa: S704 - a file of ours
        "css_digest": digest.decode("ascii"),
        "bar_width": _BAR_WIDTH,
        "bar_height": _BAR_HEIGHT,
    }
    environment.globals.update(values)
    return environment.get_template("feedback.html.jinja")


def _points(number: float) -> str:
    """A number of points as people write it: 7, not 7.0."""
    return f"{round(number, 2):g}"


def write_feedback(page: str, path: Path) -> None:
    """Write a page so that a reader finds the old one or the new one, never half.

    Args:
        page: The page.
        path: Where it goes; folders are made.
    """
    # Readable for all, as `nbgrader generate_feedback` leaves them.
    write_whole(path, page.encode(), mode=0o644, prefix=".feedback-")
