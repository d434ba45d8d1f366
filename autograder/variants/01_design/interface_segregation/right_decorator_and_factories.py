import functools
import inspect
from collections import defaultdict
from types import SimpleNamespace


def Snapshot(texts):
    texts = dict(texts)
    return SimpleNamespace(names=lambda: sorted(texts), read=texts.__getitem__)


def _growing():
    lines = defaultdict(list)

    def read(name):
        if name not in lines:
            raise KeyError(name)
        return "\n".join(lines[name])

    store = SimpleNamespace(
        names=lambda: sorted(lines),
        read=read,
        append=lambda name, line: lines[name].append(line),
    )
    return store, lines


def Journal():
    journal, _ = _growing()
    return journal


def Bucket():
    bucket, lines = _growing()
    bucket.delete = lines.__delitem__
    return bucket


def needs(**operations):
    def decorate(client):
        signature = inspect.signature(client)

        @functools.wraps(client)
        def checked(*args, **kwargs):
            given = signature.bind(*args, **kwargs).arguments
            for parameter, names in operations.items():
                for name in names.split():
                    if not callable(getattr(given[parameter], name, None)):
                        raise TypeError(f"{parameter} has no {name}")
            return client(*args, **kwargs)

        return checked

    return decorate


@needs(store="read")
def latest(store, names):
    return [store.read(name).split("\n")[-1] for name in names]


@needs(store="append")
def ingest(store, readings):
    for name, line in readings:
        store.append(name, line)
    return len(readings)


@needs(store="names read")
def summary(store):
    return {name: len(store.read(name).split("\n")) for name in store.names()}


@needs(store="names read delete", archive="append")
def retire(store, archive, prefix):
    retired = []
    for name in store.names():
        if not name.startswith(prefix):
            continue
        for line in store.read(name).split("\n"):
            archive.append(name=name, line=line)
        store.delete(name)
        retired.append(name)
    return retired
