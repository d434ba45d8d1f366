"""Async code judged from outside, on an event loop whose clock jumps.

An hour's work is judged at once, and always the same; who waits for ever is told so.
What runs at once, in which order and for how long, our services see::

    def test_two_at_once(solution):
        shop = Service("shop", price=Takes(60, 5))
        run = EventLoop(solution).run(solution.prices, ["tea", "rye", "oil"], shop)
        run.value(called="prices(['tea', 'rye', 'oil'], shop)")
        expect(run.peak == 2, ...)
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.border import virtual_loop
from autograder.checks.services import (
    Answer,
    Feed,
    Link,
    Run,
    Service,
    Takes,
    Watch,
    run_of,
)

__all__ = ["Answer", "EventLoop", "Feed", "Run", "Service", "Takes"]

_PROBE = Path(virtual_loop.__file__).read_text(encoding="utf-8")


class EventLoop:
    """Runs coroutines of learner code.

    Args:
        solution: The learner's code.
    """

    def __init__(self, solution: Any) -> None:
        self._probe = solution.probe(_PROBE)

    def run(
        self,
        function: Callable[..., Any],
        *args: object,
        cancel_at: float | None = None,
        **kwargs: object,
    ) -> Run:
        """Await what a function returns, on a fresh loop.

        A ``Service`` among the arguments arrives as an object with coroutine functions,
        a ``Feed`` as a generator.

        Args:
            function: A coroutine function of the learner's.
            *args: Positional arguments.
            cancel_at: When the caller is cancelled, in seconds; None for never.
            **kwargs: Keyword arguments.

        Returns:
            How it went.
        """
        watch = Watch()
        told = self._probe.run(
            watch,
            function,
            [self._handed(item, watch) for item in args],
            {name: self._handed(item, watch) for name, item in kwargs.items()},
            cancel_at,
        )
        return run_of(told, watch)

    def _handed(self, item: object, watch: Watch) -> object:
        if isinstance(item, Feed):
            return self._probe.feed(item)
        if isinstance(item, Service):
            link = Link(item, watch)
            return self._probe.service(link, list(item._timed), list(item._functions))
        return item
