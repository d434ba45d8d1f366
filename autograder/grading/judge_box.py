"""What runs in the judge's box: the criteria of one exercise on one answer.

It is closed like the learner's, as it eats what learner code sends; it may only start
programs besides, such as a linter.
"""

import gc
import json
import socket
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from autograder.border.judge_end import JudgeEnd, RemoteNamespace
from autograder.chance import preparing, seeded
from autograder.criteria import Evidence
from autograder.exercises import Exercise, find_exercises
from autograder.grading.zygote import Main, Work
from autograder.judge import find, judge, out_of_time
from autograder.namespace import files_of
from autograder.rooms import Rooms
from autograder.sandbox import Level, Limits, confine

_LIMITS = Limits(cpu_seconds=60)
_MAX_SHOWN = 1500
_SECRET_LINE = 20
_WITHHELD = "[withheld]"


def warm() -> tuple[Callable[[Work], None], Main]:
    """Load all exercises with their criteria.

    Returns:
        What to do before each fork, and in each box.
    """
    exercises = {e.slug: e for e in find_exercises(Rooms.of_this_course())}
    for exercise in exercises.values():
        # All that is read from files is read now: later there are none.
        _ = (exercise.criteria, exercise.solution, exercise.brief)
        secret_lines(exercise)

    def before(work: Work) -> None:
        _prepare(exercises[work.told["slug"]])

    return before, lambda work, level: _live_in_box(exercises, work, level)


_prepared: set[str] = set()


def _prepare(exercise: Exercise) -> None:
    """Generate inputs once for all learners: while judging what meets all criteria."""
    if exercise.slug not in _prepared:
        _prepared.add(exercise.slug)
        with preparing():
            judge(exercise, exercise.solution)
        # A box closes the files that it inherits. Garbage that owns one, such as a
        # database, would close its number there again, when another file has it.
        gc.collect()


def _live_in_box(exercises: dict[str, Exercise], work: Work, level: Level) -> None:
    exercise = exercises[work.told["slug"]]
    confine(
        level,
        _LIMITS,
        may_execute=True,
        keep=[connection.fileno() for connection in work.sockets],
    )
    with work.line.makefile("rwb") as line:
        request = json.loads(line.readline())
        for name, connection in zip(request["criteria"], work.criteria, strict=True):
            left = request["deadline"] - time.monotonic()
            seconds = min(request["seconds"], left)
            evidence = _judge(exercise, name, request, connection, seconds)
            line.write(json.dumps([name, evidence]).encode() + b"\n")
            line.flush()


def _judge(
    exercise: Exercise,
    name: str,
    request: dict[str, Any],
    connection: socket.socket,
    seconds: float,
) -> list[str] | None:
    """Judge by one criterion; closing the connection ends the other process."""
    criterion = exercise.criterion(name)
    if seconds <= 0:
        connection.close()
        return _told(out_of_time(criterion), exercise)
    with connection, seeded(f"{request['seed']} {name}"):
        end = JudgeEnd(connection)
        evidence = find(
            criterion,
            exercise.brief.starter,
            lambda: RemoteNamespace(end, request["source"], exercise.brief.package),
            package=exercise.brief.package,
            seconds=seconds,
        )
        end.part()
    return _told(evidence, exercise) if evidence else None


def _told(evidence: Evidence, exercise: Exercise) -> list[str]:
    """Words for a learner: of bounded length, and without a line of hidden tests."""
    return [
        _without(secret_lines(exercise), text)[:_MAX_SHOWN]
        .encode(errors="replace")
        .decode()
        for text in (evidence.called, evidence.got, evidence.expected)
    ]


def _without(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, _WITHHELD)
    return text


@cache
def secret_lines(exercise: Exercise) -> tuple[str, ...]:
    """The lines of hidden tests that nobody may read, also not by an exception's text.

    Learner code shares its process with the probes of a criterion. What it says of them
    is withheld where it says it in so many words.

    Args:
        exercise: The exercise.

    Returns:
        The lines, longest first; those that learners have anyway are left out.
    """
    public = "\n".join(
        [
            exercise.visible_path.read_text(encoding="utf-8"),
            exercise.brief_path.read_text(encoding="utf-8"),
            *files_of(exercise.brief.starter, exercise.brief.package).values(),
            f"import {exercise.brief.package}",  # what we say that we ran
            *(f"{c.title}\n{c.hint}" for c in exercise.criteria),
        ]
    )
    lines = exercise.hidden_path.read_text(encoding="utf-8").splitlines()
    secrets = {line.strip() for line in lines}
    return tuple(
        sorted(
            (s for s in secrets if len(s) >= _SECRET_LINE and s not in public),
            key=len,
            reverse=True,
        )
    )
