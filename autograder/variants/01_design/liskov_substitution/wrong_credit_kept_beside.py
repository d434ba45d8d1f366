# caught by: limit_and_spent_are_independent
"""card.limit = 1500; card.credit. It returned 880. Expected 1380."""

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
        self.credit = credit

    def charge(self, cents: int) -> bool:
        booked = super().charge(cents)
        if booked:
            self.credit -= cents
        return booked

    def top_up(self, cents: int) -> None:
        if cents < 500:
            raise ValueError(f"top up too small: {cents}")
        self.limit += cents
        self.credit += cents

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
