"""The id stays a parameter; extra carries everything, and basicConfig starts anew."""

import datetime
import json
import logging
import sys

doors = logging.getLogger("building.doors")
badge_reader = logging.getLogger("building.badges")


class Refused(Exception):
    pass


class AsJson(logging.Formatter):
    FIELDS = ("request", "holder", "door", "kind")

    def formatTime(self, record, datefmt=None):
        return datetime.datetime.fromtimestamp(record.created).astimezone().isoformat()

    def format(self, record):
        line = {"time": self.formatTime(record), "level": record.levelname}
        line.update(logger=record.name, event=record.getMessage())
        for field in self.FIELDS:
            if hasattr(record, field):
                line[field] = getattr(record, field)
        if record.exc_info:
            line["exception"] = repr(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def handle(request, badges, open_door):
    about = {"request": request["id"]}
    try:
        about["holder"] = find_holder(about, badges, request)
        about["door"] = request["door"]
        if request["door"] not in badges[about["holder"]]["doors"]:
            doors.warning("door refused", extra=about)
            raise Refused("not your door")
        open_door(request["door"])
    except Refused as why:
        return "closed: %s" % why
    except OSError:
        doors.error("door failed", extra=about, exc_info=sys.exc_info())
        return "closed: out of order"
    else:
        doors.info("door opened", extra=about)
        return "open: %s" % about["holder"]


def find_holder(about, badges, request):
    by_code = {badge["code"]: holder for holder, badge in reversed(badges.items())}
    if request["code"] not in by_code:
        badge_reader.warning("badge unknown", extra={**about, "door": request["door"]})
        raise Refused("unknown badge")
    holder = by_code[request["code"]]
    badge_reader.debug("badge read", extra={**about, "holder": holder})
    return holder


def main(requests, badges, open_door, stream, level="INFO"):
    logging.basicConfig(stream=stream, level=level, force=True)
    for handler in logging.root.handlers:
        handler.setFormatter(AsJson())
    return [handle(request, badges, open_door) for request in requests]
