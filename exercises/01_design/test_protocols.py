"""Visible criteria: learners have this file."""

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect_result, fresh_word, result_of, same_as_original
from autograder.namespace import Namespace

WORDS = st.text("abcdeé '-", min_size=1, max_size=12)

# Made beside your code; it inherits from nothing of yours.
HARP = """
class Harp:
    def label(self):
        return f"Harp {word}"

    def row(self):
        return ["harp", word]
"""


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-3.2.R1",
    hint="Move each text as it is; change where it stands, not what it says.",
)
def test_own_exhibits_read_as_before(solution: Namespace, original: Namespace) -> None:
    """Wall labels and export rows of paintings and coins are the same as before."""

    def show(code: Namespace, title: str, who: str, year: int, grams: float) -> None:
        for item in (code.Painting(title, who, year), code.Coin(who, year, grams)):
            code.wall_label(item)
            code.export_row(item)

    same_as_original(
        solution,
        original,
        show,
        cases=[
            {"title": "Dawn", "who": "Ada", "year": year, "grams": 3.14}
            for year in (-2, -1, 0, 1, 2)
        ],
        title=WORDS,
        who=WORDS,
        year=st.integers(-900, 2030),
        grams=st.floats(0.1, 80),
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-4.2.R7",
    hint="Look for every place that still asks who an exhibit is, not what it can do.",
)
def test_exhibit_from_elsewhere_is_shown(solution: Namespace) -> None:
    """An exhibit of an unrelated class is shown, exported, catalogued and withdrawn."""
    word = fresh_word("from_")
    harp = solution.probe(HARP, word=word).Harp()
    expect_result(
        lambda: solution.wall_label(harp), f"Harp {word}", called="wall_label(harp)"
    )
    expect_result(
        lambda: solution.export_row(harp), ["harp", word], called="export_row(harp)"
    )
    catalogue = solution.open_catalogue()
    acquired = "catalogue = open_catalogue(); catalogue.acquire(12, harp)"
    result_of(
        lambda: catalogue.acquire(12, harp),
        called=acquired,
        expected="the harp in the catalogue",
    )
    expect_result(
        lambda: catalogue.sheet([12])[1:],
        [f"0012: harp; {word}"],
        called=f"{acquired}; catalogue.sheet([12])[1:]",
    )
    expect_result(
        lambda: catalogue.withdraw(12),
        f"On loan: Harp {word}",
        called=f"{acquired}; catalogue.withdraw(12)",
    )
