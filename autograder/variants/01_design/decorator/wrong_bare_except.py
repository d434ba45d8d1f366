# caught by: other_failures_pass_at_once
"""which first raises KeyboardInterrupt. It returned 'done' at attempt 2"""

import functools
import inspect
import sys
from typing import Protocol


def retry(times, on):
    def repeats(failure):
        return isinstance(failure, on) or not isinstance(failure, Exception)

    def decorate(function):
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args, **kwargs):
                for left in reversed(range(times)):
                    try:
                        return await function(*args, **kwargs)
                    except Exception as failure:
                        if not left or not repeats(failure):
                            raise

            return awaiting

        @functools.wraps(function)
        def calling(*args, **kwargs):
            for left in reversed(range(times)):
                try:
                    return function(*args, **kwargs)
                except:  # noqa: E722
                    failure = sys.exception()
                    if not left or not repeats(failure):
                        raise

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
