from ..timetable.slots import Slot
from .errors import UnknownKind

RATES = {"car": 110, "motorbike": 95, "trailer": 140}


def price(kind, minutes, start):
    rate = RATES.get(kind)
    if rate is None:
        raise UnknownKind(kind)
    begins = Slot(start, minutes).begins
    surcharge = begins.weekday() in (5, 6) or begins.hour >= 18
    return rate * minutes * (125 if surcharge else 100) // 100
