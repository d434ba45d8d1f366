import re
from collections import defaultdict, namedtuple
from functools import partial

Store = namedtuple("Store", "add last rows")
Sender = namedtuple("Sender", "send")
Taker = namedtuple("Taker", "submit")
Service = namedtuple("Service", "submit monthly_csv")


def must(condition, message):
    if not condition:
        raise ValueError(message)


def check_reading(meter, month, count, last):
    must(re.fullmatch(r"[EG][0-9]{5}", meter), f"not a meter number: {meter}")
    must(re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month), f"not a month: {month}")
    must(count >= 0, f"negative count: {count}")
    if last:
        must(month > last[0], f"{meter} has been read for {last[0]}")
        must(count >= last[1], f"{meter} runs backwards: {last[1]}, {count}")


def ReadingStore():
    latest, months = {}, defaultdict(list)

    def add(meter, month, count, used):
        latest[meter] = month, count
        months[month].append([meter, count, used])

    return Store(add, latest.get, lambda month: sorted(months.get(month, ())))


def report_csv(rows):
    cells = [["meter", "count", "used"], *rows, ["total", "", sum(row[2] for row in rows)]]
    return "\n".join(",".join(map(str, row)) for row in cells) + "\n"


def send(lines, connect, phones, meter, text):
    if meter in phones:
        if not lines:
            lines.append(connect())
        lines[-1].send(phones[meter], text)


def Alerts(connect, phones):
    return Sender(partial(send, [], connect, phones))


def submit(store, alerts, meter, month, count):
    last = store.last(meter)
    check_reading(meter, month, count, last)
    used = count - last[1] if last else 0
    store.add(meter, month, count, used)
    if used > 600:
        alerts.send(meter, f"Meter {meter}: {used} kWh up to {month}. Is that right?")
    return used


def Intake(store, alerts):
    return Taker(partial(submit, store, alerts))


def open_service(connect, phones):
    store = ReadingStore()
    return Service(
        Intake(store, Alerts(connect, phones)).submit,
        lambda month: report_csv(store.rows(month)),
    )
