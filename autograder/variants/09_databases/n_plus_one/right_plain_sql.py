"""Plain SQL, one statement for each collection, put together by number."""

from collections import defaultdict

from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase

Base = DeclarativeBase


def ask(session, statement, **values):
    return session.execute(text(statement), values).all()


def page(session, number, size=10):
    found = ask(
        session,
        """SELECT c.held_on, c.title, h.name FROM concerts c JOIN halls h ON h.id = c.hall_id
        ORDER BY c.held_on DESC, c.id DESC LIMIT :size OFFSET :start""",
        size=size,
        start=(number - 1) * size,
    )
    return [tuple(row) for row in found]


def booklet(session, year):
    of_year = "c.held_on >= :first AND c.held_on < :last"
    bounds = {"first": f"{year}-", "last": f"{year}."}
    programme, soloists = defaultdict(list), defaultdict(list)
    for number, composer, title in ask(
        session,
        f"""SELECT c.id, p.composer, p.title FROM concerts c JOIN items i ON i.concert_id = c.id
        JOIN pieces p ON p.id = i.piece_id WHERE {of_year} ORDER BY i.position""",
        **bounds,
    ):
        programme[number].append(f"{composer}: {title}")
    for number, name in ask(
        session,
        f"""SELECT c.id, s.name FROM concerts c JOIN soloists s ON s.concert_id = c.id
        WHERE {of_year} ORDER BY s.name""",
        **bounds,
    ):
        soloists[number].append(name)
    return [
        {"title": title, "hall": hall, "programme": programme[number], "soloists": soloists[number]}
        for number, title, hall in ask(
            session,
            f"""SELECT c.id, c.title, h.name FROM concerts c JOIN halls h ON h.id = c.hall_id
            WHERE {of_year} ORDER BY c.held_on, c.id""",
            **bounds,
        )
    ]


def repertoire(session):
    return {
        composer: performed
        for composer, performed in ask(
            session,
            """SELECT composer, sum((SELECT count(*) FROM items WHERE piece_id = p.id))
            FROM pieces p GROUP BY composer""",
        )
    }


def import_pieces(session, pieces):
    if not pieces:
        return
    session.execute(
        text("INSERT INTO pieces (composer, title) VALUES (:composer, :title)"),
        [dict(zip(("composer", "title"), piece)) for piece in pieces],
    )
    session.commit()
