"""An event loop whose clock jumps, and services on it that the judge watches.

Runs beside learner code: ``autograder.checks.event_loop`` sends this file over the
border as a probe. It needs the standard library only, opens no socket and starts no
thread, so it runs in a browser too. It decides nothing and counts nothing: the judge's
end is told of every start, end and wait when it happens.
"""

import asyncio
import contextlib
import heapq
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_TURNS = 20_000


class WaitsForever(Exception):
    """Every task waits, and nothing is left that could wake one."""


class TurnsInCircles(Exception):
    """The code is woken again and again without getting on."""


class _Timer(asyncio.TimerHandle):
    """A timer; of two for the same moment the one that was set first comes first."""

    number = 0

    def __lt__(self, other: Any) -> bool:
        return (self.when(), self.number) < (other.when(), other.number)


class _Loop(asyncio.BaseEventLoop):
    """A loop that, where others wait, sets its clock forward.

    Args:
        judge: The judge's end; it is told of each wait.
    """

    def __init__(self, judge: Any) -> None:
        super().__init__()
        self._judge = judge
        self._now = 0.0
        self._turns = 0
        self._timers = 0
        self._scheduled: list[_Timer] = []
        self._selector = self  # where the base class waits for the outside world

    def time(self) -> float:
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        self._turns += 1
        if self._turns > MAX_TURNS:
            raise TurnsInCircles(f"{MAX_TURNS} turns, and no call started or ended")
        if timeout is None:
            raise WaitsForever("every task waits, and nothing is left to wake one")
        if timeout > 0:
            self._now += timeout
            self._judge.waited(timeout)
        return []

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> _Timer:
        timer = _Timer(when, callback, args, self, context)
        timer.number = self._timers = self._timers + 1
        timer._scheduled = True  # type: ignore[attr-defined]
        heapq.heappush(self._scheduled, timer)
        return timer

    def got_on(self) -> None:
        """Start counting turns anew: a call has started or ended."""
        self._turns = 0

    def run_in_executor(  # type: ignore[override]
        self, _executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run it at once, as a browser without threads does: the loop waits for it."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever the function raises
            future.set_exception(error)
        return future

    def _process_events(self, event_list: list[Any]) -> None:
        """Nothing happens in the outside world."""

    def _write_to_self(self) -> None:
        """No other thread has to wake the loop."""


class _Service:
    """Offers coroutine functions; how long a call takes the judge says."""

    def __init__(self, link: Any, coroutines: list[str], functions: list[str]) -> None:
        for name in coroutines:
            setattr(self, name, _coroutine_function(link, name))
        for name in functions:
            setattr(self, name, _function(link, name))


def _coroutine_function(link: Any, name: str) -> Callable[..., Any]:
    async def call(*args: object, **kwargs: object) -> object:
        _got_on()
        number, seconds = link.start(name, args, kwargs)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            link.cancel(number)
            raise
        _got_on()
        return link.finish(number)

    call.__name__ = name
    return call


def _function(link: Any, name: str) -> Callable[..., Any]:
    def call(*args: object, **kwargs: object) -> object:
        return link.finish(link.start(name, args, kwargs)[0])

    call.__name__ = name
    return call


def _got_on() -> None:
    loop = asyncio.get_running_loop()
    if isinstance(loop, _Loop):
        loop.got_on()


def service(link: Any, coroutines: list[str], functions: list[str]) -> _Service:
    """Make a service for learner code.

    Args:
        link: The judge's end of it.
        coroutines: Its coroutine functions.
        functions: Its plain functions.

    Returns:
        An object that has them.
    """
    return _Service(link, coroutines, functions)


def feed(link: Any) -> Iterator[Any]:
    """Give items one by one; the judge is told of each.

    Args:
        link: The judge's end.

    Yields:
        The items.
    """
    while item := link.take():
        yield item[0]


def run(
    judge: Any,
    function: Callable[..., Any],
    args: list[Any],
    kwargs: Mapping[str, Any],
    cancel_at: float | None,
) -> dict[str, Any]:
    """Await what a function of the learner's returns, on a loop of its own.

    Args:
        judge: The judge's end; it is told when the function is done.
        function: A coroutine function, or one that returns an awaitable.
        args: Positional arguments.
        kwargs: Keyword arguments.
        cancel_at: When the caller is cancelled, in seconds of the loop's clock.

    Returns:
        ``value`` or ``errors``; and ``left``, how many tasks were not done then.
    """

    async def caller() -> dict[str, Any]:
        told: dict[str, Any]
        try:
            told = {"value": await function(*args, **kwargs)}
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001
            told = _failure(error)
        judge.returned()
        return {**told, "left": len(asyncio.all_tasks()) - 1}

    loop = _Loop(judge)
    loop.set_exception_handler(lambda *_: None)  # what nobody awaits is told by tasks
    with _outside_any_loop(), contextlib.closing(loop):
        task = loop.create_task(caller())
        if cancel_at is not None:
            loop.call_later(cancel_at, task.cancel)
        try:
            return loop.run_until_complete(task)
        except (WaitsForever, TurnsInCircles) as error:
            judge.returned()
            return {**_failure(error), "left": len(asyncio.all_tasks(loop)) - 1}
        finally:
            _end_what_is_left(loop)


def _failure(error: BaseException) -> dict[str, Any]:
    """Name an exception, and those that a group is made of."""
    return {
        "errors": [[kind.__name__ for kind in type(error).__mro__], str(error)],
        "causes": [
            [[kind.__name__ for kind in type(cause).__mro__], str(cause)]
            for cause in _causes(error)
        ],
    }


def _causes(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error


def _end_what_is_left(loop: _Loop) -> None:
    """Let nothing of this run live on; who will not end is left behind."""
    loop.got_on()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    with contextlib.suppress(WaitsForever, TurnsInCircles):
        loop.run_until_complete(_ended(left))
        loop.run_until_complete(loop.shutdown_asyncgens())


async def _ended(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def _outside_any_loop() -> Iterator[None]:
    """Set a loop aside that runs already: a notebook's, or a browser's."""
    outer = asyncio._get_running_loop()
    if outer is None:
        yield
        return
    task = asyncio.current_task(outer)
    if task is not None:
        asyncio._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if task is not None:
            asyncio._enter_task(outer, task)
