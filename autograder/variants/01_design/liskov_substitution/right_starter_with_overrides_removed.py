"""The starter, minus the overrides: the least that an experienced colleague would hand in."""


class Sim:
    def __init__(self, number, limit):
        self.number = number
        self._limit = limit
        self._spent = 0

    @property
    def limit(self):
        return self._limit

    @limit.setter
    def limit(self, cents):
        self._limit = cents

    @property
    def spent(self):
        return self._spent

    def charge(self, cents):
        if cents < 0:
            raise ValueError(f"negative amount: {cents}")
        if self._spent + cents > self._limit:
            return False
        self._spent += cents
        return True

    def due(self):
        return self._spent

    def __eq__(self, other):
        return isinstance(other, Sim) and self.number == other.number

    def __hash__(self):
        return hash(self.number)


class FreeSim(Sim):
    def due(self):
        return 0


class PrepaidSim(FreeSim):
    @property
    def credit(self):
        return self._limit - self._spent

    def top_up(self, cents):
        if cents < 500:
            raise ValueError(f"top up too small: {cents}")
        self._limit += cents


StaffSim = FreeSim


def bill(cards, cents):
    return [card.number for card in cards if not card.charge(cents)]


def give(cards, cents):
    for card in cards:
        card.limit += cents


def invoice(cards):
    lines = []
    for card in cards:
        lines.append(f"{card.number}: {card.due() / 100:.2f}")
    return lines
