"""One class for all cards: what varies is who pays, and that is a value."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Card:
    number: str
    limit: int
    holder_pays: bool
    spent: int = field(default=0, init=False)

    def charge(self, cents: int) -> bool:
        if cents < 0:
            raise ValueError(cents)
        if self.spent + cents > self.limit:
            return False
        self.spent += cents
        return True

    def due(self) -> int:
        return self.spent * self.holder_pays

    @property
    def credit(self) -> int:
        return self.limit - self.spent

    def top_up(self, cents: int) -> None:
        if cents < 500:
            raise ValueError(cents)
        self.limit += cents


def Sim(number: str, limit: int) -> Card:
    return Card(number, limit, holder_pays=True)


def PrepaidSim(number: str, credit: int) -> Card:
    return Card(number, credit, holder_pays=False)


def StaffSim(number: str, limit: int) -> Card:
    return Card(number, limit, holder_pays=False)


def bill(cards, cents):
    answers = [(card.number, card.charge(cents)) for card in cards]
    return [number for number, booked in answers if not booked]


def give(cards, cents):
    for card in cards:
        card.limit += cents


def invoice(cards):
    return [f"{card.number}: {card.due() / 100:.2f}" for card in cards]
