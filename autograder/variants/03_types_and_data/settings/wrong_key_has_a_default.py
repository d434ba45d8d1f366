# caught by: all_faults_are_named_at_once
"""which does not name STATION_KEY. Expected one ValueError that names STATION_ID, STATION_KEY, STATION_BATCH"""

from collections.abc import Callable, Iterator

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Headers = dict[str, str]
Send = Callable[[str, Headers, list[float]], object]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    station: str = Field(validation_alias="STATION_ID")
    key: SecretStr = Field(SecretStr("changeme"), validation_alias="STATION_KEY")
    url: str = Field(
        "https://weather.example/measurements", validation_alias="STATION_URL"
    )
    batch: int = Field(3, ge=1, validation_alias="STATION_BATCH")
    dry_run: bool = Field(False, validation_alias="STATION_DRY_RUN")


def load_settings() -> Settings:
    return Settings()


def batches(measurements: list[float], size: int) -> Iterator[list[float]]:
    for start in range(0, len(measurements), size):
        yield measurements[start : start + size]


def upload(settings: Settings, measurements: list[float], send: Send) -> int:
    key = settings.key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}", "Station": settings.station}
    print(f"station {settings.station} uploads to {settings.url}")
    done = 0
    for batch in batches(measurements, settings.batch):
        if not settings.dry_run:
            send(settings.url, headers, batch)
        done += len(batch)
    return done


def main(measurements: list[float], send: Send) -> int:
    return upload(load_settings(), measurements, send)
