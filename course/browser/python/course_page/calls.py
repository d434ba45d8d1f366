"""Calls of the page to functions of this package: JSON in, JSON out."""

import importlib
import inspect
import json
from typing import Any


async def call(name: str, arguments: str) -> str:
    """Call a function.

    Args:
        name: Such as ``course_page.judging.check``.
        arguments: A JSON array (by position) or object (by keyword).

    Returns:
        JSON: ``{"value": ...}``, or ``{"error": {"name": ..., "message": ...}}``.
    """
    try:
        value = await _value(name, json.loads(arguments))
        return json.dumps({"value": value})
    except Exception as error:  # noqa: BLE001 - the page is told all of them
        return json.dumps(
            {"error": {"name": type(error).__name__, "message": str(error)}}
        )


async def _value(name: str, arguments: Any) -> Any:
    module, _, function = name.rpartition(".")
    called = getattr(importlib.import_module(module), function)
    value = called(**arguments) if isinstance(arguments, dict) else called(*arguments)
    return await value if inspect.isawaitable(value) else value
