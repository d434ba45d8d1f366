"""Hidden criteria of n_plus_one."""

from typing import Any

from autograder import criterion
from autograder.checks import expect_equal, expect_raises, fresh_word
from autograder.checks.database import Database
from autograder.checks.queries import (
    Cost,
    cost_of,
    costs_at,
    expect_rows,
    expect_statements,
    expect_unread,
    schema_of,
)
from autograder.namespace import Namespace

SIZES = [1, 10, 100]
ITEMS, SOLOISTS = 6, 5


class Archive:
    """A choir's archive that grows, and the learner's functions on it.

    Args:
        solution: The learner's code.
        original: The starter.
    """

    def __init__(self, solution: Namespace, original: Namespace) -> None:
        self.database = Database(*schema_of(original.Base))
        self._solution = solution
        self._sessions = self.database.sessionmaker(solution)

    def call(self, name: str, *given: object) -> Any:
        """Call a function with a session that saw nothing before."""
        with self._sessions() as session:
            return getattr(self._solution, name)(session, *given)

    def costs(
        self, sizes: list[int], called: str, name: str, *given: object
    ) -> dict[int, Cost]:
        """Tell what a call costs while the archive grows."""
        return costs_at(
            sizes,
            self.database,
            self.add,
            lambda: self.call(name, *given),
            called=called,
        )

    def add(self, numbers: range, year: int = 2026, title: str = "concert") -> None:
        """Store concerts, each with a hall, pieces and soloists of its own."""
        concerts, halls, pieces, items, soloists = [], [], [], [], []
        for n in numbers:
            day = f"{year}-{1 + n // 28:02}-{1 + n % 28:02}"
            row = {"id": n, "hall_id": n, "held_on": day, "notes": ""}
            concerts.append({**row, "title": f"{title} {n}"})
            halls.append({"id": n, "name": f"hall {n}", "seating_plan": ""})
            for i in range(ITEMS):
                piece = ITEMS * n + i
                row = {"id": piece, "composer": f"composer {i}"}
                pieces.append({**row, "title": f"piece {n}"})
                items.append({"concert_id": n, "position": i, "piece_id": piece})
            soloists += [{"concert_id": n, "name": f"S{i}"} for i in range(SOLOISTS)]
        self.database.fill("halls", halls)
        self.database.fill("concerts", concerts)
        self.database.fill("pieces", pieces)
        self.database.fill("items", items)
        self.database.fill("soloists", soloists)


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-7.2.R2",
    hint="Two collections in one join come back as every pair of their rows.",
)
def test_booklet_fetches_each_row_once(
    solution: Namespace, original: Namespace
) -> None:
    """A booklet fetches rows of its year only, and does not multiply them by joins."""
    called, word = "booklet(session, 2026)", fresh_word("gala ")
    archive = Archive(solution, original)
    archive.add(range(101, 121), year=2025)
    archive.add(range(121, 122), year=2027, title=word)
    costs = archive.costs([1, 10, 30], called, "booklet", 2026)
    each = 2 + 2 * ITEMS + SOLOISTS  # a concert, its hall; each piece beside its item
    expect_rows(
        costs,
        most=lambda size: size * each,
        called=called,
        things=f"concerts of that year, each with {ITEMS} pieces and {SOLOISTS} "
        "soloists",
    )
    titles = [entry["title"] for entry in archive.call("booklet", 2027)]
    wanted = [f"{word} 121"]
    expect_equal(titles, wanted, called="booklet(session, 2027) and took the titles")


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-7.2.R6",
    hint="A page is cut out by the database, which sorts before it cuts.",
)
def test_page_fetches_one_page(solution: Namespace, original: Namespace) -> None:
    """A page takes at most two statements, and the rows that it shows."""
    called = "page(session, 1, 5)"
    costs = Archive(solution, original).costs(SIZES, called, "page", 1, 5)
    expect_statements(costs, most=2, called=called, things="concerts")
    expect_rows(
        costs, most=lambda size: 2 * min(size, 5), called=called, things="concerts"
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-7.2.R8",
    hint="What one use case needs is too much for another. Three columns are enough.",
)
def test_page_reads_only_what_it_shows(
    solution: Namespace, original: Namespace
) -> None:
    """A page reads neither notes nor seating plans, programmes or soloists."""
    called, word = "page(session, 1, 5)", fresh_word("gala ")
    archive = Archive(solution, original)
    archive.add(range(1, 2), title=word)
    lines: list[Any] = []
    cost = cost_of(
        archive.database,
        lambda: lines.extend(archive.call("page", 1, 5)),
        called=called,
    )
    expect_equal(lines, [("2026-01-02", f"{word} 1", "hall 1")], called=called)
    expect_unread(
        cost,
        called=called,
        tables=["items", "pieces", "soloists"],
        columns=["concerts.notes", "halls.seating_plan"],
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-7.2.R5",
    hint="Counting is what a database is for: one row for each answer.",
)
def test_repertoire_is_counted_by_the_database(
    solution: Namespace, original: Namespace
) -> None:
    """The rows that come back do not grow with the number of performances."""
    called = "repertoire(session)"
    archive = Archive(solution, original)
    costs = archive.costs([1, 10, 40], called, "repertoire")
    expect_statements(costs, most=2, called=called, things="concerts")
    expect_rows(
        costs,
        most=lambda _: 2 * ITEMS,  # who counts may ask for all names first
        called=called,
        things=f"concerts, with pieces of {ITEMS} composers",
    )
    wanted = {f"composer {i}": 40 for i in range(ITEMS)}
    expect_equal(archive.call("repertoire"), wanted, called=called)


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-7.2.R9",
    hint="A commit in a loop keeps half of what fails. Hand the rows over at once.",
)
def test_pieces_are_stored_all_or_none(
    solution: Namespace, original: Namespace
) -> None:
    """An import takes three statements at most; a bad piece leaves nothing behind."""
    called, word = "import_pieces(session, pieces)", fresh_word("song ")
    archive = Archive(solution, original)
    pieces: list[tuple[str, Any]] = []

    def more(numbers: range) -> None:
        archive.database.execute("DELETE FROM pieces")
        pieces.extend(("Trad.", f"{word} {n}") for n in numbers)

    costs = costs_at(
        SIZES,
        archive.database,
        more,
        lambda: archive.call("import_pieces", pieces),
        called=called,
    )
    expect_statements(costs, most=3, called=called, things="pieces")
    stored = "SELECT composer, title FROM pieces ORDER BY id"
    looked = "and looked at what is stored"
    expect_equal(
        archive.database.execute(stored),
        pieces,
        called=f"import_pieces(session, {len(pieces)} pieces) {looked}",
    )
    more(range(0))
    bad = [*pieces[:2], ("Anon.", None)]
    called = f"import_pieces(session, {bad!r})"
    expect_raises(
        "IntegrityError", lambda: archive.call("import_pieces", bad), called=called
    )
    expect_equal(archive.database.execute(stored), [], called=f"{called} {looked}")
