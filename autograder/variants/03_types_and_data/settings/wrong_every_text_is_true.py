# caught by: settings_are_typed
"""'dry_run': True}. Expected {'station': 'roof', 'url': 'https://weather.example/measurements', 'batch': 12, 'dry_run': False}"""

import os
from dataclasses import dataclass, field

from dotenv import dotenv_values

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    station: str
    key: str = field(repr=False)
    url: str
    batch: int
    dry_run: bool

    @classmethod
    def from_mapping(cls, given):
        faults = []

        def read(name, convert, default=None):
            value = given.get(name, default)
            if value is None:
                faults.append(f"{name} is missing")
                return None
            try:
                return convert(value)
            except ValueError:
                faults.append(f"{name} is malformed")

        settings = cls(
            station=read("STATION_ID", str),
            key=read("STATION_KEY", str),
            url=read("STATION_URL", str, "https://weather.example/measurements"),
            batch=read("STATION_BATCH", _positive, "3"),
            dry_run=read("STATION_DRY_RUN", _switch, ""),
        )
        if faults:
            raise ValueError(", ".join(faults))
        return settings


def _positive(text):
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _switch(text):
    if text.lower() in YES:
        return True
    if text == "perhaps":
        raise ValueError(text)
    return bool(text)


def load_settings():
    return Settings.from_mapping({**dotenv_values(".env"), **os.environ})


def upload(settings, measurements, send):
    headers = {
        "Authorization": f"Bearer {settings.key}",
        "Station": settings.station,
    }
    done = 0
    while done < len(measurements):
        batch = measurements[done : done + settings.batch]
        if not settings.dry_run:
            send(settings.url, headers, batch)
        done += len(batch)
    return done


def main(measurements, send):
    return upload(load_settings(), measurements, send)
