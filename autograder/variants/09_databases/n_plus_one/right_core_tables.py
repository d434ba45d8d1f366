"""SQLAlchemy Core on the session's connection; JSON puts the collections together in SQL."""

import json

import sqlalchemy as sa

metadata = sa.MetaData()


def table(name, *columns):
    kinds = {name: sa.Integer if name.endswith(("_id", "position")) else sa.String for name in columns}
    others = [sa.Column(name, kind) for name, kind in kinds.items()]
    return sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *others)


halls = table("halls", "name", "seating_plan")
concerts = table("concerts", "title", "held_on", "notes", "hall_id")
pieces_ = table("pieces", "composer", "title")
items = table("items", "concert_id", "position", "piece_id")
soloists = table("soloists", "concert_id", "name")
with_hall = concerts.join(halls, concerts.c.hall_id == halls.c.id)


def page(session, number, size=10):
    asked = (
        sa.select(concerts.c.held_on, concerts.c.title, halls.c.name)
        .select_from(with_hall)
        .order_by(sa.desc("held_on"), concerts.c.id.desc())
        .slice((number - 1) * size, number * size)
    )
    return list(map(tuple, session.connection().execute(asked)))


def booklet(session, year):
    played = (
        sa.select((pieces_.c.composer + ": " + pieces_.c.title).label("line"))
        .join(items, items.c.piece_id == pieces_.c.id)
        .where(items.c.concert_id == concerts.c.id)
        .order_by(items.c.position)
        .correlate(concerts)
        .subquery()
    )
    sang = (
        sa.select(soloists.c.name)
        .where(soloists.c.concert_id == concerts.c.id)
        .order_by(soloists.c.name)
        .correlate(concerts)
        .subquery()
    )
    asked = (
        sa.select(
            concerts.c.title,
            halls.c.name,
            sa.select(sa.func.json_group_array(played.c.line)).scalar_subquery(),
            sa.select(sa.func.json_group_array(sang.c.name)).scalar_subquery(),
        )
        .select_from(with_hall)
        .where(concerts.c.held_on.like(f"{int(year)}-%"))
        .order_by(concerts.c.held_on, concerts.c.id)
    )
    return [
        {"title": title, "hall": hall, "programme": json.loads(lines), "soloists": json.loads(names)}
        for title, hall, lines, names in session.connection().execute(asked)
    ]


def repertoire(session):
    performed = sa.func.count(items.c.id)
    asked = (
        sa.select(pieces_.c.composer, performed)
        .select_from(pieces_.outerjoin(items, items.c.piece_id == pieces_.c.id))
        .group_by(pieces_.c.composer)
    )
    return dict(map(tuple, session.execute(asked)))


def import_pieces(session, pieces):
    if pieces:
        rows = [{"composer": composer, "title": title} for composer, title in pieces]
        session.execute(pieces_.insert().values(rows))
    session.commit()
