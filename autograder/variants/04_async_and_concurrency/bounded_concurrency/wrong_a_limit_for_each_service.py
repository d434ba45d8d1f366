# caught by: at_once_is_kept
"""It worked on 2 images at once. Expected 1 at most"""

import asyncio


def label(image):
    patient, _, file = image.partition("/")
    region, _, picture = file.removesuffix(".dcm").rpartition("-")
    return f"{patient}: {region}, picture {picture}"


async def import_images(images, station, archive, at_once=4):
    if at_once < 1:
        raise ValueError(f"at_once must be at least 1, not {at_once}")
    reading, storing = asyncio.Semaphore(at_once), asyncio.Semaphore(at_once)
    numbered = enumerate(images)
    lines = {}

    async def import_one(image):
        try:
            async with reading:
                pixels = await station.read(image)
        except ValueError:
            return f"{image}: damaged"
        try:
            async with storing:
                number = await archive.store(label(image), pixels)
        finally:
            station.release(image)
        return f"{image}: archived as {number}"

    async def work():
        for number, image in numbered:
            lines[number] = await import_one(image)

    async with asyncio.TaskGroup() as group:
        for _ in range(2 * at_once):
            group.create_task(work())
    return [lines[number] for number in sorted(lines)]
