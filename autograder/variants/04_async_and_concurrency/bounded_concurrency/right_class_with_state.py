import asyncio


def label(image):
    patient, _, file = image.partition("/")
    region, _, picture = file.removesuffix(".dcm").rpartition("-")
    return f"{patient}: {region}, picture {picture}"


class Import:
    def __init__(self, images, station, archive):
        self.images = enumerate(images)
        self.station = station
        self.archive = archive
        self.lines = {}

    async def worker(self):
        for number, image in self.images:
            self.lines[number] = await self.one(image)

    async def one(self, image):
        try:
            pixels = await self.station.read(image)
            number = await self.archive.store(label(image), pixels)
        except ValueError:
            return f"{image}: damaged"
        finally:
            self.station.release(image)
        return f"{image}: archived as {number}"

    async def run(self, at_once):
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(self.worker())
        except* OSError as group:
            raise group.exceptions[0] from None
        return [line for _, line in sorted(self.lines.items())]


async def import_images(images, station, archive, at_once=4):
    if at_once < 1:
        raise ValueError("nothing would ever be done")
    return await Import(images, station, archive).run(at_once)
