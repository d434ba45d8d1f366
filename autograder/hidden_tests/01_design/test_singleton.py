"""Hidden criteria of the exercise singleton."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Call,
    Fake,
    calls_to,
    expect,
    expect_raises,
    fresh_word,
    outcome_of,
    same_as_original,
)
from autograder.namespace import Namespace

SHOP = {"host": "mx", "sender": "hello@tea", "shop": "Tea", "gift_from": "5000"}
GIFTED = ("Ada", "ada@x", 9000, 0)
BOTH = ("Bo", "bo@x", 7000, 2)
NEVER = 9


def _mail(call: Call) -> tuple[str, str, str]:
    given = dict(zip(("sender", "to", "text"), call.args, strict=False))
    mail = {**given, **call.kwargs}
    return mail["sender"], mail["to"], mail["text"]


def _dial_to(wire: Fake) -> Fake:
    return Fake("dial", when_called="dial", dial=lambda *_, **__: wire)


def _traced(code: Namespace) -> SimpleNamespace:
    """The same code, whose main tells what happened to the connection, and when."""

    def main(values: dict[str, str], customers: list[Any], dial: Fake) -> object:
        events: list[str] = []

        def send(*args: str, **named: str) -> None:
            events.append(f"mail to {_mail(Call('send', args, named))[1]}")
            if len(events) == 1 + dial.breaks_at:
                raise ConnectionResetError("line lost")

        def dialled(host: str) -> Fake:
            events.append(f"dial {host}")
            if dial.breaks_at == 0:
                raise ConnectionRefusedError(host)
            return Fake("wire", send=send, close=lambda: events.append("close"))

        outcome = outcome_of(lambda: code.main(values, customers, dialled))
        end = outcome.errors[0] if outcome.raised else "a report"
        return {"seen by the connection": events, "main ended with": end}

    return SimpleNamespace(main=main)


def _dial(breaks_at: int) -> Fake:
    """A dial whose line breaks at a mail; at 0 it refuses to be dialled."""
    names = {0: "dial that fails", NEVER: "dial"}
    name = names.get(breaks_at, f"dial whose line breaks at mail {breaks_at}")
    return Fake(name, attributes={"breaks_at": breaks_at})


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.3.2.R1",
    hint="Who opens the connection also closes it, whatever happens in between.",
)
def test_one_connection_closed_at_the_end(
    solution: Namespace, original: Namespace
) -> None:
    """main dials once and closes once, after the last mail and also after a failure."""
    same_as_original(
        _traced(solution),
        _traced(original),
        lambda code, breaks_at, host, customers: code.main(
            {**SHOP, "host": host}, customers, _dial(breaks_at)
        ),
        cases=[
            {"breaks_at": breaks_at, "host": "mx.example", "customers": customers}
            for breaks_at in (NEVER, 0, 1, 2, 3, 4)
            for customers in ([], [GIFTED, BOTH])
        ],
        breaks_at=st.integers(0, NEVER),
        host=st.sampled_from(["mx1.example", "mx2.example"]),
        customers=st.lists(st.sampled_from([GIFTED, BOTH]), max_size=4),
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.3.2.R4",
    hint="Read and check all values first; dial when nothing can be wrong with them.",
)
def test_bad_settings_are_refused_before_dialling(solution: Namespace) -> None:
    """A missing or unusable value is an error before anything is dialled."""
    dial = _dial_to(Fake("wire", send=None, close=None))
    bad: list[tuple[str, dict[str, str]]] = [
        ("KeyError", {key: text for key, text in SHOP.items() if key != missing})
        for missing in SHOP
    ]
    bad += [("ValueError", {**SHOP, "gift_from": text}) for text in ("", "much", "1.5")]
    for error, values in bad:
        called = f"main({values!r}, [], dial)"
        expect_raises(error, lambda: solution.main(values, [], dial), called=called)
        expect(
            not calls_to(dial),
            called=called,
            got="dialled first",
            expected=f"the {error} before anything is dialled",
        )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.2.R4",
    hint="What read_settings returned once must not change when it is called again.",
)
def test_two_settings_keep_apart(solution: Namespace) -> None:
    """Two settings objects can be in use at once, and each keeps its own values."""
    shops = {name: fresh_word("shop_") for name in ("first", "second")}
    values = {
        "first": {**SHOP, "shop": shops["first"], "sender": "one", "gift_from": "100"},
        "second": {
            **SHOP,
            "shop": shops["second"],
            "sender": "two",
            "gift_from": "200",
        },
    }
    settings = {name: solution.read_settings(given) for name, given in values.items()}
    made = "; ".join(f"{name} = read_settings({values[name]!r})" for name in values)
    customers = [("Ada", "ada@x", 150, 0), ("Bo", "bo@x", 250, 0)]
    wanted = {"first": ("one", ["ada@x", "bo@x"]), "second": ("two", ["bo@x"])}
    for name in ("first", "second", "first"):
        connection = Fake("connection", send=None)
        given = {"settings": settings[name], "connection": connection}
        outcome = outcome_of(lambda: solution.send_gifts(customers, **given))
        sender, receivers = wanted[name]
        mails = [_mail(call) for call in calls_to(connection)]
        expect(
            not outcome.raised
            and [mail[1] for mail in mails] == receivers
            and all(m[0] == sender and m[2].endswith(shops[name]) for m in mails),
            called=f"{made}; "
            f"send_gifts({customers!r}, settings={name}, connection=connection)",
            got=f"{outcome} and sent {mails!r}",
            expected=f"mails to {receivers!r}, sent by {sender!r} and "
            f"signed {shops[name]!r}",
        )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.3.2.R1",
    hint="One connection for each run of main: nothing outside the run may hold it.",
)
def test_two_campaigns_at_once(solution: Namespace) -> None:
    """A campaign that starts during another one has a connection of its own."""
    going: list[bool] = []

    def send(*_: str, **__: str) -> None:
        if not going:
            going.append(True)
            solution.main(SHOP, [("Cy", "cy@second", 8000, 1)], _dial_to(second))

    first = Fake("first wire", send=send, close=None)
    second = Fake("second wire", send=None, close=None)
    customers = [GIFTED, BOTH]
    outcome = outcome_of(lambda: solution.main(SHOP, customers, _dial_to(first)))
    sent = {
        str(wire): [_mail(c)[1] for c in calls_to(wire) if c.method == "send"]
        for wire in (first, second)
    }
    wanted = {
        "first wire": ["ada@x", "bo@x", "bo@x"],
        "second wire": ["cy@second", "cy@second"],
    }
    expect(
        not outcome.raised and sent == wanted,
        called=f"main({SHOP!r}, {customers!r}, dial) and, during its first mail, "
        "main for cy@second with a dial of its own",
        got=f"sent mails to {sent!r}"
        + (f", and main {outcome}" if outcome.raised else ""),
        expected=f"{wanted!r}",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.2.R3",
    hint="A parameter with a fallback is a global with a longer name.",
)
def test_nothing_to_fall_back_on(solution: Namespace) -> None:
    """A call that leaves out the settings or the connection is a TypeError."""
    wire = Fake("wire", send=None, close=None)
    solution.main(SHOP, [GIFTED], _dial_to(wire))
    given = {
        "settings": solution.read_settings(SHOP),
        "connection": Fake("connection", send=None),
    }
    before = f"main({SHOP!r}, {[GIFTED]!r}, dial); "
    called = f"{before}send_gifts({[BOTH]!r}, settings=settings, connection=connection)"
    outcome = outcome_of(lambda: solution.send_gifts([BOTH], **given))
    expect(
        not outcome.raised and len(calls_to(given["connection"])) == 1,
        called=called,
        got=f"{outcome} and sent {len(calls_to(given['connection']))} mails over it",
        expected="1 mail over the connection",
    )
    for name in ("send_gifts", "send_reminders"):
        for kept in ([], ["settings"], ["connection"]):
            shown = ", ".join([repr([BOTH]), *(f"{key}={key}" for key in kept)])
            expect_raises(
                "TypeError",
                lambda: getattr(solution, name)([BOTH], **{k: given[k] for k in kept}),
                called=f"{before}{name}({shown})",
            )
