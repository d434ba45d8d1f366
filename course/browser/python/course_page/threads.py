"""A browser's Python cannot start threads: what can be done without, is."""

import asyncio
from collections.abc import Callable
from types import ModuleType
from typing import Any, cast

from course_page.imports import when_imported


async def _run_inline(function: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    """Call a function here, and leave the event loop meanwhile, as a thread would."""
    loop = asyncio.get_running_loop()
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    asyncio.tasks._leave_task(loop, task)
    asyncio._set_running_loop(None)
    try:
        return function(*args)
    finally:
        asyncio._set_running_loop(loop)
        asyncio.tasks._enter_task(loop, task)


def _fit_anyio(module: ModuleType) -> None:
    module.run_sync = _run_inline  # type: ignore[attr-defined]


def install() -> None:
    """Have FastAPI and Starlette call plain functions in line, not in a thread."""
    when_imported("anyio.to_thread", _fit_anyio)
