"""Hidden criteria of type_hints."""

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import Fake, calls_to, expect_result, same_as_original
from autograder.checks.typecheck import expect_hints_hold, expect_uses
from autograder.namespace import Namespace

SETUP = """
from solution import bills, latest, parse, used

lines = ["A7;1;10", "A7;9;25.5", "A7;12;", "B2;9;7"]

def tariff(kwh: float) -> float:
    return kwh * 0.3

def by_name(meter: str) -> float:
    return len(meter) * 0.3

def in_words(kwh: float) -> str:
    return f"{kwh} kWh"
"""
LINE = st.one_of(
    st.builds(
        "{};{};{}".format,
        st.sampled_from(["A7", "", "B 2"]),
        st.integers(-3, 400),
        st.sampled_from(["", "0", "12.5", "1e3", "x"]),
    ),
    st.sampled_from(["", "A7;3", "A7;3;4;5", "A7;x;1", ";;"]),
)


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-4.2.R1",
    hint="parse was right: only its hints were not.",
)
def test_same_records(solution: Namespace, original: Namespace) -> None:
    """parse returns the records that it returned, and refuses the same lines."""
    same_as_original(
        solution,
        original,
        lambda code, lines: code.parse(lines),
        cases=[
            {"lines": lines}
            for lines in ([], ["A7;31;1204.5", "A7;32;"], ["A7;3"], ["A7;x;1"])
        ],
        lines=st.lists(LINE, max_size=4),
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-4.2.R2",
    hint="A record has three keys, and each has a type of its own.",
)
def test_records_are_described(solution: Namespace) -> None:
    """A caller who mistypes a key, or takes a day for a text, learns it from mypy."""
    expect_uses(
        solution,
        setup=SETUP,
        accepted=[
            "parse(lines)[0]['day'] + 1",
            "parse(lines)[0]['meter'].upper()",
            "latest([{'meter': 'A7', 'day': 3, 'kwh': 1.5}], 'A7')",
        ],
        refused={
            "parse(lines)[0]['kWh']": "a record has no key 'kWh'",
            "parse(lines)[0]['day'].upper()": "a day is no text",
            "parse(lines)[0]['meter'] + 1": "a meter is no number",
            "latest([{'meter': 'A7', 'day': '3', 'kwh': 1.5}], 'A7')": (
                "the day of a record is a whole number"
            ),
        },
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-4.1.R4",
    hint="May it be None? Then its hint says so, and no other hint does.",
)
def test_absence_is_in_the_hints(solution: Namespace) -> None:
    """Who forgets that a reading may be missing learns it from mypy, nobody else."""
    expect_uses(
        solution,
        setup=SETUP,
        accepted=[
            "found = latest(parse(lines), 'A7')\nif found:\n    print(found)",
            "latest(parse(lines), 'A7', None)",
            "latest(parse(lines), 'A7', 9)",
            "kwh = used(parse(lines), 'A7', 2, 13)\nif kwh is not None:\n    kwh + 0.5",
            "due = bills(parse(lines), ['A7'], 2, 13, tariff)['A7'] or 0.0\ndue + 0.5",
        ],
        refused={
            "latest(parse(lines), 'A7')['meter']": "there may be no reading",
            "used(parse(lines), 'A7', 2, 13) + 0.5": "a reading may be missing",
            "bills(parse(lines), ['A7'], 2, 13, tariff)['A7'] + 0.5": (
                "a bill may be missing"
            ),
            "latest(parse(lines), None)": "a meter has a name",
            "used(parse(lines), 'A7', None, 13)": "a period has a start",
            "bills(None, ['A7'], 2, 13, tariff)": "who has no readings passes []",
        },
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-4.2.R4",
    hint="A hint for a function says what it is given and what it gives back.",
)
def test_tariff_is_described(solution: Namespace) -> None:
    """mypy accepts a tariff from kWh to amount, and no other function."""
    expect_uses(
        solution,
        setup=SETUP,
        accepted=[
            "bills(parse(lines), ['A7'], 2, 13, tariff)",
            "bills(parse(lines), ['A7'], 2, 13, lambda kwh: kwh * 0.3 + 2)",
        ],
        refused={
            "bills(parse(lines), ['A7'], 2, 13, by_name)": "a tariff is given kWh",
            "bills(parse(lines), ['A7'], 2, 13, in_words)": "a tariff returns a number",
            "bills(parse(lines), ['A7'], 2, 13, 0.3)": "a number cannot be called",
            "bills(parse(lines), ['A7'], 2, 13, lambda: 2.0)": "a tariff is given kWh",
        },
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-2.3.R5",
    hint="Look at what is really returned for an empty register and an unknown meter.",
)
def test_hints_say_what_is_so(solution: Namespace) -> None:
    """What comes back is of the type that the hints promise, also where None comes."""
    expect_hints_hold(
        solution,
        [
            "parse(lines)",
            "latest(parse(lines), 'A7')",
            "latest(parse(lines), 'A7', 2)",
            "latest(parse(lines), 'Z0')",
            "latest([], 'A7', None)",
            "used(parse(lines), 'A7', 2, 13)",
            "used(parse(lines), 'Z0', 2, 13)",
            "bills(parse(lines), ['A7', 'B2'], 2, 13, tariff)",
            "latest(parse(lines), None)",
            "latest(None, 'A7')",
            "latest(parse(lines), 'A7', '9')",
            "used(parse(lines), 'A7', None, None)",
            "bills(parse(lines), ['A7'], 2, 13, None)",
        ],
        setup=SETUP,
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-4.1.R6",
    hint="Two questions: is it None, or is it false? 0 is false, and is a day.",
)
def test_missing_is_none_and_zero_is_a_day(solution: Namespace) -> None:
    """A missing reading leads to None, not to an error; day 0 is a day like others."""
    start = [{"meter": "A7", "day": day, "kwh": 10.0 * day} for day in (0, 1)]
    shown = f"readings = {start!r}"
    expect_result(
        lambda: solution.latest(start, "A7", 0),
        None,
        called=f"{shown}; latest(readings, 'A7', 0)",
    )
    for meter, begin in (("A7", 0), ("Z0", 1)):
        expect_result(
            lambda: solution.used(start, meter, begin, 9),
            None,
            called=f"{shown}; used(readings, {meter!r}, {begin}, 9)",
        )
    tariff = Fake("tariff", when_called="amount", amount=7.5)
    expect_result(
        lambda: solution.bills(start, ["Z0", "A7"], 1, 9, tariff),
        {"Z0": None, "A7": 7.5},
        called=f"{shown}; bills(readings, ['Z0', 'A7'], 1, 9, tariff)",
    )
    expect_result(
        lambda: [list(call.args) for call in calls_to(tariff)],
        [[10.0]],
        called=f"{shown}; bills(readings, ['Z0', 'A7'], 1, 9, tariff) and looked at "
        "what the tariff was given",
    )
