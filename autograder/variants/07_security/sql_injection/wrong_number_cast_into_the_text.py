# caught by: nothing_is_handed_over_without_its_proof
"""Expected SQL that is the same for every value"""

from collections.abc import Iterable
from sqlite3 import Connection

Found = tuple[int, str, str, str]

SCHEMA = (
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, kind TEXT, place TEXT, found_on TEXT, proof TEXT,
        here INTEGER DEFAULT 1)""",
    "CREATE TABLE searches (person TEXT, words TEXT)",
)

# What follows WHERE and ORDER BY is ours, from here: nothing of it was typed by a user.
_FOUND = "SELECT id, kind, place, found_on FROM items WHERE here AND "
_LIKE = "kind LIKE ? ESCAPE '!'"
_SORTS = {"kind": "kind", "place": "place", "found_on": "found_on"}
_DIRECTIONS = {"asc": "ASC", "desc": "DESC"}


def register(
    connection: Connection, kind: str, place: str, found_on: str, proof: str
) -> int:
    with connection:
        cursor = connection.execute(
            "INSERT INTO items (kind, place, found_on, proof) VALUES (?, ?, ?, ?)",
            (kind, place, found_on, proof),
        )
    return cursor.lastrowid or 0


def search(
    connection: Connection,
    words: str,
    sort: str = "found_on",
    direction: str = "asc",
    limit: str = "20",
) -> list[Found]:
    if sort not in _SORTS or direction not in _DIRECTIONS:
        raise ValueError(f"cannot sort by {sort!r}, {direction!r}")
    order = f"{_SORTS[sort]} {_DIRECTIONS[direction]}"
    return connection.execute(
        f"{_FOUND} {_LIKE} ORDER BY {order} LIMIT ?", (_containing(words), limit)
    ).fetchall()


def found_at(connection: Connection, places: Iterable[str]) -> list[Found]:
    wanted = list(places)
    marks = ", ".join("?" for _ in wanted)
    return connection.execute(
        f"{_FOUND} place IN ({marks}) ORDER BY id", wanted
    ).fetchall()


def collect(connection: Connection, item: str, proof: str) -> bool:
    with connection:
        cursor = connection.execute(
            f"UPDATE items SET here = 0 WHERE here AND id = {int(item)} AND proof = ?",
            (proof,),
        )
    return cursor.rowcount == 1


def watch(connection: Connection, person: str, words: str) -> None:
    with connection:
        connection.execute("INSERT INTO searches VALUES (?, ?)", (person, words))


def hits(connection: Connection, person: str) -> list[Found]:
    saved = connection.execute(
        "SELECT words FROM searches WHERE person = ? ORDER BY rowid", (person,)
    ).fetchall()
    return [
        row
        for (words,) in saved
        for row in connection.execute(
            f"{_FOUND} {_LIKE} ORDER BY found_on DESC", (_containing(words),)
        )
    ]


def _containing(words: str) -> str:
    for special in "!%_":
        words = words.replace(special, "!" + special)
    return f"%{words}%"
