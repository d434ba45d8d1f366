import asyncio
import zlib


def audit(names, vault, workers=4):
    async def main():
        sem = asyncio.Semaphore(workers)
        async def one(name):
            async with sem:
                return await asyncio.to_thread(vault.fetch, name)
        async with asyncio.TaskGroup() as tg:
            ts = [tg.create_task(one(n)) for n in names]
        return [t.result() for t in ts]
    try:
        texts = asyncio.run(main())
    except* OSError as g:
        raise g.exceptions[0]
    totals = {}
    for t in texts:
        for line in t.splitlines():
            a, c = line.split(";")
            totals[a] = totals.get(a, 0) + int(c)
    return {"checksums": [f"{n} {zlib.crc32(t.encode()):08x}" for n, t in zip(names, texts)], "totals": totals}
