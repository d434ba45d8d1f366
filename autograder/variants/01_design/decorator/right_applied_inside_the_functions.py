from __future__ import annotations

import functools
import inspect
from typing import Protocol


class Desk(Protocol):
    """The customs desk, as its client library offers it."""

    def submit(self, declaration: dict[str, str]) -> dict[str, str]: ...

    def duty(self, reference: str, currency: str) -> int: ...

    async def release(self, reference: str, seals: list[str]) -> int: ...


def submit(desk: Desk, parcel: str, *, priority: str = "normal") -> str:
    """File a declaration and return its reference."""
    ask = retry(3, on=(ConnectionError, TimeoutError))(desk.submit)
    return ask({"parcel": parcel, "priority": priority})["reference"]


def duty(desk: Desk, reference: str, currency: str = "EUR") -> int:
    """Return the duty in cents; small amounts are rounded up to the minimum."""

    @retry(4, on=ConnectionError)
    def ask() -> int:
        return desk.duty(reference, currency)

    return max(150, ask())


async def release(desk: Desk, reference: str, *, seals: tuple[str, ...] = ()) -> str:
    """Ask for the release of a parcel and return the gate it leaves by."""
    return await retry(2, on=TimeoutError)(_release)(desk, reference, seals)


async def _release(desk: Desk, reference: str, seals: tuple[str, ...]) -> str:
    return f"gate {await desk.release(reference, sorted(seals))}"


class retry:
    def __init__(self, times, on):
        self.times = times
        self.on = on

    def __call__(self, function):
        wrap = self._awaiting if inspect.iscoroutinefunction(function) else self._calling
        return functools.wraps(function)(wrap(function))

    def _calling(self, function):
        def wrapper(*args, **kwargs):
            left = self.times
            while left := left - 1:
                try:
                    return function(*args, **kwargs)
                except self.on:
                    pass
            return function(*args, **kwargs)

        return wrapper

    def _awaiting(self, function):
        async def wrapper(*args, **kwargs):
            left = self.times
            while left := left - 1:
                try:
                    return await function(*args, **kwargs)
                except self.on:
                    pass
            return await function(*args, **kwargs)

        return wrapper
