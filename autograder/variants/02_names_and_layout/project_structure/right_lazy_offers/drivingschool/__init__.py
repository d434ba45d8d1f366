"""The database is imported by those who ask for main, and by nobody else."""

from importlib import import_module

_HOME = {
    "UnknownKind": ".prices",
    "main": ".app",
    "overlap": ".timetable",
    "price": ".prices",
    "refund": ".prices",
}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name], __name__), name)
