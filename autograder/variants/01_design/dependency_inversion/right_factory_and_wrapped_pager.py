"""A hand-in: pure rules, a pager wrapper that tries twice, a factory that checks its parts."""

from datetime import datetime, timedelta, timezone
from typing import NamedTuple

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


class Parts(NamedTuple):
    pager: "object"
    send_mail: "object"
    clock: "object"


class TriesTwice:
    def __init__(self, pager):
        self.pager = pager

    def page(self, team, text):
        try:
            self.pager.page(team, text)
        except ConnectionError:
            self.pager.page(team, text)


class _Service:
    def __init__(self, parts):
        self.parts = parts._replace(pager=TriesTwice(parts.pager))
        self.history = []

    def raise_alert(self, team, severity, text):
        if severity not in WAKES_SOMEBODY:
            raise ValueError(f"unknown severity: {severity}")
        now = self.parts.clock()
        for when, *alert in self.history:
            if alert == [team, text] and now < when + REPEAT_AFTER:
                return "repeat"
        self.history.append((now, team, text))
        today = sum(when.date() == now.date() for when, *_ in self.history)
        number = f"{now:%Y%m%d}-{today}"
        return f"{number} {self._tell(team, severity, f'{number} {text}')}"

    def _tell(self, team, severity, message):
        if WAKES_SOMEBODY[severity]:
            try:
                self.parts.pager.page(team, message)
            except ConnectionError:
                pass
            else:
                return "paged"
        self.parts.send_mail(f"{team}@ops.example", message)
        return "mailed"


def AlertService(**parts):
    return _Service(Parts(**parts))


def run(alerts):
    with_real_parts = {
        "pager": PagerClient("live-key-4711"),
        "send_mail": send_mail,
        "clock": lambda: datetime.now(timezone.utc),
    }
    service = AlertService(**with_real_parts)
    return [service.raise_alert(*alert) for alert in alerts]
