import re
from abc import ABC, abstractmethod

HEADER = "meter,count,used"


class Store(ABC):
    @abstractmethod
    def add(self, meter: str, month: str, count: int, used: int) -> None: ...

    @abstractmethod
    def last(self, meter: str) -> tuple[str, int] | None: ...

    @abstractmethod
    def rows(self, month: str) -> list[tuple[str, int, int]]: ...


class Channel(ABC):
    @abstractmethod
    def send(self, meter: str, text: str) -> None: ...


class ReadingStore(Store):
    def __init__(self) -> None:
        self._readings: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, meter: str, month: str, count: int, used: int) -> None:
        self._readings[month, meter] = (count, used)

    def last(self, meter: str) -> tuple[str, int] | None:
        months = [month for month, known in self._readings if known == meter]
        return (months[-1], self._readings[months[-1], meter][0]) if months else None

    def rows(self, month: str) -> list[tuple[str, int, int]]:
        return [(m, *values) for (when, m), values in sorted(self._readings.items()) if when == month]


class Alerts(Channel):
    def __init__(self, connect, phones) -> None:
        self._connect, self._phones = connect, phones
        self._lines: list = []

    def send(self, meter: str, text: str) -> None:
        try:
            phone = self._phones[meter]
        except KeyError:
            return
        if not self._lines:
            self._lines.append(self._connect())
        self._lines[0].send(phone, text)


class ReadingCheck:
    def __call__(self, meter, month, count, last) -> None:
        if re.fullmatch(r"[EG][0-9]{5}", meter) is None:
            raise ValueError(f"not a meter number: {meter}")
        if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) is None:
            raise ValueError(f"not a month: {month}")
        if count < 0:
            raise ValueError(f"negative count: {count}")
        match last:
            case (last_month, _) if month <= last_month:
                raise ValueError(f"{meter} has been read for {last_month}")
            case (_, last_count) if count < last_count:
                raise ValueError(f"{meter} runs backwards: {last_count}, {count}")


check_reading = ReadingCheck()


def report_csv(rows) -> str:
    lines = [HEADER]
    total = 0
    for meter, count, used in rows:
        lines.append(f"{meter},{count},{used}")
        total += used
    lines.append(f"total,,{total}")
    return "\n".join(lines) + "\n"


class Intake:
    LIMIT = 600

    def __init__(self, store, alerts, check=check_reading) -> None:
        self._store, self._alerts, self._check = store, alerts, check

    def submit(self, meter: str, month: str, count: int) -> int:
        last = self._store.last(meter)
        self._check(meter, month, count, last)
        used = 0 if last is None else count - last[1]
        self._store.add(meter, month, count, used)
        self._warn(meter, month, used)
        return used

    def _warn(self, meter: str, month: str, used: int) -> None:
        if used > self.LIMIT:
            self._alerts.send(meter, f"Meter {meter}: {used} kWh up to {month}. Is that right?")


def open_service(connect, phones):
    class Service:
        def __init__(self) -> None:
            self._store: Store = ReadingStore()
            self.submit = Intake(self._store, Alerts(connect, phones)).submit

        def monthly_csv(self, month: str) -> str:
            return report_csv(self._store.rows(month))

    return Service()
