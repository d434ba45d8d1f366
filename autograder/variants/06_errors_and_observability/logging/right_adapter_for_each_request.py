"""Each request has a LoggerAdapter with its id; the handler is there as long as main runs."""

import json
import logging
import time
import traceback

log = logging.getLogger(__name__)


class Lines(logging.Handler):
    def __init__(self, stream):
        super().__init__()
        self.stream = stream

    def emit(self, record):
        when = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(record.created))
        event = {"time": when, "level": record.levelname, "logger": record.name}
        event.update(event=record.msg, **record.fields)
        if record.exc_info:
            event["exception"] = "".join(traceback.format_exception(*record.exc_info))
        print(json.dumps(event), file=self.stream, flush=True)


class ForRequest(logging.LoggerAdapter):
    def process(self, msg, kwargs):
        fields = {name: kwargs.pop(name) for name in ("holder", "door") if name in kwargs}
        return msg, {**kwargs, "extra": {"fields": {**self.extra, **fields}}}


def handle(request, badges, open_door):
    events, door = ForRequest(log, {"request": request["id"]}), request["door"]
    holders = [name for name, badge in badges.items() if badge["code"] == request["code"]]
    if not holders:
        events.warning("badge unknown", door=door)
        return "closed: unknown badge"
    holder = holders[0]
    events.debug("badge read", holder=holder)
    if door not in badges[holder]["doors"]:
        events.warning("door refused", holder=holder, door=door)
        return "closed: not your door"
    try:
        open_door(door)
    except OSError:
        events.error("door failed", exc_info=True, holder=holder, door=door)
        return "closed: out of order"
    events.info("door opened", holder=holder, door=door)
    return f"open: {holder}"


def main(requests, badges, open_door, stream, level="INFO"):
    lines, before = Lines(stream), log.level
    log.addHandler(lines)
    log.setLevel(level)
    try:
        return [handle(request, badges, open_door) for request in requests]
    finally:
        log.removeHandler(lines)
        log.setLevel(before)
