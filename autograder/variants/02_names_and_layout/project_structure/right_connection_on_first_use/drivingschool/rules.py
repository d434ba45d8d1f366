from datetime import datetime, timedelta

RATES = {"car": 110, "motorbike": 95, "trailer": 140}  # cents a minute


class UnknownKind(ValueError):
    pass


def when(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def euros(cents):
    return f"{cents // 100}.{cents % 100:02d} EUR"


def price(kind, minutes, start):
    if kind not in RATES:
        raise UnknownKind(f"no lessons for {kind}")
    cents = RATES[kind] * minutes
    if when(start).weekday() >= 5 or when(start).hour >= 18:
        cents = cents * 5 // 4
    return cents


def refund(cents, start, now):
    ahead = when(start) - when(now)
    if ahead >= timedelta(hours=48):
        return cents
    if ahead >= timedelta(hours=24):
        return cents // 2
    return 0


def overlap(start, minutes, other_start, other_minutes):
    end = when(start) + timedelta(minutes=minutes)
    other_end = when(other_start) + timedelta(minutes=other_minutes)
    return when(start) < other_end and when(other_start) < end


