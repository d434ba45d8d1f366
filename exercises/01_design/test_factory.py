"""Visible criteria: learners have this file."""

import json

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect, expect_result, fresh_word, same_as_original
from autograder.namespace import Namespace

Booking = tuple[str, int, str]


def csv_text(bookings: list[Booking], separator: str = ";") -> str:
    lines = [separator.join(["day", "amount", "purpose"])]
    for day, cents, purpose in bookings:
        sign = "-" if cents < 0 else ""
        amount = f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}"
        lines.append(separator.join([day, amount, purpose]))
    return "\n".join(lines)


def mt940_text(bookings: list[Booking]) -> str:
    lines = [":20:STATEMENT"]
    for day, cents, purpose in bookings:
        amount = f"{abs(cents) // 100},{abs(cents) % 100:02d}"
        mark = "D" if cents < 0 else "C"
        lines += [f":61:{day[2:].replace('-', '')}{mark}{amount}", f":86:{purpose}"]
    return "\n".join(lines)


def json_text(bookings: list[Booking], key: str = "bookings") -> str:
    names = ("day", "cents", "purpose")
    return json.dumps({key: [dict(zip(names, b, strict=True)) for b in bookings]})


# Made beside your code; one of the two methods is inherited.
CAMT = """
class Lenient:
    def validate(self, text):
        return True

@register(name)
class Camt(Lenient):
    def __init__(self, prefix="none: "):
        self.prefix = prefix

    def process(self, text):
        return [("2024-05-01", 700, self.prefix + text)]

still_a_class = isinstance(Camt, type)
"""


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.3.1.R1",
    hint="Change how the importers are found, not what they read.",
)
def test_same_bookings_as_before(solution: Namespace, original: Namespace) -> None:
    """Bookings are as before; create_importer makes a new importer each time."""

    def read(code: Namespace, bookings: list[Booking]) -> None:
        code.import_statement("csv", csv_text(bookings))
        code.import_statement("csv", csv_text(bookings, "|"), separator="|")
        code.import_statement("mt940", mt940_text(bookings))
        code.import_statement("mt940", mt940_text(bookings), century=19)
        code.import_statement("json", json_text(bookings))
        code.import_statement("json", json_text(bookings, "rows"), key="rows")
        code.formats()

    booking = st.tuples(
        st.dates().map(str),
        st.integers(-100_000_00, 100_000_00),
        st.text(alphabet="abc äß€.:-", max_size=12),
    )
    same_as_original(
        solution,
        original,
        read,
        cases=[
            {"bookings": []},
            {"bookings": [("2024-03-01", 29, "interest")]},
            {"bookings": [("2024-03-01", -29, "fee"), ("2023-12-31", 0, "")]},
        ],
        bookings=st.lists(booking, max_size=4),
    )
    for name in ("csv", "json", "mt940"):
        same = f"create_importer({name!r}) is create_importer({name!r})"
        expect(
            not solution.probe(f"answer = {same}").answer,
            called=same,
            got="returned True",
            expected="False: a new importer for each call",
        )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.3.1.R2",
    hint="The class's name stands for whatever your decorator returns.",
)
def test_registered_class_works_everywhere(solution: Namespace) -> None:
    """A registered class is listed, created with its options, and stays a class."""
    name, word = fresh_word("camt_"), fresh_word("rent ")
    there = solution.probe(CAMT, name=name)
    added = f"@register({name!r}) on a class Camt(prefix='none: ')"
    expect(
        there.still_a_class,
        called=added,
        got="left something under the name Camt that is not a class",
        expected="Camt to be usable as before",
    )
    expect_result(
        lambda: there.Camt("own: ").process(word),
        [("2024-05-01", 700, f"own: {word}")],
        called=f"{added}; Camt('own: ').process({word!r})",
    )
    expect_result(
        solution.formats,
        sorted(["csv", "json", "mt940", name]),
        called=f"{added}; formats()",
    )
    expect_result(
        lambda: solution.import_statement(name, word),
        [("2024-05-01", 700, f"none: {word}")],
        called=f"{added}; import_statement({name!r}, {word!r})",
    )
    expect_result(
        lambda: solution.import_statement(name, word, prefix="some: "),
        [("2024-05-01", 700, f"some: {word}")],
        called=f"{added}; import_statement({name!r}, {word!r}, prefix='some: ')",
    )
