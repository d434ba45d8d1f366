# caught by: every_call_has_all_its_attempts
"""You called ask('outer'), decorated with retry(4, on=(ConnectionError,)), where each attempt first calls ask('inner'), and both fail three times. It raised ConnectionError: outer."""

import functools
import inspect


def retry(times, on):
    def decorate(function):
        attempt = 0
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaiting(*args, **kwargs):
                for _ in range(times - 1):
                    try:
                        return await function(*args, **kwargs)
                    except on:
                        continue
                return await function(*args, **kwargs)

            return awaiting

        @functools.wraps(function)
        def calling(*args, **kwargs):
            nonlocal attempt
            attempt = 0
            while True:
                attempt += 1
                try:
                    return function(*args, **kwargs)
                except on:
                    if attempt >= times:
                        raise

        return calling

    return decorate


@retry(3, on=(ConnectionError, TimeoutError))
def submit(desk, parcel, *, priority="normal"):
    """File a declaration and return its reference."""
    return desk.submit({"parcel": parcel, "priority": priority})["reference"]


@retry(4, on=ConnectionError)
def duty(desk, reference, currency="EUR"):
    """Return the duty in cents; small amounts are rounded up to the minimum."""
    return max(150, desk.duty(reference, currency))


@retry(2, on=TimeoutError)
async def release(desk, reference, *, seals=()):
    """Ask for the release of a parcel and return the gate it leaves by."""
    return f"gate {await desk.release(reference, sorted(seals))}"
