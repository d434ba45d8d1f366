"""Named parameters; a list is one JSON value; rows are read by name."""

import json
import sqlite3
from enum import Enum

SCHEMA = (
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, kind TEXT, place TEXT, found_on TEXT, proof TEXT,
        here INTEGER DEFAULT 1)""",
    "CREATE TABLE searches (person TEXT, words TEXT)",
)


class Sort(Enum):
    kind = "ORDER BY kind"
    place = "ORDER BY place"
    found_on = "ORDER BY found_on"


class Direction(Enum):
    asc = ""
    desc = " DESC"


def member(choices, name):
    try:
        return choices[name].value
    except KeyError as error:
        raise ValueError(f"{name} is not on the form") from error


def ask(connection, rest, **values):
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM items WHERE here = 1 AND " + rest, values)
    names = [column[0] for column in cursor.description]
    return [
        tuple(
            dict(zip(names, row))[name] for name in ("id", "kind", "place", "found_on")
        )
        for row in cursor
    ]


def register(connection, kind, place, found_on, proof):
    cursor = connection.cursor()
    cursor.execute(
        "INSERT INTO items VALUES (NULL, ?, ?, ?, ?, 1)", [kind, place, found_on, proof]
    )
    connection.commit()
    return cursor.lastrowid


def search(connection, words, sort="found_on", direction="asc", limit="20"):
    order = member(Sort, sort) + member(Direction, direction)
    try:
        limit = int(limit)
    except (TypeError, ValueError):
        raise ValueError("limit is a number") from None
    return ask(
        connection,
        "INSTR(UPPER(kind), UPPER(:words)) " + order + " LIMIT :limit",
        words=words,
        limit=limit,
    )


def found_at(connection, places):
    return ask(
        connection,
        "place IN (SELECT value FROM json_each(:places)) ORDER BY id",
        places=json.dumps(list(places)),
    )


def collect(connection, item, proof):
    with connection:
        row = connection.execute(
            "SELECT proof FROM items WHERE id = :item AND here = 1 AND proof = :proof",
            {"item": str(item), "proof": proof},
        ).fetchone()
        if not row:
            return False
        connection.execute(
            "UPDATE items SET here = 0 WHERE id = :item", {"item": str(item)}
        )
        return True


def watch(connection, person, words):
    connection.execute(
        "INSERT INTO searches (words, person) VALUES (:words, :person)",
        dict(person=person, words=words),
    )
    connection.commit()


def hits(connection, person):
    connection.row_factory = sqlite3.Row
    saved = connection.execute(
        "SELECT * FROM searches WHERE person = ? ORDER BY rowid", [person]
    ).fetchall()
    connection.row_factory = None
    return [
        hit
        for row in saved
        for hit in ask(
            connection,
            "INSTR(UPPER(kind), UPPER(:words)) ORDER BY found_on DESC",
            words=row["words"],
        )
    ]
