"""A browser's Python cannot start threads: what can be done without, is."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from course_page.imports import when_imported


async def _run_inline(function: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    return function(*args)


def _fit_anyio(module: ModuleType) -> None:
    module.run_sync = _run_inline  # type: ignore[attr-defined]


def install() -> None:
    """Have FastAPI and Starlette call plain functions in line, not in a thread."""
    when_imported("anyio.to_thread", _fit_anyio)
