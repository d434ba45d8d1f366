"""A mailer made by a function: settings and connection live in a closure of the run."""

from contextlib import ExitStack
from types import SimpleNamespace


def read_settings(values):
    return SimpleNamespace(
        host=values["host"], sender=values["sender"], shop=values["shop"], gift_from=int(values["gift_from"])
    )


def mailer(settings, connection):
    def mail(to, text):
        connection.send(settings.sender, to, f"{text} -- {settings.shop}")
        return 1

    return mail


def send_gifts(customers, settings, connection):
    mail = mailer(settings, connection)
    return sum(
        mail(address, f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent")
        for name, address, cents, _ in customers
        if cents >= settings.gift_from
    )


def send_reminders(customers, settings, connection):
    mail = mailer(settings, connection)
    return sum(
        mail(address, f"{name}, your basket still holds {items}") for name, address, _, items in customers if items
    )


def main(values, customers, dial):
    settings = read_settings(values)
    with ExitStack() as stack:
        connection = dial(settings.host)
        stack.callback(connection.close)
        counts = [send(customers, settings, connection) for send in (send_gifts, send_reminders)]
    return f"{settings.shop}: {counts[0]} gifts, {counts[1]} reminders"
