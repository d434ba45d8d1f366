"""An abstract card; the kinds differ only in who pays. What was spent is a list of bookings."""

from abc import ABC, abstractmethod


class Card(ABC):
    def __init__(self, number: str, limit: int):
        self.number = number
        self.limit = limit
        self.bookings: list[int] = []

    @property
    def spent(self) -> int:
        return sum(self.bookings)

    def charge(self, cents: int) -> bool:
        if cents < 0:
            raise ValueError(f"cannot charge {cents}")
        fits = self.spent + cents <= self.limit
        if fits:
            self.bookings.append(cents)
        return fits

    @abstractmethod
    def due(self) -> int:
        """What the holder still owes."""


class Sim(Card):
    def due(self) -> int:
        return self.spent


class PaidElsewhere(Card):
    def due(self) -> int:
        return 0


class StaffSim(PaidElsewhere):
    pass


class PrepaidSim(PaidElsewhere):
    @property
    def credit(self) -> int:
        return self.limit - self.spent

    def top_up(self, cents: int) -> None:
        if cents < 500:
            raise ValueError("too little")
        self.limit += cents


def bill(cards: list[Card], cents: int) -> list[str]:
    declined = []
    for card in cards:
        if not card.charge(cents):
            declined.append(card.number)
    return declined


def give(cards: list[Card], cents: int) -> None:
    for card in cards:
        card.limit = card.limit + cents


def invoice(cards: list[Card]) -> list[str]:
    return [f"{card.number}: {card.due() / 100:.2f}" for card in cards]
