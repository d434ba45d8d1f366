"""The learner's code as criteria see it: names, source and probes.

Criteria use this narrow surface only (attributes, calls, plain data, probe source), so
that the same criterion can run with the learner's code in another process.
"""

import sys
from types import ModuleType
from typing import Any

from autograder import given
from autograder.errors import CourseError
from autograder.files import CELL_FILE, unpack
from autograder.modules import Modules, compiled


class NamespaceError(AttributeError):
    """A name that a criterion needs is not defined by the learner's code."""


class LoadError(Exception):
    """Files that cannot be run; the text completes "It ..."."""


def files_of(source: str, package: str | None) -> dict[str, str]:
    """Give the files of an answer.

    Args:
        source: The code, or packed files.
        package: None where the answer is a cell.

    Returns:
        Text by path; a cell is one file.
    """
    return {CELL_FILE: source} if package is None else unpack(source)


class Namespace:
    """Code that was run, offered as attributes.

    Args:
        source: The code, or packed files.
        name: The module name that a cell runs under; tracebacks and ``__module__`` show
            it. Of files, tracebacks show it.
        package: The package that callers import names from where the answer is files,
            empty where they import nothing; None where the answer is a cell.

    Raises:
        LoadError: The files are no answer, or their package cannot be imported.
        Exception: Whatever a cell raises while it is run.
    """

    source: str

    def __init__(
        self, source: str, name: str = "solution", package: str | None = None
    ) -> None:
        given.offer()
        self.source = source
        self._package = package
        self._tree: Modules | None = None
        if package is None:
            self._module = _run_cell(source, name)
        else:
            self._tree = _tree(source, name)
            self._module = _import(self._tree, package)

    @property
    def files(self) -> dict[str, str]:
        """The answer's files: text by path; a cell is one file."""
        return files_of(self.source, self._package)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._find(name)
        except (KeyError, AttributeError):
            raise NamespaceError(f"Your code defines no {name}.", name=name) from None

    def _find(self, name: str) -> Any:
        """Find what ``from package import name`` does, which may be a module."""
        if self._tree is None:
            return vars(self._module)[name]
        self._tree.bring()
        inner = f"{self._package}.{name}"
        if not hasattr(self._module, name) and self._tree.has(inner):
            return self._tree.load(inner)
        return getattr(self._module, name)

    def defines(self, name: str) -> bool:
        """Tell whether the code defines a top-level name.

        Args:
            name: The name to look for.

        Returns:
            True when it is there.
        """
        try:
            self._find(name)
        except (KeyError, AttributeError):
            return False
        return True

    def probe(self, source: str, **given: object) -> "Probe":
        """Run a criterion's own code beside the learner's, with all names in reach.

        A probe is for what plain calls cannot express, such as a subclass of the
        learner's base class. It sees a copy of the names, so nothing that it defines
        stays behind. Beside files it can import all of them.

        Args:
            source: Code of the criterion.
            **given: Values and fakes that the code needs, by name.

        Returns:
            The names that the probe defined.

        Raises:
            NamespaceError: The probe uses a name that nobody defines.
            Exception: Whatever the probe or the learner's code under it raises.
        """
        names = {**self._module.__dict__, **given}
        code = compiled(source, "<probe>")
        if self._tree:
            self._tree.bring()
        try:
            exec(code, names)  # noqa: S102 - the source is the criterion author's
        except NameError as error:
            # A name that the probe expects of the learner, such as a class to build on.
            raise NamespaceError(
                f"Your code defines no {error.name}.", name=error.name
            ) from error
        return Probe(names)


def _run_cell(source: str, name: str) -> ModuleType:
    module = ModuleType(name)
    # Pydantic, dataclasses and typing look names up in the module of a class.
    sys.modules[name] = module
    code = compiled(source, f"<{name}>")
    exec(code, module.__dict__)  # noqa: S102 - running the code is the purpose
    return module


def _tree(source: str, name: str) -> Modules:
    try:
        return Modules(unpack(source), name)
    except CourseError as error:
        raise LoadError(f"cannot be read: {error}") from error


def _import(tree: Modules, package: str) -> ModuleType:
    if not package:
        return tree.new_module("answer")
    try:
        return tree.load(package)
    except (Exception, SystemExit) as error:
        raise LoadError(f"raised {tree.told(error)}") from error


class Probe:
    """The names after a probe ran, as attributes.

    Args:
        names: The probe's globals.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        try:
            return self._names[name]
        except KeyError:
            raise NamespaceError(f"The probe defines no {name}.", name=name) from None
