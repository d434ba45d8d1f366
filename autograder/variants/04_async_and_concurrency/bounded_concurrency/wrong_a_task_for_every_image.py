# caught by: images_are_taken_as_needed
"""images that were not stored. Expected 40 at most, ten times at_once"""

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
    try:
        number = await archive.store(label(image), pixels)
    finally:
        station.release(image)
    return f"{image}: archived as {number}"


async def import_images(images, station, archive, at_once=4):
    if at_once < 1:
        raise ValueError(f"at_once must be at least 1, not {at_once}")
    places = asyncio.Semaphore(at_once)

    async def work(image):
        async with places:
            return await import_one(image, station, archive)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(image)) for image in images]
    return [task.result() for task in tasks]
