"""Hidden criteria of the exercise liskov_substitution."""

from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    calls,
    expect,
    expect_equal,
    expect_result,
    fresh_word,
    outcome_of,
    refused_by,
    result_of,
    same_as_original,
    type_tests,
)
from autograder.namespace import Namespace

KINDS = ("Sim", "PrepaidSim", "StaffSim")
CALLERS = ("bill", "give", "invoice")
NUMBER = "0160 5"


def expect_due(card: Any, cents: int, called: str) -> None:
    """Demand what the holder of a card owes."""

    def ask() -> object:
        return card.due()

    expect_result(ask, cents, called=f"{called}; card.due()")


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.2.3.R1",
    hint="The contract card sets the promise: cure the other cards and leave this one.",
)
def test_contract_cards_as_before(solution: Namespace, original: Namespace) -> None:
    """Contract cards are charged, declined, raised and invoiced as before."""

    def use(
        code: Namespace, limit: int, amounts: list[int], more: int
    ) -> tuple[int, int]:
        card = code.Sim("0151 20", limit)
        for cents in amounts:
            outcome_of(lambda: card.charge(cents))
        code.give([card], more)
        cards = [card, code.Sim("0151 21", 150), code.Sim("0151 22", 90)]
        code.bill(cards, 120)
        code.invoice(cards)
        return card.limit, card.spent

    same_as_original(
        solution,
        original,
        use,
        cases=[
            {"limit": 100, "amounts": amounts, "more": more}
            for amounts, more in [
                *((amounts, 30) for amounts in ([], [0], [-1], [1], [99], [101])),
                *(([100], more) for more in (-50, 0, 30)),
                *(([60, 40, 1], more) for more in (-50, 30)),
            ]
        ],
        limit=st.integers(0, 2000),
        amounts=st.lists(st.integers(-20, 900), max_size=6),
        more=st.integers(0, 2000),
    )


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-1.2.3.R1",
    hint="Keep what these cards add: credit, top_up, a zero on the invoice.",
)
def test_prepaid_and_staff_as_before(solution: Namespace, original: Namespace) -> None:
    """Prepaid and staff cards do what already worked: charge, top up, invoice."""

    def use(
        code: Namespace, credit: int, amounts: list[int], cents: int
    ) -> list[object]:
        prepaid = code.PrepaidSim("0160 2", credit)
        staff = code.StaffSim("0170 3", 50_000)
        cards = [staff, code.Sim("0151 1", 50_000), prepaid]
        for amount in amounts:
            if amount <= prepaid.credit:
                code.bill(cards, amount)
        outcome_of(lambda: prepaid.charge(-20))
        used = [prepaid.credit, prepaid.spent, prepaid.limit]
        outcome_of(lambda: prepaid.top_up(cents))
        topped_up = [prepaid.credit, prepaid.spent, prepaid.limit]
        code.bill([code.StaffSim("0170 4", 250)], 250)
        code.invoice(cards)
        return [*used, *topped_up, staff.number, staff.limit]

    same_as_original(
        solution,
        original,
        use,
        cases=[
            {"credit": 100, "amounts": amounts, "cents": cents}
            for amounts, cents in [
                *((amounts, 500) for amounts in ([], [10], [99], [100])),
                *(([60, 40], cents) for cents in (-1, 0, 499, 500, 501)),
            ]
        ],
        credit=st.integers(0, 3000),
        amounts=st.lists(st.integers(10, 900), max_size=6),
        cents=st.integers(-100, 3000),
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R3",
    hint="A subclass may take more than its base class takes, and never less.",
)
def test_every_amount_is_taken(solution: Namespace) -> None:
    """Every kind of card takes every amount that a contract card takes."""
    for kind in KINDS:
        for cents in range(21):
            card = getattr(solution, kind)(NUMBER, 100_000)
            called = f"{kind}({NUMBER!r}, 100000).charge({cents})"
            expect_result(lambda: card.charge(cents), True, called=called)


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.3.R1",
    hint="True means booked, False means untouched, whatever the kind of card.",
)
def test_answer_matches_booking(solution: Namespace) -> None:
    """Every kind of card answers a charge, and its answer is what happened to spent."""
    # At no boundary and above the smallest amounts: these have criteria of their own.
    for amounts in ([300, 550, 290, 100, 80], [1200, 40], [700, 650, 250, 5000]):
        for kind in KINDS:
            card = getattr(solution, kind)(NUMBER, 1000)
            called = f"card = {kind}({NUMBER!r}, 1000)"
            spent = 0
            for cents in amounts:
                called += f"; card.charge({cents})"
                fits = spent + cents <= 1000
                spent += cents if fits else 0
                expect_result(lambda: card.charge(cents), fits, called=called)
                expect_result(lambda: card.spent, spent, called=f"{called}; card.spent")


WRITE_LIMIT = """
def write_limit(card, cents):
    card.limit = cents
"""


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.3.R2",
    hint="Which card reacts when its limit is written, and who relies on that?",
)
def test_limit_and_spent_are_independent(solution: Namespace) -> None:
    """On every kind of card, writing the limit changes the limit and nothing else."""
    write_limit = solution.probe(WRITE_LIMIT).write_limit
    for kind in KINDS:
        # The second limit of 100 is less than what was spent by then.
        for limits in ([1500], [1500, 100], [2000, 2000, 1000]):
            card = getattr(solution, kind)(NUMBER, 1000)
            called = f"card = {kind}({NUMBER!r}, 1000); card.charge(120)"
            card.charge(120)
            spent = card.spent  # another criterion says whether that is right
            for limit in limits:
                called += f"; card.limit = {limit}"
                result_of(
                    lambda: write_limit(card, limit),
                    called=called,
                    expected="a limit that can be written, as on every card",
                )
                expect_result(lambda: card.limit, limit, called=f"{called}; card.limit")
                expect_result(lambda: card.spent, spent, called=f"{called}; card.spent")
                expect_due(card, spent if kind == "Sim" else 0, called)
            if kind == "PrepaidSim":
                told = f"{called}; card.credit"
                expect_result(lambda: card.credit, limits[-1] - spent, called=told)
            outcome_of(lambda: card.charge(450))
            told = f"{called}; card.charge(450); card.limit"
            expect_result(lambda: card.limit, limits[-1], called=told)


OTHER_ANSWERS = """
def declines_and_owes(card, owed):
    answers = {"charge": lambda cents: False, "due": lambda: owed}
    for name, answer in answers.items():
        try:
            setattr(card, name, answer)
        except AttributeError:  # the class has __slots__
            setattr(type(card), name, staticmethod(answer))
"""


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R3",
    hint="Let the card answer what the caller would otherwise find out by its kind.",
)
def test_callers_ask_for_no_kind(solution: Namespace) -> None:
    """bill, give and invoice ask for no kind; a card of any origin will do."""
    number = fresh_word("0180 ")
    _expect_service_for_a_card_from_elsewhere(solution, number)
    for kind, owed in (("Sim", 300), ("PrepaidSim", 0), ("StaffSim", 0)):
        card = getattr(solution, kind)(number, 1000)
        card.charge(300)
        expect_due(card, owed, f"card = {kind}({number!r}, 1000); card.charge(300)")

    # The same kinds of card with other answers: a caller that goes by kind misses them.
    probe = solution.probe(OTHER_ANSWERS)
    for kind in KINDS:
        card = getattr(solution, kind)(number, 1000)
        probe.declines_and_owes(card, 4321)
        told = f"the card being a {kind} that declines every charge and owes 4321"
        expect_result(
            lambda: solution.bill([card], 10),
            [number],
            called=f"bill([card], 10), {told}",
        )
        expect_result(
            lambda: solution.invoice([card]),
            [f"{number}: 43.21"],
            called=f"invoice([card]), {told}",
        )
    helpers = calls(solution, within=CALLERS)
    found = type_tests(solution, within=[*CALLERS, *helpers])
    expect(
        not found,
        called="your code",
        got=f"asks for the kind of a card: {'; '.join(found)}",
        expected="every card to give its own answer",
    )


def _expect_service_for_a_card_from_elsewhere(solution: Namespace, number: str) -> None:
    """A tablet of another team has the five members of the brief and no other."""
    members = {"number": number, "limit": 400, "spent": 5}
    tablet = Fake("tablet", attributes=members, charge=False, due=1234)
    told = "tablet being another team's card, which declines and owes 1234"
    for call, text, wanted in (
        (lambda: solution.bill([tablet], 70), "bill([tablet], 70)", [number]),
        (lambda: solution.give([tablet], 60), "give([tablet], 60)", None),
        (lambda: solution.invoice([tablet]), "invoice([tablet])", [f"{number}: 12.34"]),
    ):
        expect_result(call, wanted, called=f"{text}, {told}")
    expect_equal(
        tablet.limit, 460, called=f"give([tablet], 60) on a limit of 400, {told}"
    )
    asked = refused_by(tablet)
    expect(
        not asked,
        called=f"bill, give and invoice, {told}",
        got=f"was asked for {', '.join(asked)}",
        expected="the five members of the brief to be enough",
    )
