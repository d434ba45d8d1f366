"""The project around a Django app that is written in one cell.

The cell says ``start_app("museum")`` before its first model. That stands for
``manage.py startapp`` and ``settings.py``: Django is configured if nobody has done it,
and what the cell defines from there on, models, ``urlpatterns`` and ``templates``,
belongs to a new app. Django keeps all of that in globals of its own. Here they belong
to the app that is active, so the same names can be defined again and again, and two
versions of an app live side by side.
"""

import os
import sqlite3
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import django
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.models import signals
from django.dispatch import Signal
from django.template import Origin, TemplateDoesNotExist
from django.template.loaders.base import Loader
from django.urls import clear_url_caches, set_urlconf
from django.utils import translation

from autograder import django_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

__all__ = ["create_tables", "start_app"]

_SETTINGS = {
    name: value for name, value in vars(django_settings).items() if name.isupper()
}
_SIGNALS = [s for s in vars(signals).values() if isinstance(s, Signal)]


class App:
    """An app that a cell defines, and its share of what Django keeps in globals.

    Args:
        label: Its label, the first part of its tables' names.
        cell: The globals of the code that defines it.
    """

    def __init__(self, label: str, cell: dict[str, Any]) -> None:
        self.label = label
        self.cell = cell
        self.models: dict[str, type[Model]] = {}
        self._config = type("Config", (AppConfig,), {"path": "."})(
            cell["__name__"], sys.modules.get(cell["__name__"])
        )
        self._config.label = self._config.verbose_name = label
        self._config.apps, self._config.models = apps, self.models
        self._receivers = {s: list(_Installed.receivers[s]) for s in _SIGNALS}
        self._accessors: dict[type[Model], dict[str, Any]] = {}

    def activate(self) -> None:
        """Make this the app that Django sees."""
        if _Installed.active is not None:
            _Installed.active.leave()
        _Installed.active = self
        apps.app_configs[self.label] = self._config
        apps.all_models[self.label] = self.models
        for signal, receivers in self._receivers.items():
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()
        for model, accessors in self._accessors.items():
            for name, accessor in accessors.items():
                setattr(model, name, accessor)
        for name, value in _SETTINGS.items():
            setattr(settings, name, value)
        settings.ROOT_URLCONF = _Urls(self.cell)
        _forget()

    def leave(self) -> None:
        """Take with it what this app hung on models that stay."""
        for model, own in _Installed.attributes.items():
            self._accessors[model] = {
                name: value for name, value in vars(model).items() if name not in own
            }
            for name in self._accessors[model]:
                delattr(model, name)
        del apps.app_configs[self.label], apps.all_models[self.label]


class _Installed:
    """What is there before any cell has run."""

    active: App | None = None
    by_module: dict[str, App] = {}  # noqa: RUF012 - Django's globals, kept in one place
    receivers: dict[Signal, list[Any]] = {}  # noqa: RUF012
    attributes: "dict[type[Model], set[str]]" = {}  # noqa: RUF012


class _Urls:
    """The urlconf of a cell: its ``urlpatterns`` and handlers, once it has them."""

    def __init__(self, cell: Mapping[str, Any]) -> None:
        self._cell = cell

    def __getattr__(self, name: str) -> Any:
        try:
            return self._cell[name]
        except KeyError:
            raise AttributeError(f"your code defines no {name}") from None


class CellLoader(Loader):
    """Finds templates in the dictionary ``templates`` of the active app's cell."""

    def get_template_sources(self, template_name: str) -> "Iterator[Origin]":
        """Tell the one place where a template can be.

        Args:
            template_name: Such as ``museum/list.html``.

        Yields:
            The place.
        """
        yield Origin(template_name, template_name, self)

    def get_contents(self, origin: Origin) -> str:
        """Read a template.

        Args:
            origin: Its place.

        Returns:
            The text.

        Raises:
            TemplateDoesNotExist: The dictionary lacks it.
        """
        cell = _Installed.active.cell if _Installed.active else {}
        try:
            return str(cell["templates"][origin.name])
        except KeyError:
            raise TemplateDoesNotExist(origin) from None


def set_up() -> None:
    """Configure Django, once for a process."""
    if settings.configured:
        return
    # Notebooks and pages run cells within an event loop, one at a time.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    settings.configure(**_SETTINGS)
    django.setup()
    # Each cell and each move of a control may have a context of its own there. Django
    # would connect anew in each, and a database in memory is empty then.
    vars(connections)["_connections"] = threading.local()
    _Installed.receivers = {signal: list(signal.receivers) for signal in _SIGNALS}
    _Installed.attributes = {model: set(vars(model)) for model in apps.get_models()}


def start_app(label: str) -> None:
    """Start an empty app, which the code that follows defines.

    Whatever the same code has defined before is forgotten, with its database.

    Args:
        label: The app's label, the first part of its tables' names.
    """
    set_up()
    cell = sys._getframe(1).f_globals
    app = _Installed.by_module[cell["__name__"]] = App(label, cell)
    apps._pending_operations.clear()
    app.activate()
    before = connections["default"].connection
    # Django never closes one in memory. Another one may lead to a judge who has left.
    if isinstance(before, sqlite3.Connection):
        before.close()
    del connections["default"]


def app_of(module: str) -> App:
    """Find the app that a module defines.

    Args:
        module: The module's name.

    Returns:
        The app that it started last.

    Raises:
        LookupError: It started none.
    """
    try:
        return _Installed.by_module[module]
    except KeyError:
        raise LookupError("Your code does not call start_app.") from None


def create_tables() -> None:
    """Make the tables of the active app and of Django's users, as migrations would."""
    with connections["default"].schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(editor.connection):
                editor.create_model(model)


def _forget() -> None:
    """Empty what Django worked out of another app."""
    from django.contrib.contenttypes.models import ContentType  # noqa: PLC0415

    apps.clear_cache()
    ContentType.objects.clear_cache()
    clear_url_caches()
    set_urlconf(None)
    translation.deactivate_all()
