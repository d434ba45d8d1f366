"""Requests to a web application in this very process: no server, no socket.

Runs beside learner code: ``autograder.checks.http`` sends this file over the border as
a probe. It acts and tells plain data; it decides nothing.
"""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any

_THREADS = sys.platform != "emscripten"


class _Loop(asyncio.BaseEventLoop):
    """An event loop that waits for timers and threads only: nothing comes from outside.

    So it needs no sockets, which a box forbids and a browser lacks, and no stack
    switching, which not every browser has.
    """

    def __init__(self) -> None:
        super().__init__()
        self._selector = self
        self._woken = threading.Event()

    def select(self, timeout: float | None) -> list[Any]:
        if timeout == 0:
            return []
        if not _THREADS and timeout is None:
            raise RuntimeError("every task waits for another one")
        self._woken.wait(timeout)
        self._woken.clear()
        return []

    def _process_events(self, event_list: object) -> None:
        """Do nothing: there are no events of the system."""

    def _write_to_self(self) -> None:
        self._woken.set()

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        if _THREADS:
            return super().run_in_executor(executor, func, *args)
        made = self.create_future()
        try:
            with _no_loop():
                made.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            made.set_exception(error)
        return made


@contextlib.contextmanager
def _no_loop() -> Iterator[None]:
    """Leave the loop that runs here, if any: a notebook's, a page's, or our own."""
    loop = asyncio._get_running_loop()
    if loop is None:
        yield
        return
    task = asyncio.current_task()
    if task is not None:
        asyncio.tasks._leave_task(loop, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)
        if task is not None:
            asyncio.tasks._enter_task(loop, task)


def _run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    with _no_loop(), asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)


class _Watched:
    """Stands before a criterion's fake and tells where each call comes from."""

    def __init__(self, fake: Any, note: Callable[[str, bool], None]) -> None:
        self._fake, self._note = fake, note

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._fake, name)
        if name.startswith("_") or not callable(value):
            return value

        def call(*args: object, **kwargs: object) -> Any:
            # Only the thread of the loop has a running loop; a worker has none.
            self._note(name, asyncio._get_running_loop() is not None)
            return value(*args, **kwargs)

        return call


class Visitor:
    """Sends requests to an application as if they came over the network.

    Args:
        app: A FastAPI or Starlette application.
        overrides: For each dependency the fake that is to be given in its place.
        note: Is told the name of each method called on a fake, and whether the call
            came from the thread that runs the event loop.
    """

    def __init__(
        self,
        app: Any,
        overrides: Mapping[Any, object],
        note: Callable[[str, bool], None],
    ) -> None:
        self._app = app
        for dependency, fake in overrides.items():
            app.dependency_overrides[dependency] = _provider(_Watched(fake, note))

    def send(
        self, requests: Sequence[Mapping[str, Any]], at_once: bool
    ) -> list[dict[str, Any]]:
        """Start the application, send requests, and stop it.

        Args:
            requests: Keyword arguments of ``httpx.AsyncClient.request``.
            at_once: Whether all are under way at the same time.

        Returns:
            For each ``status``, ``headers``, ``text`` and what the application
            ``raised``.
        """
        return list(_run(self._send(requests, at_once)))

    async def _send(
        self, requests: Sequence[Mapping[str, Any]], at_once: bool
    ) -> list[dict[str, Any]]:
        async with self._app.router.lifespan_context(self._app):
            if at_once:
                return await asyncio.gather(*map(self._answer, requests))
            return [await self._answer(request) for request in requests]

    async def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        import httpx  # noqa: PLC0415 - the judge reads this file, and sends nothing

        raised = ""

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            nonlocal raised
            try:
                await self._app(scope, receive, send)
            except Exception as error:  # noqa: BLE001 - the server would log it
                raised = f"{type(error).__name__}: {error}"

        transport = httpx.ASGITransport(watched, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://service.test", trust_env=False
        ) as client:
            answer = await client.request(**request)
        return {
            "status": int(answer.status_code),  # an IntEnum would not cross as data
            "headers": [list(pair) for pair in answer.headers.multi_items()],
            "text": answer.text,
            "raised": raised,
        }


def _provider(value: object) -> Callable[[], Coroutine[Any, Any, object]]:
    async def provide() -> object:  # a plain function would be called in a thread
        return value

    return provide
