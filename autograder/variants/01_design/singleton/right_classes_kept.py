"""Settings and Connection stay classes; only the metaclass goes, and main makes one of each."""

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


class Connection:
    def __init__(self, settings: Settings, dial: Callable[[str], Any]) -> None:
        self._wire = dial(settings.host)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def send(self, sender: str, to: str, text: str) -> None:
        self._wire.send(sender, to, text)


def send_gifts(customers: list[Customer], settings: Settings, connection: Connection) -> int:
    sent = 0
    for name, address, cents, _ in customers:
        if cents >= settings.gift_from:
            text = signed(f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent", settings)
            connection.send(settings.sender, address, text)
            sent += 1
    return sent


def send_reminders(customers: list[Customer], settings: Settings, connection: Connection) -> int:
    sent = 0
    for name, address, _, items in customers:
        if items:
            text = signed(f"{name}, your basket still holds {items}", settings)
            connection.send(settings.sender, address, text)
            sent += 1
    return sent


def main(values: dict[str, str], customers: list[Customer], dial: Callable[[str], Any]) -> str:
    settings = read_settings(values)
    with Connection(settings, dial) as connection:
        return (
            f"{settings.shop}: {send_gifts(customers, settings, connection)} gifts, "
            f"{send_reminders(customers, settings, connection)} reminders"
        )
