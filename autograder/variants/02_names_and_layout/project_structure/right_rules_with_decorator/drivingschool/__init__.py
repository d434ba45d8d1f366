import logging

from drivingschool import core
from drivingschool.app import main
from drivingschool.core.errors import UnknownKind
from drivingschool.timetable import overlap

price, refund = core.price, core.refund

logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = ["UnknownKind", "main", "overlap", "price", "refund"]
