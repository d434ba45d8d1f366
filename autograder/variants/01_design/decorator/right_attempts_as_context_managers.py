from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import wraps
from typing import Protocol


def attempts(times: int, on: tuple[type[Exception], ...]) -> Iterator[AbstractContextManager[None]]:
    """All attempts but the last one forgive."""
    for _ in range(1, times):
        yield suppress(*on)
    yield nullcontext()


def retry(times: int, on):
    failures = on if isinstance(on, tuple) else (on,)

    def decorate(function):
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def repeated(*args, **kwargs):
                for attempt in attempts(times, failures):
                    with attempt:
                        return await function(*args, **kwargs)

        else:

            @wraps(function)
            def repeated(*args, **kwargs):
                for attempt in attempts(times, failures):
                    with attempt:
                        return function(*args, **kwargs)

        return repeated

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
