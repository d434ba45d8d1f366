"""Hidden criteria of the exercise open_closed."""

from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    class_names,
    expect,
    expect_raises,
    expect_result,
    fresh_word,
    literal_branches,
    outcome_of,
    result_of,
    same_as_original,
    type_tests,
)
from autograder.namespace import Namespace

CARRIERS = ("post", "courier", "locker")

PIGEON = """
class Pigeon:
    def quote(self, grams):
        return 2000 + grams

    def label(self, parcel_id):
        return f"PIGEON {parcel_id}"

    def days(self, zone):
        return 60 + zone

pigeon = Pigeon()
"""

# Classes that say what every carrier offers. Asking for one of these checks a carrier;
# it does not tell one carrier from another.
GENERAL_CLASSES = """
import inspect

general = [
    name
    for name, value in list(globals().items())
    if inspect.isclass(value)
    and (inspect.isabstract(value) or getattr(value, "_is_protocol", False))
]
"""


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-1.2.2.R2",
    hint="The place that looks a carrier up also knows when there is none.",
)
def test_bad_input_is_refused_as_before(
    solution: Namespace, original: Namespace
) -> None:
    """An unknown carrier or a negative weight raises ValueError, which names it."""

    def try_all(code: Namespace, carrier: str, grams: int) -> None:
        for call in (
            lambda: code.quote(carrier, 100),
            lambda: code.label(carrier, 7),
            lambda: code.days(carrier, 1),
            lambda: code.quote("post", grams),
            lambda: code.manifest([("post", 1, 10), (carrier, 2, 10)]),
        ):
            outcome_of(call)

    same_as_original(
        solution,
        original,
        try_all,
        cases=[{"carrier": "", "grams": grams} for grams in (-1, 0, 1)],
        carrier=st.text(min_size=1, max_size=12)
        | st.sampled_from(["Post", "post ", "pos"]),
        grams=st.integers(-500, 500),
    )
    name = fresh_word("carrier_")
    for call, ask, mentioned in (
        (f"quote({name!r}, 100)", lambda: solution.quote(name, 100), name),
        (f"label({name!r}, 7)", lambda: solution.label(name, 7), name),
        (f"days({name!r}, 1)", lambda: solution.days(name, 1), name),
        ("quote('post', -73)", lambda: solution.quote("post", -73), "-73"),
    ):
        expect_raises("ValueError", ask, called=call, mentions=[mentioned])


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.1.R2",
    hint="manifest asks for one parcel after the other and keeps their order.",
)
def test_manifest_keeps_order_and_total(
    solution: Namespace, original: Namespace
) -> None:
    """The manifest lists the parcels in the order given, then the total."""
    # Weights at no boundary: prices have a criterion of their own.
    weights = st.sampled_from([100, 250, 900, 2500])
    parcel = st.tuples(st.sampled_from(CARRIERS), st.integers(0, 10**6), weights)
    same_as_original(
        solution,
        original,
        lambda code, parcels: code.manifest(parcels),
        parcels=st.lists(parcel, max_size=6),
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.2.R1",
    hint="Check the three methods in add_carrier, before the name becomes known.",
)
def test_incomplete_carrier_is_refused(solution: Namespace) -> None:
    """A carrier that lacks a method is refused when added, not when first used."""
    methods: dict[str, Any] = {"quote": 1, "label": "x", "days": 1}
    for missing in methods:
        name = fresh_word("half_")
        offered = {key: value for key, value in methods.items() if key != missing}
        carrier = Fake(f"<carrier without {missing}>", **offered)
        added = f"add_carrier({name!r}, {carrier})"
        expect_raises(
            "TypeError", lambda: solution.add_carrier(name, carrier), called=added
        )
        for function in offered:
            expect_raises(
                "ValueError",
                lambda: getattr(solution, function)(name, 10),
                called=f"{added}; {function}({name!r}, 10) after that",
            )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.2.R2",
    hint="No line needs to compare a carrier's name with a text or ask for its class.",
)
def test_no_decision_on_names(solution: Namespace) -> None:
    """No code asks for a carrier's name or class to decide what to do."""
    for what, found in (
        ("name", literal_branches(solution, CARRIERS)),
        ("class", decisions_on_class(solution)),
    ):
        expect(
            not found,
            called="your code",
            got=f"decides on a carrier's {what}: {'; '.join(found)}",
            expected="each carrier to bring its own answers, and a lookup by name",
        )
    for name in CARRIERS:
        expect_replaceable(solution, name)


def decisions_on_class(solution: Namespace) -> list[str]:
    general = solution.probe(GENERAL_CLASSES).general
    classes = [name for name in class_names(solution) if name not in general]
    return type_tests(solution, classes) if classes else []


def expect_replaceable(solution: Namespace, name: str) -> None:
    """A name that the code still decides on keeps its old answers somewhere."""
    pigeon = solution.probe(PIGEON).pigeon
    added = f"add_carrier({name!r}, Pigeon())"
    result_of(
        lambda: solution.add_carrier(name, pigeon),
        called=added,
        expected="the new carrier to take the name over",
    )
    for call, ask, wanted in (
        (f"quote({name!r}, 700)", lambda: solution.quote(name, 700), 2700),
        (f"label({name!r}, 42)", lambda: solution.label(name, 42), "PIGEON 42"),
        (f"days({name!r}, 2)", lambda: solution.days(name, 2), 62),
    ):
        expect_result(ask, wanted, called=f"{added}; {call}")
