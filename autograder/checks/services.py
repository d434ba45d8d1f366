"""Collaborators whose calls take time, watched while code uses several at once.

What both kinds of concurrency share: ``autograder.checks.event_loop`` runs coroutines,
``autograder.checks.threads`` runs threads. Time is a number that jumps; the judge keeps
it, and is told of every start and end in the order in which they happen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.checks.fakes import Call
from autograder.checks.outcomes import Outcome, expect
from autograder.values import plain


@dataclass(frozen=True)
class Takes:
    """How a service answers a call.

    Attributes:
        seconds: How long the call takes.
        result: What it returns then; an exception is raised.
    """

    seconds: float = 0.0
    result: object = None


@dataclass
class TimedCall:
    """One call to a service.

    Attributes:
        call: The method and its arguments.
        started: When it started, in seconds since the run began.
        by: Which thread made it: 0 is the caller's own.
        ended: When it ended; None while it runs.
        how: ``returned``, ``raised`` or ``cancelled``; empty while it runs.
    """

    call: Call
    started: float
    by: int = 0
    ended: float | None = None
    how: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.started if self.ended is None else self.ended) - self.started

    def __repr__(self) -> str:
        return repr(self.call)


class Watch:
    """The judge's clock and what happens by it; its methods are called back."""

    def __init__(self) -> None:
        self._now = 0.0
        self._over = False
        self._eventful = True
        self._idle_waits = 0
        self._running: list[TimedCall] = []
        self._peak = 0
        self._left: list[TimedCall] = []

    def waited(self, seconds: float) -> None:
        """Set the clock forward: all code waits."""
        if self._over:
            return
        self._idle_waits += not self._eventful
        self._eventful = False
        self._now += float(seconds)

    def returned(self) -> None:
        """The function under test is done; what runs on is no longer its work."""
        self._over = True
        self._left = list(self._running)


Answer = Takes | Callable[..., Takes]


class Service:
    """A collaborator whose calls take time; handed over through a loop or threads.

    Args:
        name: How messages call it.
        functions: Methods that answer at once, in async code too: plain functions.
        **methods: For each method a ``Takes``, or a function from its arguments to one.

    Attributes:
        calls: All calls, in the order in which they started.
    """

    def __init__(
        self,
        name: str,
        *,
        functions: Mapping[str, Answer] | None = None,
        **methods: Answer,
    ) -> None:
        self._name = name
        self._timed = methods
        self._functions = dict(functions or {})
        self._watch = Watch()
        self.calls: list[TimedCall] = []
        self._results: list[object] = []

    def __repr__(self) -> str:
        return self._name

    def calls_of(self, method: str) -> list[TimedCall]:
        """Tell how one method was used.

        Args:
            method: Its name.

        Returns:
            Its calls, in the order in which they started.
        """
        return [call for call in self.calls if call.call.method == method]


class Link:
    """What crosses the border for a service: its calls are told here.

    Args:
        service: The service.
        watch: The clock.
    """

    def __init__(self, service: Service, watch: Watch) -> None:
        self._service = service
        self._watch = watch

    def start(self, method: Any, args: Any, kwargs: Any, by: int = 0) -> list[Any]:
        """Note that a call starts.

        Args:
            method: The method's name.
            args: Positional arguments.
            kwargs: Keyword arguments.
            by: Which thread calls.

        Returns:
            The call's number, and the seconds that it takes.

        Raises:
            RuntimeError: The run is over.
        """
        service, watch = self._service, self._watch
        timed = method in service._timed
        if timed and watch._over:
            raise RuntimeError(f"{service} is closed: the run is over")
        answer = (service._timed if timed else service._functions)[method]
        if not isinstance(answer, Takes):
            answer = answer(*args, **kwargs)
        call = Call(method, tuple(plain(list(args))), plain(dict(kwargs)))
        service.calls.append(TimedCall(call, watch._now, by))
        service._results.append(answer.result)
        watch._eventful = True
        if timed:
            watch._running.append(service.calls[-1])
            watch._peak = max(watch._peak, len(watch._running))
        return [len(service.calls) - 1, answer.seconds]

    def finish(self, number: int) -> object:
        """Note that a call is done, and answer it.

        Args:
            number: Which call.

        Returns:
            The call's result.

        Raises:
            BaseException: The call's result is an exception.
        """
        result = self._service._results[number]
        failed = isinstance(result, BaseException)
        self._end(number, "raised" if failed else "returned")
        if isinstance(result, BaseException):
            raise result
        return result

    def cancel(self, number: int) -> None:
        """Note that a call was given up.

        Args:
            number: Which call.
        """
        self._end(number, "cancelled")

    def _end(self, number: int, how: str) -> None:
        call, watch = self._service.calls[number], self._watch
        if call.ended is None and not watch._over:
            call.ended, call.how = watch._now, how
            watch._running = [other for other in watch._running if other is not call]
        watch._eventful = True


class Feed:
    """Items that are handed over one by one, as by a generator.

    Args:
        items: The items.
        done: Tells how many are dealt with, such as calls that have ended.

    Attributes:
        taken: How many items were taken.
        ahead: The most items that were ever taken and not dealt with.
    """

    def __init__(self, items: Iterable[Any], done: Callable[[], int]) -> None:
        self._items = iter(items)
        self._done = done
        self.taken = 0
        self.ahead = 0

    def take(self) -> list[Any]:
        """Give the next item, in a list; an empty one at the end."""
        for item in self._items:
            self.taken += 1
            self.ahead = max(self.ahead, self.taken - self._done())
            return [item]
        return []


@dataclass(frozen=True)
class Run:
    """How a function went on a clock that jumps.

    Attributes:
        outcome: What it returned or raised.
        causes: The exceptions in a group that it raised, or the one that it raised.
        seconds: How long it took.
        peak: The most calls to services that ever ran at once.
        left: Calls to services that ran on when it was done.
        workers_left: Tasks or threads that were not done when it was.
        idle_waits: How often the clock ran while no call started or ended: polling.
        workers: How many threads were started.
        lost: What threads raised and nobody could see.
    """

    outcome: Outcome
    causes: tuple[Outcome, ...] = ()
    seconds: float = 0.0
    peak: int = 0
    left: tuple[TimedCall, ...] = ()
    workers_left: int = 0
    idle_waits: int = 0
    workers: int = 0
    lost: tuple[Outcome, ...] = ()

    def value(self, *, called: str) -> Any:
        """Demand that the function returned.

        Args:
            called: The call, as messages show it.

        Returns:
            What it returned.

        Raises:
            CriterionNotMet: It raised, or never came to an end.
        """
        expect(
            not self.outcome.raised,
            called=called,
            got=str(self.outcome),
            expected="it to return",
        )
        return self.outcome.value


def run_of(told: Mapping[str, Any], watch: Watch) -> Run:
    """Put together what the probe told and what the watch saw.

    Args:
        told: What ``run`` of the probe returned.
        watch: The watch of that run.

    Returns:
        The run.
    """
    return Run(
        outcome=_outcome(told["errors"])
        if "errors" in told
        else Outcome(value=plain(told["value"])),
        causes=tuple(_outcome(cause) for cause in told.get("causes", ())),
        seconds=watch._now,
        peak=watch._peak,
        left=tuple(watch._left),
        workers_left=int(told["left"]),
        idle_waits=watch._idle_waits,
        workers=int(told.get("workers", 0)),
        lost=tuple(_outcome(error) for error in told.get("lost", ())),
    )


def _outcome(error: list[Any]) -> Outcome:
    names, text = error
    return Outcome(errors=tuple(map(str, names)), message=str(text))
