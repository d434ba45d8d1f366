import asyncio


def label(image):
    patient, rest = image.split("/", 1)
    region, picture = rest.removesuffix(".dcm").rsplit("-", 1)
    return f"{patient}: {region}, picture {picture}"


async def import_images(images, station, archive, at_once=4):
    if at_once < 1:
        raise ValueError(at_once)
    sem = asyncio.Semaphore(at_once)
    backlog = asyncio.Semaphore(at_once * 2)

    async def work(image):
        try:
            async with sem:
                try:
                    px = await station.read(image)
                except ValueError:
                    return f"{image}: damaged"
                try:
                    return f"{image}: archived as {await archive.store(label(image), px)}"
                finally:
                    station.release(image)
        finally:
            backlog.release()

    async with asyncio.TaskGroup() as tg:
        ts = []
        for image in images:
            await backlog.acquire()
            ts.append(tg.create_task(work(image)))
    return [t.result() for t in ts]
