# caught by: gateway_matters_only_to_texts
"""service.submit('E10001', '2026-02', 2150). It raised ConnectionError: gateway is down. Expected no exception: no text is due"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

LIMIT = 600

Reading = tuple[str, int]
Row = tuple[str, int, int]


def check_reading(meter: str, month: str, count: int, last: Reading | None) -> None:
    if not re.fullmatch(r"[EG][0-9]{5}", meter):
        raise ValueError(f"not a meter number: {meter}")
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise ValueError(f"not a month: {month}")
    if count < 0:
        raise ValueError(f"negative count: {count}")
    if last is None:
        return
    last_month, last_count = last
    if month <= last_month:
        raise ValueError(f"{meter} has been read for {last_month}")
    if count < last_count:
        raise ValueError(f"{meter} runs backwards: {last_count}, {count}")


class ReadingStore:
    def __init__(self) -> None:
        self._latest: dict[str, Reading] = {}
        self._months: dict[str, list[Row]] = {}

    def add(self, meter: str, month: str, count: int, used: int) -> None:
        self._latest[meter] = (month, count)
        self._months.setdefault(month, []).append((meter, count, used))

    def last(self, meter: str) -> Reading | None:
        return self._latest.get(meter)

    def rows(self, month: str) -> list[Row]:
        return sorted(self._months.get(month, []))


def report_csv(rows: list[Row]) -> str:
    lines = ["meter,count,used"]
    lines += [f"{meter},{count},{used}" for meter, count, used in rows]
    lines.append(f"total,,{sum(used for _, _, used in rows)}")
    return "\n".join(lines) + "\n"


class Line(Protocol):
    """An open line to the SMS gateway."""

    def send(self, phone: str, text: str) -> object: ...


class Alerts:
    def __init__(self, connect: Callable[[], Line], phones: Mapping[str, str]) -> None:
        self._connect = connect
        self._phones = phones
        self._line: Line | None = None

    def send(self, meter: str, text: str) -> None:
        if self._line is None:
            self._line = self._connect()
        if meter in self._phones:
            self._line.send(self._phones[meter], text)


class Store(Protocol):
    """What the intake needs of a store."""

    def add(self, meter: str, month: str, count: int, used: int) -> object: ...

    def last(self, meter: str) -> Reading | None: ...


class Sender(Protocol):
    """What the intake needs of an alert service."""

    def send(self, meter: str, text: str) -> object: ...


class Intake:
    def __init__(self, store: Store, alerts: Sender) -> None:
        self._store = store
        self._alerts = alerts

    def submit(self, meter: str, month: str, count: int) -> int:
        last = self._store.last(meter)
        check_reading(meter, month, count, last)
        used = 0 if last is None else count - last[1]
        self._store.add(meter, month, count, used)
        if used > LIMIT:
            text = f"Meter {meter}: {used} kWh up to {month}. Is that right?"
            self._alerts.send(meter, text)
        return used


class MeterService(NamedTuple):
    """What callers get: two entrances, no work of its own."""

    submit: Callable[[str, str, int], int]
    monthly_csv: Callable[[str], str]


def open_service(
    connect: Callable[[], Line], phones: Mapping[str, str]
) -> MeterService:
    store = ReadingStore()
    intake = Intake(store, Alerts(connect, phones))
    return MeterService(
        submit=intake.submit,
        monthly_csv=lambda month: report_csv(store.rows(month)),
    )
