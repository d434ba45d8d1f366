"""A prefix instead of aliases; the error is told in the words of an operator."""

from collections.abc import Callable, Iterator

from pydantic import PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Headers = dict[str, str]
Send = Callable[[str, Headers, list[float]], object]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="STATION_", env_file=".env", extra="ignore"
    )

    id: str
    key: SecretStr
    url: str = "https://weather.example/measurements"
    batch: PositiveInt = 3
    dry_run: bool = False

    @property
    def station(self) -> str:
        return self.id


def load_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"STATION_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
    raise ValueError("; ".join(faults))


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
