"""Plain SQL in SQLAlchemy's text, with bound and expanding parameters."""

from contextlib import contextmanager

from sqlalchemy import bindparam, create_engine, text
from sqlalchemy.pool import StaticPool

SCHEMA = (
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, kind TEXT, place TEXT, found_on TEXT, proof TEXT,
        here INTEGER DEFAULT 1)""",
    "CREATE TABLE searches (person TEXT, words TEXT)",
)
FOUND = "SELECT id, kind, place, found_on FROM items WHERE here AND "
KIND = "instr(lower(kind), lower(:words)) > 0 "
ORDERS = {
    f"{sort} {direction}": text(
        f"{FOUND}{KIND}ORDER BY {sort} {direction} LIMIT :limit"
    )
    for sort in ("kind", "place", "found_on")
    for direction in ("asc", "desc")
}
AT = text(FOUND + "place IN :places ORDER BY id").bindparams(
    bindparam("places", expanding=True)
)


@contextmanager
def opened(connection):
    engine = create_engine(
        "sqlite://", creator=lambda: connection, poolclass=StaticPool
    )
    with engine.begin() as link:
        yield link


def register(connection, kind, place, found_on, proof):
    with opened(connection) as link:
        return link.execute(
            text(
                "INSERT INTO items (kind, place, found_on, proof) VALUES (:kind, :place, :found_on, :proof)"
            ),
            {"kind": kind, "place": place, "found_on": found_on, "proof": proof},
        ).lastrowid


def search(connection, words, sort="found_on", direction="asc", limit="20"):
    try:
        statement = ORDERS[f"{sort} {direction}"]
    except KeyError:
        raise ValueError("no such order") from None
    with opened(connection) as link:
        return list(
            map(tuple, link.execute(statement, {"words": words, "limit": limit}))
        )


def found_at(connection, places):
    with opened(connection) as link:
        return list(map(tuple, link.execute(AT, {"places": list(places)})))


def collect(connection, item, proof):
    with opened(connection) as link:
        found = link.scalar(
            text("SELECT id FROM items WHERE here AND id = :item AND proof = :proof"),
            {"item": item, "proof": proof},
        )
        if found is not None:
            link.execute(
                text("UPDATE items SET here = 0 WHERE id = :found"), {"found": found}
            )
        return found is not None


def watch(connection, person, words):
    with opened(connection) as link:
        link.execute(
            text("INSERT INTO searches VALUES (:person, :words)"),
            {"person": person, "words": words},
        )


def hits(connection, person):
    with opened(connection) as link:
        saved = link.scalars(
            text("SELECT words FROM searches WHERE person = :person"),
            {"person": person},
        ).all()
        found = []
        for words in saved:
            found.extend(
                map(
                    tuple,
                    link.execute(
                        text(FOUND + KIND + "ORDER BY found_on DESC"), {"words": words}
                    ),
                )
            )
        return found
