"""Logging as a new process finds it, and as it was afterwards."""

import contextlib
import logging
import logging.config
import sys

import pytest

from autograder.logging_state import fresh_logging


def test_code_finds_logging_as_a_new_process_does() -> None:
    logging.root.addHandler(logging.NullHandler())
    with fresh_logging():
        assert not logging.root.handlers
        assert logging.root.level == logging.WARNING
    assert logging.root.handlers
    logging.root.removeHandler(logging.root.handlers[-1])


def test_everything_is_put_back() -> None:
    known = logging.getLogger("known.before")
    known.setLevel(logging.ERROR)
    root = (logging.root.level, list(logging.root.handlers))
    make_record = logging.getLogRecordFactory()
    with contextlib.suppress(OSError), fresh_logging():
        logging.basicConfig(level=logging.DEBUG, force=True)
        logging.disable(logging.CRITICAL)
        logging.setLogRecordFactory(lambda *_, **__: logging.makeLogRecord({}))
        logging.getLogger("made.meanwhile").addHandler(logging.NullHandler())
        known.addHandler(logging.NullHandler())
        known.setLevel(logging.DEBUG)
        known.propagate = False
        raise OSError("left early")
    assert (logging.root.level, logging.root.handlers) == root
    assert (known.level, known.handlers, known.propagate) == (logging.ERROR, [], True)
    assert logging.root.manager.disable == 0
    assert logging.getLogRecordFactory() is make_record
    assert "made.meanwhile" not in logging.root.manager.loggerDict
    assert not known.isEnabledFor(logging.DEBUG)


def test_handlers_of_others_are_not_closed() -> None:
    """dictConfig closes every handler that it finds, whoever made it."""
    closed: list[str] = []

    class Handler(logging.Handler):
        def close(self) -> None:
            closed.append("closed")

    handler = Handler()
    with fresh_logging():
        logging.config.dictConfig({"version": 1})
        meanwhile = Handler()
    assert not closed
    logging.config.dictConfig({"version": 1, "incremental": True})
    known = [reference() for reference in vars(logging)["_handlerList"]]
    assert handler in known
    assert meanwhile not in known


def test_structlog_is_put_back() -> None:
    structlog = pytest.importorskip("structlog")
    assert "structlog" in sys.modules
    with fresh_logging():
        structlog.configure(processors=[])
    assert not structlog.is_configured()
