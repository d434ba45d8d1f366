"""One loop, two rules: the sending functions are made by a function; the run is a context manager."""

from contextlib import contextmanager


def _sending(text_for):
    def send(customers, settings, connection):
        texts = [(customer[1], text_for(customer, settings)) for customer in customers]
        mails = [(to, text) for to, text in texts if text is not None]
        for to, text in mails:
            connection.send(settings["sender"], to, f"{text} -- {settings['shop']}")
        return len(mails)

    return send


def _gift(customer, settings):
    name, _, cents, _ = customer
    if cents < settings["gift_from"]:
        return None
    return f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent"


def _reminder(customer, _settings):
    name, _, _, items = customer
    return f"{name}, your basket still holds {items}" if items else None


send_gifts = _sending(_gift)
send_reminders = _sending(_reminder)


def read_settings(values):
    host, sender, shop = values["host"], values["sender"], values["shop"]
    return {"host": host, "sender": sender, "shop": shop, "gift_from": int(values["gift_from"])}


@contextmanager
def _run(values, dial):
    settings = read_settings(values)
    connection = dial(settings["host"])
    try:
        yield settings, connection
    finally:
        connection.close()


def main(values, customers, dial):
    with _run(values, dial) as (settings, connection):
        shared = {"settings": settings, "connection": connection}
        gifts = send_gifts(customers, **shared)
        reminders = send_reminders(customers, **shared)
        return f"{settings['shop']}: {gifts} gifts, {reminders} reminders"
