"""Visits a Django app beside learner code, whose database lives with the judge.

``autograder.checks.django_site`` uses it through a probe. It acts and tells plain data;
it decides nothing, and what is counted is counted where statements are carried out.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connections
from django.db.backends.sqlite3 import base
from django.test import RequestFactory

from autograder import django_app
from autograder.border import dbapi

django_app.set_up()


class _Cursor(dbapi.Cursor):
    """Writes placeholders as SQLite does, like the cursor of Django's own backend."""

    _convert = base.SQLiteCursorWrapper.convert_query

    def execute(self, statement: str, parameters: Any = None) -> "dbapi.Cursor":
        if parameters is None:
            return super().execute(statement)
        names = list(parameters) if isinstance(parameters, Mapping) else None
        query = self._convert(statement, param_names=names)  # type: ignore[misc]
        return super().execute(query, parameters)

    def executemany(self, statement: str, several: Iterable[Any]) -> "dbapi.Cursor":
        return super().executemany(self._convert(statement), several)  # type: ignore[misc]


class _Backend(base.DatabaseWrapper):
    """Django's backend for SQLite, over the border's driver."""

    def __init__(self, link: Callable[[], Any]) -> None:
        super().__init__({**connections.settings["default"]}, "default")
        self._link = link

    def get_new_connection(self, conn_params: object) -> Any:  # noqa: ARG002
        connection = dbapi.Connection(self._link())
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002
        return _Cursor(self.connection, self.connection._link)


class Visitor:
    """Plants data in a learner's app and sends it requests.

    Args:
        module: The name of the module that defines it.
        connect: Opens a connection to the judge's database.
    """

    def __init__(self, module: str, connect: Callable[[], Any]) -> None:
        self._app = django_app.app_of(module)
        self._app.activate()
        self._connection = _Backend(connect)
        self._enter()
        django_app.create_tables()
        self._handler = BaseHandler()
        self._handler.load_middleware()

    def _enter(self) -> None:
        if connections["default"] is not self._connection:
            self._app.activate()
            connections["default"] = self._connection

    def _model(self, name: str) -> Any:
        label, _, name = f"{self._app.label}.{name}".rpartition(".")
        return apps.get_model(label.rpartition(".")[2], name)

    def plant(self, model: str, rows: list[dict[str, Any]]) -> list[Any]:
        """Store objects.

        Args:
            model: The model's name; ``auth.User`` for users.
            rows: For each object its fields.

        Returns:
            Their primary keys.
        """
        self._enter()
        kind = self._model(model)
        made = [kind(**row) for row in rows]
        for item in made:
            item.save(force_insert=True)
        return [item.pk for item in made]

    def place(self, model: str, fields: list[str]) -> list[Any]:
        """Tell where a model's data is stored.

        Args:
            model: The model's name.
            fields: Names of fields.

        Returns:
            The table, and the columns.
        """
        self._enter()
        meta = self._model(model)._meta
        return [meta.db_table, [meta.get_field(name).column for name in fields]]

    def send(
        self, method: str, path: str, data: Any, user: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Send a request as a test client would; no middleware is in the way.

        Args:
            method: Such as ``GET``.
            path: With its query.
            data: The form's fields.
            user: Fields of the user who is logged in; None for a visitor.

        Returns:
            ``status``, ``headers``, ``text``, and what the view ``raised``.
        """
        # Importing models takes a configured Django.
        from django.contrib.auth.models import AnonymousUser, User  # noqa: PLC0415

        self._enter()
        make = getattr(RequestFactory(), method.lower())
        request = make(path, data) if data is not None else make(path)
        request.user = User(**user) if user else AnonymousUser()
        raised: list[str] = []

        def note(**_: object) -> None:
            kind, error, _trace = sys.exc_info()
            raised.append(f"{getattr(kind, '__name__', kind)}: {error}")

        got_request_exception.connect(note)
        try:
            response = self._handler.get_response(request)
        finally:
            got_request_exception.disconnect(note)
        return {
            "status": int(response.status_code),
            "headers": [[str(k), str(v)] for k, v in response.items()],
            "text": b"".join(response).decode(response.charset),
            "raised": "; ".join(raised),
        }
