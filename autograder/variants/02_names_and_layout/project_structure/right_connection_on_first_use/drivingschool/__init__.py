from .main import main
from .rules import UnknownKind, overlap, price, refund

__all__ = ["main", "price", "refund", "overlap", "UnknownKind"]
