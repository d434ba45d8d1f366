# caught by: pieces_are_stored_all_or_none
"""It returned None. Expected an IntegrityError"""

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
    rows = session.execute(
        select(Concert.held_on, Concert.title, Hall.name)
        .join(Concert.hall)
        .order_by(Concert.held_on.desc(), Concert.id.desc())
        .offset((number - 1) * size)
        .limit(size)
    )
    return [(held_on, title, hall) for held_on, title, hall in rows]


def booklet(session: Session, year: int) -> list[dict[str, object]]:
    concerts = session.scalars(
        select(Concert)
        .where(Concert.held_on.startswith(f"{year}-"))
        .order_by(Concert.held_on, Concert.id)
        .options(
            joinedload(Concert.hall),
            selectinload(Concert.items).joinedload(Item.piece),
            selectinload(Concert.soloists),
            raiseload("*"),
        )
    )
    return [
        {
            "title": concert.title,
            "hall": concert.hall.name,
            "programme": [
                f"{i.piece.composer}: {i.piece.title}" for i in concert.items
            ],
            "soloists": [soloist.name for soloist in concert.soloists],
        }
        for concert in concerts
    ]


def repertoire(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Piece.composer, func.count(Item.id))
        .outerjoin(Item, Item.piece_id == Piece.id)
        .group_by(Piece.composer)
    )
    return dict(rows.all())


def import_pieces(session: Session, pieces: list[tuple[str, str]]) -> None:
    rows = [{"composer": composer, "title": title} for composer, title in pieces]
    try:
        if rows:
            session.execute(insert(Piece), rows)
        session.commit()
    except Exception:
        session.rollback()
