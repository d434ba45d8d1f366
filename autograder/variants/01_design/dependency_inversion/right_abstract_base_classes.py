from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

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


class Pager(ABC):
    @abstractmethod
    def page(self, team: str, text: str) -> None: ...


class VendorPager(Pager):
    """Fits the vendor's client to our interface."""

    def __init__(self, client: PagerClient) -> None:
        self._client = client

    def page(self, team: str, text: str) -> None:
        self._client.page(team, text)


class Clock(ABC):
    @abstractmethod
    def __call__(self) -> datetime: ...


class SystemClock(Clock):
    def __call__(self) -> datetime:
        return datetime.now(UTC)


class Mailer(ABC):
    @abstractmethod
    def __call__(self, to: str, subject: str) -> None: ...


class VendorMailer(Mailer):
    def __call__(self, to: str, subject: str) -> None:
        send_mail(to, subject)


class AlertService:
    def __init__(
        self,
        pager: Pager,
        send_mail: Mailer,
        clock: Clock,
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


def live_service() -> AlertService:
    """The composition root."""
    pager = VendorPager(PagerClient("live-key-4711"))
    return AlertService(pager, VendorMailer(), SystemClock())


def run(alerts: list[tuple[str, str, str]]) -> list[str]:
    service = live_service()
    return [service.raise_alert(*alert) for alert in alerts]
