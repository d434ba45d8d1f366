# caught by: gives_up_with_the_last_failure
"""It made 4 attempts and raised ConnectionError"""

import functools
import inspect
from typing import Protocol


ATTEMPTS = (1, 2, 3, 4)  # nobody asks for more


def retry(times, on):
    def decorate(function):
        *earlier, _last = ATTEMPTS[:times]
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args, **kwargs):
                for _ in earlier:
                    try:
                        return await function(*args, **kwargs)
                    except on:
                        pass
                return await function(*args, **kwargs)

            return awaiting

        @functools.wraps(function)
        def calling(*args, **kwargs):
            for _ in earlier:
                try:
                    return function(*args, **kwargs)
                except on:
                    pass
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
