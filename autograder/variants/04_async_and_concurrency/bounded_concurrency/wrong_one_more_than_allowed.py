# caught by: at_once_is_kept
"""It worked on 2 images at once. Expected 1 at most"""

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
    tasks = []
    running = set()
    async with asyncio.TaskGroup() as group:
        for image in images:
            if len(running) > at_once:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            task = group.create_task(import_one(image, station, archive))
            running.add(task)
            task.add_done_callback(running.discard)
            tasks.append(task)
    return [task.result() for task in tasks]
