"""What ``logging`` keeps for the whole process, as it was before, whatever is logged.

Loggers, handlers and levels outlive the code that made them. Without this, an answer
would be judged by what the one before it configured.
"""

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import Any

_OF_A_LOGGER = ("level", "propagate", "disabled")
_OF_THE_MODULE = ("lastResort", "raiseExceptions")


@contextlib.contextmanager
def fresh_logging() -> Iterator[None]:
    """Let code find logging as a new process does, and put everything back afterwards.

    Loggers that libraries have made stay; their settings are put back as well.

    Yields:
        Nothing, while the code runs.
    """
    root, manager = logging.root, logging.root.manager
    known = dict(manager.loggerDict)
    loggers = [
        root,
        *(one for one in known.values() if isinstance(one, logging.Logger)),
    ]
    before = [(logger, _settings(logger)) for logger in loggers]
    module = {name: getattr(logging, name) for name in _OF_THE_MODULE}
    disabled, make_record = manager.disable, logging.getLogRecordFactory()
    made_by = logging.getLoggerClass()
    # dictConfig flushes and closes every handler that stands in these two.
    in_order, by_name = vars(logging)["_handlerList"], vars(logging)["_handlers"]
    all_handlers, all_names = list(in_order), dict(by_name)
    in_order.clear()
    by_name.clear()
    _set(root, {"handlers": [], "filters": [], "level": logging.WARNING})
    manager.disable = 0
    try:
        yield
    finally:
        logging.captureWarnings(False)
        in_order[:] = all_handlers
        by_name.clear()
        by_name.update(all_names)
        manager.loggerDict.clear()
        manager.loggerDict.update(known)
        for logger, settings in before:
            _set(logger, settings)
        for name, value in module.items():
            setattr(logging, name, value)
        manager.disable = disabled
        logging.setLogRecordFactory(make_record)
        logging.setLoggerClass(made_by)
        if "structlog" in sys.modules:  # it has settings of its own
            sys.modules["structlog"].reset_defaults()


def _settings(logger: logging.Logger) -> dict[str, Any]:
    settings = {name: getattr(logger, name) for name in _OF_A_LOGGER}
    return {
        **settings,
        "handlers": list(logger.handlers),
        "filters": list(logger.filters),
    }


def _set(logger: logging.Logger, settings: dict[str, Any]) -> None:
    for name in ("handlers", "filters"):
        getattr(logger, name)[:] = settings[name]
    for name in _OF_A_LOGGER:
        if name in settings and name != "level":
            setattr(logger, name, settings[name])
    logger.setLevel(settings["level"])  # forgets what it remembered of levels, too
