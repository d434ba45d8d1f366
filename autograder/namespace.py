"""The learner's code as criteria see it: names, source and probes.

Criteria use this narrow surface only (attributes, calls, plain data, probe source), so
that the same criterion can run with the learner's code in another process.
"""

import functools
import sys
from types import CodeType, ModuleType
from typing import Any

from autograder import given


class NamespaceError(AttributeError):
    """A name that a criterion needs is not defined by the learner's code."""


@functools.lru_cache(maxsize=100)
def _compiled(source: str, file: str) -> CodeType:
    """Compile code that runs again for each criterion; running it is much faster."""
    # Without dont_inherit this file's __future__ imports would leak in.
    return compile(source, file, "exec", dont_inherit=True)


class Namespace:
    """Code that was run, offered as attributes.

    Args:
        source: The code.
        name: The module name it runs under; tracebacks and ``__module__`` show it.

    Raises:
        Exception: Whatever the code raises while it is run.
    """

    source: str

    def __init__(self, source: str, name: str = "solution") -> None:
        given.offer()
        module = ModuleType(name)
        # Pydantic, dataclasses and typing look names up in the module of a class.
        sys.modules[name] = module
        self.source = source
        self._module = module
        code = _compiled(source, f"<{name}>")
        exec(code, module.__dict__)  # noqa: S102 - running the code is the purpose

    def __getattr__(self, name: str) -> Any:
        try:
            return self._module.__dict__[name]
        except KeyError:
            raise NamespaceError(f"Your code defines no {name}.", name=name) from None

    def defines(self, name: str) -> bool:
        """Tell whether the code defines a top-level name.

        Args:
            name: The name to look for.

        Returns:
            True when it is there.
        """
        return name in self._module.__dict__

    def probe(self, source: str, **given: object) -> "Probe":
        """Run a criterion's own code beside the learner's, with all names in reach.

        A probe is for what plain calls cannot express, such as a subclass of the
        learner's base class. It sees a copy of the names, so nothing that it defines
        stays behind.

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
        code = _compiled(source, "<probe>")
        try:
            exec(code, names)  # noqa: S102 - the source is the criterion author's
        except NameError as error:
            # A name that the probe expects of the learner, such as a class to build on.
            raise NamespaceError(
                f"Your code defines no {error.name}.", name=error.name
            ) from error
        return Probe(names)


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
