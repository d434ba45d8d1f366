"""Threads that take turns, on a clock that jumps, and fakes that the judge watches.

Runs beside learner code: ``autograder.checks.threads`` sends this file over the border
as a probe. It needs the standard library only. It runs the learner's code anew, with
locks of its own beneath everything that ``threading``, ``queue`` and
``concurrent.futures`` offer: one thread runs at a time, until it waits. Who runs next
never depends on the machine, so whatever can go wrong goes wrong each time; and when
all threads wait, that is known and needs no guess.

It decides nothing and counts nothing but threads: the judge's end is told of every
start, end and wait when it happens.
"""

import ast
import collections
import concurrent.futures.thread
import contextlib
import heapq
import itertools
import math
import queue
import selectors
import sys
import threading
import time
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

# As they are outside of a world.
_real_lock = threading.Lock
_bootstrap = threading.Thread._bootstrap  # type: ignore[attr-defined]
_join = threading.Thread.join
_sleep, _monotonic = time.sleep, time.monotonic
_selector = selectors.DefaultSelector


class WaitsForever(BaseException):
    """Every thread waits, and nothing is left that could wake one.

    Not an Exception: learner code must not take it for a failure of its own work.
    """


class _Ended(SystemExit):
    """Ends a thread that would live on after its run."""


class _Seat:
    """One thread's place in the order of turns."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.waits = 0  # how often it has waited: an old timer wakes nobody
        self.woken = False
        self.done = False
        self.joining: list[_Seat] = []
        self._gate = _real_lock()
        self._gate.acquire()

    def let_go(self) -> None:
        self._gate.release()

    def stop(self) -> None:
        self._gate.acquire()


class _World:
    """The order of turns, and the clock.

    Args:
        judge: The judge's end; it is told of each wait.
    """

    def __init__(self, judge: Any) -> None:
        self.now = 0.0
        self.lost: list[BaseException] = []
        self._judge = judge
        self._stuck = self._ending = False
        self._main = _Seat(0)
        self._current = self._main
        self._seats = [self._main]
        self._by_ident = {threading.get_ident(): self._main}
        self._by_thread: dict[threading.Thread, _Seat] = {}
        self._ready: deque[_Seat] = deque()
        self._timers: list[tuple[float, int, int, _Seat]] = []
        self._order = itertools.count()

    def seat(self) -> _Seat | None:
        """Tell which seat the running thread has; None for a stranger."""
        return self._by_ident.get(threading.get_ident())

    # --- Turns -----------------------------------------------------------------------

    def wait(self, seconds: float | None = None) -> bool:
        """Let others run, until one of them wakes this thread or time is up.

        Args:
            seconds: How long at most; None for as long as it takes.

        Returns:
            Whether it was woken.
        """
        seat = self._current
        if self._ending and seat is not self._main:
            raise _Ended
        seat.woken = False
        seat.waits += 1
        if seconds is not None:
            due = self.now + max(0.0, seconds)
            heapq.heappush(self._timers, (due, next(self._order), seat.waits, seat))
        self._pass_on()
        return seat.woken

    def wake(self, seat: _Seat) -> None:
        """Give a waiting thread its turn, after those that have been ready for longer.

        Args:
            seat: The thread's seat.
        """
        seat.woken = True
        seat.waits += 1
        self._ready.append(seat)

    def give_way(self) -> None:
        """Let all others run that can."""
        if self.seat() is not None and not self._ending:
            self._ready.append(self._current)
            self._pass_on()

    def until(self, look: Callable[[], Any], seconds: float | None) -> Any:
        """Let others run until they have done what no lock tells of.

        Args:
            look: Tells what they have done; something false for not yet.
            seconds: How long to wait at most.

        Returns:
            What was seen last.
        """
        due = math.inf if seconds is None else self.now + seconds
        while not (seen := look()) and self.now < due:
            following = min([due, *(timer[0] for timer in self._timers[:1])])
            if self._ready:
                self.give_way()
            else:
                self.wait(None if following == math.inf else following - self.now)
        return seen

    def _pass_on(self) -> None:
        seat, following = self._current, self._next()
        if following is not seat:
            self._current = following
            following.let_go()
            seat.stop()
        if self._ending and seat is not self._main:
            raise _Ended
        if self._stuck and seat is self._main and not self._ending:
            raise WaitsForever("every thread waits, and nothing is left to wake one")

    def _next(self) -> _Seat:
        if not self._ready:
            self._jump()
        if not self._ready:
            self._stuck = True
            return self._main
        return self._ready.popleft()

    def _jump(self) -> None:
        """Set the clock to the next moment for which somebody waits."""
        while self._timers and not self._ready:
            due = self._timers[0][0]
            while self._timers and self._timers[0][0] <= due:
                _, _, waits, seat = heapq.heappop(self._timers)
                if waits == seat.waits and not seat.done:
                    seat.waits += 1
                    self._ready.append(seat)
            if self._ready and due > self.now:
                self._judge.waited(due - self.now)
                self.now = due

    def knows(self, thread: threading.Thread) -> bool:
        """Tell whether a thread belongs to this world."""
        return thread in self._by_thread

    # --- The life of a thread --------------------------------------------------------

    def live(self, thread: threading.Thread) -> None:
        """Be a new thread: wait for its first turn, run it, and let the others go on.

        Args:
            thread: The thread that is starting.
        """
        seat = self._by_thread[thread]
        self._by_ident[threading.get_ident()] = seat
        seat.stop()
        try:
            if not self._ending:
                _bootstrap(thread)
        finally:
            seat.done = True
            for waiting in seat.joining:
                self.wake(waiting)
            self._current = self._main if self._ending else self._next()
            self._current.let_go()

    def add(self, thread: threading.Thread) -> None:
        """Give a thread a seat before it starts.

        Args:
            thread: The thread.
        """
        seat = _Seat(len(self._seats))
        self._seats.append(seat)
        self._by_thread[thread] = seat
        self._ready.append(seat)

    def join(self, thread: threading.Thread, seconds: float | None) -> bool:
        """Wait for a thread's end.

        Args:
            thread: The thread.
            seconds: How long at most.

        Returns:
            Whether it has ended.
        """
        seat = self._by_thread.get(thread)
        if seat is not None and not seat.done:
            seat.joining.append(self._current)
            self.wait(seconds)
            seat.joining = [s for s in seat.joining if s is not self._current]
        return seat is None or seat.done

    def alive(self) -> list[_Seat]:
        """Tell which threads besides the caller's have not ended."""
        return [seat for seat in self._seats[1:] if not seat.done]

    def started(self) -> int:
        """Tell how many threads were started."""
        return len(self._seats) - 1

    def end(self) -> None:
        """End every thread that is left; each of them really."""
        self._ending = True
        self._current = self._main
        for seat in self.alive():
            self._current = seat
            seat.let_go()
            self._main.stop()
        for thread in self._by_thread:
            _join(thread)
        # The library keeps the queue of a pool for as long as its threads are known.
        self._by_thread.clear()


class _Lock:
    """A lock of a world; whoever has waited longest is the next to hold it."""

    def __init__(self, world: _World) -> None:
        self._world = world
        self._held = False
        self._waiting: deque[_Seat] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not self._held:
            self._held = True
            return True
        if not blocking:
            return False
        seat = self._world._current
        self._waiting.append(seat)
        handed = False
        try:
            handed = self._world.wait(None if timeout < 0 else timeout)
        finally:
            if not handed:
                self._waiting.remove(seat)
        return handed

    def release(self) -> None:
        if not self._held:
            raise RuntimeError("release unlocked lock")
        if self._waiting:
            self._world.wake(self._waiting.popleft())
        else:
            self._held = False

    def locked(self) -> bool:
        return self._held

    def _at_fork_reinit(self) -> None:
        """Be free in a forked process, as the library asks of locks that it keeps."""
        self._held = False
        self._waiting.clear()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


# --- The learner's code in that world ------------------------------------------------


class _Replacements:
    """What stands in for names of the standard library while a world is in force.

    Threads that do not belong to it, such as a notebook's own, notice nothing.
    """

    def __init__(self, world: _World) -> None:
        self._world = world
        self._start = threading.Thread.start

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """Have everything that waits wait in this world."""
        pool = concurrent.futures.thread
        with contextlib.ExitStack() as stack:
            for target, name, value in (
                (threading, "Lock", self.lock),
                (threading, "_allocate_lock", self.lock),
                (threading, "RLock", threading._PyRLock),  # type: ignore[attr-defined]
                (threading, "_time", self.monotonic),
                (threading, "excepthook", self.note_lost),
                (threading.Thread, "_bootstrap", _method(self.live)),
                (threading.Thread, "start", _method(self.start)),
                (threading.Thread, "join", _method(self.join)),
                (selectors, "DefaultSelector", self.selector),
                (queue, "SimpleQueue", queue._PySimpleQueue),  # type: ignore[attr-defined]
                (queue, "time", self.monotonic),
                (pool, "_global_shutdown_lock", self.lock()),
                (concurrent.futures._base.LOGGER, "disabled", True),  # see _Ended
                (time, "sleep", self.sleep),
                (time, "monotonic", self.monotonic),
                (time, "perf_counter", self.monotonic),
            ):
                stack.enter_context(patch.object(target, name, value))
            counts = _method(self.set_count)
            stack.enter_context(
                patch.object(collections.Counter, "__setitem__", counts, create=True)
            )
            yield

    def lock(self) -> Any:
        return _real_lock() if self._world.seat() is None else _Lock(self._world)

    def live(self, thread: threading.Thread) -> None:
        if self._world.knows(thread):
            self._world.live(thread)
        else:
            _bootstrap(thread)

    def start(self, thread: threading.Thread) -> None:
        if self._world.seat() is not None and not self._world.knows(thread):
            self._world.add(thread)
        self._start(thread)

    def join(self, thread: threading.Thread, timeout: float | None = None) -> None:
        if self._world.seat() is None or self._world.join(thread, timeout):
            _join(thread, timeout)

    def sleep(self, seconds: float) -> None:
        if self._world.seat() is None:
            _sleep(seconds)
        else:
            self._world.wait(seconds)

    def selector(self) -> selectors.BaseSelector:
        """What an event loop waits in; threads that it has started wake it."""
        made = _selector()
        if self._world.seat() is not None:
            look = made.select
            made.select = lambda timeout=None: self._world.until(  # type: ignore[method-assign]
                lambda: look(0), timeout
            )
        return made

    def monotonic(self) -> float:
        return _monotonic() if self._world.seat() is None else self._world.now

    def note_lost(self, told: Any) -> None:
        if told.exc_type is not _Ended:
            self._world.lost.append(told.exc_value)

    def set_count(self, counter: Any, key: object, value: object) -> None:
        """``Counter.update`` reads and stores in Python: a thread may be switched."""
        self._world.give_way()
        dict.__setitem__(counter, key, value)


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that a class binds: it gets the object that it is called on."""

    def method(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return method


class _WithSwitches(ast.NodeTransformer):
    """Lets all other threads run between what a statement reads and what it stores.

    A thread may be switched there. On a machine it seldom is; here it always is.
    """

    def __init__(self, tree: ast.AST) -> None:
        self._shared = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Global | ast.Nonlocal)
            for name in node.names
        }

    def _stores(self, target: ast.AST) -> bool:
        return any(
            isinstance(node, ast.Attribute | ast.Subscript)
            or (isinstance(node, ast.Name) and node.id in self._shared)
            for node in ast.walk(target)
        )

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if any(map(self._stores, node.targets)):
            node.value = _switched(node.value)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None and self._stores(node.target):
            node.value = _switched(node.value)
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if self._stores(node.target):
            node.value = _switched(node.value)
        return self.generic_visit(node)


def _switched(value: ast.expr) -> ast.expr:
    name = ast.Name("__switch__", ast.Load())
    return ast.copy_location(ast.Call(name, [value], []), value)


def _run_anew(source: str, world: _World) -> types.ModuleType:
    """Run the learner's code in the world."""

    def switch(value: object) -> object:
        world.give_way()
        return value

    tree = ast.parse(source)
    changed = ast.fix_missing_locations(_WithSwitches(tree).visit(tree))
    module = types.ModuleType("solution")
    module.__dict__["__switch__"] = switch
    # Pydantic, dataclasses and typing look names up in the module of a class.
    with patch.dict(sys.modules, {"solution": module}):
        code = compile(changed, "<solution>", "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - running the code is the purpose
    return module


class SlowFake:
    """Offers functions; how long a call takes the judge says.

    Args:
        link: The judge's end of it.
        names: Its functions.
    """

    def __init__(self, link: Any, names: list[str]) -> None:
        self._border_link = link
        self._names = names

    def enter(self, world: _World) -> None:
        """Offer the functions to threads of a world.

        Args:
            world: The world.
        """
        for name in self._names:
            setattr(self, name, self._function(name, world))

    def _function(self, name: str, world: _World) -> Callable[..., Any]:
        link = self._border_link

        def call(*args: object, **kwargs: object) -> object:
            seat = world.seat()
            number, seconds = link.start(name, args, kwargs, seat.number if seat else 0)
            if seconds:
                world.wait(seconds)
            return link.finish(number)

        call.__name__ = name
        return call


def run(
    judge: Any, source: str, name: str, args: list[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Call a function of the learner's, in a world of its own.

    Args:
        judge: The judge's end; it is told when the function is done.
        source: The learner's code.
        name: The function.
        args: Positional arguments.
        kwargs: Keyword arguments.

    Returns:
        ``value`` or ``errors``; ``workers``, how many threads were started; ``left``,
        how many were alive when the function was done; ``lost``, what threads raised.
    """
    world = _World(judge)
    for item in [*args, *kwargs.values()]:
        if isinstance(item, SlowFake):
            item.enter(world)
    with _Replacements(world).in_force():
        try:
            told: dict[str, Any]
            try:
                function = getattr(_run_anew(source, world), name)
                told = {"value": function(*args, **kwargs)}
            except (Exception, WaitsForever) as error:  # noqa: BLE001
                told = {"errors": _failure(error), "causes": [_failure(error)]}
            judge.returned()
            told["left"] = len(world.alive())
        finally:
            world.end()
    lost = [_failure(error) for error in world.lost]
    return {**told, "workers": world.started(), "lost": lost}


def _failure(error: BaseException) -> list[Any]:
    return [[kind.__name__ for kind in type(error).__mro__], str(error)]
