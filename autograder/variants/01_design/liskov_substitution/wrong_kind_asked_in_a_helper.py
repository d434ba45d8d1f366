# caught by: callers_ask_for_no_kind
"""asks for the kind of a card: isinstance(card, PrepaidSim). Expected every card to give its own answer."""

from collections.abc import Iterable
from typing import Protocol


class Card(Protocol):
    """What callers count on; each kind of card keeps it."""

    number: str
    limit: int

    @property
    def spent(self) -> int: ...

    def charge(self, cents: int) -> bool: ...

    def due(self) -> int: ...


class Sim:
    """A contract card: it may spend up to its limit and pays afterwards."""

    def __init__(self, number: str, limit: int) -> None:
        self.number = number
        self.limit = limit
        self._spent = 0

    @property
    def spent(self) -> int:
        return self._spent

    def charge(self, cents: int) -> bool:
        if cents < 0:
            raise ValueError(f"negative amount: {cents}")
        if self._spent + cents > self.limit:
            return False
        self._spent += cents
        return True

    def due(self) -> int:
        return self._spent


class PrepaidSim(Sim):
    """A card whose limit is the money paid in."""

    def __init__(self, number: str, credit: int) -> None:
        super().__init__(number, limit=credit)

    @property
    def credit(self) -> int:
        return self.limit - self.spent

    def top_up(self, cents: int) -> None:
        if cents < 500:
            raise ValueError(f"top up too small: {cents}")
        self.limit += cents

    def due(self) -> int:
        return 0


class StaffSim(Sim):
    """A card that the company pays for."""

    def due(self) -> int:
        return 0


def bill(cards: Iterable[Card], cents: int) -> list[str]:
    return [card.number for card in cards if not card.charge(cents)]


def give(cards: Iterable[Card], cents: int) -> None:
    for card in cards:
        raise_limit(card, cents)


def raise_limit(card: Card, cents: int) -> None:
    if isinstance(card, PrepaidSim):
        cents += card.credit + card.spent - card.limit
    card.limit += cents


def invoice(cards: Iterable[Card]) -> list[str]:
    return [f"{card.number}: {card.due() / 100:.2f}" for card in cards]
