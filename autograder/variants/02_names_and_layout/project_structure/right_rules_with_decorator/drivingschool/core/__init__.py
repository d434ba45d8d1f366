from .prices import euros, price, refund

__all__ = ["euros", "price", "refund"]
