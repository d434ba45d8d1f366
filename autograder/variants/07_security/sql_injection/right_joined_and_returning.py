"""In a hurry: one statement each. A join for the saved searches, RETURNING for what was handed over."""

import re

SCHEMA = (
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, kind TEXT, place TEXT, found_on TEXT, proof TEXT,
        here INTEGER DEFAULT 1)""",
    "CREATE TABLE searches (person TEXT, words TEXT)",
)


def rows(connection, statement, *values):
    return list(connection.execute(statement, values))


def register(connection, kind, place, found_on, proof):
    [(number,)] = rows(
        connection,
        "INSERT INTO items (kind, place, found_on, proof) VALUES (?1, ?2, ?3, ?4) RETURNING id",
        kind, place, found_on, proof,
    )
    connection.commit()
    return number


def search(connection, words, sort="found_on", direction="asc", limit="20"):
    match sort, direction:
        case ("kind" | "place" | "found_on"), ("asc" | "desc"):
            order = f"{sort} {direction}"
        case _:
            raise ValueError("pick an order from the list")
    pattern = "%" + re.sub(r"([%_\\])", r"\\\1", words) + "%"
    found = rows(
        connection,
        f"SELECT id, kind, place, found_on FROM items WHERE here AND kind LIKE ? ESCAPE '\\' ORDER BY {order}",
        pattern,
    )
    return found[: int(limit)]


def found_at(connection, places):
    if not places:
        return []
    marks = ",".join("?" * len(places))
    return rows(
        connection,
        f"SELECT id, kind, place, found_on FROM items WHERE here AND place IN ({marks}) ORDER BY id",
        *places,
    )


def collect(connection, item, proof):
    done = rows(
        connection,
        "UPDATE items SET here = 0 WHERE id = ? AND proof = ? AND here RETURNING id",
        item,
        proof,
    )
    connection.commit()
    return done != []


def watch(connection, person, words):
    rows(connection, "INSERT INTO searches (person, words) VALUES (?, ?)", person, words)
    connection.commit()


def hits(connection, person):
    return rows(
        connection,
        """SELECT i.id, i.kind, i.place, i.found_on FROM searches s
        JOIN items i ON i.here AND instr(lower(i.kind), lower(s.words))
        WHERE s.person = ? ORDER BY s.rowid, i.found_on DESC""",
        person,
    )
