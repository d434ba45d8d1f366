"""Functions only, one small class for what must be computed."""
from types import SimpleNamespace


class _Card(SimpleNamespace):
    @property
    def credit(self):
        return self.limit - self.spent


def _card(number, limit, due):
    card = _Card(number=number, limit=limit, spent=0)

    def charge(cents):
        if cents < 0:
            raise ValueError(cents)
        if card.spent + cents > card.limit:
            return False
        card.spent += cents
        return True

    card.charge = charge
    card.due = lambda: due(card)
    return card


def Sim(number, limit):
    return _card(number, limit, due=lambda card: card.spent)


def StaffSim(number, limit):
    return _card(number, limit, due=lambda card: 0)


def PrepaidSim(number, credit):
    card = StaffSim(number, credit)

    def top_up(cents):
        if cents < 500:
            raise ValueError(cents)
        card.limit += cents

    card.top_up = top_up
    return card


def bill(cards, cents):
    return [card.number for card in cards if not card.charge(cents)]


def give(cards, cents):
    for card in cards:
        card.limit += cents


def invoice(cards):
    return [f"{card.number}: {card.due() / 100:.2f}" for card in cards]
