"""Visible criteria of logging: learners have this file."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect, same_as_original
from autograder.checks.logs import Stream, events_in, without_times
from autograder.namespace import Namespace

BADGES = {
    "Ada": {"code": "A-7301", "doors": ["main", "lab"]},
    "Bo": {"code": "B-2299", "doors": ["main"]},
}
ALWAYS = ("time", "level", "logger", "event", "request")


def opens(door: str) -> None:
    """A lock; the lab's motor is stuck."""
    if door == "lab":
        raise OSError("motor is stuck")


def request(number: str, door: str, code: str) -> dict[str, str]:
    # A text of its own, as a reader sends it: equal to the badge's, not the same.
    return {"id": number, "door": door, "code": "".join(list(code))}


REQUESTS = st.lists(
    st.builds(
        request,
        st.sampled_from(["r1", "r2", "r3"]),
        st.sampled_from(["main", "lab", "vault"]),
        st.sampled_from(["A-7301", "B-2299", "A-0000"]),
    ),
    max_size=5,
)


@criterion(
    points=2,
    kind="behaviour",
    rule="BACKEND-6.R4",
    hint="Change what is logged, not what is answered, and to whom.",
)
def test_same_answers_as_before(solution: Namespace, original: Namespace) -> None:
    """main returns the same answers and opens the same doors."""

    def day(code: Any, requests: list[dict[str, str]]) -> object:
        tried: list[str] = []

        def open_door(door: str) -> None:
            tried.append(door)
            opens(door)

        answers = code.main(requests, BADGES, open_door, Stream(), "WARNING")
        return {"answers": list(answers), "doors tried": tried}

    same_as_original(
        solution,
        original,
        day,
        cases=[
            {"requests": [request("r1", door, code) for door in ("main", "lab")]}
            for code in ("A-7301", "A-0000")
        ],
        requests=REQUESTS,
    )


@criterion(
    points=2,
    kind="design",
    rule="BACKEND-6.R5",
    hint="A formatter turns each record into one line; json.dumps knows how to quote.",
)
def test_each_line_is_an_event(solution: Namespace) -> None:
    """Each line is one JSON object with the event, its level and its fields."""
    requests = [
        request("r1", "main", "A-7301"),
        request("r2", "vault", "B-2299"),
        request("r3", "main", "C-0000"),
    ]
    wanted = [
        ("r1", "DEBUG", "badge read", {"holder": "Ada"}),
        ("r1", "INFO", "door opened", {"holder": "Ada", "door": "main"}),
        ("r2", "DEBUG", "badge read", {"holder": "Bo"}),
        ("r2", "WARNING", "door refused", {"holder": "Bo", "door": "vault"}),
        ("r3", "WARNING", "badge unknown", {"door": "main"}),
    ]
    called = f"main({requests!r}, badges, open_door, stream, 'DEBUG')"
    stream = Stream()
    solution.main(requests, BADGES, opens, stream, "DEBUG")
    events = events_in(stream, called=called, always=ALWAYS)
    for event, (number, level, name, fields) in zip(events, wanted, strict=False):
        told = {"request": number, "level": level, "event": name, **fields}
        expect(
            told.items() <= event.items(),
            called=called,
            got=f"wrote {without_times(repr(event))}",
            expected=f"a line with {told!r}",
        )
        expect(
            _has_offset(event["time"]),
            called=called,
            got=f"wrote the time {without_times(event['time'])!r}, without an offset",
            expected="a time as ISO 8601 with its offset from UTC",
        )
    names = [event["event"] for event in events]
    expect(
        len(events) == len(wanted),
        called=called,
        got=f"wrote {len(events)} events: {names!r}",
        expected=f"these: {[name for _, _, name, _ in wanted]!r}",
    )


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
