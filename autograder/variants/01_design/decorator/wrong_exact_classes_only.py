# caught by: other_failures_pass_at_once
"""which first raises ConnectionResetError. It raised ConnectionResetError: no at attempt 1. Expected what attempt 2 does: it returned 'done'"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
Failures = type[Exception] | tuple[type[Exception], ...]


def retry(times: int, on: Failures) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give each call of the decorated function several attempts."""

    failures = on if isinstance(on, tuple) else (on,)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args: P.args, **kwargs: P.kwargs) -> Any:
                for _ in range(times - 1):
                    try:
                        return await function(*args, **kwargs)
                    except Exception as failure:
                        if type(failure) not in failures:
                            raise
                return await function(*args, **kwargs)

            return cast("Callable[P, R]", awaiting)

        @functools.wraps(function)
        def calling(*args: P.args, **kwargs: P.kwargs) -> R:
            for _ in range(times - 1):
                try:
                    return function(*args, **kwargs)
                except Exception as failure:
                    if type(failure) not in failures:
                        raise
            return function(*args, **kwargs)

        return calling

    return decorate


class Desk(Protocol):
    """The customs desk, as its client library offers it."""

    def submit(self, declaration: dict[str, str]) -> dict[str, str]: ...

    def duty(self, reference: str, currency: str) -> int: ...

    async def release(self, reference: str, seals: list[str]) -> int: ...


@retry(3, on=(ConnectionError, TimeoutError))
def submit(desk: Desk, parcel: str, *, priority: str = "normal") -> str:
    """File a declaration and return its reference."""
    return desk.submit({"parcel": parcel, "priority": priority})["reference"]


@retry(4, on=ConnectionError)
def duty(desk: Desk, reference: str, currency: str = "EUR") -> int:
    """Return the duty in cents; small amounts are rounded up to the minimum."""
    return max(150, desk.duty(reference, currency))


@retry(2, on=TimeoutError)
async def release(desk: Desk, reference: str, *, seals: tuple[str, ...] = ()) -> str:
    """Ask for the release of a parcel and return the gate it leaves by."""
    return f"gate {await desk.release(reference, sorted(seals))}"
