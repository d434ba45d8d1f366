# caught by: bad_settings_are_refused_before_dialling
"""'gift_from': '5000'}, [], dial). It returned 'Tea: 0 gifts, 0 reminders'. Expected a KeyError"""

from collections.abc import Callable
from typing import Any

Customer = tuple[str, str, int, int]


def read_settings(values: dict[str, str]) -> dict[str, str]:
    return dict(values)


def send_gifts(customers: list[Customer], settings: dict[str, str], connection: Any) -> int:
    sent = 0
    for name, address, cents, _ in customers:
        if cents >= int(settings["gift_from"]):
            text = f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent -- {settings['shop']}"
            connection.send(settings["sender"], address, text)
            sent += 1
    return sent


def send_reminders(customers: list[Customer], settings: dict[str, str], connection: Any) -> int:
    sent = 0
    for name, address, _, items in customers:
        if items:
            text = f"{name}, your basket still holds {items} -- {settings['shop']}"
            connection.send(settings["sender"], address, text)
            sent += 1
    return sent


def main(values: dict[str, str], customers: list[Customer], dial: Callable[[str], Any]) -> str:
    settings = read_settings(values)
    connection = dial(settings["host"])
    try:
        gifts = send_gifts(customers, settings, connection)
        reminders = send_reminders(customers, settings, connection)
    finally:
        connection.close()
    return f"{settings['shop']}: {gifts} gifts, {reminders} reminders"
