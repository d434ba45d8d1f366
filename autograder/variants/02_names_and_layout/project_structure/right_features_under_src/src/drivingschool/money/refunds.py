from ..timetable.slots import Slot


def refund(cents, start, now):
    hours = (Slot(start, 0).begins - Slot(now, 0).begins).total_seconds() / 3600
    share = 2 if hours >= 48 else 1 if hours >= 24 else 0
    return cents * share // 2
