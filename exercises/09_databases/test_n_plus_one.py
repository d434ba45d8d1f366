"""Visible criteria of n_plus_one: learners have this file."""

from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import same_as_original
from autograder.checks.database import Database, HandedOver, receiving
from autograder.checks.queries import costs_at, expect_statements, schema_of
from autograder.namespace import Namespace

FUNCTIONS = ("page", "booklet", "repertoire", "import_pieces")
PIECES = [
    ("Brahms", "Requiem"),
    ("Fauré", "Requiem"),
    ("Brahms", "Nänie"),
    ("Pärt", "Magnificat"),
    ("Boulanger", "Psalm 24"),
]
CONCERT = st.fixed_dictionaries(
    {
        "held_on": st.sampled_from(["2024-12-06", "2025-05-01", "2025-11-09"]),
        "programme": st.lists(st.integers(1, 4), max_size=3),
        "soloists": st.lists(st.sampled_from(["Ada", "Bo", "Cy"]), max_size=3),
    }
)


def archive(original: Namespace) -> Database:
    """A choir's archive without concerts; its fifth piece was never performed."""
    database = Database(*schema_of(original.Base))
    pieces = [{"composer": composer, "title": title} for composer, title in PIECES]
    database.fill("pieces", pieces)
    return database


def add_concert(database: Database, number: int, concert: dict[str, Any]) -> None:
    """Store a concert in a hall of its own, its details in another order than shown."""
    database.fill(
        "halls", [{"id": number, "name": f"hall {number}", "seating_plan": ""}]
    )
    row = {"id": number, "title": f"no. {number}", "held_on": concert["held_on"]}
    database.fill("concerts", [{**row, "notes": "", "hall_id": number}])
    of = {"concert_id": number}
    items = enumerate(concert["programme"])
    numbered = [{**of, "position": 9 - n, "piece_id": piece} for n, piece in items]
    database.fill("items", numbered)
    database.fill("soloists", [{**of, "name": name} for name in concert["soloists"]])


@criterion(
    points=2,
    kind="behaviour",
    rule="PATTERNS-7.2.R1",
    hint="Ask in another way, and give the same answers: every concert, in its place.",
)
def test_same_answers_as_before(solution: Namespace, original: Namespace) -> None:
    """Pages, booklets and the repertoire are the same, for empty concerts as well."""

    def evening(code: Namespace, concerts: list[dict[str, Any]], size: int) -> object:
        session = HandedOver("session", lambda: archive(original))
        for number, concert in enumerate(concerts, start=1):
            add_concert(session.database, number, concert)
        code.page(session, 1)
        for number in (1, 2, 4):
            code.page(session, number, size)
        for year in (2025, 20):
            code.booklet(session, year)
        code.repertoire(session)
        code.import_pieces(session, [])
        code.import_pieces(session, [("Pärt", "Te Deum"), ("Bruch", "Nänie")])
        code.repertoire(session)
        return session.database.contents()["pieces"]

    concerts = [
        {"held_on": "2025-05-01", "programme": [2, 1, 2], "soloists": ["Bo", "Ada"]},
        {"held_on": "2025-05-01", "programme": [3], "soloists": []},
        {"held_on": "2024-12-06", "programme": [], "soloists": ["Cy"]},
        {"held_on": "2025-01-31", "programme": [], "soloists": []},
    ]
    same_as_original(
        receiving(solution, *FUNCTIONS),
        receiving(original, *FUNCTIONS),
        evening,
        cases=[{"concerts": [], "size": 10}, {"concerts": concerts * 3, "size": 3}],
        examples=3,
        concerts=st.lists(CONCERT, max_size=5),
        size=st.integers(1, 4),
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-7.2.R7",
    hint="Say with the query what comes along. No dot in a loop may be a statement.",
)
def test_booklet_asks_a_fixed_number_of_times(
    solution: Namespace, original: Namespace
) -> None:
    """The booklet of a year takes at most five statements, for 1, 10 or 50 concerts."""
    concert = {"held_on": "2026-02-01", "soloists": ["Ada"]}
    database = archive(original)
    sessions = database.sessionmaker(solution)

    def add(numbers: range) -> None:
        for number in numbers:
            own = [10 * number, 10 * number + 1]
            pieces = [{"id": n, "composer": "Trad.", "title": f"no. {n}"} for n in own]
            database.fill("pieces", pieces)
            add_concert(database, number, {**concert, "programme": own})

    def booklet() -> object:
        with sessions() as session:
            return solution.booklet(session, 2026)

    called = "booklet(session, 2026)"
    costs = costs_at([1, 10, 50], database, add, booklet, called=called)
    expect_statements(costs, most=5, called=called, things="concerts")
