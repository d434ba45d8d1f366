"""A fixed number of workers take images from one iterator, in one group of tasks."""

import asyncio
from collections.abc import Iterable
from typing import Protocol


class Station(Protocol):
    async def read(self, image: str) -> bytes: ...
    def release(self, image: str) -> None: ...


class Archive(Protocol):
    async def store(self, label: str, pixels: bytes) -> int: ...


def label(image: str) -> str:
    """P-1042/thorax-1.dcm is picture 1 of patient P-1042's thorax."""
    patient, _, file = image.partition("/")
    region, _, picture = file.removesuffix(".dcm").rpartition("-")
    return f"{patient}: {region}, picture {picture}"


async def import_one(image: str, station: Station, archive: Archive) -> str:
    try:
        pixels = await station.read(image)
    except ValueError:
        return f"{image}: damaged"
    try:
        number = await archive.store(label(image), pixels)
    finally:
        station.release(image)
    return f"{image}: archived as {number}"


async def import_images(
    images: Iterable[str], station: Station, archive: Archive, at_once: int = 4
) -> list[str]:
    if at_once < 1:
        raise ValueError(f"at_once must be at least 1, not {at_once}")
    numbered = enumerate(images)
    lines: dict[int, str] = {}

    async def work() -> None:
        for number, image in numbered:
            lines[number] = await import_one(image, station, archive)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    return [lines[number] for number in sorted(lines)]
