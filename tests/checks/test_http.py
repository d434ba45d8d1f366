"""A criterion's web service: real requests, and who was held up by which call."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx  # noqa: F401 - loaded before the fork, as a grader does
import pytest

from autograder.checks import Fake, calls_to
from autograder.checks.http import Request, Service
from autograder.criteria import CriterionNotMet
from autograder.namespace import NamespaceError

Load = Callable[[str], Any]

SERVICE = """
import asyncio
from contextlib import asynccontextmanager
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, FastAPI, Query, Response
from starlette.concurrency import run_in_threadpool

started, waiting, most = [], 0, 0

@asynccontextmanager
async def lifespan(app):
    started.append("up")
    yield
    started.append("down")

def get_register():
    raise RuntimeError("no register here")

Register = Annotated[object, Depends(get_register)]
app = FastAPI(lifespan=lifespan, title="Permits")

@app.get("/plain/{number}")
def plain(number: int, register: Register):
    return register.find(number)

@app.get("/blocking/{number}")
async def blocking(number: int, register: Register):
    return register.find(number)

@app.get("/helper/{number}")
async def helper(number: int, register: Register):
    async def find():
        return register.find(number)
    return await find()

@app.get("/to_thread/{number}")
async def to_thread(number: int, register: Register):
    return await asyncio.to_thread(register.find, number)

@app.get("/anyio/{number}")
async def with_anyio(number: int, register: Register):
    return await run_sync(register.find, number)

@app.get("/pool/{number}")
async def pool(number: int, register: Register):
    return await run_in_threadpool(register.find, number=number)

@app.get("/owner")
def owner(register: Register):
    return register.owner

@app.get("/together")
async def together():
    global waiting, most
    waiting += 1
    most = max(most, waiting)
    await asyncio.sleep(0.001)
    waiting -= 1
    return most

@app.get("/cookies")
async def cookies(response: Response, limit: Annotated[int, Query(le=9)] = 3):
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return limit

@app.get("/broken")
async def broken():
    raise KeyError("inside")

@app.delete("/gone", status_code=204)
async def gone():
    pass

def create_app():
    return FastAPI(title="Made")

def create_broken():
    raise ValueError("no settings")
"""


def visited(load: Load, **answers: Any) -> tuple[Service, Fake, Any]:
    solution = load(SERVICE)
    register = Fake("register", attributes={"owner": "the town"}, **answers)
    service = Service(solution, overrides={"get_register": register})
    return service, register, solution


@pytest.mark.parametrize(
    ("route", "on_loop"),
    [
        ("plain", False),
        ("to_thread", False),
        ("anyio", False),
        ("pool", False),
        ("blocking", True),
        ("helper", True),
    ],
)
def test_who_is_held_up_is_seen(load: Load, route: str, on_loop: bool) -> None:
    service, register, _ = visited(load, find=lambda number: {"number": number})
    requests = [Request("GET", f"/{route}/{number}") for number in range(3)]
    for send in (service.send, service.send_at_once):
        service.arrivals.clear()
        answers = send(*requests)
        assert [answer.json for answer in answers] == [{"number": n} for n in range(3)]
        assert [a.on_loop for a in service.arrivals] == [on_loop] * 3
    assert {call.method for call in calls_to(register)} == {"find"}


def test_answers_are_told_as_clients_see_them(load: Load) -> None:
    service, _, _ = visited(load)
    good = service.get("/cookies", X_Trace="7")
    assert str(good) == "answered 200 with 3"
    assert good.called == "GET /cookies, X-Trace: 7"
    assert [part[:3] for part in good.headers["set-cookie"].split(", ")] == [
        "a=1",
        "b=2",
    ]
    assert service.get("/cookies?limit=10").faulty_fields() == {"limit"}
    broken = service.get("/broken")
    assert str(broken) == "answered 500, for it raised KeyError: 'inside'"
    assert str(service.request("DELETE", "/gone")) == "answered 204 without a body"
    assert service.get("/owner").json == "the town"
    with pytest.raises(CriterionNotMet, match="status 404 for what is not there"):
        good.expect_status(404, "for what is not there")
    with pytest.raises(CriterionNotMet, match="the body 4"):
        good.expect_json(4)


def test_requests_at_once_overlap_and_others_do_not(load: Load) -> None:
    service, _, solution = visited(load)
    requests = [Request("GET", "/together")] * 4
    service.send(*requests)
    assert solution.most == 1
    service.send_at_once(*requests)
    assert solution.most == 4


def test_each_visit_starts_and_stops_the_app(load: Load) -> None:
    service, _, solution = visited(load)
    service.send(Request("GET", "/together"), Request("GET", "/together"))
    assert list(solution.started) == ["up", "down"]
    service.openapi()
    assert list(solution.started) == ["up", "down"] * 2


def test_the_app_may_come_from_a_factory(load: Load) -> None:
    assert Service(load(SERVICE), "create_app()").openapi()["info"]["title"] == "Made"


def test_what_is_missing_is_named(load: Load) -> None:
    solution = load(SERVICE)
    with pytest.raises(NamespaceError, match="defines no get_clock"):
        Service(solution, overrides={"get_clock": Fake("clock")})
    with pytest.raises(CriterionNotMet, match="raised ValueError: no settings"):
        Service(solution, "create_broken()")


def test_it_works_where_a_loop_runs_already(load: Load) -> None:
    service, _, _ = visited(load, find=1)

    async def cell() -> tuple[Any, object]:
        task = asyncio.current_task()
        answer = service.get("/plain/7")
        await asyncio.sleep(0)
        return answer.json, asyncio.current_task() is task

    assert asyncio.run(cell()) == (1, True)
