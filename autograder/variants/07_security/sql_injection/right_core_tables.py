"""SQLAlchemy Core on the connection that is handed over: it binds what it is given."""

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

SCHEMA = (
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY, kind TEXT, place TEXT, found_on TEXT, proof TEXT,
        here INTEGER DEFAULT 1)""",
    "CREATE TABLE searches (person TEXT, words TEXT)",
)
metadata = sa.MetaData()
items = sa.Table(
    "items",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("kind", "place", "found_on", "proof")),
    sa.Column("here", sa.Integer, server_default="1"),
)
searches = sa.Table("searches", metadata, sa.Column("person"), sa.Column("words"))
SHOWN = sa.select(items.c.id, items.c.kind, items.c.place, items.c.found_on).where(
    items.c.here == 1
)


def on(connection):
    return sa.create_engine(
        "sqlite://", creator=lambda: connection, poolclass=StaticPool
    )


def rows(connection, statement):
    with on(connection).connect() as link:
        return [tuple(row) for row in link.execute(statement)]


def register(connection, kind, place, found_on, proof):
    with on(connection).begin() as link:
        made = link.execute(
            items.insert().values(
                kind=kind, place=place, found_on=found_on, proof=proof
            )
        )
        return made.inserted_primary_key[0]


def search(connection, words, sort="found_on", direction="asc", limit="20"):
    orders = {
        (name, way): getattr(items.c[name], way)()
        for name in ("kind", "place", "found_on")
        for way in ("asc", "desc")
    }
    if (sort, direction) not in orders:
        raise ValueError(sort, direction)
    found = SHOWN.where(items.c.kind.icontains(words, autoescape=True))
    return rows(connection, found.order_by(orders[sort, direction]).limit(int(limit)))


def found_at(connection, places):
    return rows(
        connection, SHOWN.where(items.c.place.in_(list(places))).order_by(items.c.id)
    )


def collect(connection, item, proof):
    right = sa.and_(items.c.id == int(item), items.c.proof == proof, items.c.here == 1)
    with on(connection).begin() as link:
        return link.execute(items.update().where(right).values(here=0)).rowcount > 0


def watch(connection, person, words):
    with on(connection).begin() as link:
        link.execute(searches.insert(), {"person": person, "words": words})


def hits(connection, person):
    saved = sa.select(searches.c.words).where(searches.c.person == person)
    return [
        row
        for (words,) in rows(connection, saved)
        for row in rows(
            connection,
            SHOWN.where(items.c.kind.icontains(words, autoescape=True)).order_by(
                items.c.found_on.desc()
            ),
        )
    ]
