from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tariff:
    quote: Callable[[int], int]
    label: Callable[[int], str]
    days: Callable[[int], int]


OPERATIONS = ("quote", "label", "days")

_registry = {}


def add_carrier(name, carrier):
    missing = [op for op in OPERATIONS if not hasattr(carrier, op)]
    if missing:
        raise TypeError(f"{name} lacks {', '.join(missing)}")
    _registry[name] = carrier


add_carrier(
    "post",
    Tariff(
        quote=lambda grams: 390 + max(0, grams - 500) // 100 * 25,
        label=lambda number: f"P-{number:08d}",
        days=lambda zone: 2 + zone,
    ),
)
add_carrier(
    "courier",
    Tariff(
        quote=lambda grams: 900 + grams // 1000 * 150,
        label=lambda number: f"CR/{number}/EXPRESS",
        days=lambda zone: 1 if zone < 3 else 2,
    ),
)
add_carrier(
    "locker",
    Tariff(
        quote=lambda grams: 250 if grams <= 2000 else 480,
        label=lambda number: f"BOX {number % 97:02d} {number}",
        days=lambda zone: 3,
    ),
)


def _ask(name, operation, argument):
    try:
        carrier = _registry[name]
    except KeyError:
        raise ValueError(f"unknown carrier: {name}") from None
    return getattr(carrier, operation)(argument)


def quote(carrier, grams):
    if grams < 0:
        raise ValueError(f"negative weight: {grams}")
    return _ask(carrier, "quote", grams)


def label(carrier, parcel_id):
    return _ask(carrier, "label", parcel_id)


def days(carrier, zone):
    return _ask(carrier, "days", zone)


def manifest(parcels):
    prices = [quote(carrier, grams) for carrier, _, grams in parcels]
    lines = [
        f"{label(carrier, number)}: {price / 100:.2f}"
        for (carrier, number, _), price in zip(parcels, prices)
    ]
    return [*lines, f"total: {sum(prices) / 100:.2f}"]
