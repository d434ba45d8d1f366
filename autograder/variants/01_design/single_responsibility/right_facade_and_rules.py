import csv
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Row(NamedTuple):
    meter: str
    count: int
    used: int


class Last(NamedTuple):
    month: str
    count: int


class BadReading(ValueError):
    """A reading that the utility does not accept."""


@dataclass
class ReadingStore:
    history: dict = field(default_factory=dict)

    def add(self, meter, month, count, used):
        self.history.setdefault(meter, {})[month] = Row(meter, count, used)

    def last(self, meter):
        months = self.history.get(meter)
        if not months:
            return None
        month = max(months)
        return Last(month, months[month].count)

    def rows(self, month):
        return [self.history[meter][month] for meter in sorted(self.history) if month in self.history[meter]]


class ReadingRules:
    METER = re.compile(r"[EG][0-9]{5}")
    MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

    def check_form(self, meter, month, count):
        if not self.METER.fullmatch(meter):
            raise BadReading(f"not a meter number: {meter}")
        if not self.MONTH.fullmatch(month):
            raise BadReading(f"not a month: {month}")
        if count < 0:
            raise BadReading(f"negative count: {count}")

    def check_order(self, meter, month, count, last_month, last_count):
        if month <= last_month:
            raise BadReading(f"{meter} has been read for {last_month}")
        if count < last_count:
            raise BadReading(f"{meter} runs backwards: {last_count}, {count}")


def check_reading(meter, month, count, last):
    rules = ReadingRules()
    rules.check_form(meter, month, count)
    if last is not None:
        rules.check_order(meter, month, count, *last)


def report_csv(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["meter", "count", "used"])
    writer.writerows(sorted(rows))
    writer.writerow(["total", "", sum(used for _, _, used in rows)])
    return out.getvalue()


@dataclass
class Alerts:
    connect: object
    phones: dict

    @cached_property
    def line(self):
        return self.connect()

    def send(self, meter, text):
        if meter in self.phones:
            self.line.send(self.phones[meter], text)


@dataclass
class Intake:
    store: object
    alerts: object
    limit: int = 600

    def submit(self, meter, month, count):
        last = self.store.last(meter)
        check_reading(meter, month, count, last)
        used = count - last[1] if last else 0
        self.store.add(meter=meter, month=month, count=count, used=used)
        if used > self.limit:
            self.alerts.send(meter=meter, text=f"Meter {meter}: {used} kWh up to {month}. Is that right?")
        return used


class MeterService:
    """A facade: delegates, decides nothing."""

    def __init__(self, connect, phones):
        self.store = ReadingStore()
        self.alerts = Alerts(connect, phones)
        self.intake = Intake(self.store, self.alerts)

    def submit(self, meter, month, count):
        return self.intake.submit(meter, month, count)

    def monthly_csv(self, month):
        return report_csv(self.store.rows(month))


open_service = MeterService
