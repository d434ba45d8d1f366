"""Visible criteria: learners have this file."""

from autograder import criterion
from autograder.checks import expect_result, fresh_word
from autograder.namespace import Namespace


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R3",
    hint="bill relies on an answer from each card. Which card gives something else?",
)
def test_bill_reaches_every_card(solution: Namespace) -> None:
    """A bill over contract and prepaid cards gets an answer from every one of them."""
    # Two cards cannot spend 300: one of each kind, and cards after them can.
    numbers = [fresh_word("0151 ") for _ in range(4)]
    cards = [
        solution.Sim(numbers[0], 5000),
        solution.PrepaidSim(numbers[1], 250),
        solution.Sim(numbers[2], 200),
        solution.PrepaidSim(numbers[3], 5000),
    ]
    called = (
        f"bill([Sim({numbers[0]!r}, 5000), PrepaidSim({numbers[1]!r}, 250), "
        f"Sim({numbers[2]!r}, 200), PrepaidSim({numbers[3]!r}, 5000)], 300)"
    )
    expect_result(lambda: solution.bill(cards, 300), numbers[1:3], called=called)
    for card, number, spent in zip(cards, numbers, [300, 0, 0, 300], strict=True):
        told = f"{called}, then spent of the card {number!r}"
        expect_result(lambda: card.spent, spent, called=told)
