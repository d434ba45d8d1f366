"""What a call costs at the database, as the data grow.

Counted where statements are carried out, so it makes no difference whether they were
written with an ORM, a query builder or by hand. A criterion lets a database grow, hands
over a session or a connection each time, and looks at the numbers::

    def test_one_page_costs_the_same(solution, original):
        database = Database(*schema_of(original.Base))
        sessions = database.sessionmaker(solution)

        def page():
            with sessions() as session:
                return solution.page(session)

        costs = costs_at(
            [1, 10, 100],
            database,
            lambda numbers: database.fill("concerts", [{"id": n} for n in numbers]),
            page,
            called="page(session)",
        )
        expect_statements(costs, most=2, called="page(session)", things="concerts")
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from autograder.checks.database import Database, Statement
from autograder.checks.outcomes import expect, result_of, shown_value

__all__ = [
    "Cost",
    "cost_of",
    "costs_at",
    "expect_rows",
    "expect_statements",
    "expect_unread",
    "schema_of",
]


@dataclass(frozen=True)
class Cost:
    """What one call cost.

    Attributes:
        sent: The statements.
    """

    sent: tuple[Statement, ...]

    @property
    def statements(self) -> int:
        """How many statements were sent."""
        return len(self.sent)

    @property
    def rows(self) -> int:
        """How many rows came back, whether or not they were used."""
        return sum(statement.rows for statement in self.sent)


def schema_of(base: Any) -> list[str]:
    """Write the statements that make a database for SQLAlchemy's models.

    Args:
        base: The declarative base, of the original code: it runs on the judge's side.

    Returns:
        A statement for each table and index, in the order of their dependencies.
    """
    # Only exercises about SQLAlchemy pay for its import.
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415
    from sqlalchemy.schema import (  # noqa: PLC0415
        CreateIndex,
        CreateTable,
        DDLElement,
    )

    made: list[DDLElement] = []
    for table in base.metadata.sorted_tables:
        made += [CreateTable(table)]
        made += [CreateIndex(index) for index in sorted(table.indexes, key=str)]
    return [str(each.compile(dialect=sqlite.dialect())) for each in made]


def cost_of(database: Database, call: Callable[[], object], *, called: str) -> Cost:
    """Make a call and tell what it cost.

    Args:
        database: The database that it uses.
        call: A function without arguments.
        called: The call as a learner can repeat it.

    Returns:
        What it cost.

    Raises:
        CriterionNotMet: The call raised.
    """
    database.statements.clear()
    result_of(call, called=called, expected="no error")
    return Cost(tuple(database.statements))


def costs_at(
    sizes: Sequence[int],
    database: Database,
    add: Callable[[range], object],
    call: Callable[[], object],
    *,
    called: str,
) -> dict[int, Cost]:
    """Tell what a call costs while a database grows.

    Args:
        sizes: How many of what grows, such as 1, 10 and 100 parents.
        database: The database; it is empty of them.
        add: Stores those with the numbers that it is given; the first is 1.
        call: Makes the call, in a session or on a connection that saw nothing before.
        called: The call as a learner can repeat it.

    Returns:
        What it cost, by size.

    Raises:
        CriterionNotMet: The call raised.
    """
    costs = {}
    for before, size in pairwise([0, *sizes]):
        add(range(before + 1, size + 1))
        costs[size] = cost_of(database, call, called=called)
    return costs


def expect_statements(
    costs: Mapping[int, Cost], *, most: int, called: str, things: str
) -> None:
    """Demand that the number of statements has a bound which the data do not move.

    Args:
        costs: What ``costs_at`` returned.
        most: How many statements are enough.
        called: The call as a learner can repeat it.
        things: What there is more and more of, in the plural.

    Raises:
        CriterionNotMet: There were more.
    """
    sent = {size: cost.statements for size, cost in costs.items()}
    expect(
        max(sent.values()) <= most,
        called=f"{called} with {_listed(sent)} {things}",
        got=f"sent {_listed(sent.values())} statements",
        expected=f"at most {most}, however many {things} there are",
    )


def expect_rows(
    costs: Mapping[int, Cost],
    *,
    most: Callable[[int], int],
    called: str,
    things: str,
) -> None:
    """Demand that no more rows come back than the answer needs.

    Joins of two collections multiply rows; tables that are read whole show here too.

    Args:
        costs: What ``costs_at`` returned.
        most: How many rows are enough at a size.
        called: The call as a learner can repeat it.
        things: What there is more and more of, in the plural.

    Raises:
        CriterionNotMet: There were more.
    """
    rows = {size: cost.rows for size, cost in costs.items()}
    bounds = {size: most(size) for size in costs}
    expect(
        all(rows[size] <= bounds[size] for size in costs),
        called=f"{called} with {_listed(rows)} {things}",
        got=f"fetched {_listed(rows.values())} rows",
        expected=f"at most {_listed(bounds.values())}",
    )


def expect_unread(
    cost: Cost,
    *,
    called: str,
    tables: Collection[str] = (),
    columns: Collection[str] = (),
) -> None:
    """Demand that a call leaves alone what its answer does not need.

    Args:
        cost: What ``cost_of`` returned.
        called: The call as a learner can repeat it.
        tables: Tables that must not be read.
        columns: Columns that must not be read, as ``table.column``.

    Raises:
        CriterionNotMet: A statement reads one of them.
    """
    for statement in cost.sent:
        seen = sorted(
            {t for t, _ in statement.reads if t in tables}
            | {f"{t}.{c}" for t, c in statement.reads if f"{t}.{c}" in columns}
        )
        expect(
            not seen,
            called=called,
            got=f"read {', '.join(seen)}, with {shown_value(str(statement))}",
            expected="only what the answer needs to be read",
        )


def _listed(items: Collection[object]) -> str:
    """Write several things as one says them: ``1, 10 and 100``."""
    *most, last = map(str, items)
    return f"{', '.join(most)} and {last}" if most else last
