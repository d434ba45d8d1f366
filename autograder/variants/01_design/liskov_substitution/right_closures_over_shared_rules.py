"""Functions as parts: the rule for spending is one function, who pays is handed in."""

from collections.abc import Callable


def everything(spent: int) -> int:
    return spent


def nothing(spent: int) -> int:
    return 0


class Sim:
    owed: Callable[[int], int] = staticmethod(everything)

    def __init__(self, number: str, limit: int, /):
        self.number, self.limit, self.spent = number, limit, 0

    def charge(self, cents: int) -> bool:
        if cents < 0:
            raise ValueError("negative")
        allowed = cents <= self.limit - self.spent
        self.spent += cents * allowed
        return allowed

    def due(self) -> int:
        return self.owed(self.spent)


class PrepaidSim(Sim):
    owed = staticmethod(nothing)
    credit = property(lambda self: self.limit - self.spent)

    def top_up(self, cents: int) -> None:
        if cents < 500:
            raise ValueError("a top-up starts at 5.00")
        self.limit += cents


class StaffSim(Sim):
    owed = staticmethod(nothing)


def bill(cards, cents):
    return list(
        map(lambda card: card.number, filter(lambda card: not card.charge(cents), cards))
    )


def give(cards, cents):
    for card in cards:
        setattr(card, "limit", card.limit + cents)


def invoice(cards):
    def line(card):
        return f"{card.number}: {card.due() / 100:.2f}"

    return [line(card) for card in cards]
