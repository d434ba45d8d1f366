from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

HIGH_USAGE: Final = 600
Row = tuple[str, int, int]


class Line(Protocol):
    def send(self, phone: str, text: str) -> None: ...


class Readings(Protocol):
    def add(self, meter: str, month: str, count: int, used: int) -> None: ...
    def last(self, meter: str) -> tuple[str, int] | None: ...


class Notifier(Protocol):
    def send(self, meter: str, text: str) -> None: ...


def _complaints(meter: str, month: str, count: int, last: tuple[str, int] | None) -> Iterator[str]:
    if not re.fullmatch("[EG][0-9]{5}", meter):
        yield f"not a meter number: {meter}"
    if not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", month):
        yield f"not a month: {month}"
    if count < 0:
        yield f"negative count: {count}"
    if last is None:
        return
    last_month, last_count = last
    if month <= last_month:
        yield f"{meter} has been read for {last_month}"
    if count < last_count:
        yield f"{meter} runs backwards: {last_count}, {count}"


def check_reading(meter: str, month: str, count: int, last: tuple[str, int] | None) -> None:
    complaint = next(_complaints(meter, month, count, last), None)
    if complaint is not None:
        raise ValueError(complaint)


@dataclass
class ReadingStore:
    _months: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def add(self, meter: str, month: str, count: int, used: int) -> None:
        self._months.setdefault(month, {})[meter] = (count, used)

    def last(self, meter: str) -> tuple[str, int] | None:
        months = (month for month in sorted(self._months, reverse=True) if meter in self._months[month])
        month = next(months, None)
        return None if month is None else (month, self._months[month][meter][0])

    def rows(self, month: str) -> list[Row]:
        return [(meter, *numbers) for meter, numbers in sorted(self._months.get(month, {}).items())]


def report_csv(rows: Iterable[Row]) -> str:
    rows = list(rows)
    table = [("meter", "count", "used"), *rows, ("total", "", sum(used for *_, used in rows))]
    return "".join(f"{a},{b},{c}\n" for a, b, c in table)


@dataclass(slots=True)
class Alerts:
    connect: Callable[[], Line]
    phones: dict[str, str]
    _line: Line | None = field(default=None, init=False)

    def send(self, meter: str, text: str) -> None:
        match self.phones.get(meter):
            case None:
                pass
            case phone:
                self._open().send(phone, text)

    def _open(self) -> Line:
        if self._line is None:
            self._line = self.connect()
        return self._line


@dataclass(frozen=True, slots=True)
class Intake:
    store: Readings
    alerts: Notifier

    def submit(self, meter: str, month: str, count: int) -> int:
        last = self.store.last(meter)
        check_reading(meter, month, count, last)
        used = count - last[1] if last else 0
        self.store.add(meter, month, count, used)
        if used > HIGH_USAGE:
            self.alerts.send(meter, f"Meter {meter}: {used} kWh up to {month}. Is that right?")
        return used


@dataclass(frozen=True)
class MeterService:
    connect: Callable[[], Line]
    phones: dict[str, str]
    store: ReadingStore = field(default_factory=ReadingStore)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "intake", Intake(self.store, Alerts(self.connect, self.phones)))

    def submit(self, meter: str, month: str, count: int) -> int:
        return self.intake.submit(meter, month, count)

    def monthly_csv(self, month: str) -> str:
        return report_csv(self.store.rows(month))


def open_service(connect: Callable[[], Line], phones: dict[str, str]) -> MeterService:
    return MeterService(connect, phones)
