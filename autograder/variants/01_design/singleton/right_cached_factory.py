"""A cached factory shares equal settings, which are frozen; callers still hand them on."""

from functools import cache
from typing import NamedTuple


class Settings(NamedTuple):
    host: str
    sender: str
    shop: str
    gift_from: int


@cache
def _settings(host, sender, shop, gift_from):
    return Settings(host, sender, shop, int(gift_from))


def read_settings(values):
    return _settings(*(values[field] for field in Settings._fields))


def _send_all(mails, settings, connection):
    for to, text in mails:
        connection.send(settings.sender, to, f"{text} -- {settings.shop}")
    return len(mails)


def send_gifts(customers, settings, connection):
    mails = [
        (address, f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent")
        for name, address, cents, _ in customers
        if cents >= settings.gift_from
    ]
    return _send_all(mails, settings, connection)


def send_reminders(customers, settings, connection):
    mails = [(address, f"{name}, your basket still holds {n}") for name, address, _, n in customers if n]
    return _send_all(mails, settings, connection)


def main(values, customers, dial):
    settings = read_settings(values)
    connection = dial(settings.host)
    try:
        gifts = send_gifts(customers, settings, connection)
        reminders = send_reminders(customers, settings, connection)
    finally:
        connection.close()
    return f"{settings.shop}: {gifts} gifts, {reminders} reminders"
