"""One object for a run: constructor injection; the functions are thin doors to it."""

from collections.abc import Iterator
from contextlib import contextmanager


class Campaign:
    def __init__(self, settings, connection):
        self._settings = settings
        self._connection = connection

    def gifts(self, customers):
        chosen = [c for c in customers if c[2] >= self._settings["gift_from"]]
        for name, address, cents, _ in chosen:
            self._send(address, f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent")
        return len(chosen)

    def reminders(self, customers):
        chosen = [c for c in customers if c[3]]
        for name, address, _, items in chosen:
            self._send(address, f"{name}, your basket still holds {items}")
        return len(chosen)

    def _send(self, to, text):
        settings = self._settings
        self._connection.send(sender=settings["sender"], to=to, text=f"{text} -- {settings['shop']}")


@contextmanager
def connected(settings, dial) -> Iterator[object]:
    connection = dial(settings["host"])
    try:
        yield connection
    finally:
        connection.close()


def read_settings(values):
    wanted = {key: values[key] for key in ("host", "sender", "shop")}
    return wanted | {"gift_from": int(values["gift_from"])}


def send_gifts(customers, *, settings, connection):
    return Campaign(settings, connection).gifts(customers)


def send_reminders(customers, *, settings, connection):
    return Campaign(settings, connection).reminders(customers)


def main(values, customers, dial):
    settings = read_settings(values)
    with connected(settings, dial) as connection:
        campaign = Campaign(settings, connection)
        gifts, reminders = campaign.gifts(customers), campaign.reminders(customers)
    return f"{settings['shop']}: {gifts} gifts, {reminders} reminders"
