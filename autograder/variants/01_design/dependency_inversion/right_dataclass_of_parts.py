"""A dataclass holds the parts; rules without effects are functions of their own."""

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable

ON_CALL = {"db": "mira", "web": "jonas", "infra": "amal"}
WAKES_SOMEBODY = {"critical": True, "warning": False}
REPEAT_AFTER = dt.timedelta(minutes=15)


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


def next_number(counts: dict[str, int], now: dt.datetime) -> str:
    day = now.strftime("%Y%m%d")
    counts[day] = counts.get(day, 0) + 1
    return f"{day}-{counts[day]}"


def twice(action: Callable[[], object]) -> bool:
    for _ in range(2):
        try:
            action()
        except ConnectionError:
            continue
        else:
            return True
    return False


@dataclass(kw_only=True)
class AlertService:
    pager: Any
    send_mail: Callable[[str, str], None]
    clock: Callable[[], dt.datetime]
    _raised: dict[tuple[str, str], dt.datetime] = field(default_factory=dict, init=False)
    _counts: dict[str, int] = field(default_factory=dict, init=False)

    def _is_repeat(self, team: str, text: str, now: dt.datetime) -> bool:
        last = self._raised.get((team, text))
        return last is not None and now - last < REPEAT_AFTER

    def raise_alert(self, team: str, severity: str, text: str) -> str:
        try:
            urgent = WAKES_SOMEBODY[severity]
        except KeyError:
            raise ValueError(f"unknown severity: {severity}") from None
        now = self.clock()
        if self._is_repeat(team, text, now):
            return "repeat"
        self._raised[team, text] = now
        number = next_number(self._counts, now)
        message = f"{number} {text}"
        if urgent and twice(partial(self.pager.page, team, message)):
            return f"{number} paged"
        self.send_mail(f"{team}@ops.example", message)
        return f"{number} mailed"


def run(alerts: list[tuple[str, str, str]]) -> list[str]:
    service = AlertService(
        pager=PagerClient("live-key-4711"),
        send_mail=send_mail,
        clock=partial(dt.datetime.now, dt.UTC),
    )
    return [service.raise_alert(*alert) for alert in alerts]
