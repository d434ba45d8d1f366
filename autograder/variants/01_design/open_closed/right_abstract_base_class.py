from abc import ABC, abstractmethod


class Carrier(ABC):
    @abstractmethod
    def quote(self, grams: int) -> int: ...

    @abstractmethod
    def label(self, parcel_id: int) -> str: ...

    @abstractmethod
    def days(self, zone: int) -> int: ...


class Post(Carrier):
    def quote(self, grams: int) -> int:
        if grams <= 500:
            return 390
        return 390 + (grams - 500) // 100 * 25

    def label(self, parcel_id: int) -> str:
        return f"P-{parcel_id:08d}"

    def days(self, zone: int) -> int:
        return 2 + zone


class Courier(Carrier):
    def quote(self, grams: int) -> int:
        return 900 + grams // 1000 * 150

    def label(self, parcel_id: int) -> str:
        return f"CR/{parcel_id}/EXPRESS"

    def days(self, zone: int) -> int:
        return 1 if zone < 3 else 2


class Locker(Carrier):
    def quote(self, grams: int) -> int:
        return 250 if grams <= 2000 else 480

    def label(self, parcel_id: int) -> str:
        return f"BOX {parcel_id % 97:02d} {parcel_id}"

    def days(self, zone: int) -> int:
        return 3


class Desk:
    def __init__(self) -> None:
        self._carriers: dict[str, Carrier] = {}

    def add(self, name: str, carrier: Carrier) -> None:
        for method in sorted(Carrier.__abstractmethods__):
            if not hasattr(carrier, method):
                raise TypeError(f"{name}: {method} is missing")
        self._carriers[name] = carrier

    def __getitem__(self, name: str) -> Carrier:
        if name not in self._carriers:
            raise ValueError(f"unknown carrier: {name}")
        return self._carriers[name]


_desk = Desk()
add_carrier = _desk.add
add_carrier("post", Post())
add_carrier("courier", Courier())
add_carrier("locker", Locker())


def quote(carrier: str, grams: int) -> int:
    if grams < 0:
        raise ValueError(f"negative weight: {grams}")
    return _desk[carrier].quote(grams)


def label(carrier: str, parcel_id: int) -> str:
    return _desk[carrier].label(parcel_id)


def days(carrier: str, zone: int) -> int:
    return _desk[carrier].days(zone)


def manifest(parcels: list[tuple[str, int, int]]) -> list[str]:
    lines = []
    total = 0
    for carrier, parcel_id, grams in parcels:
        price = quote(carrier, grams)
        lines.append(f"{label(carrier, parcel_id)}: {price / 100:.2f}")
        total += price
    return lines + [f"total: {total / 100:.2f}"]
