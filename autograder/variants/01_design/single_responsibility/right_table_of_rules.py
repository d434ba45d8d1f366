import re
from collections import defaultdict
from dataclasses import astuple, dataclass
from functools import cache
from itertools import chain

RULES = (
    (lambda r: re.fullmatch(r"[EG]\d{5}", r.meter, re.ASCII), "not a meter number: {r.meter}"),
    (lambda r: re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", r.month, re.ASCII), "not a month: {r.month}"),
    (lambda r: r.count >= 0, "negative count: {r.count}"),
)
ORDER = (
    (lambda r, last: r.month > last.month, "{r.meter} has been read for {last.month}"),
    (lambda r, last: r.count >= last.count, "{r.meter} runs backwards: {last.count}, {r.count}"),
)


@dataclass(frozen=True)
class Reading:
    meter: str
    month: str
    count: int


def check_reading(meter, month, count, last):
    reading = Reading(meter, month, count)
    for holds, message in RULES:
        if not holds(reading):
            raise ValueError(message.format(r=reading))
    if last:
        earlier = Reading(meter, *last)
        for holds, message in ORDER:
            if not holds(reading, earlier):
                raise ValueError(message.format(r=reading, last=earlier))


class ReadingStore:
    def __init__(self):
        self.by_meter = defaultdict(list)
        self.used = {}

    def add(self, meter, month, count, used):
        reading = Reading(meter, month, count)
        self.by_meter[meter].append(reading)
        self.used[reading] = used

    def last(self, meter):
        if not self.by_meter[meter]:
            return None
        return astuple(self.by_meter[meter][-1])[1:]

    def rows(self, month):
        readings = chain.from_iterable(self.by_meter.values())
        found = [r for r in readings if r.month == month]
        return sorted((r.meter, r.count, self.used[r]) for r in found)


class MonthlyReport:
    header = ("meter", "count", "used")

    def __init__(self, rows):
        self.rows = rows

    def __str__(self):
        total = ("total", "", sum(row[-1] for row in self.rows))
        return "".join(",".join(map(str, row)) + "\n" for row in (self.header, *self.rows, total))


def report_csv(rows):
    return str(MonthlyReport(rows))


class Alerts:
    def __init__(self, connect, phones):
        self.line = cache(connect)
        self.phones = phones

    def send(self, meter, text):
        if phone := self.phones.get(meter):
            self.line().send(phone, text)


class HighUsage:
    """Decides who is told, so that Intake only takes readings in."""

    def __init__(self, alerts, limit):
        self.alerts, self.limit = alerts, limit

    def watch(self, meter, month, used):
        if used > self.limit:
            self.alerts.send(meter, f"Meter {meter}: {used} kWh up to {month}. Is that right?")


class Intake:
    def __init__(self, store, alerts):
        self.store = store
        self.high_usage = HighUsage(alerts, limit=600)

    def submit(self, meter, month, count):
        last = self.store.last(meter)
        check_reading(meter, month, count, last)
        _, before = last or (None, count)
        self.store.add(meter, month, count, count - before)
        self.high_usage.watch(meter, month, count - before)
        return count - before


def open_service(connect, phones):
    intake = Intake(store := ReadingStore(), Alerts(connect, phones))
    intake.monthly_csv = lambda month: report_csv(store.rows(month))
    return intake
