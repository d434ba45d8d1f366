"""Hidden criteria of settings."""

import contextlib
from collections.abc import Mapping
from typing import Any

from autograder import criterion
from autograder.checks import (
    Fake,
    calls_to,
    expect,
    expect_equal,
    fresh_word,
    result_of,
)
from autograder.checks.environment import (
    Surroundings,
    expect_kept,
    expect_refusal,
    fresh_secret,
)
from autograder.namespace import Namespace

MEASURED = [20.5, 21.0, 19.5, 18.0]
FIELDS = ("station", "url", "batch", "dry_run")


def _send() -> Fake:
    return Fake("send", when_called="send", send=None)


def _complete(**more: str) -> dict[str, str]:
    return {"STATION_ID": "roof", "STATION_KEY": fresh_secret()} | more


def _set(variables: Mapping[str, str]) -> str:
    """Variables as a learner may set them; of the key, only that it is set."""
    shown = {name: value for name, value in variables.items() if name != "STATION_KEY"}
    return " ".join(f"{name}={value}" for name, value in shown.items())


def _fields(settings: Any) -> dict[str, Any]:
    fields = {name: getattr(settings, name) for name in FIELDS}
    return fields | {"url": str(fields["url"])}  # it may be of a type of its own


@criterion(
    points=2,
    kind="design",
    rule="RULES-9.R5",
    hint="Print the settings. Then provoke an error while the key is set.",
)
def test_key_is_kept(solution: Namespace) -> None:
    """The key reaches send, and no print, log, repr or error."""
    variables = _complete()
    key, send = variables["STATION_KEY"], _send()
    with Surroundings(solution, variables) as there:
        settings = there.code.load_settings()
        called = "settings = load_settings(); upload(settings, [...], send)"
        there.code.upload(settings, MEASURED, send)
        shown = {"repr(settings)": repr(settings), "str(settings)": str(settings)}
        expect_kept(key, there, shown, called=called)
        authorised = [call.args[1]["Authorization"] for call in calls_to(send)]
        expect_equal(
            authorised,
            [f"Bearer {key}"] * 2,
            called=f"{called} and looked at the headers that send got",
        )
    for wrong in (variables | {"STATION_BATCH": "many"}, {"STATION_KEY": key}):
        with Surroundings(solution, wrong) as there:
            with contextlib.suppress(Exception):  # what it says is what matters
                there.code.load_settings()
            expect_kept(
                key, there, {}, called=f"load_settings() with a key and {_set(wrong)}"
            )


@criterion(
    points=1,
    kind="design",
    rule="RULES-9.R3",
    hint="An operator wants to hear of all faults at once, by the names of variables.",
)
def test_all_faults_are_named_at_once(solution: Namespace) -> None:
    """What is missing or malformed is named in one error, before anything is sent."""
    with Surroundings(solution, _complete()) as there:
        result_of(
            there.code.load_settings,
            called="load_settings() with STATION_ID and STATION_KEY",
            expected="settings: nothing is missing",
        )
    for variables, naming in (
        ({"STATION_BATCH": "many"}, ["STATION_ID", "STATION_KEY", "STATION_BATCH"]),
        (_complete(STATION_BATCH="0"), ["STATION_BATCH"]),
        (
            _complete(STATION_BATCH="", STATION_DRY_RUN="perhaps"),
            ["STATION_BATCH", "STATION_DRY_RUN"],
        ),
    ):
        send = _send()
        with Surroundings(solution, variables) as there:
            for name, call in (
                ("load_settings()", there.code.load_settings),
                ("main([...], send)", lambda: there.code.main(MEASURED, send)),
            ):
                expect_refusal(
                    call, naming=naming, called=f"{name} with {_set(variables)}"
                )
        sent = len(calls_to(send))
        expect(
            sent == 0,
            called=f"main([...], send) with {_set(variables)}",
            got=f"had sent {sent} batches when it stopped",
            expected="nothing to be sent",
        )


@criterion(
    points=1,
    kind="design",
    rule="RULES-9.R2",
    hint="Variables are texts, and every text but the empty one is true.",
)
def test_settings_are_typed(solution: Namespace) -> None:
    """no, off, false and 0 switch the dry run off; a batch is a number."""
    for word, wanted in {
        "0": False,
        "false": False,
        "No": False,
        "off": False,
        "TRUE": True,
        "yes": True,
        "On": True,
    }.items():
        variables = _complete(STATION_DRY_RUN=word, STATION_BATCH="12")
        with Surroundings(solution, variables) as there:
            settings = there.code.load_settings()
            expect_equal(
                _fields(settings),
                {
                    "station": "roof",
                    "url": "https://weather.example/measurements",
                    "batch": 12,
                    "dry_run": wanted,
                },
                called=f"load_settings() with {_set(variables)}, looking at fields",
            )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-4.4.R3",
    hint="The file is for what the environment leaves out, and for other programs too.",
)
def test_env_file_fills_the_gaps(solution: Namespace) -> None:
    """What the environment leaves out is read from .env; the environment wins."""
    station, other = fresh_word("mast"), fresh_word("https://other.example/")
    file = (
        f"# of the roof\nSTATION_ID={station}\nSTATION_KEY='{fresh_secret()}'\n"
        "STATION_BATCH=7\n\nPAGER_NUMBER=117\nDEBUG=1\n"
    )
    variables = {"STATION_BATCH": "2", "STATION_URL": other, "EDITOR": "vi"}
    called = (
        f"load_settings() with {_set(variables)} and a .env of STATION_ID, "
        "STATION_KEY, STATION_BATCH=7, PAGER_NUMBER=117, DEBUG=1"
    )
    wanted = {"station": station, "url": other, "batch": 2, "dry_run": False}
    with Surroundings(solution, variables, files={".env": file}) as there:
        settings = result_of(
            there.code.load_settings, called=called, expected=f"{wanted}"
        )
        expect_equal(_fields(settings), wanted, called=f"{called}, looking at fields")


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-4.4.R2",
    hint="Two stations in one program: nothing may be kept between two calls.",
)
def test_settings_are_handed_on(solution: Namespace) -> None:
    """upload uses the settings it is given, whatever the environment says by then."""
    first, second = _complete(STATION_BATCH="4"), _complete(STATION_ID="mast")
    send = _send()
    with Surroundings(solution, first) as there:
        ours = there.code.load_settings()
        there.change(second)
        theirs = there.code.load_settings()
        there.change({})
        for settings in (theirs, ours):
            there.code.upload(settings, MEASURED, send)
    expect_equal(
        [
            [call.args[1]["Station"], call.args[1]["Authorization"], len(call.args[2])]
            for call in calls_to(send)
        ],
        [
            ["mast", f"Bearer {second['STATION_KEY']}", 3],
            ["mast", f"Bearer {second['STATION_KEY']}", 1],
            ["roof", f"Bearer {first['STATION_KEY']}", 4],
        ],
        called="first = load_settings(); then, with other variables, second = "
        "load_settings(); then, with none, upload(second, ...) and upload(first, ...) "
        "and looked at station, key and size of each batch",
    )
