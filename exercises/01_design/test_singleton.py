"""Visible criteria: learners have this file."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    expect,
    expect_equal,
    fresh_word,
    outcome_of,
    same_as_original,
)
from autograder.namespace import Namespace

WORDS = st.sampled_from(["ada", "bo", "chloé", "dmitri"])
VALUES = st.fixed_dictionaries(
    {
        "host": WORDS,
        "sender": WORDS,
        "shop": WORDS,
        "gift_from": st.sampled_from(["0", "1", "4999", "5000"]),
    }
)
CUSTOMER = st.tuples(WORDS, WORDS, st.integers(0, 10_000), st.integers(0, 3))
SHOP = {
    "host": "mx.example",
    "sender": "hello@tea.example",
    "shop": "Tea & Co",
    "gift_from": "5000",
}


def _watched(code: Namespace) -> SimpleNamespace:
    """The same code, whose main also tells which mails went out."""

    def main(values: dict[str, str], customers: list[Any], _dial: object) -> object:
        mails: list[tuple[str, str, str]] = []
        wire = Fake(
            "wire",
            send=lambda sender, to, text: mails.append((sender, to, text)),
            close=None,
        )
        report = code.main(values, customers, lambda *_, **__: wire)
        return {"report": report, "mails": mails}

    return SimpleNamespace(main=main)


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-1.3.2.R1",
    hint="Change where settings and connection come from, not what is sent.",
)
def test_same_campaign_as_before(solution: Namespace, original: Namespace) -> None:
    """main sends the same mails in the same order and returns the same report."""
    same_as_original(
        _watched(solution),
        _watched(original),
        lambda code, values, customers: code.main(values, customers, Fake("dial")),
        cases=[
            {"values": SHOP, "customers": [("Ada", "ada@x.example", cents, items)]}
            for cents in (4999, 5000, 5001)
            for items in (0, 1, 2)
        ],
        values=VALUES,
        customers=st.lists(CUSTOMER, max_size=5),
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.3.2.R3",
    hint="A sending function needs its three parameters only, though main never ran.",
)
def test_functions_use_what_they_are_given(solution: Namespace) -> None:
    """The sending functions use the settings and the connection handed to them."""
    shop, sender = fresh_word("shop_"), fresh_word("sender_")
    values = {"host": "h", "sender": sender, "shop": shop, "gift_from": "300"}
    customers = [("Ada", "ada@x", 250, 2), ("Bo", "bo@x", 900, 0)]
    gift = "Thank you, Bo! A gift for the 9.00 you spent"
    wanted = {
        "send_gifts": (sender, "bo@x", f"{gift} -- {shop}"),
        "send_reminders": (
            sender,
            "ada@x",
            f"Ada, your basket still holds 2 -- {shop}",
        ),
    }
    settings = solution.read_settings(values)
    for name, mail in wanted.items():
        mails: list[tuple[str, str, str]] = []
        connection = Fake(
            "connection", send=lambda sender, to, text: mails.append((sender, to, text))
        )
        outcome = outcome_of(
            lambda: getattr(solution, name)(
                customers, settings=settings, connection=connection
            )
        )
        called = (
            f"settings = read_settings({values!r}); "
            f"{name}({customers!r}, settings=settings, connection=connection)"
        )
        expect(
            not outcome.raised and mails == [mail],
            called=called,
            got=f"{outcome} and sent {mails!r} over the connection",
            expected=f"it to send {mail!r}",
        )
        expect_equal(outcome.value, 1, called=called)
