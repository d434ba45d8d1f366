from .app import main
from .rules import UnknownKind, overlap, price, refund

__all__ = ["UnknownKind", "main", "overlap", "price", "refund"]
