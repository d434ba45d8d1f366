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
    numbered = enumerate(images)
    lines = {}
    running = {}
    try:
        while True:
            while len(running) < at_once and (job := next(numbered, None)):
                number, image = job
                work = import_one(image, station, archive)
                running[asyncio.create_task(work)] = number
            if not running:
                return [lines[number] for number in sorted(lines)]
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                lines[running.pop(task)] = task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
