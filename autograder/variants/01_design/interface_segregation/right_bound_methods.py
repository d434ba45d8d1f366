"""No interface at all: a client takes the operations out of its store before it starts."""

from operator import attrgetter


class Snapshot:
    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = dict(texts)

    def names(self) -> list[str]:
        return sorted(self._texts)

    def read(self, name: str) -> str:
        return self._texts[name]


class Journal:
    def __init__(self) -> None:
        self._entries: list[tuple[str, str]] = []

    def names(self) -> list[str]:
        return sorted({name for name, _ in self._entries})

    def read(self, name: str) -> str:
        lines = [line for entry, line in self._entries if entry == name]
        if not lines:
            raise KeyError(name)
        return "\n".join(lines)

    def append(self, name: str, line: str) -> None:
        self._entries.append((name, line))


class Bucket:
    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def names(self) -> list[str]:
        return sorted(self._lines)

    def read(self, name: str) -> str:
        return "\n".join(self._lines[name])

    def append(self, name: str, line: str) -> None:
        self._lines.setdefault(name, []).append(line)

    def delete(self, name: str) -> None:
        del self._lines[name]


def take(store, *operations):
    try:
        return [attrgetter(operation)(store) for operation in operations]
    except AttributeError as error:
        raise TypeError(f"unsuitable store: {error}") from None


def last_line(text):
    return text.rpartition("\n")[2]


def latest(store, names):
    (read,) = take(store, "read")
    return [last_line(read(name)) for name in names]


def ingest(store, readings):
    (append,) = take(store, "append")
    count = 0
    for count, (name, line) in enumerate(readings, 1):
        append(name, line)
    return count


def summary(store):
    names, read = take(store, "names", "read")
    return {name: 1 + read(name).count("\n") for name in names()}


def retire(store, archive, prefix):
    names, read, delete = take(store, "names", "read", "delete")
    (append,) = take(archive, "append")
    retired = [name for name in names() if name.startswith(prefix)]
    lines = [(name, line) for name in retired for line in read(name).split("\n")]
    for name, line in lines:
        append(name, line)
    for name in retired:
        delete(name)
    return retired
