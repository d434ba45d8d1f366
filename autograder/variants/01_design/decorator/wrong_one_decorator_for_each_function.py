# caught by: all_repeating_is_left_to_retry
"""You called submit with a desk that is down, while retry(...) hands every function back as it is. It asked the desk 3 times"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
Failures = type[Exception] | tuple[type[Exception], ...]


def retry(times: int, on: Failures) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give each call of the decorated function several attempts."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args: P.args, **kwargs: P.kwargs) -> Any:
                for _ in range(times - 1):
                    try:
                        return await function(*args, **kwargs)
                    except on:
                        continue
                return await function(*args, **kwargs)

            return cast("Callable[P, R]", awaiting)

        @functools.wraps(function)
        def calling(*args: P.args, **kwargs: P.kwargs) -> R:
            for _ in range(times - 1):
                try:
                    return function(*args, **kwargs)
                except on:
                    continue
            return function(*args, **kwargs)

        return calling

    return decorate


def retry_submit(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        for _ in range(2):
            try:
                return function(*args, **kwargs)
            except (ConnectionError, TimeoutError):
                continue
        return function(*args, **kwargs)

    return wrapper


def retry_duty(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        for _ in range(3):
            try:
                return function(*args, **kwargs)
            except ConnectionError:
                continue
        return function(*args, **kwargs)

    return wrapper


def retry_release(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        try:
            return await function(*args, **kwargs)
        except TimeoutError:
            return await function(*args, **kwargs)

    return wrapper


class Desk(Protocol):
    """The customs desk, as its client library offers it."""

    def submit(self, declaration: dict[str, str]) -> dict[str, str]: ...

    def duty(self, reference: str, currency: str) -> int: ...

    async def release(self, reference: str, seals: list[str]) -> int: ...


@retry_submit
def submit(desk: Desk, parcel: str, *, priority: str = "normal") -> str:
    """File a declaration and return its reference."""
    return desk.submit({"parcel": parcel, "priority": priority})["reference"]


@retry_duty
def duty(desk: Desk, reference: str, currency: str = "EUR") -> int:
    """Return the duty in cents; small amounts are rounded up to the minimum."""
    return max(150, desk.duty(reference, currency))


@retry_release
async def release(desk: Desk, reference: str, *, seals: tuple[str, ...] = ()) -> str:
    """Ask for the release of a parcel and return the gate it leaves by."""
    return f"gate {await desk.release(reference, sorted(seals))}"
