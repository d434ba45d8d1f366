"""Calls of the customs desk."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeAlias, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
Classes: TypeAlias = "type[BaseException] | Iterable[type[BaseException]]"


def retry(times: int = 1, *, on: Classes = ()) -> Callable[[F], F]:
    if times < 1:
        raise ValueError(f"times must be 1 or more: {times}")
    repeated = (on,) if isinstance(on, type) else tuple(on)

    def decorate(function: F) -> F:
        def run(left: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            if left == 1:
                return function(*args, **kwargs)
            try:
                return function(*args, **kwargs)
            except repeated:
                pass
            return run(left - 1, args, kwargs)

        async def arun(left: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            answer: Awaitable[Any] = function(*args, **kwargs)
            try:
                return await answer
            except repeated:
                if left == 1:
                    raise
            return await arun(left - 1, args, kwargs)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def later(*args: Any, **kwargs: Any) -> Any:
                return await arun(times, args, kwargs)

            return later  # type: ignore[return-value]

        @functools.wraps(function)
        def now(*args: Any, **kwargs: Any) -> Any:
            return run(times, args, kwargs)

        return now  # type: ignore[return-value]

    return decorate


class Desk(Protocol):
    def submit(self, declaration: dict[str, str]) -> dict[str, str]: ...
    def duty(self, reference: str, currency: str) -> int: ...
    async def release(self, reference: str, seals: list[str]) -> int: ...


NETWORK = (ConnectionError, TimeoutError)
MINIMUM_CENTS = 150


@retry(times=3, on=NETWORK)
def submit(desk: Desk, parcel: str, *, priority: str = "normal") -> str:
    """File a declaration and return its reference."""
    answer = desk.submit({"parcel": parcel, "priority": priority})
    return answer["reference"]


@retry(times=4, on=[ConnectionError])
def duty(desk: Desk, reference: str, currency: str = "EUR") -> int:
    """Return the duty in cents; small amounts are rounded up to the minimum."""
    cents = desk.duty(reference, currency)
    return cents if cents > MINIMUM_CENTS else MINIMUM_CENTS


@retry(times=2, on=TimeoutError)
async def release(desk: Desk, reference: str, *, seals: tuple[str, ...] = ()) -> str:
    """Ask for the release of a parcel and return the gate it leaves by."""
    gate = await desk.release(reference, sorted(seals))
    return f"gate {gate}"
