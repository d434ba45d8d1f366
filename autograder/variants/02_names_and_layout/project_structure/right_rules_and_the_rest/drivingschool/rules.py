from datetime import datetime, timedelta

RATES = {"car": 110, "motorbike": 95, "trailer": 140}


class UnknownKind(ValueError):
    pass


def when(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


def price(kind, minutes, start):
    try:
        cents = RATES[kind] * minutes
    except KeyError:
        raise UnknownKind(f"no lessons for {kind}") from None
    moment = when(start)
    dear = moment.isoweekday() > 5 or moment.hour > 17
    return cents * 5 // 4 if dear else cents


def refund(cents, start, now):
    ahead = when(start) - when(now)
    if ahead < timedelta(days=1):
        return 0
    return cents // 2 if ahead < timedelta(days=2) else cents


def overlap(start, minutes, other_start, other_minutes):
    first, second = when(start), when(other_start)
    return first < second + timedelta(minutes=other_minutes) and second < first + timedelta(minutes=minutes)
