# caught by: no_line_is_forged
"""Expected each line to have a"""


import json
import logging
import logging.config
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypedDict

logger = logging.getLogger("doors")
current_request = ContextVar("current_request", default="none")
USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime"}


class Badge(TypedDict):
    code: str
    doors: list[str]


class Refused(Exception):
    """Nobody passes; the text is what the door shows."""


class AddRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request = current_request.get()
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in USUAL}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info).replace("\n", " | ").replace('"', "'")
        return "{" + ", ".join(f'"{name}": "{value}"' for name, value in line.items()) + "}"


def configure_logging(stream: Any, level: str) -> None:
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"request": {"()": AddRequest}},
            "formatters": {"json": {"()": JsonFormatter}},
            "handlers": {
                "stream": {
                    "class": "logging.StreamHandler",
                    "stream": stream,
                    "filters": ["request"],
                    "formatter": "json",
                }
            },
            "root": {"handlers": ["stream"], "level": level},
        }
    )


def find_holder(badges: dict[str, Badge], door: str, code: str) -> str:
    for holder, badge in badges.items():
        if badge["code"] == code:
            logger.debug("badge read", extra={"holder": holder})
            return holder
    logger.warning("badge unknown", extra={"door": door})
    raise Refused("unknown badge")


def check(badges: dict[str, Badge], holder: str, door: str) -> None:
    if door not in badges[holder]["doors"]:
        logger.warning("door refused", extra={"holder": holder, "door": door})
        raise Refused("not your door")


def handle(
    request: dict[str, str],
    badges: dict[str, Badge],
    open_door: Callable[[str], object],
) -> str:
    token = current_request.set(request["id"])
    try:
        return answer(request["door"], request["code"], badges, open_door)
    except Refused as refused:
        return f"closed: {refused}"
    finally:
        current_request.reset(token)


def answer(
    door: str,
    code: str,
    badges: dict[str, Badge],
    open_door: Callable[[str], object],
) -> str:
    holder = find_holder(badges, door, code)
    check(badges, holder, door)
    fields = {"holder": holder, "door": door}
    try:
        open_door(door)
    except OSError:
        logger.exception("door failed", extra=fields)
        return "closed: out of order"
    logger.info("door opened", extra=fields)
    return f"open: {holder}"


def main(
    requests: list[dict[str, str]],
    badges: dict[str, Badge],
    open_door: Callable[[str], object],
    stream: Any,
    level: str = "INFO",
) -> list[str]:
    configure_logging(stream, level)
    return [handle(request, badges, open_door) for request in requests]
