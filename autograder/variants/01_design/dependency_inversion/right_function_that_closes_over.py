"""No class: a function that remembers in its closure."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

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


def AlertService(*, pager, send_mail, clock):
    raised = {}
    counts = Counter()

    def page(team, text, attempts=2):
        try:
            pager.page(team=team, text=text)
        except ConnectionError:
            return attempts > 1 and page(team, text, attempts - 1)
        return True

    def raise_alert(team, severity, text):
        if severity not in WAKES_SOMEBODY:
            raise ValueError(f"unknown severity: {severity}")
        now = clock()
        if (last := raised.get((team, text))) and now - last < REPEAT_AFTER:
            return "repeat"
        raised[team, text] = now
        day = now.strftime("%Y%m%d")
        counts[day] += 1
        number = f"{day}-{counts[day]}"
        if WAKES_SOMEBODY[severity] and page(team, f"{number} {text}"):
            return f"{number} paged"
        send_mail(to=f"{team}@ops.example", subject=f"{number} {text}")
        return f"{number} mailed"

    return SimpleNamespace(raise_alert=raise_alert)


def run(alerts):
    service = AlertService(
        pager=PagerClient("live-key-4711"),
        send_mail=send_mail,
        clock=lambda: datetime.now(UTC),
    )
    return [service.raise_alert(*alert) for alert in alerts]
