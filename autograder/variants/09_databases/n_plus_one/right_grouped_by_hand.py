"""In a hurry: three queries for the booklet, put together by number; rows to the driver as they are."""

from sqlalchemy import ForeignKey, func, insert, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    load_only,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    pass


class Hall(Base):
    __tablename__ = "halls"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    seating_plan: Mapped[str]


class Concert(Base):
    __tablename__ = "concerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    held_on: Mapped[str]
    notes: Mapped[str]
    hall_id: Mapped[int] = mapped_column(ForeignKey("halls.id"))
    hall: Mapped[Hall] = relationship()
    items: Mapped[list["Item"]] = relationship(order_by="Item.position")
    soloists: Mapped[list["Soloist"]] = relationship(order_by="Soloist.name")


class Piece(Base):
    __tablename__ = "pieces"
    id: Mapped[int] = mapped_column(primary_key=True)
    composer: Mapped[str]
    title: Mapped[str]


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    concert_id: Mapped[int] = mapped_column(ForeignKey("concerts.id"), index=True)
    position: Mapped[int]
    piece_id: Mapped[int] = mapped_column(ForeignKey("pieces.id"), index=True)
    piece: Mapped[Piece] = relationship()


class Soloist(Base):
    __tablename__ = "soloists"
    id: Mapped[int] = mapped_column(primary_key=True)
    concert_id: Mapped[int] = mapped_column(ForeignKey("concerts.id"), index=True)
    name: Mapped[str]


def page(session: Session, number: int, size: int = 10) -> list[tuple[str, str, str]]:
    lines = (
        select(Concert, Hall)
        .join_from(Concert, Hall)
        .options(load_only(Concert.held_on, Concert.title), load_only(Hall.name))
        .order_by(Concert.held_on.desc(), Concert.id.desc())
        .slice(number * size - size, number * size)
    )
    return [(concert.held_on, concert.title, hall.name) for concert, hall in session.execute(lines)]


def booklet(session: Session, year: int) -> list[dict[str, object]]:
    found = session.execute(
        select(Concert.id, Concert.title, Hall.name)
        .join(Hall, Hall.id == Concert.hall_id)
        .where(Concert.held_on.between(f"{year}-01-01", f"{year}-12-31"))
        .order_by(Concert.held_on, Concert.id)
    ).all()
    by_id = {
        c.id: {"title": c.title, "hall": c.name, "programme": [], "soloists": []} for c in found
    }
    played = (
        select(Item.concert_id, Piece.composer, Piece.title)
        .join_from(Item, Piece)
        .where(Item.concert_id.in_(by_id))
        .order_by(Item.position)
    )
    for number, composer, title in session.execute(played):
        by_id[number]["programme"].append(f"{composer}: {title}")
    sang = select(Soloist).where(Soloist.concert_id.in_(by_id)).order_by(Soloist.name)
    for soloist in session.scalars(sang):
        by_id[soloist.concert_id]["soloists"].append(soloist.name)
    return list(by_id.values())


def repertoire(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Piece.composer, func.count(Item.id))
        .outerjoin(Item, Item.piece_id == Piece.id)
        .group_by(Piece.composer)
    )
    return dict(rows.all())


def import_pieces(session: Session, pieces: list[tuple[str, str]]) -> None:
    if pieces:
        statement = "INSERT INTO pieces (composer, title) VALUES (?, ?)"
        session.connection().exec_driver_sql(statement, pieces)
    session.commit()
