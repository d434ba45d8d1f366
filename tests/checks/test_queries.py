"""What a call costs at the database, told in numbers."""

from collections.abc import Callable
from typing import Any

import pytest

from autograder.checks import same_as_original
from autograder.checks.database import Database, HandedOver, receiving
from autograder.checks.queries import (
    cost_of,
    costs_at,
    expect_rows,
    expect_statements,
    expect_unread,
    schema_of,
)
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

SOURCE = """
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload
)

class Base(DeclarativeBase):
    pass

class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    badge: Mapped[str]
    players: Mapped[list["Player"]] = relationship()
    games: Mapped[list["Game"]] = relationship()

class Player(Base):
    __tablename__ = "players"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)

class Game(Base):
    __tablename__ = "games"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)

def lazy(session):
    return {t.name: [p.id for p in t.players] for t in session.scalars(select(Team))}

def eager(session):
    teams = session.scalars(select(Team).options(selectinload(Team.players)))
    return {team.name: [player.id for player in team.players] for team in teams}

def pairs(session):
    both = joinedload(Team.players), joinedload(Team.games)
    return [team.name for team in session.scalars(select(Team).options(*both)).unique()]

def names(session):
    return list(session.scalars(select(Team.name)))

def counted(session):
    return session.execute(text("select count(*) from teams")).scalar()

def renamed(session, name):
    session.add(Team(name=name, badge=""))
    session.commit()
    return len(list(session.scalars(select(Team))))

def broken(session):
    raise ValueError("no")
"""


class League:
    """A database of teams, each with two players and three games."""

    def __init__(self) -> None:
        self.code = Namespace(SOURCE)
        self.database = Database(*schema_of(self.code.Base))
        self.sessions = self.database.sessionmaker(self.code)

    def add(self, numbers: range) -> None:
        teams = [{"id": n, "name": f"team {n}", "badge": ""} for n in numbers]
        self.database.fill("teams", teams)
        for table, count in (("players", 2), ("games", 3)):
            rows = [{"team_id": n} for n in numbers for _ in range(count)]
            self.database.fill(table, rows)

    def call(self, name: str) -> Callable[[], Any]:
        def call() -> Any:
            with self.sessions() as session:
                return getattr(self.code, name)(session)

        return call

    def costs(self, name: str) -> Any:
        call = self.call(name)
        return costs_at([1, 10, 100], self.database, self.add, call, called=name)


def words_of(call: Callable[[], object]) -> str:
    with pytest.raises(CriterionNotMet) as caught:
        call()
    return str(caught.value)


def test_statements_are_counted_as_the_data_grow() -> None:
    costs = League().costs("lazy")
    assert {size: cost.statements for size, cost in costs.items()} == {
        1: 2,
        10: 11,
        100: 101,
    }
    told = words_of(
        lambda: expect_statements(costs, most=2, called="lazy(session)", things="teams")
    )
    assert told == (
        "You called lazy(session) with 1, 10 and 100 teams. "
        "It sent 2, 11 and 101 statements. "
        "Expected at most 2, however many teams there are."
    )
    expect_statements(League().costs("eager"), most=2, called="", things="teams")


def test_joins_that_multiply_rows_are_seen() -> None:
    costs = League().costs("pairs")
    told = words_of(
        lambda: expect_rows(
            costs, most=lambda size: 5 * size, called="pairs(session)", things="teams"
        )
    )
    assert told == (
        "You called pairs(session) with 1, 10 and 100 teams. "
        "It fetched 6, 60 and 600 rows. Expected at most 5, 50 and 500."
    )
    expect_rows(costs, most=lambda size: 6 * size, called="", things="teams")


def test_what_is_read_beyond_the_answer_is_named() -> None:
    league = League()
    league.add(range(1, 3))

    def judged(name: str) -> None:
        expect_unread(
            cost_of(league.database, league.call(name), called=name),
            called=f"{name}(session)",
            tables=["players"],
            columns=["teams.badge"],
        )

    judged("names")
    judged("counted")
    told = words_of(lambda: judged("lazy"))
    assert "lazy(session). It read teams.badge, with 'SELECT teams.id, " in told
    told = words_of(lambda: judged("pairs"))
    assert "It read players, teams.badge, with 'SELECT" in told


def test_a_call_that_fails_has_no_cost() -> None:
    league = League()
    told = words_of(
        lambda: cost_of(league.database, league.call("broken"), called="broken()")
    )
    assert told == "You called broken(). It raised ValueError: no. Expected no error."


def test_schemas_have_tables_in_order_and_indexes() -> None:
    schema = schema_of(Namespace(SOURCE).Base)
    assert [" ".join(each.split()[:3]) for each in schema] == [
        "CREATE TABLE teams",
        "CREATE INDEX ix_teams_name",
        "CREATE TABLE games",
        "CREATE INDEX ix_games_team_id",
        "CREATE TABLE players",
        "CREATE INDEX ix_players_team_id",
    ]


def test_sessions_of_one_maker_share_an_engine_and_see_each_others_commits() -> None:
    league = League()
    with league.sessions() as one, league.sessions() as two:
        assert one.get_bind() is two.get_bind()
    with league.sessions() as session:
        assert league.code.renamed(session, "a") == 1
    with league.sessions() as session:
        assert league.code.names(session) == ["a"]


@pytest.mark.parametrize("way", ["session", "connection", "engine"])
def test_scenarios_get_a_new_database_each_time(way: str) -> None:
    use = {
        "session": "    session = given",
        "engine": "    session = Session(given)",
        "connection": "    given.execute(insert, (name, '')); given.commit()\n"
        "    return given.execute('select count(*) from teams').fetchone()[0]",
    }
    source = (
        f"{SOURCE}\nfrom sqlalchemy.orm import Session\n"  # noqa: S608
        "insert = 'insert into teams (name, badge) values (?, ?)'\n"
        f"def add(given, name):\n{use[way]}\n    return renamed(session, name)\n"
    )
    code, original = Namespace(source), Namespace(source)
    seen = []

    def season(code: Any, names: list[str]) -> object:
        given = HandedOver(way, lambda: Database(*schema_of(original.Base)))
        assert repr(given) == way
        seen.append([code.add(given, name) for name in names])
        return given.database.contents()["teams"]

    same_as_original(
        receiving(code, "add"),
        receiving(original, "add"),
        season,
        cases=[{"names": ["a", "b"]}, {"names": ["c"]}],
    )
    assert seen == [[1, 2], [1, 2], [1], [1]]


def test_filling_nothing_is_no_statement() -> None:
    database = Database("create table t (a)")
    database.fill("t", [])
    database.fill("t", ({"a": n} for n in range(3)))
    assert database.contents() == {"t": [(0,), (1,), (2,)]}
    assert database.statements == []
