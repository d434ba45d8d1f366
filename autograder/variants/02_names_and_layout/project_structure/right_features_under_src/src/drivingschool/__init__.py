from .desk.app import main as main
from .money.errors import UnknownKind as UnknownKind
from .money.prices import price as price
from .money.refunds import refund as refund
from .timetable.slots import overlap as overlap

__all__ = ["UnknownKind", "main", "overlap", "price", "refund"]
