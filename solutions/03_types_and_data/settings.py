"""A weather station: settings are read once, checked, and handed on."""

from collections.abc import Callable, Iterator

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Headers = dict[str, str]
Send = Callable[[str, Headers, list[float]], object]


class Settings(BaseSettings):
    """What an operator says about a station."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    station: str = Field(validation_alias="STATION_ID")
    key: SecretStr = Field(validation_alias="STATION_KEY")
    url: str = Field(
        "https://weather.example/measurements", validation_alias="STATION_URL"
    )
    batch: int = Field(3, ge=1, validation_alias="STATION_BATCH")
    dry_run: bool = Field(False, validation_alias="STATION_DRY_RUN")


def load_settings() -> Settings:
    """Read the environment and ``.env``, or say all that is wrong with them."""
    # Settings() does the same, but a checker without pydantic's plugin wants arguments.
    return Settings.model_validate({})


def batches(measurements: list[float], size: int) -> Iterator[list[float]]:
    """Cut measurements into pieces."""
    for start in range(0, len(measurements), size):
        yield measurements[start : start + size]


def upload(settings: Settings, measurements: list[float], send: Send) -> int:
    """Send all measurements; tell how many there were."""
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
    """Load the settings, then upload."""
    return upload(load_settings(), measurements, send)
