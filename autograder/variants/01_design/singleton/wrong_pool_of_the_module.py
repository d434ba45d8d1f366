# caught by: two_campaigns_at_once
"""It sent mails to {'first wire': ['ada@x', 'cy@second', 'cy@second', 'bo@x', 'bo@x'], 'second wire': []}"""

from collections.abc import Callable
from typing import Any

Customer = tuple[str, str, int, int]


class Settings:
    def __init__(self, values: dict[str, str]) -> None:
        self.host = values["host"]
        self.sender = values["sender"]
        self.shop = values["shop"]
        self.gift_from = int(values["gift_from"])


def read_settings(values: dict[str, str]) -> Settings:
    return Settings(values)


def signed(text: str, settings: Settings) -> str:
    return f"{text} -- {settings.shop}"


_open: dict[str, Any] = {}


def connection_to(host: str, dial: Callable[[str], Any]) -> Any:
    if host not in _open:
        _open[host] = dial(host)
    return _open[host]


def send_gifts(customers: list[Customer], settings: Settings, connection: Any) -> int:
    sent = 0
    for name, address, cents, _ in customers:
        if cents >= settings.gift_from:
            text = signed(f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent", settings)
            connection.send(settings.sender, address, text)
            sent += 1
    return sent


def send_reminders(customers: list[Customer], settings: Settings, connection: Any) -> int:
    sent = 0
    for name, address, _, items in customers:
        if items:
            text = signed(f"{name}, your basket still holds {items}", settings)
            connection.send(settings.sender, address, text)
            sent += 1
    return sent


def main(values: dict[str, str], customers: list[Customer], dial: Callable[[str], Any]) -> str:
    settings = read_settings(values)
    connection = connection_to(settings.host, dial)
    try:
        gifts = send_gifts(customers, settings, connection)
        reminders = send_reminders(customers, settings, connection)
    finally:
        connection.close()
        _open.pop(settings.host, None)
    return f"{settings.shop}: {gifts} gifts, {reminders} reminders"
