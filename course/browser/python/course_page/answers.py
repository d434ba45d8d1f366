"""Answers of several files: what they import, and one of them run."""

import importlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from autograder.files import is_packed, unpack, write_folder
from course_page import bridge
from course_page.cells import imports
from course_page.errors import ANSWER_FOLDER


def imported(answer: str) -> list[str]:
    """Find the modules that an answer may import and that could be fetched.

    Args:
        answer: The code of a cell, or packed files.

    Returns:
        Full names.
    """
    if not is_packed(answer):
        return imports(answer)
    sources = [text for path, text in unpack(answer).items() if path.endswith(".py")]
    return sorted({name for source in sources for name in imports(source)})


async def fetch(modules: Iterable[str]) -> None:
    """Fetch and load the packages that modules come from.

    Args:
        modules: Their full names.
    """
    import pyodide_js  # noqa: PLC0415 - only there where Python runs in a browser

    wanted = "\n".join(f"import {name}" for name in modules)
    await pyodide_js.loadPackagesFromImports(wanted, messageCallback=_tell_loading)


def _tell_loading(text: str) -> None:
    if text.startswith("Loading "):
        bridge.emit({"type": "status", "text": f"{text} …"})


async def lay_out(answer: str, path: str) -> str:
    """Put an answer's files where Python finds them; those of earlier runs are gone.

    Args:
        answer: Packed files.
        path: The file that is to be run, such as ``parcels/__main__.py``.

    Returns:
        A cell that runs the file as ``python -m`` does, from the top folder.
    """
    await fetch(imported(answer))
    folder = Path(ANSWER_FOLDER)
    os.chdir("/")  # the folder that goes may be where Python stands
    shutil.rmtree(folder, ignore_errors=True)
    write_folder(folder, unpack(answer))
    os.chdir(folder)
    tops = [str(folder), str(folder / "src")]
    sys.path[:] = [*tops, *(place for place in sys.path if place not in tops)]
    _forget_modules()
    name = ".".join(Path(path.removeprefix("src/")).with_suffix("").parts)
    return f"import runpy\nrunpy.run_module({name!r}, run_name='__main__');"


def _forget_modules() -> None:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(f"{ANSWER_FOLDER}/"):
            del sys.modules[name]
    importlib.invalidate_caches()
