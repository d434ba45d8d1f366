"""Visible criteria: learners have this file."""

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect_result, fresh_word, result_of, same_as_original
from autograder.namespace import Namespace

CARRIERS = ("post", "courier", "locker")
# Around every weight at which a price changes.
GRAMS = (0, 1, 499, 500, 501, 599, 600, 999, 1000, 1001, 1999, 2000, 2001, 3000)

DRONE = """
class Drone:
    def quote(self, grams):
        return 1000 + grams

    def label(self, parcel_id):
        return f"DRONE {parcel_id}"

    def days(self, zone):
        return 40 + zone

drone = Drone()
"""


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.2.2.R1",
    hint="Move each formula as it is; change where it stands, not what it computes.",
)
def test_same_answers_as_before(solution: Namespace, original: Namespace) -> None:
    """The three carriers have the same prices, labels and delivery times as before."""

    def ask(
        code: Namespace, carrier: str, grams: int, parcel_id: int, zone: int
    ) -> None:
        code.quote(carrier, grams)
        code.label(carrier, parcel_id)
        code.days(carrier, zone)

    same_as_original(
        solution,
        original,
        ask,
        cases=[
            # Prices depend on the weight alone, and delivery times on the zone.
            {"carrier": carrier, "grams": grams, "parcel_id": 7 * grams, "zone": n % 6}
            for carrier in CARRIERS
            for n, grams in enumerate(GRAMS)
        ],
        carrier=st.sampled_from(CARRIERS),
        grams=st.integers(0, 30_000),
        parcel_id=st.integers(0, 10**9),
        zone=st.integers(0, 6),
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.2.R2",
    hint="quote, label and days should all look the carrier up in the same place.",
)
def test_new_carrier_works_everywhere(solution: Namespace) -> None:
    """A carrier added with add_carrier works in quote, label, days and manifest."""
    name, drone = fresh_word("drone_"), solution.probe(DRONE).drone
    added = f"add_carrier({name!r}, Drone())"
    result_of(
        lambda: solution.add_carrier(name, drone),
        called=added,
        expected="a carrier with all three methods to be accepted",
    )
    parcels = [(name, 42, 234)]
    for call, ask, wanted in (
        (f"quote({name!r}, 700)", lambda: solution.quote(name, 700), 1700),
        (f"label({name!r}, 42)", lambda: solution.label(name, 42), "DRONE 42"),
        (f"days({name!r}, 2)", lambda: solution.days(name, 2), 42),
        (
            f"manifest({parcels})",
            lambda: solution.manifest(parcels),
            ["DRONE 42: 12.34", "total: 12.34"],
        ),
    ):
        expect_result(ask, wanted, called=f"{added}; {call}")
