"""A database driver (PEP 249) whose database lives with the judge.

Runs beside learner code: ``autograder.checks.database`` sends this file over the border
as a probe. It needs the standard library only, and passes for the ``sqlite3`` module's
own connection where SQLAlchemy and plain code look. It decides nothing and counts
nothing: statements are counted where they are carried out.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"

Parameters = Sequence[Any] | Mapping[str, Any]
Row = tuple[Any, ...]


class Cursor:
    """Carries out statements and hands out their rows.

    Args:
        connection: The connection it belongs to.
        link: The judge's end of that connection.
    """

    arraysize = 1

    def __init__(self, connection: "Connection", link: Any) -> None:
        self.connection = connection
        self.description: tuple[Row, ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._link = link
        self._rows: Iterator[Any] = iter(())

    def execute(self, statement: str, parameters: Parameters = ()) -> "Cursor":
        """Carry out a statement.

        Args:
            statement: SQL.
            parameters: Its values, by place or by name.

        Returns:
            This cursor.
        """
        return self._take(self._link.execute(statement, _plain(parameters)))

    def executemany(self, statement: str, several: Iterable[Parameters]) -> "Cursor":
        """Carry out a statement once for each set of parameters.

        Args:
            statement: SQL.
            several: The sets.

        Returns:
            This cursor.
        """
        sets = [_plain(parameters) for parameters in several]
        return self._take(self._link.execute_many(statement, sets))

    def executescript(self, script: str) -> "Cursor":
        """Carry out several statements at once, as ``sqlite3`` does.

        Args:
            script: SQL, with semicolons.

        Returns:
            This cursor.
        """
        return self._take(self._link.execute_script(script))

    def fetchone(self) -> Any:
        """Fetch the next row.

        Returns:
            The row, or None after the last.
        """
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Fetch the next rows.

        Args:
            size: How many at most.

        Returns:
            The rows.
        """
        count = self.arraysize if size is None else size
        return [row for row, _ in zip(self._rows, range(count), strict=False)]

    def fetchall(self) -> list[Any]:
        """Fetch all rows that are left.

        Returns:
            The rows.
        """
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows."""
        self._rows = iter(())

    def setinputsizes(self, sizes: object) -> None:
        """Do nothing, as PEP 249 allows."""

    def setoutputsize(self, size: object, column: object = None) -> None:
        """Do nothing, as PEP 249 allows."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._rows)

    def _take(self, answer: dict[str, Any]) -> "Cursor":
        _raise_failure(answer)
        columns, make = answer["columns"], self.connection.row_factory
        if make is sqlite3.Row:
            make = _row_maker(columns)
        self.description = tuple((c, *[None] * 6) for c in columns) or None
        self.rowcount = answer["rowcount"]
        self.lastrowid = answer["lastrowid"]
        rows = map(tuple, answer["rows"])
        self._rows = (make(self, row) for row in rows) if make else rows
        return self


class Connection:
    """A connection to the judge's database.

    Args:
        link: The judge's end of it.
    """

    Error = sqlite3.Error
    DatabaseError = sqlite3.DatabaseError
    IntegrityError = sqlite3.IntegrityError
    OperationalError = sqlite3.OperationalError
    ProgrammingError = sqlite3.ProgrammingError
    NotSupportedError = sqlite3.NotSupportedError

    def __init__(self, link: Any) -> None:
        self.row_factory: Any = None
        self._link = link
        self._isolation: str | None = ""

    def cursor(self) -> Cursor:
        """Open a cursor.

        Returns:
            The cursor.
        """
        return Cursor(self, self._link)

    def execute(self, statement: str, parameters: Parameters = ()) -> Cursor:
        """Carry out a statement with a cursor of its own, as ``sqlite3`` does.

        Args:
            statement: SQL.
            parameters: Its values, by place or by name.

        Returns:
            The cursor.
        """
        return self.cursor().execute(statement, parameters)

    def executemany(self, statement: str, several: Iterable[Parameters]) -> Cursor:
        """Carry out a statement for each set, as ``sqlite3`` does.

        Args:
            statement: SQL.
            several: The sets of parameters.

        Returns:
            The cursor.
        """
        return self.cursor().executemany(statement, several)

    def executescript(self, script: str) -> Cursor:
        """Carry out several statements at once, as ``sqlite3`` does.

        Args:
            script: SQL, with semicolons.

        Returns:
            The cursor.
        """
        return self.cursor().executescript(script)

    def commit(self) -> None:
        """Keep what was changed."""
        _raise_failure(self._link.commit())

    def rollback(self) -> None:
        """Undo what was changed since the last commit."""
        _raise_failure(self._link.rollback())

    def close(self) -> None:
        """Close the connection; what was not committed is lost."""
        _raise_failure(self._link.close())

    @property
    def in_transaction(self) -> bool:
        """Whether there are changes that are not committed."""
        return bool(self._link.in_transaction())

    @property
    def isolation_level(self) -> str | None:
        """When a transaction begins; None for never, as in ``sqlite3``."""
        return self._isolation

    @isolation_level.setter
    def isolation_level(self, level: str | None) -> None:
        _raise_failure(self._link.isolate(level))
        self._isolation = level

    def create_function(
        self, name: str, count: int, function: object, **_options: object
    ) -> None:
        """Do nothing: SQLAlchemy brings functions along that nobody here asks for."""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.rollback()


def _row_maker(columns: Sequence[str]) -> Callable[[Cursor, Row], Any]:
    """Make ``sqlite3.Row`` of tuples: it takes nothing but a cursor of ``sqlite3``."""
    names = ", ".join('? as "{}"'.format(name.replace('"', '""')) for name in columns)
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.cursor()
        if columns:
            cursor.execute(f"select {names}", [None] * len(columns))
    return lambda _, row: sqlite3.Row(cursor, row)


def _plain(parameters: Parameters) -> Any:
    # Rows of one statement are often given as another collection, or as a subclass.
    return dict(parameters) if isinstance(parameters, Mapping) else list(parameters)


def _raise_failure(answer: dict[str, Any]) -> None:
    """Raise what failed at the judge as the exception that ``sqlite3`` has for it."""
    if "failure" in answer:
        name, words = answer["failure"]
        _raise(getattr(sqlite3, name, sqlite3.DatabaseError), words)


def _raise(kind: type[Exception], words: str) -> NoReturn:
    raise kind(words)
