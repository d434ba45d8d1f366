# caught by: images_are_released_on_every_way_out
"""locked that it had read"""

import asyncio


def label(image):
    patient, _, file = image.partition("/")
    region, _, picture = file.removesuffix(".dcm").rpartition("-")
    return f"{patient}: {region}, picture {picture}"


async def import_one(image, station, archive):
    try:
        pixels = await station.read(image)
    except ValueError:
        return f"{image}: damaged"
    number = await archive.store(label(image), pixels)
    station.release(image)
    return f"{image}: archived as {number}"


async def import_images(
    images, station, archive, at_once=4
):
    if at_once < 1:
        raise ValueError(f"at_once must be at least 1, not {at_once}")
    numbered = enumerate(images)
    lines = {}

    async def work():
        for number, image in numbered:
            lines[number] = await import_one(image, station, archive)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    return [lines[number] for number in sorted(lines)]
