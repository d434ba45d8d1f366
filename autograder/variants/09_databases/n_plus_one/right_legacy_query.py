"""The legacy Query, one statement for each relation, and a Counter of nothing but sums."""

from sqlalchemy import ForeignKey, func, insert, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    raiseload,
    relationship,
    selectinload,
    subqueryload,
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
    query = session.query(Concert.held_on, Concert.title, Hall.name).join(Hall)
    query = query.order_by(Concert.held_on.desc(), Concert.id.desc())
    return [tuple(row) for row in query.limit(size).offset(size * (number - 1))]


def booklet(session: Session, year: int) -> list[dict[str, object]]:
    query = session.query(Concert).filter(func.substr(Concert.held_on, 1, 5) == f"{year}-")
    return [
        {
            "title": c.title,
            "hall": c.hall.name,
            "programme": [": ".join([i.piece.composer, i.piece.title]) for i in c.items],
            "soloists": [s.name for s in c.soloists],
        }
        for c in query.options(
            subqueryload(Concert.items).selectinload(Item.piece),
            subqueryload(Concert.soloists),
            selectinload(Concert.hall),
        ).order_by(Concert.held_on, Concert.id)
    ]


def repertoire(session: Session) -> dict[str, int]:
    performed = dict.fromkeys((c for (c,) in session.query(Piece.composer).distinct()), 0)
    counted = session.query(Piece.composer, func.count()).join(Item, Item.piece_id == Piece.id)
    performed.update((c, n) for c, n in counted.group_by(Piece.composer))
    return performed


def import_pieces(session: Session, pieces: list[tuple[str, str]]) -> None:
    rows = [{"composer": composer, "title": title} for composer, title in pieces]
    if rows:
        session.execute(insert(Piece), rows)
        session.commit()
