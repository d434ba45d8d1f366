"""Tells when a module has been imported, so that it can be fitted to the browser."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

Fit = Callable[[ModuleType], object]


class _FittingLoader(SourceFileLoader):
    def __init__(self, name: str, path: str, fit: Fit) -> None:
        super().__init__(name, path)
        self._fit = fit

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        self._fit(module)


class _FittingFinder(MetaPathFinder):
    def __init__(self) -> None:
        self.fits: dict[str, Fit] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname not in self.fits:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _FittingLoader(fullname, spec.origin, self.fits[fullname])
        return spec


_finder = _FittingFinder()


def when_imported(name: str, fit: Fit) -> None:
    """Have a function called with a module as soon as it is imported.

    Args:
        name: The module's full name; a module written in Python.
        fit: Gets the module, before the code that imports it goes on.
    """
    if name in sys.modules:
        fit(sys.modules[name])
    _finder.fits[name] = fit
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
