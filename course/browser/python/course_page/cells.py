"""Runs the code cells of a page, one at a time, in one namespace."""

import ast
import builtins
import importlib
import sys
import types
from typing import Any

from pyodide.code import eval_code_async

from course_page import bridge, ipython, threads
from course_page.errors import CELL_FILE_PREFIX, error_output
from course_page.imports import when_imported

STAND_INS = {"IPython"}  # made by course_page.ipython: nothing to fetch


class _Counter:
    """Numbers runs as Jupyter does."""

    runs = 0


def install() -> None:
    """Make this interpreter one that runs cells."""
    sys.stdout, sys.stderr = bridge.make_streams()
    # Classes of cells say `__main__`, and what pickles them looks there.
    sys.modules["__main__"] = _main
    builtins.display = ipython.display  # type: ignore[attr-defined]
    builtins.input = _refuse_to_ask
    ipython.install()
    threads.install()
    when_imported("comm", _connect_widgets)


def _refuse_to_ask(_prompt: object = "") -> str:
    message = "input() cannot ask anybody here: write the value into the code"
    raise EOFError(message)


def _connect_widgets(_comm: types.ModuleType) -> None:
    importlib.import_module("course_page.comms").install()


def imports(source: str) -> list[str]:
    """Find the modules that a source may import and that could be fetched.

    Args:
        source: A cell's code.

    Returns:
        Full names; none where the source does not parse.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []  # told better when the cell runs
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return sorted(name for name in names if name.partition(".")[0] not in STAND_INS)


async def run(cell_id: str, source: str) -> bool:
    """Run a cell; its outputs go out through the bridge.

    Args:
        cell_id: Whose outputs these are.
        source: The code; top-level ``await`` is allowed.

    Returns:
        Whether it ran without an error.
    """
    _Counter.runs += 1
    filename = f"{CELL_FILE_PREFIX}{cell_id}]"  # what readers see beside the cell
    with bridge.turn(cell_id):
        try:
            value = await eval_code_async(
                source, globals=_main.__dict__, filename=filename
            )
            _show_result(value)
        except BaseException as error:  # noqa: BLE001 - SystemExit is the cell's too
            bridge.emit_output(error_output(error))
            return False
        return True


def _show_result(value: Any) -> None:
    if value is None:
        return
    builtins._ = value  # type: ignore[attr-defined]
    data, metadata = ipython.mime_bundle(value)
    bridge.emit_output(
        {
            "output_type": "execute_result",
            "execution_count": _Counter.runs,
            "data": data,
            "metadata": metadata,
        }
    )


_main = types.ModuleType("__main__")
