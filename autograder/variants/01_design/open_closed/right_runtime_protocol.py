from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@runtime_checkable
class Carrier(Protocol):
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


@dataclass
class Registry:
    known: dict[str, Carrier] = field(default_factory=dict)

    def add(self, name: str, carrier: Carrier) -> None:
        if not isinstance(carrier, Carrier):
            raise TypeError(f"{name} is not a carrier: {carrier!r}")
        self.known[name] = carrier

    def find(self, name: str) -> Carrier:
        carrier = self.known.get(name)
        if carrier is None:
            raise ValueError(f"unknown carrier: {name}")
        return carrier


CARRIERS = Registry({"post": Post(), "courier": Courier(), "locker": Locker()})


def add_carrier(name: str, carrier: Carrier) -> None:
    CARRIERS.add(name, carrier)


def quote(carrier: str, grams: int) -> int:
    if grams < 0:
        raise ValueError(f"negative weight: {grams}")
    return CARRIERS.find(carrier).quote(grams=grams)


def label(carrier: str, parcel_id: int) -> str:
    return CARRIERS.find(carrier).label(parcel_id=parcel_id)


def days(carrier: str, zone: int) -> int:
    return CARRIERS.find(carrier).days(zone=zone)


def manifest(parcels: list[tuple[str, int, int]]) -> list[str]:
    lines, total = [], 0
    for carrier, parcel_id, grams in parcels:
        price = quote(carrier, grams)
        lines.append(f"{label(carrier, parcel_id)}: {price / 100:.2f}")
        total += price
    return [*lines, f"total: {total / 100:.2f}"]
