"""Small classes with one job each, put together in build."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from itertools import count
from typing import Protocol, runtime_checkable

ON_CALL = {"db": "mira", "web": "jonas", "infra": "amal"}
WAKES_SOMEBODY = {"critical": True, "warning": False}
REPEAT_AFTER = timedelta(minutes=15)


class PagerClient:
    """The vendor's client; a printed line stands for what goes over the wire."""

    def __init__(self, key: str) -> None:
        print(f"CONNECT {key}")

    def page(self, team: str, text: str) -> None:
        if team not in ON_CALL:
            print(f"PAGE {team}: no answer")
            raise ConnectionError(f"no pager is switched on for {team}")
        print(f"PAGE {ON_CALL[team]}: {text}")


def send_mail(to: str, subject: str) -> None:
    print(f"MAIL {to}: {subject}")



@runtime_checkable
class Pager(Protocol):
    def page(self, team: str, text: str) -> None: ...


class SendMail(Protocol):
    def __call__(self, to: str, subject: str) -> None: ...


class Clock(Protocol):
    def __call__(self) -> datetime: ...


@dataclass(frozen=True)
class Alert:
    team: str
    severity: str
    text: str

    def __post_init__(self) -> None:
        if self.severity not in WAKES_SOMEBODY:
            raise ValueError(f"unknown severity {self.severity!r}")

    @property
    def wakes_somebody(self) -> bool:
        return WAKES_SOMEBODY[self.severity]


class RecentAlerts:
    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], datetime] = {}

    def repeats(self, alert: Alert, now: datetime) -> bool:
        earlier = self._seen.get((alert.team, alert.text))
        if earlier and now - earlier < REPEAT_AFTER:
            return True
        self._seen[alert.team, alert.text] = now
        return False


class IncidentNumbers:
    def __init__(self) -> None:
        self._counters: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))

    def next(self, now: datetime) -> str:
        day = now.astimezone(UTC).strftime("%Y%m%d")
        return f"{day}-{next(self._counters[day])}"


class AlertService:
    """Alerts whoever is on call.

    Any pager will do: the vendor's PagerClient, or a list in a test.
    """

    def __init__(self, pager: Pager, send_mail: SendMail, clock: Clock) -> None:
        if not isinstance(pager, Pager):
            raise TypeError(f"not a pager: {pager!r}")
        self._pager = pager
        self._send_mail = send_mail
        self._clock = clock
        self._recent = RecentAlerts()
        self._numbers = IncidentNumbers()

    def raise_alert(self, team: str, severity: str, text: str) -> str:
        return next(self.raise_all([Alert(team, severity, text)]))

    def raise_all(self, alerts: Iterable[Alert]) -> Iterator[str]:
        yield from map(self._raise, alerts)

    def _raise(self, alert: Alert) -> str:
        now = self._clock()
        if self._recent.repeats(alert, now):
            return "repeat"
        number = self._numbers.next(now)
        message = f"{number} {alert.text}"
        if alert.wakes_somebody and self._paged(alert.team, message):
            return f"{number} paged"
        self._send_mail(to=f"{alert.team}@ops.example", subject=message)
        return f"{number} mailed"

    def _paged(self, team: str, message: str) -> bool:
        for last in (False, True):
            try:
                self._pager.page(team, message)
            except ConnectionError:
                if last:
                    return False
            else:
                break
        return True


def build() -> AlertService:
    return AlertService(
        PagerClient("live-key-4711"), send_mail, partial(datetime.now, tz=UTC)
    )


def run(alerts: list[tuple[str, str, str]]) -> list[str]:
    service = build()
    return list(service.raise_all(Alert(*alert) for alert in alerts))


if __name__ == "__main__":
    print(run([("db", "critical", "disk full")]))
