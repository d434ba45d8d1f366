# caught by: no_decision_on_names
"""decides on a carrier's name: case 'post'; case 'courier'"""

from typing import Protocol


class Carrier(Protocol):
    """What the desk needs from a carrier."""

    def quote(self, grams: int) -> int: ...

    def label(self, parcel_id: int) -> str: ...

    def days(self, zone: int) -> int: ...


class Post:
    def quote(self, grams: int) -> int:
        return 390 if grams <= 500 else 390 + (grams - 500) // 100 * 25

    def label(self, parcel_id: int) -> str:
        return f"P-{parcel_id:08d}"

    def days(self, zone: int) -> int:
        return 2 + zone


class Courier:
    def quote(self, grams: int) -> int:
        return 900 + grams // 1000 * 150

    def label(self, parcel_id: int) -> str:
        return f"CR/{parcel_id}/EXPRESS"

    def days(self, zone: int) -> int:
        return 1 if zone < 3 else 2


class Locker:
    def quote(self, grams: int) -> int:
        return 250 if grams <= 2000 else 480

    def label(self, parcel_id: int) -> str:
        return f"BOX {parcel_id % 97:02d} {parcel_id}"

    def days(self, zone: int) -> int:
        return 3


_carriers: dict[str, Carrier] = {"post": Post(), "courier": Courier(), "locker": Locker()}


def add_carrier(name: str, carrier: Carrier) -> None:
    for method in ("quote", "label", "days"):
        if not callable(getattr(carrier, method, None)):
            raise TypeError(f"carrier {name} has no method {method}")
    _carriers[name] = carrier


def _find(name: str) -> Carrier:
    if name not in _carriers:
        raise ValueError(f"unknown carrier: {name}")
    return _carriers[name]


def quote(carrier: str, grams: int) -> int:
    if grams < 0:
        raise ValueError(f"negative weight: {grams}")
    return _find(carrier).quote(grams)


def label(carrier: str, parcel_id: int) -> str:
    return _find(carrier).label(parcel_id)


def days(carrier: str, zone: int) -> int:
    match carrier:
        case "post":
            return 2 + zone
        case "courier":
            return 1 if zone < 3 else 2
        case _:
            return _find(carrier).days(zone)


def manifest(parcels: list[tuple[str, int, int]]) -> list[str]:
    lines = []
    total = 0
    for carrier, parcel_id, grams in parcels:
        price = quote(carrier, grams)
        lines.append(f"{label(carrier, parcel_id)}: {price / 100:.2f}")
        total += price
    lines.append(f"total: {total / 100:.2f}")
    return lines
