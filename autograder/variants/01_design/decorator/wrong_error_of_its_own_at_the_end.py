# caught by: gives_up_with_the_last_failure
"""raised ConnectionError: gave up after 1 attempts. Expected the last attempt's own ConnectionError"""

import functools
import inspect
from typing import Protocol


def retry(times, on):
    def gave_up(failure):
        return type(failure)(f"gave up after {times} attempts")

    def decorate(function):
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args, **kwargs):
                for attempt in range(1, times + 1):
                    try:
                        return await function(*args, **kwargs)
                    except on as failure:
                        if attempt == times:
                            raise gave_up(failure) from failure

            return awaiting

        @functools.wraps(function)
        def calling(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    return function(*args, **kwargs)
                except on as failure:
                    if attempt == times:
                        raise gave_up(failure) from failure

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
