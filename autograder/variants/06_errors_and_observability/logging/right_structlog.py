"""structlog writes the events; its records go through the standard logging."""

import logging

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter

structlog.configure(
    processors=[
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
log = structlog.get_logger("building")


def handle(request, badges, open_door):
    with bound_contextvars(request=request["id"]):
        return _handle(request["door"], request["code"], badges, open_door)


def _handle(door, code, badges, open_door):
    for holder, badge in badges.items():
        if badge["code"] == code:
            break
    else:
        log.warning("badge unknown", door=door)
        return "closed: unknown badge"
    log.debug("badge read", holder=holder)
    entry = log.bind(holder=holder, door=door)
    if door not in badge["doors"]:
        entry.warning("door refused")
        return "closed: not your door"
    try:
        open_door(door)
    except OSError:
        entry.exception("door failed")
        return "closed: out of order"
    entry.info("door opened")
    return f"open: {holder}"


def main(requests, badges, open_door, stream, level="INFO"):
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ]
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    return [handle(request, badges, open_door) for request in requests]
