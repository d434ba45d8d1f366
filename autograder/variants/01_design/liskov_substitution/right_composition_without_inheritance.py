"""Three classes that share nothing but an account; prepaid keeps the money left, not the money spent."""


class Account:
    __slots__ = ("left", "spent")

    def __init__(self, left):
        self.left = left
        self.spent = 0

    def take(self, cents):
        if cents < 0:
            raise ValueError(f"negative amount: {cents}")
        if cents > self.left:
            return False
        self.left -= cents
        self.spent += cents
        return True


class OnAccount:
    """Only delegates."""

    __slots__ = ("_account", "number")

    def __init__(self, number, cents):
        self.number = number
        self._account = Account(cents)

    def _get_limit(self):
        return self._account.left + self._account.spent

    def _set_limit(self, cents):
        self._account.left = cents - self._account.spent

    limit = property(_get_limit, _set_limit)

    @property
    def spent(self):
        return self._account.spent

    def charge(self, cents):
        return self._account.take(cents)


class Sim(OnAccount):
    __slots__ = ()

    def due(self):
        return self.spent


class PrepaidSim(OnAccount):
    __slots__ = ()

    @property
    def credit(self):
        return self._account.left

    def top_up(self, cents):
        if cents < 500:
            raise ValueError(f"top up too small: {cents}")
        self._account.left += cents

    def due(self):
        return 0


class StaffSim(OnAccount):
    __slots__ = ()

    def due(self):
        return 0


def bill(cards, cents):
    return [card.number for card in cards if card.charge(cents) is False]


def give(cards, cents):
    for card in cards:
        card.limit += cents


def invoice(cards):
    return ["{}: {:.2f}".format(card.number, card.due() / 100) for card in cards]
