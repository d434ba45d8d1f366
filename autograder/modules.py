"""Python modules out of texts: a tree of its own beside all others of the process.

A learner's package and the original have the same name and live side by side. So at
most one of them is in ``sys.modules`` at a time: the one that was used last. Code of a
tree imports through its tree whenever it runs, also inside functions that are called
later, and nothing stays once all are put away.
"""

import builtins
import functools
import importlib
import io
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.resources.abc import Traversable, TraversableResources
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType
from typing import Any

ROOTS = ("src/", "")
"""Folders that Python looks into for the modules of an answer."""

_SWITCH = threading.RLock()


@functools.lru_cache(maxsize=300)
def compiled(source: str, file: str) -> CodeType:
    """Compile code that runs again for each criterion; running it is much faster.

    Args:
        source: The code.
        file: What tracebacks show as its file.

    Returns:
        The code object.
    """
    # Without dont_inherit this file's __future__ imports would leak in.
    return compile(source, file, "exec", dont_inherit=True)


class _Builtins(dict[str, Any]):
    """Builtins with an import of their own; whoever patches builtins is seen."""

    def __missing__(self, name: str) -> Any:
        return vars(builtins)[name]


class Modules(MetaPathFinder):
    """The modules of one answer.

    Args:
        files: Text by path. Python finds them as if the folder, or the folder ``src``
            in it, stood first on ``sys.path``.
        name: Whose they are; tracebacks show it.
    """

    def __init__(self, files: Mapping[str, str], name: str) -> None:
        self._files = files
        self._label = f"<{name}>/"
        self._tops = {
            part.removesuffix(".py")
            for root in ROOTS
            for path in files
            if path.startswith(root)
            for part in [path.removeprefix(root).split("/")[0]]
            if path.endswith(".py")
        }
        self._loaded: dict[str, ModuleType] = {}
        self._displaced: dict[str, ModuleType] = {}
        self.builtins = _Builtins(__import__=self._import)

    def load(self, name: str) -> ModuleType:
        """Import a module of the tree.

        Args:
            name: Its dotted name.

        Returns:
            The module.

        Raises:
            Exception: Whatever its code raises.
        """
        self.bring()
        return importlib.import_module(name)

    def new_module(self, name: str) -> ModuleType:
        """Make an empty module whose code imports through the tree.

        Args:
            name: Its name.

        Returns:
            The module.
        """
        module = ModuleType(name)
        vars(module)["__builtins__"] = self.builtins
        return module

    def has(self, name: str) -> bool:
        """Tell whether the tree has a module.

        Args:
            name: Its dotted name.

        Returns:
            Whether there is a file or a folder for it.
        """
        return self._locate(name) is not None

    def bring(self) -> None:
        """Let ``sys.modules`` and the import system know this tree, and no other.

        It stays until another one is brought or all are put away: code that imports by
        a name, pickles or reads annotations looks there when it is called.
        """
        _exchange(self)

    def _enter(self) -> None:
        self._displaced = self._take_out()
        sys.modules.update(self._loaded)
        sys.meta_path.insert(0, self)

    def _leave(self) -> None:
        sys.meta_path.remove(self)
        self._loaded = self._take_out()
        sys.modules.update(self._displaced)

    def _take_out(self) -> dict[str, ModuleType]:
        """Remove all that bears a name of the tree."""
        if not any(top in sys.modules for top in self._tops):
            return {}
        names = [n for n in sys.modules if n.partition(".")[0] in self._tops]
        return {name: sys.modules.pop(name) for name in names}

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - as Python has it
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What an import statement in the tree calls."""
        before = _exchange(self)
        try:
            return builtins.__import__(name, globals, locals, fromlist, level)
        finally:
            _exchange(before)

    # --- Finding ---------------------------------------------------------------------

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Find a module of the tree.

        Args:
            fullname: Its dotted name.
            path: Where its package says that it lies; a tree has one place for each.
            target: Not used.

        Returns:
            Its spec; None when the tree has none.
        """
        found = self._locate(fullname)
        if found is None:
            return None
        if found.endswith("/"):
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [self._label + found]
            return spec
        package = found.endswith("/__init__.py")
        place = self._label + found
        return spec_from_file_location(
            fullname,
            place,
            loader=_Loader(self, found, package=package),
            submodule_search_locations=[place.rpartition("/")[0]] if package else None,
        )

    def _locate(self, name: str) -> str | None:
        """The file of a module; the folder, with a slash, of a namespace package."""
        for root in ROOTS:
            stem = root + name.replace(".", "/")
            for path in (f"{stem}/__init__.py", f"{stem}.py"):
                if path in self._files:
                    return path
        for root in ROOTS:
            folder = root + name.replace(".", "/") + "/"
            if any(p.startswith(folder) and p.endswith(".py") for p in self._files):
                return folder
        return None

    def text(self, path: str) -> str:
        """Give a file's text.

        Args:
            path: Its path in the answer.

        Returns:
            The text.
        """
        return self._files[path]

    def below(self, folder: str) -> dict[str, str]:
        """Give the files of a folder.

        Args:
            folder: The folder's path, with a slash at its end, or nothing.

        Returns:
            Text by path relative to the folder.
        """
        return {
            path.removeprefix(folder): text
            for path, text in self._files.items()
            if path.startswith(folder)
        }

    def code(self, path: str) -> CodeType:
        """Compile a file.

        Args:
            path: Its path in the answer.

        Returns:
            Its code.
        """
        return compiled(self._files[path], self._label + path)

    # --- Failing ---------------------------------------------------------------------

    def told(self, error: BaseException) -> str:
        """Say what went wrong and where in the answer.

        Args:
            error: What an import raised.

        Returns:
            The exception's name, the place and its text, as words after "raised".
        """
        kind, place, text = type(error).__name__, "", str(error)
        if isinstance(error, SyntaxError):
            file, line = error.filename or "", error.lineno
            text = error.msg
        else:
            frames = traceback.extract_tb(error.__traceback__)
            own = [f for f in frames if f.filename.startswith(self._label)]
            file, line = (own[-1].filename, own[-1].lineno) if own else ("", None)
        if file.startswith(self._label):
            place = f" in {file.removeprefix(self._label)}, line {line}"
        return f"{kind}{place}: {text.replace(self._label, '')}"


_in_reach: Modules | None = None


def _exchange(tree: Modules | None) -> Modules | None:
    """Bring a tree in place of the one that was there, and give that back."""
    global _in_reach  # noqa: PLW0603 - it stands for sys.modules, which is one as well
    with _SWITCH:
        before = _in_reach
        if tree is not before:
            if before:
                before._leave()
            if tree:
                tree._enter()
            _in_reach = tree
        return before


def put_away() -> None:
    """Leave ``sys.modules`` and the import system as if there had been no tree."""
    _exchange(None)


class _Loader(InspectLoader):
    """Loads one module of a tree."""

    def __init__(self, modules: Modules, path: str, *, package: bool) -> None:
        self._modules = modules
        self._path = path
        self._package = package

    def is_package(self, fullname: str) -> bool:  # noqa: ARG002 - the protocol's
        return self._package

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        return self._modules.text(self._path)

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return self._modules.code(self._path)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__builtins__"] = self._modules.builtins
        super().exec_module(module)

    def get_resource_reader(self, fullname: str) -> "TraversableResources | None":  # noqa: ARG002
        folder = self._path.rpartition("/")[0]
        return _Resources(self._modules.below(f"{folder}/" if folder else ""))


class _Resources(TraversableResources):
    """Data files of a package, for ``importlib.resources``."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def files(self) -> Traversable:
        return _Place(self._files, "")


class _Place(Traversable):
    """A file or folder among texts."""

    def __init__(self, files: Mapping[str, str], path: str) -> None:
        self._files = files
        self._path = path

    @property
    def name(self) -> str:
        return self._path.rpartition("/")[2]

    def iterdir(self) -> Iterator["_Place"]:
        prefix = f"{self._path}/" if self._path else ""
        below = (p.removeprefix(prefix) for p in self._files if p.startswith(prefix))
        for name in sorted({path.partition("/")[0] for path in below}):
            yield _Place(self._files, prefix + name)

    def is_dir(self) -> bool:
        return not self._path or any(
            path.startswith(f"{self._path}/") for path in self._files
        )

    def is_file(self) -> bool:
        return self._path in self._files

    def joinpath(self, *descendants: Any) -> "_Place":
        return _Place(
            self._files, "/".join([*filter(None, [self._path]), *descendants])
        )

    def __truediv__(self, child: Any) -> "_Place":
        return self.joinpath(child)

    def open(self, mode: str = "r", *_: Any, **__: Any) -> Any:
        if self._path not in self._files:
            raise FileNotFoundError(self._path)
        text = self._files[self._path]
        return io.BytesIO(text.encode()) if "b" in mode else io.StringIO(text)

    def read_bytes(self) -> bytes:
        with self.open("rb") as stream:
            return bytes(stream.read())

    def read_text(self, encoding: str | None = None, **_: Any) -> str:  # noqa: ARG002
        return self.read_bytes().decode()
