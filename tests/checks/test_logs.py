"""What arrives at our stream and at our handler."""

import pytest

from autograder.checks.logs import (
    Stream,
    events_in,
    expect_absent,
    handlers_at,
    records_of,
    without_times,
)
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

LOGS = """
import logging
logger = logging.getLogger("shop")

def sell(what):
    logger.info("sold %s", what, extra={"amount": 3})

def fail():
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("failed")
"""


def stream_with(*lines: str) -> Stream:
    stream = Stream()
    for line in lines:
        print(line, file=stream)
    return stream


def test_lines_are_read_as_json() -> None:
    stream = stream_with('{"level": "info", "event": "sold"}', '{"event": "x"}')
    events = events_in(stream, called="sell()", always=["event"])
    assert events == [{"level": "INFO", "event": "sold"}, {"event": "x"}]


@pytest.mark.parametrize("line", ["sold", "[1]", "3", '{"a": 1', '{"event": ""}', ""])
def test_a_line_that_is_no_event_is_shown(line: str) -> None:
    with pytest.raises(CriterionNotMet, match=r"sell\(\)"):
        events_in(stream_with(line), called="sell()", always=["event"])


def test_lines_are_cut_as_platforms_cut_them() -> None:
    assert len(stream_with('{"a": "\u2028"}').lines) == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-21 20:00:17,252 DEBUG sold", "(time) DEBUG sold"),
        ("2026-11-21T20:00:17.252000+00:00", "(time)+00:00"),
        ("20:00:17 sold 3", "(time) sold 3"),
    ],
)
def test_no_message_differs_by_the_time_of_day(text: str, shown: str) -> None:
    assert without_times(text) == shown
    with pytest.raises(CriterionNotMet) as caught:
        events_in(stream_with(text), called="sell()")
    assert shown in str(caught.value)


def test_a_secret_is_found_and_not_shown() -> None:
    expect_absent("s3cret", "all is well", called="sell()", what="the code")
    with pytest.raises(CriterionNotMet, match=r"\(secret\)") as caught:
        expect_absent("s3cret", "a\nwith s3cret", called="sell()", what="the code")
    assert "s3cret" not in str(caught.value)


def test_records_reach_our_handler_and_no_other_stays() -> None:
    solution = Namespace(LOGS, "solution")
    before = handlers_at(solution)
    sold, failed = records_of(solution, lambda: (solution.sell("tea"), solution.fail()))
    assert (sold.template, sold.message, sold.level) == ("sold %s", "sold tea", "INFO")
    assert (sold.logger, sold.fields, sold.error) == ("shop", {"amount": "3"}, "")
    assert failed.error == "ZeroDivisionError"
    assert handlers_at(solution) == before
