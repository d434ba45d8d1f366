"""Hidden criteria of logging."""

from collections.abc import Callable
from typing import Any

from autograder import criterion
from autograder.checks import expect, expect_equal, fresh_word, printed_by
from autograder.checks.logs import (
    Stream,
    events_in,
    expect_absent,
    handlers_at,
    records_of,
)
from autograder.namespace import Namespace

ALWAYS = ("time", "level", "logger", "event", "request")
EVENTS = ("badge read", "badge unknown", "door refused", "door opened", "door failed")


def opens(_door: str) -> None:
    """A lock that works."""


def stuck(_door: str) -> None:
    """A lock that does not."""
    raise OSError("motor is stuck")


def request(door: str, code: str, number: str = "r1") -> dict[str, str]:
    return {"id": number, "door": door, "code": code}


def logged(
    solution: Namespace,
    requests: list[dict[str, str]],
    badges: dict[str, Any],
    open_door: Callable[[str], object] = opens,
    level: str = "DEBUG",
) -> Stream:
    stream = Stream()
    solution.main(requests, badges, open_door, stream, level)
    return stream


@criterion(
    points=1,
    kind="design",
    rule="CONTEXT-3.8.R1",
    hint="What users typed belongs into fields, and only json.dumps writes these.",
)
def test_no_line_is_forged(solution: Namespace) -> None:
    """Names with quotes and line breaks make no line of their own, and arrive whole."""
    name, door = fresh_word("Eve"), fresh_word("door")
    for evil in (
        f'{name}"}}\n{{"level": "INFO", "event": "door opened", "holder": "Ada"}}',
        f"{name}\r\nINFO Ada opened vault",
        f"{name}\u2028x\x85y\x0bz %s {{door}} \\ ü",
    ):
        badges = {evil: {"code": "E-1", "doors": [door]}}
        requests = [request(door, "E-1"), request(evil, "E-1"), request(evil, "none")]
        called = f"main(requests, badges, open_door, stream) with the name {evil!r}"
        events = events_in(
            logged(solution, requests, badges, level="INFO"),
            called=called,
            always=ALWAYS,
        )
        got = [[e["event"], e.get("holder"), e.get("door")] for e in events]
        expect_equal(
            got,
            [
                ["door opened", evil, door],
                ["door refused", evil, evil],
                ["badge unknown", None, evil],
            ],
            called=f"{called} and read event, holder and door of each line",
        )


@criterion(
    points=2,
    kind="design",
    rule="CONTEXT-3.8.R2",
    hint="Set the context where a request begins, and put back what was there before.",
)
def test_every_line_has_its_request(solution: Namespace) -> None:
    """Each line has its own request's id, also when one request leads to another."""
    outer, inner, after = (fresh_word(name) for name in ("outer", "inner", "after"))
    badges = {"Ada": {"code": "A-1", "doors": ["street", "hall"]}}

    def open_door(door: str) -> None:
        if door == "street":
            solution.handle(request("hall", "A-1", inner), badges, opens)

    requests = [request("street", "A-1", outer), request("attic", "A-1", after)]
    stream = logged(solution, requests, badges, open_door)
    called = f"main({requests!r}, ...), where the street door asks for {inner!r}"
    events = events_in(stream, called=called, always=ALWAYS)
    expect_equal(
        [[event["event"], event["request"]] for event in events],
        [
            ["badge read", outer],
            ["badge read", inner],
            ["door opened", inner],
            ["door opened", outer],
            ["badge read", after],
            ["door refused", after],
        ],
        called=f"{called}, and read event and request of each line",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-8.1.R6",
    hint="Log the fields that somebody needs, never a whole request.",
)
def test_no_code_is_logged(solution: Namespace) -> None:
    """The code of a badge, known or not, is in no line, no record, nothing printed."""
    known, unknown, holder = (fresh_word(start) for start in ("K-", "U-", "Ada"))
    badges = {holder: {"code": known, "doors": ["main"]}}
    requests = [request("main", known), request("lab", known), request("main", unknown)]

    streams = [Stream(), Stream()]

    def run() -> None:
        for stream, open_door in zip(streams, (opens, stuck), strict=True):
            solution.main(requests, badges, open_door, stream, "DEBUG")

    written = printed_by(run) + "".join(stream.text for stream in streams)
    records = records_of(
        solution, lambda: [solution.handle(one, badges, stuck) for one in requests]
    )
    written += "\n".join(f"{one.message} {one.fields}" for one in records)
    for code, what in ((known, "a badge's code"), (unknown, "an unknown badge's code")):
        expect_absent(
            code,
            written,
            called=f"main(requests, badges, open_door, stream, 'DEBUG') with {what}",
            what=what,
        )
    missing = [word for word in (*EVENTS, holder) if word not in written]
    expect(
        not missing,
        called=f"main(requests, badges, open_door, stream, 'DEBUG') for {holder}",
        got=f"wrote no {missing!r}",
        expected="a line for each event, with its fields",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-8.1.R8",
    hint="Log a failure once, where it is answered, with what was raised.",
)
def test_failure_is_logged_once(solution: Namespace) -> None:
    """A door that fails makes one line, with the exception that it raised."""
    words = fresh_word("motor_")

    def fails(_door: str) -> None:
        raise PermissionError(f"{words}\nis stuck")

    badges = {"Ada": {"code": "A-1", "doors": ["main"]}}
    stream = logged(solution, [request("main", "A-1")], badges, fails, "INFO")
    called = "main(requests, badges, open_door, stream) with a lock that raises "
    called += f"PermissionError('{words}...')"
    events = events_in(stream, called=called, always=ALWAYS)
    names = [[event["level"], event["event"]] for event in events]
    expect(
        names == [["ERROR", "door failed"]],
        called=called,
        got=f"wrote {names!r}",
        expected="one line: ['ERROR', 'door failed']",
    )
    expect_equal(
        [events[0].get("holder"), events[0].get("door")],
        ["Ada", "main"],
        called=f"{called} and read holder and door of its line",
    )
    told = str(events[0].get("exception"))
    expect(
        "PermissionError" in told and words in told,
        called=called,
        got=f"wrote the exception {told[-200:]!r}",
        expected="its class and its message",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-8.1.R1",
    hint="Only main knows where lines go. Everything else just logs.",
)
def test_only_main_configures(solution: Namespace) -> None:
    """Only main configures logging, and each call of it does so anew."""
    handlers, level = handlers_at(solution)
    expect(
        not handlers and level == 30,
        called="your cell on its own, and looked at the root logger",
        got=f"found the handlers {handlers!r} and the level {level}",
        expected="no handler, and the level 30 that Python sets",
    )
    badges = {"Ada": {"code": "A-1", "doors": ["main"]}}
    one = request("main", "A-1")
    printed: list[str] = []
    records = records_of(
        solution,
        lambda: printed.append(printed_by(lambda: solution.handle(one, badges, opens))),
    )
    named = [[r.level, r.logger != "root"] for r in records]
    expect(
        named == [["DEBUG", True], ["INFO", True]],
        called="handle(request, badges, open_door) with a handler at the root logger",
        got=f"made the records {[(r.level, r.logger, r.message) for r in records]!r}",
        expected="one at DEBUG and one at INFO, of a logger that is not the root",
    )
    expect(
        not printed[0],
        called="handle(request, badges, open_door)",
        got=f"printed {printed[0]!r}",
        expected="nothing to be printed",
    )
    both = [one, request("lab", "A-1")]
    streams = [
        logged(solution, both, badges, level=level) for level in ("INFO", "WARNING")
    ]
    levels = [
        [
            event["level"]
            for event in events_in(stream, called="main(...)", always=ALWAYS)
        ]
        for stream in streams
    ]
    expect_equal(
        levels,
        [["INFO", "WARNING"], ["WARNING"]],
        called="main(..., first_stream, 'INFO'), then main(..., second_stream, "
        "'WARNING'), and read the levels in each stream",
    )
