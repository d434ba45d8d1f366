from collections import namedtuple

Snapshots = namedtuple("Snapshots", "names read")
Journals = namedtuple("Journals", "names read append")
Buckets = namedtuple("Buckets", "names read append delete")


def _reading(lines):
    return (lambda: sorted(lines)), (lambda name: "\n".join(lines[name]))


def Snapshot(texts):
    return Snapshots(*_reading({name: [text] for name, text in texts.items()}))


def _append_to(lines):
    def append(name, line):
        lines.setdefault(name, []).append(line)

    return append


def Journal():
    lines = {}
    return Journals(*_reading(lines), _append_to(lines))


def Bucket():
    lines = {}
    return Buckets(*_reading(lines), _append_to(lines), lines.__delitem__)


def _operations(store, wanted):
    found = [getattr(store, name, None) for name in wanted.split()]
    if None in found:
        raise TypeError(f"store must offer {wanted}")
    return found


def latest(store, names):
    [read] = _operations(store, "read")
    return [read(name).split("\n")[-1] for name in names]


def ingest(store, readings):
    [append] = _operations(store, "append")
    for reading in readings:
        append(*reading)
    return len(readings)


def summary(store):
    names, read = _operations(store, "names read")
    return {name: len(read(name).split("\n")) for name in names()}


def retire(store, archive, prefix):
    names, read, delete = _operations(store, "names read delete")
    [append] = _operations(archive, "append")
    gone = []
    for name in filter(lambda name: name.startswith(prefix), names()):
        for line in read(name).split("\n"):
            append(name, line)
        delete(name)
        gone.append(name)
    return gone
