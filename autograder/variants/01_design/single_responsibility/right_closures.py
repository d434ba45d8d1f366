"""Functions only: what a part must remember stays in a closure."""

import re
from types import SimpleNamespace


def check_reading(meter, month, count, last):
    problem = None
    if not re.fullmatch(r"[EG][0-9]{5}", meter):
        problem = f"not a meter number: {meter}"
    elif not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        problem = f"not a month: {month}"
    elif count < 0:
        problem = f"negative count: {count}"
    elif last and month <= last[0]:
        problem = f"{meter} has been read for {last[0]}"
    elif last and count < last[1]:
        problem = f"{meter} runs backwards: {last[1]}, {count}"
    if problem:
        raise ValueError(problem)


def ReadingStore():
    readings = []

    def add(meter, month, count, used):
        readings.append((meter, month, count, used))

    def last(meter):
        for known, month, count, _ in reversed(readings):
            if known == meter:
                return month, count
        return None

    def rows(wanted):
        return sorted((meter, count, used) for meter, month, count, used in readings if month == wanted)

    return SimpleNamespace(add=add, last=last, rows=rows)


def report_csv(rows):
    body = "".join(f"{meter},{count},{used}\n" for meter, count, used in rows)
    return f"meter,count,used\n{body}total,,{sum(row[2] for row in rows)}\n"


def Alerts(connect, phones):
    line = None

    def send(meter, text):
        nonlocal line
        phone = phones.get(meter)
        if phone is not None:
            line = line or connect()
            line.send(phone, text)

    return SimpleNamespace(send=send)


def Intake(store, alerts, limit=600):
    def submit(meter, month, count):
        last = store.last(meter)
        check_reading(meter, month, count, last)
        used = count - last[1] if last else 0
        store.add(meter, month, count, used)
        if used > limit:
            alerts.send(meter, f"Meter {meter}: {used} kWh up to {month}. Is that right?")
        return used

    return SimpleNamespace(submit=submit)


def open_service(connect, phones):
    store = ReadingStore()
    intake = Intake(store, Alerts(connect, phones))
    return SimpleNamespace(submit=intake.submit, monthly_csv=lambda month: report_csv(store.rows(month)))
