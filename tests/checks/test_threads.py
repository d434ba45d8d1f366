"""Threads that take turns: what goes wrong goes wrong each time, and is told."""

import collections
import gc
import queue
import selectors
import subprocess
import sys
import threading
import time

import pytest

from autograder.checks.threads import Run, SlowFake, Takes, Threads
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace, NamespaceError

NAMES = list("abcdefgh")
CODE = """
import asyncio
import queue
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

def pooled(names, shop, work, workers=4):
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, names))

def unlocked(names, shop):
    totals = {"all": 0}
    def work(name):
        totals["all"] += shop.price(name)
    pooled(names, shop, work)
    return totals["all"]

class Till:
    def __init__(self, lock):
        self.total, self.lock = 0, lock

    def add(self, price):
        with self.lock:
            self.total = self.total + price

def locked(names, shop, lock=threading.Lock):
    till = Till(lock())
    pooled(names, shop, lambda name: till.add(shop.price(name)))
    return till.total

def reentrant(names, shop):
    return locked(names, shop, threading.RLock)

def a_lock_each(names, shop):
    till = Till(None)
    def work(name):
        price, lock = shop.price(name), threading.Lock()
        with lock:
            till.total += price
    pooled(names, shop, work)
    return till.total

def nonlocal_total(names, shop):
    total = 0
    def work(name):
        nonlocal total
        price = shop.price(name)
        total += price
    pooled(names, shop, work)
    return total

def counter(names, shop):
    totals = Counter(all=0)
    pooled(names, shop, lambda name: totals.update({"all": shop.price(name)}))
    return totals["all"]

def as_done(names, shop):
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(shop.price, name) for name in names]
        return sum(future.result() for future in as_completed(futures))

def by_queue(names, shop):
    tasks, results = queue.Queue(), queue.SimpleQueue()
    def work():
        while (name := tasks.get()) is not None:
            results.put(shop.price(name))
            tasks.task_done()
    threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for name in names:
        tasks.put(name)
    tasks.join()
    for _ in threads:
        tasks.put(None)
    for thread in threads:
        thread.join()
    return sum(results.get() for _ in names)

def by_event_loop(names, shop):
    async def main():
        looks = [asyncio.to_thread(shop.price, name) for name in names[:4]]
        await asyncio.sleep(9)
        return sum(await asyncio.gather(*looks))
    return 2 * asyncio.run(main())

def left_alone(names, shop):
    global pool
    pool = ThreadPoolExecutor(3)
    return [pool.submit(shop.price, name) for name in names][0].result(timeout=99)

def lost(names, shop):
    thread = threading.Thread(target=shop.price, args=("coal",))
    thread.start()
    thread.join()

def embrace(names, shop):
    first, second = threading.Lock(), threading.Lock()
    def work(one, other):
        with one:
            shop.price("a")
            with other:
                pass
    pairs = [(first, second), (second, first)]
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

def swallowing(names, shop):
    try:
        embrace(names, shop)
    except Exception:
        return "fine"

def impatient(names, shop):
    try:
        queue.Queue().get(timeout=5)
    except queue.Empty:
        started = time.monotonic()
        time.sleep(3600)
        return time.monotonic() - started
"""


def run(name: str, seconds: float = 1.0) -> Run:
    shop = SlowFake(
        "shop",
        price=lambda name: Takes(seconds, KeyError(name) if name == "coal" else 5),
    )
    return Threads(Namespace(CODE)).run(name, NAMES, shop)


@pytest.mark.parametrize(
    "name", ["unlocked", "a_lock_each", "nonlocal_total", "counter"]
)
def test_an_update_without_a_lock_is_always_lost(name: str) -> None:
    # Two rounds of four workers: each round counts once.
    assert {run(name).value(called=name) for _ in range(5)} == {10}


@pytest.mark.parametrize(
    "name", ["locked", "reentrant", "as_done", "by_queue", "by_event_loop"]
)
def test_an_update_that_is_guarded_is_never_lost(name: str) -> None:
    assert {run(name).value(called=name) for _ in range(5)} == {40}


def test_an_hour_is_judged_at_once() -> None:
    started = time.monotonic()
    went = run("as_done", seconds=3600)
    assert (went.seconds, went.peak, went.workers) == (7200, 4, 4)
    assert time.monotonic() - started < 60
    assert run("impatient").outcome.value == 3600


def test_calls_tell_which_thread_made_them() -> None:
    shop = SlowFake("shop", price=Takes(1.0, 5))
    threads = Threads(Namespace(CODE))
    threads.run("by_queue", NAMES, shop)
    assert {call.by for call in shop.calls} == {1, 2, 3}


def test_threads_that_live_on_are_seen_and_ended() -> None:
    before = threading.active_count()
    assert run("left_alone").workers_left == 3
    assert run("as_done").workers_left == 0
    assert threading.active_count() == before


def test_an_error_that_nobody_sees_is_seen() -> None:
    went = run("lost")
    assert not went.outcome.raised
    assert [error.errors[0] for error in went.lost] == ["KeyError"]


@pytest.mark.parametrize("name", ["embrace", "swallowing"])
def test_a_deadlock_is_told(name: str) -> None:
    went = run(name)
    assert went.outcome.errors[0] == "WaitsForever"
    with pytest.raises(CriterionNotMet, match="every thread waits"):
        went.value(called=name)


def test_a_missing_name_is_told_as_such() -> None:
    with pytest.raises(NamespaceError):
        run("price_all")


def test_the_library_is_left_as_it_was() -> None:
    def known() -> list[object]:
        thread = threading.Thread
        return [
            *(threading.Lock, threading.RLock, threading.excepthook),
            *(thread.start, thread.join, queue.SimpleQueue, vars(queue)["time"]),
            *(
                selectors.DefaultSelector,
                time.sleep,
                time.monotonic,
                collections.Counter.__setitem__,
            ),
        ]

    before = known()
    run("unlocked")
    run("embrace")
    assert known() == before


def test_nothing_is_kept_of_a_run() -> None:
    def threads() -> int:
        gc.collect()
        return sum(isinstance(item, threading.Thread) for item in gc.get_objects())

    run("unlocked")
    before = threads()
    for name in ("unlocked", "left_alone", "embrace", "by_event_loop"):
        run(name)
    assert threads() <= before


def test_a_process_can_be_forked_afterwards() -> None:
    """Dead threads are kept for a while, and the library tends to their locks."""
    script = (
        "import os, sys\n"
        "from tests.checks.test_threads import run\n"
        "run('unlocked'), run('left_alone')\n"
        "child = os.fork()\n"
        "sys.exit(os.waitpid(child, 0)[1] if child else 0)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stderr == ""


def test_threads_of_others_notice_nothing() -> None:
    stop, seen = threading.Event(), []

    def other() -> None:
        while not stop.wait(0.001):
            lock = threading.Lock()
            with lock:
                time.sleep(0.001)
            seen.append(time.monotonic())

    thread = threading.Thread(target=other)
    thread.start()
    try:
        for _ in range(5):
            assert run("locked").outcome.value == 40
    finally:
        stop.set()
        thread.join()
    assert seen == sorted(seen)
