import inspect
from functools import update_wrapper
from typing import Protocol


class Desk(Protocol):
    """The customs desk, as its client library offers it."""

    def submit(self, declaration: dict[str, str]) -> dict[str, str]: ...

    def duty(self, reference: str, currency: str) -> int: ...

    async def release(self, reference: str, seals: list[str]) -> int: ...


def submit(desk: Desk, parcel: str, *, priority: str = "normal") -> str:
    """File a declaration and return its reference."""
    return desk.submit({"parcel": parcel, "priority": priority})["reference"]


def duty(desk: Desk, reference: str, currency: str = "EUR") -> int:
    """Return the duty in cents; small amounts are rounded up to the minimum."""
    return max(150, desk.duty(reference, currency))


async def release(desk: Desk, reference: str, *, seals: tuple[str, ...] = ()) -> str:
    """Ask for the release of a parcel and return the gate it leaves by."""
    return f"gate {await desk.release(reference, sorted(seals))}"


def retry(times, on):
    def decorate(function):
        def call(*args, **kwargs):
            last = None
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except on as failure:
                    last = failure
            raise last

        async def call_and_await(*args, **kwargs):
            last = None
            for _ in range(times):
                try:
                    return await function(*args, **kwargs)
                except on as failure:
                    last = failure
            raise last

        chosen = call_and_await if inspect.iscoroutinefunction(function) else call
        return update_wrapper(chosen, function)

    return decorate


submit = retry(3, on=(ConnectionError, TimeoutError))(submit)
duty = retry(4, on=ConnectionError)(duty)
release = retry(2, on=TimeoutError)(release)
