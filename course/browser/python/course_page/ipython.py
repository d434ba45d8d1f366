"""A light stand-in for IPython: 4 MB that a page need not fetch.

It has what chapters use (``display`` and the display objects) and what ipywidgets
imports. Real IPython is not needed, and not looked for.
"""

import base64
import pprint
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from course_page import bridge
from course_page.errors import error_output

WIDTH = 79
MOST_CHARACTERS = 100_000
Bundle = dict[str, Any]

_REPRESENTATIONS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/json": "_repr_json_",
}


def mime_bundle(value: object) -> tuple[Bundle, Bundle]:
    """Ask a value how it wants to be shown.

    Args:
        value: Anything.

    Returns:
        Its representations by MIME type, and their metadata.
    """
    data: Bundle = {}
    metadata: Bundle = {}
    # A class has its instances' methods, which cannot be called on it.
    if not isinstance(value, type):
        bundle = _call(value, "_repr_mimebundle_") or {}
        if isinstance(bundle, tuple):
            bundle, metadata = bundle
        data = dict(bundle)
        for mime, method in _REPRESENTATIONS.items():
            shown = _call(value, method)
            if shown is None or mime in data:
                continue
            if isinstance(shown, tuple):
                shown, metadata[mime] = shown
            data[mime] = _as_text(shown)
    if "text/plain" not in data:
        data["text/plain"] = _plain(value)
    return data, metadata


def _call(value: object, method: str) -> Any:
    found = getattr(value, method, None)
    return found() if callable(found) else None


def _as_text(shown: Any) -> Any:
    return base64.b64encode(shown).decode() if isinstance(shown, bytes) else shown


def _plain(value: object) -> str:
    text = repr(value)
    if len(text) > WIDTH and isinstance(value, dict | list | tuple | set | frozenset):
        text = pprint.pformat(value, width=WIDTH, sort_dicts=False)
    if len(text) > MOST_CHARACTERS:
        text = f"{text[:MOST_CHARACTERS]}…\n[cut: {len(text):,} characters in all]"
    return text


class DisplayHandle:
    """What ``display(..., display_id=...)`` returns; updates show anew."""

    def __init__(self, display_id: str) -> None:
        self.display_id = display_id

    def display(self, value: object) -> None:
        """Show a value.

        Args:
            value: Anything.
        """
        display(value)

    update = display


def display(
    *values: object,
    raw: bool = False,
    metadata: Bundle | None = None,
    display_id: object = None,
    **_options: object,
) -> DisplayHandle | None:
    """Show values below the cell.

    Args:
        values: Anything, or MIME bundles if ``raw``.
        raw: Whether the values are MIME bundles already.
        metadata: Of the outputs.
        display_id: Asks for a handle.

    Returns:
        A handle if a ``display_id`` was given.
    """
    for value in values:
        data, own = (value, {}) if raw else mime_bundle(value)
        bridge.emit_output(
            {
                "output_type": "display_data",
                "data": data,
                "metadata": {**own, **(metadata or {})},
            }
        )
    return DisplayHandle(str(display_id)) if display_id else None


def publish_display_data(data: Bundle, metadata: Bundle | None = None) -> None:
    """Show a MIME bundle.

    Args:
        data: Representations by MIME type.
        metadata: Of the bundle.
    """
    display(data, raw=True, metadata=metadata)


def clear_output(wait: bool = False) -> None:
    """Remove the cell's outputs.

    Args:
        wait: Whether to do so only when the next output comes.
    """
    bridge.emit_output({"output_type": "clear_output", "wait": wait})


class DisplayObject:
    """Data that says of what type it is.

    Args:
        data: Text or bytes.
        filename: Where to read the data instead.
        metadata: Of the output.
    """

    mime = "text/plain"
    binary = False

    def __init__(
        self,
        data: Any = None,
        filename: str | None = None,
        metadata: Bundle | None = None,
        **_options: object,
    ) -> None:
        if filename is not None:
            file = Path(filename)
            data = file.read_bytes() if self.binary else file.read_text("utf-8")
        self.data = data
        self.metadata = metadata or {}

    def __repr__(self) -> str:
        return f"<IPython.core.display.{type(self).__name__} object>"

    def _repr_mimebundle_(self) -> tuple[Bundle, Bundle]:
        return {self.mime: _as_text(self.data)}, self.metadata


class HTML(DisplayObject):
    """A piece of HTML."""

    mime = "text/html"

    def __html__(self) -> str:
        return str(self.data)


class Markdown(DisplayObject):
    """A piece of Markdown."""

    mime = "text/markdown"


class SVG(DisplayObject):
    """A drawing."""

    mime = "image/svg+xml"


class Image(DisplayObject):
    """A PNG picture, or a JPEG one by ``format="jpeg"``."""

    mime = "image/png"
    binary = True

    def __init__(
        self,
        data: Any = None,
        *,
        format: str = "png",  # noqa: A002 - IPython's name
        **rest: Any,
    ) -> None:
        super().__init__(data, **rest)
        self.mime = "image/jpeg" if format in {"jpg", "jpeg"} else f"image/{format}"


class JSON(DisplayObject):
    """Plain data."""

    mime = "application/json"


class Pretty(DisplayObject):
    """Plain text."""


class Code(DisplayObject):
    """Source code, shown as plain text."""


class _Events:
    """Takes callbacks that IPython would call; cells here have no such events."""

    def register(self, _event: str, _function: object) -> None:
        pass

    def unregister(self, _event: str, _function: object) -> None:
        pass


class InteractiveShell:
    """What ``get_ipython()`` returns."""

    _instance: "InteractiveShell | None" = None

    def __init__(self) -> None:
        self.events = _Events()

    @classmethod
    def instance(cls) -> "InteractiveShell":
        """Give the one shell."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    @classmethod
    def initialized(cls) -> bool:
        """Tell whether there is a shell: always."""
        return True

    @property
    def user_ns(self) -> dict[str, Any]:
        """The namespace of the cells."""
        return sys.modules["__main__"].__dict__

    def showtraceback(self, exc_tuple: Any = None, **_options: object) -> None:
        """Show the error that is being handled, or a given one.

        Args:
            exc_tuple: As ``sys.exc_info()`` gives it.
        """
        error = (exc_tuple or sys.exc_info())[1]
        if error is not None:
            bridge.emit_output(error_output(error))


def get_ipython() -> InteractiveShell:
    """Give the shell, as in a notebook."""
    return InteractiveShell.instance()


def _modules() -> Iterator[ModuleType]:
    shown = {
        "display": display,
        "clear_output": clear_output,
        "publish_display_data": publish_display_data,
        "DisplayHandle": DisplayHandle,
        "DisplayObject": DisplayObject,
        "HTML": HTML,
        "Markdown": Markdown,
        "SVG": SVG,
        "Image": Image,
        "JSON": JSON,
        "Pretty": Pretty,
        "Code": Code,
    }
    shell: dict[str, object] = {
        "get_ipython": get_ipython,
        "InteractiveShell": InteractiveShell,
    }
    contents: dict[str, dict[str, object]] = {
        "IPython": {**shell, "version_info": (9, 0, 0), "__version__": "9.0.0"},
        "IPython.display": shown,
        "IPython.core": {},
        "IPython.core.display": shown,
        "IPython.core.display_functions": shown,
        "IPython.core.getipython": shell,
        "IPython.core.interactiveshell": shell,
    }
    for name, names in contents.items():
        module = ModuleType(name, "A stand-in: see course_page.ipython.")
        vars(module).update(names)
        yield module


def install() -> None:
    """Put the stand-in where ``import IPython`` finds it."""
    for module in _modules():
        name = module.__name__
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
        if name in {"IPython", "IPython.core"}:
            module.__path__ = []
