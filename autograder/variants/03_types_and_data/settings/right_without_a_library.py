"""No library: a named tuple, a loop over the lines of .env, a text that masks itself."""

import logging
import os
from typing import NamedTuple

logger = logging.getLogger("station")


class Secret(str):
    def __repr__(self):
        return "<secret>"

    __str__ = __repr__


class Config(NamedTuple):
    station: str
    key: Secret
    url: str = "https://weather.example/measurements"
    batch: int = 3
    dry_run: bool = False


def _env():
    env = {}
    try:
        with open(".env") as f:
            for line in f:
                line = line.strip()
                if line and not line.startswith("#") and "=" in line:
                    k, v = line.split("=", 1)
                    env[k.strip()] = v.strip().strip("'\"")
    except FileNotFoundError:
        pass
    env.update(os.environ)
    return env


def load_settings():
    env = _env()
    bad, kw = [], {}
    for name, field in (("STATION_ID", "station"), ("STATION_KEY", "key")):
        if not env.get(name):
            bad.append(f"{name} is not set")
        else:
            kw[field] = env[name]
    if "STATION_URL" in env:
        kw["url"] = env["STATION_URL"]
    if "STATION_BATCH" in env:
        try:
            kw["batch"] = int(env["STATION_BATCH"])
            assert kw["batch"] > 0
        except (ValueError, AssertionError):
            bad.append("STATION_BATCH must be a positive number")
    if "STATION_DRY_RUN" in env:
        flag = env["STATION_DRY_RUN"].strip().lower()
        if flag in ("1", "true", "yes", "on"):
            kw["dry_run"] = True
        elif flag not in ("0", "false", "no", "off"):
            bad.append("STATION_DRY_RUN must be yes or no")
    if bad:
        raise ValueError("; ".join(bad))
    kw["key"] = Secret(kw["key"])
    return Config(**kw)


def upload(settings, measurements, send):
    headers = {"Authorization": "Bearer " + str.__str__(settings.key), "Station": settings.station}
    logger.info("config %s", settings)
    for i in range(0, len(measurements), settings.batch):
        if not settings.dry_run:
            send(settings.url, headers, measurements[i : i + settings.batch])
    return len(measurements)


def main(measurements, send):
    return upload(load_settings(), measurements, send)
