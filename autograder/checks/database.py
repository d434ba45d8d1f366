"""A database for criteria: a real SQLite, and every statement that reaches it is known.

The database lives with the criterion; learner code reaches it through a driver on its
own side (``autograder.border.dbapi``). So what is counted and what is stored is beyond
its reach, with or without a border between the two::

    def test_one_query_for_all_titles(solution):
        database = Database("create table posts (id integer primary key, title text)")
        database.execute("insert into posts (title) values ('a'), ('b')")
        titles = solution.titles(database.session(solution))
        expect(len(database.statements) == 1, ...)
"""

import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder.border import dbapi

__all__ = ["Database", "HandedOver", "Statement", "receiving"]

MAX_ROWS = 10_000
SECONDS_PER_STATEMENT = 2.0
_MAX_LENGTH = 1_000_000
_MAX_PAGES = 5_000
_STEPS = 10_000

# Read while this is imported: a judge's box has none of the course's files.
_DRIVER = Path(dbapi.__file__).read_text(encoding="utf-8")
_ENGINE = """
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.orm import Session as _Session

engine = _create_engine("sqlite://", creator=lambda: Connection(connect()))


def session():
    return _Session(engine)
"""
# What reaches beyond this database, or changes how it is guarded.
_FORBIDDEN = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH}
_PRAGMAS = {
    "foreign_key_check",
    "foreign_key_list",
    "foreign_keys",
    "index_info",
    "index_list",
    "index_xinfo",
    "read_uncommitted",
    "table_info",
    "table_list",
    "table_xinfo",
}

# A file in the box's own /tmp: SQLite's databases in memory let nobody read while a
# transaction is open, and then a criterion could not look at what was left uncommitted.
_SET_UP = f"""
pragma journal_mode = memory;
pragma synchronous = off;
pragma temp_store = memory;
pragma foreign_keys = on;
pragma max_page_count = {_MAX_PAGES};
"""


@dataclass(frozen=True)
class Statement:
    """One statement that learner code had carried out.

    Attributes:
        text: The SQL, as it arrived; a script is one statement.
        bound: Its parameters; several sets for one ``executemany``.
        columns: Names of the columns of its result.
        rows: How many rows its result has, fetched by learner code or not.
    """

    text: str
    bound: tuple[Any, ...]
    columns: tuple[str, ...] = ()
    rows: int = 0

    def __str__(self) -> str:
        return " ".join(self.text.split())


class Database:
    """A SQLite database for one criterion; it goes with the object.

    Args:
        *schema: Statements that set it up.

    Attributes:
        statements: What learner code sent, in order, failures included. Not among them
            are PRAGMAs, which SQLAlchemy asks on its own, and a transaction's begin and
            end, unless they were written as SQL.
    """

    def __init__(self, *schema: str) -> None:
        self.statements: list[Statement] = []
        self._folder = Path(tempfile.mkdtemp())
        self._connections: list[sqlite3.Connection] = []
        weakref.finalize(self, _remove, self._connections, self._folder)
        self._own = self._open()
        self._own.isolation_level = None
        for statement in schema:
            self.execute(statement)

    def execute(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Carry out a statement of the criterion: it is not counted.

        Changes are committed at once. What learner code did not commit is not seen.

        Args:
            statement: SQL.
            *parameters: Its values.

        Returns:
            The rows.
        """
        return self._own.execute(statement, parameters).fetchall()

    def fill(self, table: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Store rows of the criterion: they are not counted.

        Args:
            table: The table.
            rows: For each row its values by column; all have the same columns.
        """
        several = list(rows)
        names = list(several[0]) if several else []
        marks = ", ".join("?" * len(names))
        self._own.executemany(
            f"insert into {table} ({', '.join(names)}) values ({marks})",  # noqa: S608
            [[row[name] for name in names] for row in several],
        )

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read everything that is committed, not counted either.

        Returns:
            For each table its rows, in the order of their numbers.
        """
        tables = self.execute("select name from sqlite_schema where type = 'table'")
        return {
            name: self.execute(f'select * from "{name}"')  # noqa: S608 - ours
            for (name,) in tables
        }

    def connect(self) -> "Link":
        """Open a connection for learner code; this method is what crosses the border.

        Returns:
            The judge's end of it, for ``autograder.border.dbapi``.
        """
        connection = self._open()
        connection.set_authorizer(_authorised)
        return Link(connection, self.statements)

    def connection(self, solution: Any) -> Any:
        """Open a connection beside the learner's code, as ``sqlite3.connect`` would.

        Args:
            solution: The learner's code.

        Returns:
            A PEP 249 connection that is handed over.
        """
        return self._driver(solution, "connection = Connection(connect())").connection

    def engine(self, solution: Any) -> Any:
        """Make a SQLAlchemy engine beside the learner's code.

        Args:
            solution: The learner's code.

        Returns:
            An engine that is handed over.
        """
        return self._driver(solution, _ENGINE).engine

    def session(self, solution: Any) -> Any:
        """Make a SQLAlchemy session beside the learner's code.

        Args:
            solution: The learner's code.

        Returns:
            A session of an engine of its own.
        """
        return self._driver(solution, _ENGINE).session()

    def _driver(self, solution: Any, source: str) -> Any:
        return solution.probe(f"{_DRIVER}\n{source}", connect=self.connect)

    def _open(self) -> sqlite3.Connection:
        # No waiting for locks: all connections are used by one thread of learner code.
        connection = sqlite3.connect(
            self._folder / "database", timeout=0, check_same_thread=False
        )
        connection.executescript(_SET_UP)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_LENGTH)
        self._connections.append(connection)
        return connection


class HandedOver:
    """Stands for a connection, engine or session in a scenario of ``same_as_original``.

    The scenario makes one for each run; the functions of ``receiving`` get the real
    thing, beside the code whose turn it is::

        def day(code, words):
            connection = HandedOver("connection", office)
            code.search(connection, words)
            return connection.database.contents()

        same_as_original(
            receiving(solution, "search"), receiving(original, "search"), day, ...
        )

    Args:
        way: ``connection``, ``engine`` or ``session``, as the method of ``Database``.
        make: Makes the database.

    Attributes:
        database: The database, for a look at what was stored or sent.
    """

    def __init__(self, way: str, make: Callable[[], Database]) -> None:
        self.database = make()
        self._way = way
        self._opened: list[Any] = []

    def opened_for(self, code: Any) -> Any:
        """Open it, once.

        Args:
            code: The learner's or the original code.

        Returns:
            What is handed over.
        """
        if not self._opened:
            self._opened.append(getattr(self.database, self._way)(code))
        return self._opened[0]

    def __repr__(self) -> str:
        return self._way


def receiving(code: Any, *names: str) -> SimpleNamespace:
    """Offer functions that take a ``HandedOver`` where the code takes the real thing.

    Args:
        code: The learner's or the original code.
        *names: The functions.

    Returns:
        The functions as attributes, for ``same_as_original``.
    """

    def through(name: str) -> Callable[..., Any]:
        def function(*given: object, **named: object) -> Any:
            real = [
                item.opened_for(code) if isinstance(item, HandedOver) else item
                for item in given
            ]
            return getattr(code, name)(*real, **named)

        return function

    return SimpleNamespace(**{name: through(name) for name in names})


class Link:
    """The judge's end of one connection: plain data comes in and goes out.

    Failures are answers as well, so that they arrive as what they are.

    Args:
        connection: The connection to the database.
        statements: Where to write down what is carried out.
    """

    def __init__(
        self, connection: sqlite3.Connection, statements: list[Statement]
    ) -> None:
        self._connection = connection
        self._statements = statements

    def execute(self, statement: object, parameters: object) -> dict[str, Any]:
        """Carry out a statement.

        Args:
            statement: SQL.
            parameters: Its values.

        Returns:
            ``rows``, ``columns``, ``rowcount`` and ``lastrowid``; or a ``failure``.
        """
        return self._run(self._connection.execute, statement, [parameters], parameters)

    def execute_many(self, statement: object, several: object) -> dict[str, Any]:
        """Carry out a statement once for each set of parameters.

        Args:
            statement: SQL.
            several: A list of sets.

        Returns:
            As ``execute`` does.
        """
        bound = several if isinstance(several, list) else []
        return self._run(self._connection.executemany, statement, bound, bound)

    def execute_script(self, script: object) -> dict[str, Any]:
        """Carry out several statements at once, after a commit, as ``sqlite3`` does.

        Args:
            script: SQL, with semicolons.

        Returns:
            As ``execute`` does, without rows.
        """

        def run(text: str, _: object) -> sqlite3.Cursor:
            return self._connection.executescript(text)

        return self._run(run, script, [], ())

    def commit(self) -> dict[str, Any]:
        """Keep what was changed.

        Returns:
            Nothing, or a ``failure``.
        """
        return _answer(self._connection.commit)

    def rollback(self) -> dict[str, Any]:
        """Undo what was changed since the last commit.

        Returns:
            Nothing, or a ``failure``.
        """
        return _answer(self._connection.rollback)

    def close(self) -> dict[str, Any]:
        """Close the connection.

        Returns:
            Nothing, or a ``failure``.
        """
        return _answer(self._connection.close)

    def in_transaction(self) -> bool:
        """Tell whether there are changes that are not committed.

        Returns:
            True if so.
        """
        return self._connection.in_transaction

    def isolate(self, level: object) -> dict[str, Any]:
        """Say when a transaction begins.

        Args:
            level: One of ``sqlite3``'s isolation levels; None for never.

        Returns:
            Nothing, or a ``failure``.
        """
        return _answer(lambda: setattr(self._connection, "isolation_level", level))

    def _run(
        self,
        run: Callable[[Any, Any], sqlite3.Cursor],
        statement: object,
        sets: Sequence[object],
        parameters: object,
    ) -> dict[str, Any]:
        if not isinstance(statement, str):
            return _failure(sqlite3.ProgrammingError("a statement is a string"))
        bound = tuple(map(_kept, sets))
        answer = _answer(lambda: self._carry_out(run, statement, parameters))
        if not statement.lstrip().lower().startswith("pragma"):
            columns, rows = answer.get("columns", ()), answer.get("rows", ())
            self._statements.append(
                Statement(statement, bound, tuple(columns), len(rows))
            )
        return answer

    def _carry_out(
        self, run: Callable[[Any, Any], sqlite3.Cursor], statement: str, parameters: Any
    ) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS_PER_STATEMENT
        self._connection.set_progress_handler(
            lambda: time.monotonic() > deadline, _STEPS
        )
        cursor = run(statement, parameters)
        rows = cursor.fetchmany(MAX_ROWS + 1)
        if len(rows) > MAX_ROWS:
            cursor.close()
            raise sqlite3.OperationalError(f"more than {MAX_ROWS} rows")
        return {
            "rows": rows,
            "columns": [column[0] for column in cursor.description or ()],
            "rowcount": cursor.rowcount,
            "lastrowid": cursor.lastrowid,
        }


def _remove(connections: list[sqlite3.Connection], folder: Path) -> None:
    for connection in connections:
        connection.close()
    shutil.rmtree(folder, ignore_errors=True)


def _kept(parameters: object) -> Any:
    """Keep parameters as they were, whatever is done to the original later."""
    if isinstance(parameters, Mapping):
        return dict(parameters)
    return tuple(parameters) if isinstance(parameters, list | tuple) else parameters


def _answer(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        return call() or {}
    except (sqlite3.Error, TypeError, ValueError, OverflowError) as error:
        return _failure(error)


def _failure(error: Exception) -> dict[str, Any]:
    known = isinstance(error, sqlite3.Error)
    name = type(error).__name__ if known else "InterfaceError"
    return {"failure": [name, str(error)]}


def _authorised(action: int, name: str | None, *_where: str | None) -> int:
    """Keep learner code within this database, and its guards as they are."""
    if action in _FORBIDDEN:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (name or "").lower() not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
