"""An attacker for criteria: real injections, what each would win, what reached SQL.

A criterion fills a ``Database`` of its own, hands over the call that is attacked, and
says what must stay hidden. The words judge what came back, what is stored afterwards
and what reached the database; how the learner's code is written is nobody's business::

    def test_search_shows_own_cases_only(solution):
        database = Database(*SCHEMA)
        database.execute("insert into cases values (7, 'kim', ?)", secret)
        connection = database.connection(solution)
        expect_harmless(
            database,
            lambda text: solution.search(connection, text),
            injections("text", table="cases", column="party", width=2),
            called="search(connection, {})",
            hidden={"cases of other people": [secret]},
        )
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from autograder.checks.database import Database, Statement
from autograder.checks.outcomes import (
    Outcome,
    expect,
    outcome_of,
    result_of,
    shown_value,
    with_article,
)

__all__ = [
    "HONEST_TEXTS",
    "Injection",
    "expect_bound",
    "expect_harmless",
    "expect_refused",
    "injections",
]

Place = Literal["text", "pattern", "number", "name"]

HONEST_TEXTS = (
    "O'Brien",
    "d''Artagnan",
    "100%_discount",
    "snake_case",
    r"C:\new\100%",
    'the "blue" one',
    "rock -- roll; live",
    "/* sold */",
    "who? :name %(name)s",
    "Ægir 李",
)
"""What honest people write, and what careless code takes for SQL or for wildcards."""

_EVERY_ROW = "see every row"
_OTHER_TABLE = "read the column {column} of {table}"
_GONE = "empty the table {table}"
_GUESS = "learn {column} question by question"

# Written for SQLite, which the judge has; each stands for a family that others share.
_TEMPLATES: dict[Place, tuple[tuple[str, str], ...]] = {
    "text": (
        ("' OR 1=1 --", _EVERY_ROW),
        ("' OR '1'='1", _EVERY_ROW),
        ("') OR 1=1 --", _EVERY_ROW),
        ("%' OR 1=1 /*", _EVERY_ROW),
        ('" OR 1=1 --', _EVERY_ROW),
        ("\\' OR 1=1 --", "see every row where quotes get a backslash"),
        ("＇ OR 1=1 --", "see every row once Unicode is normalised"),
        ("%27 OR 1=1 --", "see every row once percent signs are decoded"),
        ("&#39; OR 1=1 --", "see every row once HTML is decoded"),
        ("' UNION SELECT {columns} FROM {table} --", _OTHER_TABLE),
        ("%') UNION SELECT {columns} FROM {table} --", _OTHER_TABLE),
        ("' || (SELECT {column} FROM {table} LIMIT 1) || '", _OTHER_TABLE),
        ("' OR length((SELECT {column} FROM {table})) > 3 --", _GUESS),
        ("'; DELETE FROM {table}; --", _GONE),
        ("x'); DELETE FROM {table}; --", _GONE),
    ),
    "pattern": (
        ("%", _EVERY_ROW),
        ("_", _EVERY_ROW),
        ("%%", _EVERY_ROW),
        ("_%", _EVERY_ROW),
        ("*", "see every row where the pattern is a GLOB"),
        (".", "see every row where the pattern is a regular expression"),
    ),
    "number": (
        ("0 OR 1=1", _EVERY_ROW),
        ("0) OR (1=1", _EVERY_ROW),
        ("0 OR 1=1 --", _EVERY_ROW),
        ("' OR 1=1 --", _EVERY_ROW),
        ("0 UNION SELECT {columns} FROM {table}", _OTHER_TABLE),
        ("(SELECT min(rowid) FROM {table})", "name a row without its number"),
        ("0; DELETE FROM {table}", _GONE),
    ),
    "name": (
        ("{column}", "sort by what it must not see"),
        ("1", "sort by a column that has no name"),
        ("(SELECT {column} FROM {table})", _OTHER_TABLE),
        ("CASE WHEN {column} LIKE 'a%' THEN 0 ELSE 1 END", _GUESS),
        ("{known}, {column}", "sort by what it must not see"),
        ("{known} --", "cut off the rest of the statement"),
        ("{known}; DELETE FROM {table}", _GONE),
        ("{known} LIMIT 1000 --", "see more rows than it is shown"),
        ('{known}" --', "break out of the quotes of a name"),
        ("no_such_column", "learn the schema from error messages"),
        ("", "find out what happens without a name"),
    ),
}

_REFUSALS = {"ValueError", "TypeError", "IntegrityError", "DataError"}


@dataclass(frozen=True)
class Injection:
    """A hostile input.

    Attributes:
        text: What the attacker types.
        aim: What it is to achieve, as words that complete "it tries to ...".
    """

    text: str
    aim: str


def injections(
    place: Place, *, table: str, column: str, width: int = 1, known: str = "id"
) -> list[Injection]:
    """List the real injections for one place in a statement.

    Args:
        place: ``text`` between quotes, a LIKE ``pattern`` (its wildcards only), a
            ``number`` without quotes, or a ``name`` of a column, table or direction.
        table: The table that is attacked.
        column: Its column with the secret.
        width: How many columns the attacked query has, for UNION.
        known: A name that is allowed, to be extended by what is not.

    Returns:
        The injections, the best known first.
    """
    columns = ", ".join([column] * width)
    words = {"table": table, "column": column, "columns": columns, "known": known}
    return [
        Injection(text.format(**words), aim.format(**words))
        for text, aim in _TEMPLATES[place]
    ]


def expect_harmless(
    database: Database,
    call: Callable[[str], object],
    attacks: Iterable[Injection],
    *,
    called: str,
    wanted: object = (),
    hidden: Mapping[str, Collection[str]] | None = None,
    writes: Collection[str] = (),
) -> None:
    """Demand that hostile texts are taken for data: nothing is seen, nothing changes.

    A refusal is as good as the wanted answer: a ValueError, a TypeError, or a bound
    value that the database will not take. A statement that the database cannot run is
    none, since it means that the text was read as SQL.

    Args:
        database: The database that the call uses.
        call: Makes the learner's call with the text.
        attacks: The hostile texts.
        called: The call as a learner can repeat it; ``{}`` stands for the text.
        wanted: What honest code returns, when the text is no row's: by default nothing,
            in whatever empty collection.
        hidden: What must not come back: words for it in the plural, and for each the
            values that give it away.
        writes: Tables that the call may write to.

    Raises:
        CriterionNotMet: The first attack that succeeds.
    """
    before = _stored(database, writes)
    for attack in attacks:
        outcome = outcome_of(partial(call, attack.text))
        changed = _change(before, _stored(database, writes))
        leaked = _leak(outcome, hidden or {})
        answered = _refused(outcome) or _answers(outcome, wanted)
        expect(
            answered and not changed and not leaked,
            called=called.replace("{}", repr(attack.text)),
            got=changed or leaked or str(outcome),
            expected=f"{_shown(wanted)}: this text tries to {attack.aim}",
        )


def expect_refused(
    database: Database,
    call: Callable[[str], object],
    attacks: Iterable[Injection],
    *,
    called: str,
    error: str = "ValueError",
) -> None:
    """Demand that a name outside a closed list is refused before a statement is sent.

    Args:
        database: The database that the call uses.
        call: Makes the learner's call with the text.
        attacks: The hostile texts.
        called: The call as a learner can repeat it; ``{}`` stands for the text.
        error: Name of the exception class; subclasses will do.

    Raises:
        CriterionNotMet: The first text that is not refused.
    """
    for attack in attacks:
        database.statements.clear()
        outcome = outcome_of(partial(call, attack.text))
        sent = [f"sent {_sql(statement)}" for statement in database.statements]
        expect(
            error in outcome.errors and not sent,
            called=called.replace("{}", repr(attack.text)),
            got=" and ".join([*sent[:1], str(outcome)]),
            expected=f"{with_article(error)} and no statement: "
            f"this text tries to {attack.aim}",
        )


def expect_bound(
    database: Database,
    call: Callable[[], Any],
    values: Collection[str | int],
    *,
    called: str,
    unwritten: Collection[str | int] = (),
) -> Any:
    """Demand that values reach the database as parameters, and never in the SQL.

    Args:
        database: The database that the call uses.
        call: Makes the learner's call.
        values: What it is given: fresh words and large fresh numbers, which stand
            nowhere by chance.
        called: The call as a learner can repeat it.
        unwritten: Values that honest code may also use on its own side, as to compare a
            secret: they need be no parameters, but must not stand in the SQL.

    Returns:
        What the call returned.

    Raises:
        CriterionNotMet: A value is part of a statement, or no statement's parameter.
    """
    database.statements.clear()
    result = result_of(call, called=called, expected="no error")
    for value in (*values, *unwritten):
        written = [s for s in database.statements if _holds(s.text, value)]
        expect(
            not written,
            called=called,
            got=f"sent {_sql(written[0])}" if written else "",
            expected=f"SQL that is the same for every value, and {value!r} beside it",
        )
    for value in values:
        expect(
            any(_binds(statement, value) for statement in database.statements),
            called=called,
            got=_sent(database.statements),
            expected=f"{value!r} among the parameters of a statement",
        )
    return result


def _stored(database: Database, writes: Collection[str]) -> dict[str, list[Any]]:
    return {
        table: rows
        for table, rows in database.contents().items()
        if table not in writes
    }


def _change(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> str:
    """Say which table is not what it was, in words that complete "It ..."."""
    for table in before.keys() | after.keys():
        old, new = before.get(table), after.get(table)
        if old is None or new is None:
            return f"{'made' if old is None else 'dropped'} the table {table}"
        if len(old) != len(new):
            return f"left {len(new)} of {len(old)} rows in the table {table}"
        if old != new:
            return f"changed rows of the table {table}"
    return ""


def _leak(outcome: Outcome, hidden: Mapping[str, Collection[str]]) -> str:
    """Say what came back that must not be seen, in words that complete "It ..."."""
    value = outcome.value
    items = value if isinstance(value, list | tuple) else [value]
    for words, secrets in hidden.items():
        shown = [i for i in items if any(str(s) in repr(i) for s in secrets)]
        if shown:
            return f"returned {len(shown) if shown[1:] else 'one of the'} {words}"
    return ""


def _answers(outcome: Outcome, wanted: object) -> bool:
    if wanted == ():
        return not outcome.raised and outcome.value in ([], (), {}, set(), None)
    return outcome.matches(Outcome(value=wanted))


def _refused(outcome: Outcome) -> bool:
    return not _REFUSALS.isdisjoint(outcome.errors)


def _shown(wanted: object) -> str:
    return "nothing" if wanted == () else shown_value(wanted)


def _sql(statement: Statement) -> str:
    return shown_value(str(statement))


def _sent(statements: list[Statement]) -> str:
    if not statements:
        return "sent no statement"
    last = statements[-1]
    return f"sent {_sql(last)} with the parameters {shown_value(list(last.bound))}"


def _binds(statement: Statement, value: str | int) -> bool:
    return any(_holds(str(item), value) for item in _flat(statement.bound))


def _flat(bound: object) -> Iterator[object]:
    if isinstance(bound, Mapping):
        bound = list(bound.values())
    if isinstance(bound, list | tuple):
        for item in bound:
            yield from _flat(item)
    else:
        yield bound


def _holds(text: str, value: str | int) -> bool:
    """Whether a value stands in a text: a word anywhere, a number by itself."""
    if isinstance(value, int):
        return re.search(rf"(?<![\w.]){value}(?![\w.])", text) is not None
    return value.casefold() in text.casefold()
