"""The attacker of criteria: what gets through is told, what is honest passes."""

from collections.abc import Callable
from typing import Any

import pytest

from autograder.checks.database import Database
from autograder.checks.injections import (
    HONEST_TEXTS,
    Injection,
    Place,
    expect_bound,
    expect_harmless,
    expect_refused,
    injections,
)
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

SCHEMA = (
    "create table cases (id integer primary key, party text)",
    "create table clerks (name text, password text)",
)
SAFE = """
def search(connection, party):
    return connection.execute("select * from cases where party = ?", [party]).fetchall()

def case(connection, number):
    return connection.execute("select * from cases where id = ?", [number]).fetchall()

def ordered(connection, name):
    if name not in ("id", "party"):
        raise ValueError(name)
    return connection.execute(f"select * from cases order by {name}").fetchall()

def login(connection, name, password):
    statement = "select 1 from clerks where name = ? and password = ?"
    return connection.execute(statement, (name, password)).fetchone() is not None

def stored(connection, party):
    with connection:
        connection.execute("insert into cases (party) values (?)", [party])
"""
UNSAFE = """
def search(connection, party):
    return connection.execute(f"select * from cases where party = '{party}'").fetchall()

def case(connection, number):
    return connection.execute(f"select * from cases where id = {number}").fetchall()

def ordered(connection, name):
    return connection.execute(f"select * from cases order by {name}").fetchall()

def login(connection, name, password):
    rows = connection.execute(
        f"select 1 from clerks where name = '{name}' and password = '{password}'"
    ).fetchall()
    return len(rows) > 0

def stored(connection, party):
    connection.executescript(f"insert into cases (party) values ('{party}');")
"""


def victim(statement: str, change: str = "text", run: str = "execute") -> str:
    """Careless code that formats a text into a statement."""
    return f"""
import html, unicodedata, urllib.parse
def ask(connection, text):
    text = {change}
    return connection.{run}(f'''{statement} ''').fetchall()
"""


ASK = "select * from cases where party = '{text}'"
DOUBLED = """text.replace("'", "''")"""
VICTIMS = {
    "text": [
        victim(ASK),
        victim("select * from cases where (party = '{text}')"),
        victim("select * from cases where (party like '%{text}%')"),
        victim('select * from cases where party = "{text}"'),
        victim(ASK, f"unicodedata.normalize('NFKC', {DOUBLED})"),
        victim(ASK, f"urllib.parse.unquote({DOUBLED})"),
        victim(ASK, f"html.unescape({DOUBLED})"),
        victim(ASK, run="executescript"),
        victim("insert into cases (party) values ('{text}')", run="executescript"),
    ],
    "number": [
        victim("select * from cases where id = {text}"),
        victim("select * from cases where (id = {text})"),
        victim("select * from cases where id = '{text}'"),
        victim("select * from cases where id = {text}", run="executescript"),
    ],
    "name": [
        victim("select * from cases, clerks order by {text}"),
        victim("select * from cases, clerks order by {text} limit 0"),
        victim('select * from cases order by "{text}"'),
        victim("select * from cases order by {text}", run="executescript"),
    ],
    "pattern": [
        victim("select * from cases where party like '%{text}%'"),
        victim("select * from cases where party glob '*{text}*'"),
        """
import re
def ask(connection, text):
    rows = connection.execute("select party from cases")
    return [row for row in rows if re.search(text.replace("*", ".*"), row[0])]
""",
    ],
}


class Office:
    """A small database, and code that uses it."""

    def __init__(self, source: str) -> None:
        self.database = Database(*SCHEMA)
        self.database.fill("cases", [{"party": "kim"}, {"party": "lee"}])
        self.database.fill("clerks", [{"name": "ann", "password": "secret"}])
        self.code = Namespace(source)
        self.connection = self.database.connection(self.code)

    def call(self, name: str, *before: str) -> Callable[[str], Any]:
        function = getattr(self.code, name)
        return lambda text: function(self.connection, *before, text)

    def attack(self, name: str, *attacks: Injection, **more: Any) -> None:
        expect_harmless(
            self.database, self.call(name), attacks, called=f"{name}({{}})", **more
        )


def attacks_on(place: Any) -> list[Injection]:
    return injections(place, table="clerks", column="password", width=2)


def words_of(call: Callable[[], object]) -> str:
    with pytest.raises(CriterionNotMet) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("function", "place"), [("search", "text"), ("case", "number")]
)
def test_bound_values_stand_all_attacks(function: str, place: str) -> None:
    Office(SAFE).attack(function, *attacks_on(place), hidden={"passwords": ["secret"]})


@pytest.mark.parametrize("place", ["text", "number", "name", "pattern"])
def test_each_injection_succeeds_somewhere(place: Place) -> None:
    """None is in the list for show: each gets through to careless code of its kind."""
    for attack in attacks_on(place):
        outcomes = []
        for source in VICTIMS[place]:
            office = Office(source)
            try:
                office.attack("ask", attack)
            except CriterionNotMet as error:
                outcomes.append(error.evidence.got)
        won = [got for got in outcomes if not got.startswith("raised")]
        refused_by_database = attack.text in ("no_such_column", "")
        assert won or (refused_by_database and outcomes), attack


@pytest.mark.parametrize(
    ("function", "text", "hidden", "evidence"),
    [
        ("search", "' OR 1=1 --", ["kim", "lee"], "It returned 2 cases of others."),
        (
            "search",
            "' UNION SELECT 1, password FROM clerks --",
            ["secret"],
            "It returned one of the cases of others.",
        ),
        ("case", "1 --", ["secret"], "It returned [(1, 'kim')]."),
        ("search", "' OR --", [], "It raised OperationalError: incomplete input."),
        (
            "stored",
            "x'); DELETE FROM clerks; --",
            [],
            "It left 0 of 1 rows in the table clerks.",
        ),
        (
            "stored",
            "x'); UPDATE clerks SET password = ''; --",
            [],
            "It changed rows of the table clerks.",
        ),
        (
            "stored",
            "x'); DROP TABLE clerks; --",
            [],
            "It dropped the table clerks.",
        ),
    ],
)
def test_evidence_says_what_the_attacker_won(
    function: str, text: str, hidden: list[str], evidence: str
) -> None:
    told = words_of(
        lambda: Office(UNSAFE).attack(
            function,
            Injection(text, "see every row"),
            hidden={"cases of others": hidden},
            writes=["cases"],
        )
    )
    assert told == (
        f"You called {function}({text!r}). {evidence} "
        "Expected nothing: this text tries to see every row."
    )


@pytest.mark.parametrize("source", [SAFE, UNSAFE])
def test_a_login_is_not_won_without_the_password(source: str) -> None:
    office = Office(source)

    def judged() -> None:
        expect_harmless(
            office.database,
            office.call("login", "ann"),
            attacks_on("text"),
            called="login('ann', {})",
            wanted=False,
        )

    if source == SAFE:
        judged()
    else:
        assert "It returned True. Expected False" in words_of(judged)


def test_refusals_are_harmless_and_errors_of_sql_are_not() -> None:
    refusing = """
def search(connection, text):
    connection.execute("select 1 limit ?", (int(text),))
    raise ValueError
def bound(connection, text):
    return connection.execute("select 1 limit ?", (text,)).fetchall()
def broken(connection, text):
    connection.execute("select " + text)
"""
    office = Office(refusing)
    office.attack("search", *attacks_on("number"))
    office.attack("bound", *attacks_on("number"))
    assert "no such column" in words_of(
        lambda: office.attack("broken", Injection("a_column", "fail"))
    )


def test_names_come_from_a_closed_list() -> None:
    names = injections("name", table="clerks", column="password", known="party")
    for source, safe in ((SAFE, True), (UNSAFE, False)):
        office = Office(source)

        def judged(office: Office = office) -> None:
            expect_refused(
                office.database, office.call("ordered"), names, called="ordered({})"
            )

        if safe:
            judged()
        else:
            told = words_of(judged)
            assert "ordered('password'). It sent 'select * from cases" in told
            assert "Expected a ValueError and no statement" in told


def test_a_refusal_after_the_statement_comes_too_late() -> None:
    late = """
def ordered(connection, name):
    connection.execute("select 1")
    raise ValueError("late")
"""
    office = Office(late)
    told = words_of(
        lambda: expect_refused(
            office.database,
            office.call("ordered"),
            [Injection("x", "y")],
            called="ordered({})",
        )
    )
    assert "It sent 'select 1' and raised ValueError: late." in told


@pytest.mark.parametrize(
    ("statement", "given", "problem"),
    [
        ("'select ?', ['word']", ["word"], ""),
        ("'select ?', ['%WORD%']", ["word"], ""),
        ("'select :w', {'w': 'word'}", ["word"], ""),
        ("'select ?', [7000]", [7000], ""),
        ("'select ?', ['7000']", [7000], ""),
        ("'select 17000, ?', [7000]", [7000], ""),
        ("'select 7000'", [7000], "sent 'select 7000'"),
        ("\"select 'a word'\"", ["word"], "SQL that is the same for every value"),
        ("'select 1'", ["word"], "'word' among the parameters of a statement"),
        ("'select ?', [70001]", [7000], "with the parameters [(70001,)]"),
    ],
)
def test_values_are_parameters(statement: str, given: list[Any], problem: str) -> None:
    office = Office(f"def ask(connection):\n    connection.execute({statement})")

    def judged() -> None:
        expect_bound(
            office.database,
            lambda: office.code.ask(office.connection),
            given,
            called="ask()",
        )

    if problem:
        assert problem in words_of(judged)
    else:
        judged()


def test_several_sets_and_several_statements_count() -> None:
    source = """
def add(connection, *parties):
    statement = "insert into cases (party) values (?)"
    connection.executemany(statement, [(party,) for party in parties])
    return len(parties)
def nothing(connection):
    pass
"""
    office = Office(source)
    count = expect_bound(
        office.database,
        lambda: office.code.add(office.connection, "mia", "noa"),
        ["mia", "noa"],
        called="add('mia', 'noa')",
    )
    assert count == 2
    told = words_of(
        lambda: expect_bound(
            office.database,
            lambda: office.code.nothing(office.connection),
            ["mia"],
            called="nothing()",
        )
    )
    assert "It sent no statement." in told


def test_a_secret_may_be_compared_on_the_other_side_but_not_written() -> None:
    office = Office(
        "def fetched(connection, word):\n    connection.execute('select 1')\n"
        "def written(connection, word):\n"
        "    connection.execute(f\"select '{word}'\")\n"
    )

    def judged(name: str) -> None:
        call = office.call(name)
        expect_bound(
            office.database, lambda: call("word"), [], called=name, unwritten=["word"]
        )

    judged("fetched")
    assert "'word' beside it" in words_of(lambda: judged("written"))


def test_honest_texts_survive_parameters_only() -> None:
    office = Office(SAFE)
    for text in HONEST_TEXTS:
        office.call("stored")(text)
        assert [row[1] for row in office.call("search")(text)] == [text]
