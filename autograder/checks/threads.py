"""Threads judged from outside: they take turns, on a clock that jumps.

What goes wrong once in a thousand runs goes wrong each time: between what a statement
reads and what it stores, all other threads run. Whoever holds a lock meanwhile is safe;
who waits for ever is told so. What runs at once, in which thread and for how long, our
services see::

    def test_two_at_once(solution):
        shop = Service("shop", price=Takes(60, 5))
        run = Threads(solution).run("prices", ["tea", "rye", "oil"], shop)
        run.value(called="prices(['tea', 'rye', 'oil'], shop)")
        expect(run.peak == 2, ...)
"""

from pathlib import Path
from typing import Any

from autograder.border import virtual_threads
from autograder.checks.services import Answer, Link, Run, Service, Takes, Watch, run_of

__all__ = ["Answer", "Run", "Service", "Takes", "Threads"]

_PROBE = Path(virtual_threads.__file__).read_text(encoding="utf-8")


class Threads:
    """Runs functions of learner code that use threads.

    Args:
        solution: The learner's code.
    """

    def __init__(self, solution: Any) -> None:
        self._solution = solution
        self._probe = solution.probe(_PROBE)

    def run(self, name: str, *args: object, **kwargs: object) -> Run:
        """Run the code anew and call one of its functions.

        A ``Service`` among the arguments arrives as an object with functions.

        Args:
            name: The function.
            *args: Positional arguments.
            **kwargs: Keyword arguments.

        Returns:
            How it went.
        """
        getattr(self._solution, name)  # a name that is missing is told as such
        watch = Watch()
        told = self._probe.run(
            watch,
            self._solution.source,
            name,
            [self._handed(item, watch) for item in args],
            {key: self._handed(item, watch) for key, item in kwargs.items()},
        )
        return run_of(told, watch)

    def _handed(self, item: object, watch: Watch) -> object:
        if isinstance(item, Service):
            return self._probe.Service(Link(item, watch), list(item._timed))
        return item
