"""A Django site for criteria: planted data, real requests, statements seen.

The app is the learner's, started anew by ``start_app`` in the cell; its database lives
with the criterion (``autograder.checks.database``), below a backend derived from
Django's own for SQLite. So what is counted and what is stored is beyond its reach::

    def test_one_page_costs_the_same_for_many_rows(solution):
        site = Site(solution)
        site.plant("Room", *[{"name": f"room {n}"} for n in range(30)])
        page = site.get("/rooms/")
        expect(len(page.statements) <= 2, called=page.called, ...)
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Loaded here, not in a probe: the judge runs the original, and has no files then.
from autograder.border import django_visitor
from autograder.checks.database import Database, Statement
from autograder.checks.outcomes import expect, result_of, shown_value

__all__ = ["Page", "Site", "User"]

_VISITOR = f"""
from {django_visitor.__name__} import Visitor
visitor = Visitor(__name__, connect)
"""
_ON_DATA = ("select", "insert", "update", "delete", "replace", "with")
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class User:
    """Who is logged in.

    Attributes:
        username: The name.
        is_staff: Whether the user works here.
        id: The primary key, where data points to the user; then plant it as well.
    """

    username: str
    is_staff: bool = False
    id: int | None = None

    def __str__(self) -> str:
        return f"{self.username} (staff)" if self.is_staff else self.username


@dataclass(frozen=True)
class Page:
    """What a request led to.

    Attributes:
        called: The request, as a learner can repeat it.
        status: The status code.
        headers: By name.
        text: The body.
        raised: The exception that left the view, which a visitor sees as a status 500.
        sent: All statements that reached the database, transactions included.
    """

    called: str
    status: int
    headers: Mapping[str, str]
    text: str
    raised: str
    sent: tuple[Statement, ...]

    @property
    def statements(self) -> list[str]:
        """The statements that read or change data."""
        told = [str(statement) for statement in self.sent]
        return [text for text in told if text.lower().startswith(_ON_DATA)]

    @property
    def words(self) -> str:
        """What a reader sees: the text without tags, each gap one space."""
        return " ".join(html.unescape(_TAG.sub(" ", self.text)).split())

    def __str__(self) -> str:
        told = f"answered {self.status}"
        if self.raised:
            return f"{told}, for the view raised {self.raised}"
        return f"{told} with {shown_value(self.words)}" if self.words else told

    def expect_status(self, *wanted: int, why: str = "") -> "Page":
        """Demand a status code.

        Args:
            *wanted: The codes that will do.
            why: What it says, such as ``for an article that does not exist``.

        Returns:
            This page.

        Raises:
            CriterionNotMet: It has another one.
        """
        codes = " or ".join(map(str, wanted))
        expect(
            self.status in wanted,
            called=self.called,
            got=str(self),
            expected=f"status {codes} {why}".strip(),
        )
        return self


class Site:
    """The learner's app with a database of its own and no data yet.

    Args:
        solution: The learner's or the original code.

    Attributes:
        database: Where the app's data is stored.

    Raises:
        CriterionNotMet: The app has no tables, or does not call ``start_app``.
    """

    def __init__(self, solution: Any) -> None:
        self.database = Database()
        self._visitor = result_of(
            lambda: solution.probe(_VISITOR, connect=self.database.connect).visitor,
            called="your cell, and had Django make its tables",
            expected="an app with models, begun by start_app",
        )

    def plant(self, model: str, *rows: Mapping[str, Any]) -> list[Any]:
        """Store objects, as the app's own models do it.

        Args:
            model: The model's name; ``auth.User`` for users.
            *rows: For each object its fields; ``room_id`` for a foreign key ``room``.

        Returns:
            Their primary keys.

        Raises:
            CriterionNotMet: The model refuses them.
        """
        made = result_of(
            lambda: self._visitor.plant(model, [dict(row) for row in rows]),
            called=f"{model}.save() for {shown_value(list(map(dict, rows)))}",
            expected="models that keep the fields which the brief names",
        )
        return list(made)

    def stored(self, model: str, *fields: str) -> list[tuple[Any, ...]]:
        """Look into the database, past the app's managers.

        Args:
            model: The model's name.
            *fields: Names of fields; of a foreign key, the key is told.

        Returns:
            A row for each object, in the order of the first field.
        """
        table, columns = self._visitor.place(model, list(fields))
        wanted = ", ".join(_quoted(column) for column in columns)
        return self.database.execute(
            f"select {wanted} from {_quoted(table)} order by 1"  # noqa: S608 - quoted
        )

    def columns(self, model: str, *fields: str) -> dict[str, str]:
        """Tell how the database stores fields.

        Args:
            model: The model's name.
            *fields: Names of fields.

        Returns:
            By field the column's type, such as ``varchar(40)``.
        """
        table, columns = self._visitor.place(model, list(fields))
        types = dict(
            self.database.execute("select name, type from pragma_table_info(?)", table)
        )
        return {
            field: types.get(column, "no column")
            for field, column in zip(fields, columns, strict=True)
        }

    def get(self, path: str, *, user: User | None = None) -> Page:
        """Send a GET.

        Args:
            path: With its query.
            user: Who is logged in; None for a visitor.

        Returns:
            The page.
        """
        return self._send("GET", path, None, user)

    def post(self, path: str, data: Any, *, user: User | None = None) -> Page:
        """Send a form.

        Args:
            path: The path.
            data: Its fields; a list for a field that comes several times.
            user: Who is logged in; None for a visitor.

        Returns:
            The page.
        """
        return self._send("POST", path, data, user)

    def _send(self, method: str, path: str, data: Any, user: User | None) -> Page:
        told = f"{method} {path}"
        if data is not None:
            told += f" with {shown_value(data)}"
        told += f" as {user}" if user else " as a visitor"
        fields = (
            {"username": user.username, "is_staff": user.is_staff, "id": user.id}
            if user
            else None
        )
        self.database.statements.clear()
        answer = result_of(
            lambda: self._visitor.send(method, path, data, fields),
            called=told,
            expected="a page",
        )
        return Page(
            told,
            answer["status"],
            dict(answer["headers"]),
            answer["text"],
            answer["raised"],
            tuple(self.database.statements),
        )


def _quoted(name: object) -> str:
    return '"' + str(name).replace('"', '""') + '"'
