# caught by: limit_and_spent_are_independent
"""It raised AttributeError"""

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
        self.number = number
        self._limit = credit
        self._spent = 0

    @property
    def limit(self) -> int:
        return self._limit

    @property
    def credit(self) -> int:
        return self.limit - self.spent

    def top_up(self, cents: int) -> None:
        if cents < 500:
            raise ValueError(f"top up too small: {cents}")
        self._limit += cents

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
        card.limit += cents


def invoice(cards: Iterable[Card]) -> list[str]:
    return [f"{card.number}: {card.due() / 100:.2f}" for card in cards]
