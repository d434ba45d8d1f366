"""Async code on a clock that jumps: what services see, and what a run tells."""

import asyncio
from functools import partial

import pytest

from autograder.checks.event_loop import EventLoop, Feed, SlowFake, Takes
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

HOUR = 3600.0
CODE = """
import asyncio

async def together(shop, names):
    return await asyncio.gather(*(shop.price(name) for name in names))

async def in_turn(shop, names):
    return [await shop.price(name) for name in names]

async def grouped(shop, names):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(shop.price(name)) for name in names]
    return [task.result() for task in tasks]

async def forgotten(shop, names):
    for name in names:
        asyncio.create_task(shop.price(name))
    await asyncio.sleep(0)

async def released(shop, names):
    try:
        await shop.price(names[0])
    finally:
        shop.close(names[0])

async def polling(shop, names):
    task = asyncio.create_task(shop.price(names[0]))
    while not task.done():
        await asyncio.sleep(1)

async def first_done(shop, names):
    tasks = [asyncio.create_task(shop.price(name)) for name in names]
    done = []
    for task in asyncio.as_completed(tasks):
        done.append(await task)
    return done

async def within(shop, names):
    async with asyncio.timeout(5):
        return await shop.price(names[0])

async def in_a_thread(shop, names):
    return await asyncio.to_thread(len, names)

async def never():
    await asyncio.Event().wait()

async def spinning():
    while True:
        await asyncio.sleep(0)

async def stubborn():
    while True:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            pass

def not_async(shop, names):
    return len(names)
"""


@pytest.fixture
def code() -> Namespace:
    return Namespace(CODE)


@pytest.fixture
def loop(code: Namespace) -> EventLoop:
    return EventLoop(code)


def shop(seconds: float = 60.0) -> SlowFake:
    price = {"tea": 5, "rye": 2}
    return SlowFake(
        "shop",
        price=lambda name: Takes(seconds, price.get(name, KeyError(name))),
        functions={"close": Takes()},
    )


def test_what_runs_at_once_is_seen(code: Namespace, loop: EventLoop) -> None:
    run = loop.run(code.together, shop(HOUR), ["tea", "rye", "tea"])
    assert run.value(called="together") == [5, 2, 5]
    assert (run.peak, run.seconds) == (3, HOUR)
    run = loop.run(code.in_turn, shop(HOUR), ["tea", "rye", "tea"])
    assert (run.peak, run.seconds) == (1, 3 * HOUR)


def test_calls_are_noted_with_their_times(code: Namespace, loop: EventLoop) -> None:
    fake = shop(10)
    loop.run(code.in_turn, fake, ["tea", "coal"])
    tea, coal = fake.calls_of("price")
    assert (tea.started, tea.ended, tea.how) == (0, 10, "returned")
    assert (coal.started, coal.ended, coal.how) == (10, 20, "raised")
    assert (repr(coal), coal.seconds) == ("price('coal')", 10)


def test_of_two_that_end_together_the_first_is_first(
    code: Namespace, loop: EventLoop
) -> None:
    numbers = list(range(30))
    fake = SlowFake("shop", price=lambda number: Takes(1.0, number))
    assert loop.run(code.first_done, fake, numbers).outcome.value == numbers


def test_an_error_names_its_causes(code: Namespace, loop: EventLoop) -> None:
    run = loop.run(code.grouped, shop(), ["tea", "coal", "oil"])
    assert run.outcome.errors[0] == "ExceptionGroup"
    assert [cause.message for cause in run.causes] == ["'coal'", "'oil'"]
    run = loop.run(code.in_turn, shop(), ["coal"])
    assert run.outcome.errors == run.causes[0].errors


def test_what_runs_on_is_seen(code: Namespace, loop: EventLoop) -> None:
    run = loop.run(code.forgotten, shop(), ["tea", "rye"])
    assert [repr(call) for call in run.left] == ["price('tea')", "price('rye')"]
    assert run.workers_left == 2
    assert not loop.run(code.in_turn, shop(), ["tea"]).left


def test_a_caller_can_give_up(code: Namespace, loop: EventLoop) -> None:
    fake = shop()
    run = loop.run(code.released, fake, ["tea"], cancel_at=7)
    assert run.outcome.errors[0] == "CancelledError"
    assert run.seconds == 7
    assert [call.how for call in fake.calls] == ["cancelled", "returned"]


def test_timeouts_go_by_the_clock_that_jumps(code: Namespace, loop: EventLoop) -> None:
    run = loop.run(code.within, shop(), ["tea"])
    assert (run.outcome.errors[0], run.seconds) == ("TimeoutError", 5)


def test_polling_is_seen(code: Namespace, loop: EventLoop) -> None:
    assert loop.run(code.polling, shop(60), ["tea"]).idle_waits >= 50
    assert loop.run(code.together, shop(60), ["tea", "rye"]).idle_waits == 0


@pytest.mark.parametrize(
    ("name", "error"),
    [("never", "WaitsForever"), ("spinning", "TurnsInCircles")],
)
def test_what_never_ends_is_told(
    code: Namespace, loop: EventLoop, name: str, error: str
) -> None:
    run = loop.run(getattr(code, name))
    assert run.outcome.errors[0] == error
    with pytest.raises(CriterionNotMet, match=error):
        run.value(called=name)


def test_who_will_not_be_cancelled_is_left_behind(
    code: Namespace, loop: EventLoop
) -> None:
    run = loop.run(code.stubborn, cancel_at=3)
    assert run.outcome.errors[0] == "TurnsInCircles"


def test_threads_are_replaced_as_in_a_browser(code: Namespace, loop: EventLoop) -> None:
    assert loop.run(code.in_a_thread, shop(), ["tea", "rye"]).outcome.value == 2


def test_a_plain_function_is_told_as_one(code: Namespace, loop: EventLoop) -> None:
    assert loop.run(code.not_async, shop(), []).outcome.errors[0] == "TypeError"


def test_a_feed_knows_how_far_ahead_it_was_taken(
    code: Namespace, loop: EventLoop
) -> None:
    for job, ahead in ((code.in_turn, 1), (code.together, 9)):
        fake = shop()
        feed = Feed(["tea"] * 9, partial(ended, fake))
        loop.run(job, fake, feed)
        assert (feed.taken, feed.ahead) == (9, ahead)


def ended(fake: SlowFake) -> int:
    return sum(call.ended is not None for call in fake.calls)


def test_it_runs_inside_a_loop_that_runs_already(
    code: Namespace, loop: EventLoop
) -> None:
    async def notebook() -> tuple[object, bool]:
        task = asyncio.current_task()
        run = loop.run(code.together, shop(), ["tea"])
        return run.outcome.value, asyncio.current_task() is task

    assert asyncio.run(notebook()) == ([5], True)
