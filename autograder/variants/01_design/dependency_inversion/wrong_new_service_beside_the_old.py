# caught by: no_real_part_appears_by_itself
"""You called run([('db', 'critical', 'x')]). It used nothing of what AlertService(pager=my_pager, send_mail=my_mail, clock=my_clock).raise_alert uses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

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


class Pager(Protocol):
    """What the alert service needs from a pager."""

    def page(self, team: str, text: str) -> None: ...


class AlertService:
    def __init__(
        self,
        pager: Pager,
        send_mail: Callable[[str, str], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._pager = pager
        self._send_mail = send_mail
        self._clock = clock
        self._raised: dict[tuple[str, str], datetime] = {}
        self._counts: dict[str, int] = {}

    def raise_alert(self, team: str, severity: str, text: str) -> str:
        if severity not in WAKES_SOMEBODY:
            raise ValueError(f"unknown severity: {severity}")
        now = self._clock()
        alert = (team, text)
        if alert in self._raised and now - self._raised[alert] < REPEAT_AFTER:
            return "repeat"
        self._raised[alert] = now
        day = f"{now:%Y%m%d}"
        self._counts[day] = self._counts.get(day, 0) + 1
        number = f"{day}-{self._counts[day]}"
        if WAKES_SOMEBODY[severity] and self._page(team, f"{number} {text}"):
            return f"{number} paged"
        self._send_mail(f"{team}@ops.example", f"{number} {text}")
        return f"{number} mailed"

    def _page(self, team: str, text: str) -> bool:
        for _attempt in range(2):
            try:
                self._pager.page(team, text)
                return True
            except ConnectionError:
                continue
        return False


class LiveAlertService:
    def __init__(self) -> None:
        self._pager = PagerClient("live-key-4711")
        self._raised: dict[tuple[str, str], datetime] = {}
        self._counts: dict[str, int] = {}

    def raise_alert(self, team: str, severity: str, text: str) -> str:
        if severity not in WAKES_SOMEBODY:
            raise ValueError(f"unknown severity: {severity}")
        now = datetime.now(UTC)
        alert = (team, text)
        if alert in self._raised and now - self._raised[alert] < REPEAT_AFTER:
            return "repeat"
        self._raised[alert] = now
        day = f"{now:%Y%m%d}"
        self._counts[day] = self._counts.get(day, 0) + 1
        number = f"{day}-{self._counts[day]}"
        if WAKES_SOMEBODY[severity] and self._page(team, f"{number} {text}"):
            return f"{number} paged"
        send_mail(f"{team}@ops.example", f"{number} {text}")
        return f"{number} mailed"

    def _page(self, team: str, text: str) -> bool:
        for _attempt in range(2):
            try:
                self._pager.page(team, text)
                return True
            except ConnectionError:
                continue
        return False


def run(alerts: list[tuple[str, str, str]]) -> list[str]:
    service = LiveAlertService()
    return [service.raise_alert(*alert) for alert in alerts]
