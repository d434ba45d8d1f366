"""A criterion's database: statements are counted where they are carried out."""

import gc
import os
import signal
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.border.judge_end import JudgeEnd, RemoteNamespace
from autograder.border.learner_end import serve
from autograder.checks.database import MAX_ROWS, Database
from autograder.namespace import Namespace

Load = Callable[[str], Any]

PLAIN = """
import sqlite3

def replace_all(connection, *titles):
    cursor = connection.cursor()
    values = ", ".join(f"('{title}')" for title in titles)
    return cursor.executescript(
        f"delete from posts; insert into posts (title) values {values};"
    ) is cursor

def first_by_name(connection):
    connection.row_factory = sqlite3.Row
    row = connection.execute('select id, title as "the title" from posts').fetchone()
    return [row["ID"], row["the title"], row.keys(), tuple(row)]

def add(connection, *titles):
    with connection:
        connection.executemany(
            "insert into posts (title) values (?)", [(title,) for title in titles]
        )

def titles(connection):
    cursor = connection.cursor()
    cursor.execute("select id, title from posts order by id")
    return [title for _, title in cursor]

def run(connection, statement, parameters=()):
    try:
        cursor = connection.execute(statement, parameters)
        return [list(row) for row in cursor.fetchall()]
    except sqlite3.Error as error:
        return [type(error).__name__, str(error)]
"""
ORM = """
from sqlalchemy import ForeignKey, exc, select
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, mapped_column, relationship, selectinload
)

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    posts: Mapped[list["Post"]] = relationship(back_populates="author")

class Post(Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship(back_populates="posts")

def set_up(engine):
    Base.metadata.create_all(engine)

def one_by_one(session):
    users = session.scalars(select(User).order_by(User.id))
    return {user.name: [post.title for post in user.posts] for user in users}

def at_once(session):
    users = session.scalars(select(User).options(selectinload(User.posts)))
    return {user.name: [post.title for post in user.posts] for user in users}

def register(session, name, keep=True):
    session.add(User(name=name))
    try:
        session.flush()
    except exc.IntegrityError as error:
        session.rollback()
        return type(error.orig).__name__
    if keep:
        session.commit()
    session.close()
"""
SCHEMA = "create table posts (id integer primary key, title text unique)"


@pytest.fixture(params=["local", "across"])
def load(request: pytest.FixtureRequest) -> Iterator[Load]:
    """Runs code here, and in a process of its own behind the border."""
    if request.param == "local":
        yield Namespace
        return
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        serve(there)
    there.close()
    with here:
        yield lambda source: RemoteNamespace(JudgeEnd(here), source)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_plain_code_uses_it_as_sqlite3(load: Load) -> None:
    solution, database = load(PLAIN), Database(SCHEMA)
    connection = database.connection(solution)
    solution.add(connection, "a", "b")
    assert list(solution.titles(connection)) == ["a", "b"]
    insert, select = database.statements
    assert insert.text == "insert into posts (title) values (?)"
    assert insert.bound == (("a",), ("b",))
    assert str(select) == "select id, title from posts order by id"
    assert database.execute("select count(*) from posts") == [(2,)]


def test_a_script_is_one_statement_and_is_committed(load: Load) -> None:
    solution, database = load(PLAIN), Database(SCHEMA)
    connection = database.connection(solution)
    connection.execute("insert into posts (title) values ('a')")
    assert solution.replace_all(connection, "b", "c") is True
    assert database.execute("select title from posts") == [("b",), ("c",)]
    assert database.contents() == {"posts": [(1, "b"), (2, "c")]}
    assert len(database.statements) == 2
    assert database.statements[1].text.startswith("delete from posts; insert")


def test_rows_can_be_read_by_name(load: Load) -> None:
    solution, database = load(PLAIN), Database(SCHEMA)
    database.execute("insert into posts (title) values ('a')")
    told = solution.first_by_name(database.connection(solution))
    assert told == [1, "a", ["id", "the title"], (1, "a")]


def test_statements_tell_the_size_of_their_result(load: Load) -> None:
    solution, database = load(PLAIN), Database(SCHEMA)
    connection = database.connection(solution)
    solution.add(connection, "a", "b")
    solution.titles(connection)
    solution.run(connection, "select nothing")
    sizes = [(len(s.columns), s.rows) for s in database.statements]
    assert sizes == [(0, 0), (2, 2), (0, 0)]


def test_lazy_loading_shows_in_the_count(load: Load) -> None:
    solution, database = load(ORM), Database()
    solution.set_up(database.engine(solution))
    for number in range(1, 21):
        name = f"u{number}"
        database.execute("insert into users values (?, ?)", number, name)
        database.execute("insert into posts values (?, ?, ?)", number, "t", number)
    expected = {f"u{number}": ["t"] for number in range(1, 21)}
    for function, count in ((solution.one_by_one, 21), (solution.at_once, 2)):
        database.statements.clear()
        assert function(database.session(solution)) == expected
        assert len(database.statements) == count


def test_only_what_was_committed_is_seen(load: Load) -> None:
    solution, database = load(ORM), Database()
    solution.set_up(database.engine(solution))
    solution.register(database.session(solution), "left", keep=False)
    solution.register(database.session(solution), "kept")
    assert database.execute("select name from users") == [("kept",)]
    again = solution.register(database.session(solution), "kept")
    assert again == "IntegrityError"
    assert database.execute("select count(*) from users") == [(1,)]


def test_two_connections_are_isolated(load: Load) -> None:
    solution, database = load(PLAIN), Database(SCHEMA)
    one, two = database.connection(solution), database.connection(solution)
    one.execute("insert into posts (title) values ('a')")
    assert one.in_transaction
    assert list(solution.titles(one)) == ["a"]
    assert list(solution.titles(two)) == []
    one.commit()
    assert list(solution.titles(two)) == ["a"]
    one.execute("delete from posts")
    one.rollback()
    assert list(solution.titles(two)) == ["a"]
    one.isolation_level = None
    one.execute("delete from posts")
    assert list(solution.titles(two)) == []


def test_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    solution, database = Namespace(PLAIN), Database(SCHEMA)
    solution.add(database.connection(solution), "a")
    assert list(tmp_path.iterdir())
    del database
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_databases_are_apart() -> None:
    one, two = Database(SCHEMA), Database(SCHEMA)
    one.execute("insert into posts (title) values ('a')")
    assert two.execute("select * from posts") == []


def test_values_keep_their_types(load: Load) -> None:
    solution, database = load(PLAIN), Database()
    values = [None, 1, -(2**63), 2.5, "ä\U0001f600", b"\0\xff"]
    connection = database.connection(solution)
    assert solution.run(connection, "select ?, ?, ?, ?, ?, ?", values) == [values]
    assert solution.run(connection, "select :a", {"a": 3}) == [[3]]


@pytest.mark.parametrize(
    ("statement", "parameters", "name"),
    [
        ("insert into posts values (1, 'b')", (), "IntegrityError"),
        ("insert into notes values (99)", (), "IntegrityError"),
        ("select * from nowhere", (), "OperationalError"),
        ("select ?", (), "ProgrammingError"),
        ("select 1; select 2", (), "ProgrammingError"),
        ("select ?", (2**70,), "InterfaceError"),
    ],
)
def test_failures_keep_their_class_and_are_counted(
    load: Load, statement: str, parameters: tuple[int, ...], name: str
) -> None:
    solution = load(PLAIN)
    database = Database(
        SCHEMA,
        "create table notes (post integer references posts)",
        "insert into posts values (1, 'a')",
    )
    connection = database.connection(solution)
    assert solution.run(connection, statement, parameters)[0] == name
    assert [s.text for s in database.statements] == [statement]


@pytest.mark.parametrize(
    "statement",
    [
        "attach database '{file}' as other",
        "vacuum into '{file}'",
        "pragma journal_mode = delete",
        "pragma max_page_count = 1000000000",
        "pragma writable_schema = on",
        "pragma temp_store_directory = '{file}'",
        "select load_extension('{file}')",
        "select zeroblob(100000000)",
        "select hex(randomblob(600000))",
    ],
)
def test_statements_do_not_reach_beyond_the_database(
    tmp_path: Path, statement: str
) -> None:
    solution, database = Namespace(PLAIN), Database(SCHEMA)
    file = tmp_path / "file"
    connection = database.connection(solution)
    answer = solution.run(connection, statement.format(file=file))
    assert answer[0] in ("DatabaseError", "OperationalError", "DataError")
    assert not file.exists()


def test_endless_and_huge_answers_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.checks.database.SECONDS_PER_STATEMENT", 0.2)
    solution, database = Namespace(PLAIN), Database()
    connection = database.connection(solution)
    count = (
        "with recursive n(i) as (select 1 union all select i + 1 from n{}) "
        "select {} from n"
    )
    begin = time.monotonic()
    endless = solution.run(connection, count.format("", "count(*)"))
    assert endless == ["OperationalError", "interrupted"]
    assert time.monotonic() - begin < 2
    many = solution.run(connection, count.format(" limit 20000", "i"))
    assert many == ["OperationalError", f"more than {MAX_ROWS} rows"]
    few = solution.run(connection, count.format(" limit 10000", "i"))
    assert len(few) == MAX_ROWS


def test_learner_code_cannot_unhook_or_forge_the_count(load: Load) -> None:
    cheat = """
def titles(session):
    link = session.get_bind().raw_connection().dbapi_connection._link
    for target in (link, link.execute):
        for name in ("_statements", "_connection", "__self__", "__globals__"):
            try:
                getattr(target, name).clear()
            except AttributeError:
                pass
    return link.execute("select 1", [])["rows"]
"""
    solution, database = load(cheat), Database()
    if isinstance(solution, Namespace):
        pytest.skip("without a border nothing is out of reach")
    solution.titles(database.session(solution))
    assert [s.text for s in database.statements] == ["select 1"]


@pytest.mark.parametrize(
    ("statement", "bound"),
    [(3, []), ("select ?", 7), ("select ?", [[1]]), (None, None)],
)
def test_forged_requests_are_answered(statement: object, bound: object) -> None:
    link = Database().connect()
    for answer in (
        link.execute(statement, bound),
        link.execute_many(statement, bound),
        link.execute_script([statement]),
    ):
        assert set(answer) == {"failure"}
        assert issubclass(getattr(sqlite3, answer["failure"][0]), sqlite3.Error)
