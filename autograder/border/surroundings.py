"""What stands beside learner code when a criterion gives it surroundings of its own.

It is sent as a probe, so it needs nothing but what every learner's process has.
"""

import contextlib
import functools
import io
import logging
import os
import shutil
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.namespace import Namespace

_KEPT = ("SYSTEMROOT",)  # Windows starts nothing without it


class World:
    """An environment and a folder, both empty at first, from ``enter`` to ``leave``."""

    def __init__(self) -> None:
        self._heard = io.StringIO()
        self._handler = logging.StreamHandler(self._heard)
        self._undo = contextlib.ExitStack()

    def enter(self) -> None:
        """Put learner code into it."""
        here, folder = Path.cwd(), Path(tempfile.mkdtemp()).resolve()
        before, variables = os.environ, dict(os.environ)
        self._undo.callback(shutil.rmtree, folder, ignore_errors=True)
        self._undo.callback(os.chdir, here)
        os.chdir(folder)
        self._undo.callback(_restore_environment, before, variables)
        self.change({}, {})
        self._listen()

    def _listen(self) -> None:
        root = logging.getLogger()
        self._undo.callback(setattr, root, "handlers", root.handlers[:])
        self._undo.callback(root.setLevel, root.level)
        root.addHandler(self._handler)
        root.setLevel(logging.DEBUG)
        for stream in ("stdout", "stderr"):
            tee = _Tee(getattr(sys, stream), self._heard)
            self._undo.callback(setattr, sys, stream, getattr(sys, stream))
            setattr(sys, stream, tee)
        self._undo.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_, **__: print(
            message, file=self._heard
        )

    def leave(self) -> None:
        """Put everything back as it was."""
        self._undo.close()

    def change(self, variables: Mapping[str, str], files: Mapping[str, str]) -> None:
        """Set all environment variables, and write files.

        Args:
            variables: All that there are now.
            files: Texts by the name of their file in the folder.
        """
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        _set_environment(kept | dict(variables))
        for name, text in files.items():
            Path(name).write_text(text, encoding="utf-8")

    def load(self, source: str) -> "Watched":
        """Load learner code anew.

        Args:
            source: The code.

        Returns:
            Its names.
        """
        return Watched(self.watched(Namespace)(source, "solution"), self)

    def watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Hear what a function fails with: all of it, as a log would show it.

        Args:
            function: What to call.

        Returns:
            The same function to its callers.
        """

        @functools.wraps(function, updated=())
        def watched(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                self._heard.writelines(traceback.format_exception(error))
                raise

        return watched

    def heard(self) -> str:
        """Tell what was printed, logged, warned of and raised until now.

        Returns:
            All of it.
        """
        return self._heard.getvalue()


class Watched:
    """The names of learner code, whose failures are heard.

    Args:
        code: The learner's code.
        world: Where it runs.
    """

    def __init__(self, code: Namespace, world: World) -> None:
        self._code, self._world = code, world

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._code, name)
        return self._world.watched(value) if callable(value) else value


class _Tee(io.TextIOBase):
    def __init__(self, *streams: Any) -> None:
        self._streams = streams

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def writable(self) -> bool:
        return True


def _set_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


def _restore_environment(environ: Any, variables: Mapping[str, str]) -> None:
    # Learner code may have put another mapping there.
    os.environ = environ  # noqa: B003 - what is in it is set in the next line
    _set_environment(variables)
