# caught by: two_services_share_nothing
"""It returned '20310507-1 paged'. Expected '20310506-1 paged'."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

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


PARTS: dict[str, Any] = {}


class AlertService:
    def __init__(
        self,
        pager: Pager,
        send_mail: Callable[[str, str], None],
        clock: Callable[[], datetime],
    ) -> None:
        PARTS.update(pager=pager, send_mail=send_mail, clock=clock)
        self._raised: dict[tuple[str, str], datetime] = {}
        self._counts: dict[str, int] = {}

    def raise_alert(self, team: str, severity: str, text: str) -> str:
        if severity not in WAKES_SOMEBODY:
            raise ValueError(f"unknown severity: {severity}")
        now = PARTS["clock"]()
        alert = (team, text)
        if alert in self._raised and now - self._raised[alert] < REPEAT_AFTER:
            return "repeat"
        self._raised[alert] = now
        day = f"{now:%Y%m%d}"
        self._counts[day] = self._counts.get(day, 0) + 1
        number = f"{day}-{self._counts[day]}"
        if WAKES_SOMEBODY[severity] and self._page(team, f"{number} {text}"):
            return f"{number} paged"
        PARTS["send_mail"](f"{team}@ops.example", f"{number} {text}")
        return f"{number} mailed"

    def _page(self, team: str, text: str) -> bool:
        for _attempt in range(2):
            try:
                PARTS["pager"].page(team, text)
                return True
            except ConnectionError:
                continue
        return False


def utc_now() -> datetime:
    return datetime.now(UTC)


def run(alerts: list[tuple[str, str, str]]) -> list[str]:
    pager = PagerClient("live-key-4711")
    service = AlertService(pager=pager, send_mail=send_mail, clock=utc_now)
    return [service.raise_alert(*alert) for alert in alerts]
