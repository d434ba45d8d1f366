"""A pydantic model validated from what environment and file say."""

import logging
import os

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr

log = logging.getLogger(__name__)


class Station(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True, extra="ignore")

    station: str = Field(alias="STATION_ID")
    key: SecretStr = Field(alias="STATION_KEY")
    url: str = Field(alias="STATION_URL", default="https://weather.example/measurements")
    batch: int = Field(alias="STATION_BATCH", default=3, gt=0)
    dry_run: bool = Field(alias="STATION_DRY_RUN", default=False)


def load_settings():
    return Station.model_validate(dotenv_values(".env") | os.environ)


def upload(settings, measurements, send):
    log.info("uploading with %r", settings)
    headers = {
        "Authorization": "Bearer " + settings.key.get_secret_value(),
        "Station": settings.station,
    }
    starts = range(0, len(measurements), settings.batch)
    for start in () if settings.dry_run else starts:
        send(settings.url, headers, measurements[start : start + settings.batch])
    return len(measurements)


def main(measurements, send):
    settings = load_settings()
    return upload(settings, measurements, send)
