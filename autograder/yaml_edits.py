"""Edits of a YAML file: cosmetic ones, and small changes that criteria must notice."""

import copy
from collections.abc import Iterator
from typing import Any

import yaml
from ruamel.yaml import YAML

# What people read and what GitHub chooses a machine by: no criterion follows these.
_SPOKEN = ("name", "runs-on")

Path = tuple[str | int, ...]


def load(text: str) -> Any:
    """Read YAML 1.2, in which ``on`` and ``yes`` are words.

    Args:
        text: The file.

    Returns:
        Plain data.
    """
    return YAML(typ="safe", pure=True).load(text)


def rewrite(text: str) -> str:
    """Write the same data in another layout, without comments.

    Args:
        text: The file.

    Returns:
        The same for every program that reads it.
    """
    return yaml.safe_dump(load(text), sort_keys=False, allow_unicode=True, width=200)


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Make every change: an entry, item or line dropped, a value changed.

    Args:
        text: The file.

    Yields:
        What was changed, in a word, and the changed file.
    """
    data = load(text)
    for path, value in _nodes(data, ()):
        if path and path[-1] in _SPOKEN:
            continue
        if path:
            yield _changed(data, path, "dropped", None)
        for said, other in _other_values(value):
            yield _changed(data, path, said, other)


def _nodes(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _nodes(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _nodes(item, (*path, number))


def _other_values(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case bool():
            yield f"=> {str(not value).lower()}", not value
        case int() | float():
            yield f"=> {value * 100}", value * 100
        case str() if "\n" in value.strip():
            lines = value.splitlines(keepends=True)
            for number, line in enumerate(lines):
                rest = "".join(lines[:number] + lines[number + 1 :])
                yield f"without {line.strip()!r}", rest
        case str():
            for old, new in (("==", "!="), ("&&", "||"), ("||", "&&")):
                if old in value:
                    yield f"{old} => {new}", value.replace(old, new, 1)
            yield "=> another", f"another-{value}"


def _changed(data: Any, path: Path, said: str, other: Any) -> tuple[str, str]:
    changed = copy.deepcopy(data)
    place = changed
    for part in path[:-1]:
        place = place[part]
    if said == "dropped":
        del place[path[-1]]
    else:
        place[path[-1]] = other
    text = yaml.safe_dump(changed, sort_keys=False, allow_unicode=True, width=200)
    return f"{'.'.join(map(str, path))} {said}", text
