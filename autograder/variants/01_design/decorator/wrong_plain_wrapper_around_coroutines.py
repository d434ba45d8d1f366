# caught by: coroutine_function_stays_one
"""It returned [False, False]. Expected [True, True]"""

import functools
import inspect
from typing import Protocol


def _attempts(times, on, function, args, kwargs):
    for _ in range(times - 1):
        try:
            return function(*args, **kwargs)
        except on:
            continue
    return function(*args, **kwargs)


async def _awaited_attempts(times, on, function, args, kwargs):
    for _ in range(times - 1):
        try:
            return await function(*args, **kwargs)
        except on:
            continue
    return await function(*args, **kwargs)


def retry(times, on):
    def decorate(function):
        run = _awaited_attempts if inspect.iscoroutinefunction(function) else _attempts

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return run(times, on, function, args, kwargs)

        return wrapper

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
