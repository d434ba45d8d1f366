"""The run makes one settings object and one connection, and hands them on."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

Customer = tuple[str, str, int, int]  # name, address, cents spent, items in the basket


class Connection(Protocol):
    def send(self, sender: str, to: str, text: str) -> None: ...


class Wire(Connection, Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class Settings:
    host: str
    sender: str
    shop: str
    gift_from: int


def read_settings(values: dict[str, str]) -> Settings:
    return Settings(
        host=values["host"],
        sender=values["sender"],
        shop=values["shop"],
        gift_from=int(values["gift_from"]),
    )


def signed(text: str, settings: Settings) -> str:
    return f"{text} -- {settings.shop}"


def send_gifts(
    customers: list[Customer], settings: Settings, connection: Connection
) -> int:
    sent = 0
    for name, address, cents, _ in customers:
        if cents >= settings.gift_from:
            text = f"Thank you, {name}! A gift for the {cents / 100:.2f} you spent"
            connection.send(settings.sender, address, signed(text, settings))
            sent += 1
    return sent


def send_reminders(
    customers: list[Customer], settings: Settings, connection: Connection
) -> int:
    sent = 0
    for name, address, _, items in customers:
        if items:
            text = f"{name}, your basket still holds {items}"
            connection.send(settings.sender, address, signed(text, settings))
            sent += 1
    return sent


def main(
    values: dict[str, str], customers: list[Customer], dial: Callable[[str], Wire]
) -> str:
    settings = read_settings(values)
    with closing(dial(settings.host)) as connection:
        gifts = send_gifts(customers, settings, connection)
        reminders = send_reminders(customers, settings, connection)
    return f"{settings.shop}: {gifts} gifts, {reminders} reminders"
