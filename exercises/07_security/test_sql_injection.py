"""Visible criteria of sql_injection: learners have this file."""

from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect_equal, fresh_word, same_as_original
from autograder.checks.database import Database, HandedOver, receiving
from autograder.checks.injections import expect_bound, expect_harmless, injections
from autograder.namespace import Namespace

FUNCTIONS = ("register", "search", "found_at", "collect", "watch", "hits")
KINDS = ["blue umbrella", "Umbrella", "violin", "violin case", "parrot", "glove"]
WORDS = st.sampled_from(["umbrella", "VIOLIN", "", "o", "kite", "blue umbrella"])
PLACES = ["tram 4", "station", "market"]
NUMBERS = st.integers(0, 7)
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("search"),
            WORDS,
            st.sampled_from(["kind", "found_on"]),
            st.sampled_from(["asc", "desc"]),
            NUMBERS.map(str) | NUMBERS,
        ),
        st.tuples(st.just("found_at"), st.lists(st.sampled_from([*PLACES, "zoo"]))),
        st.tuples(
            st.just("collect"),
            NUMBERS.map(str) | NUMBERS,
            st.sampled_from(["proof 0", "proof 1", "proof 2"]),
        ),
        st.tuples(st.just("watch"), st.sampled_from(["Kim", "Lee"]), WORDS),
        st.tuples(st.just("hits"), st.sampled_from(["Kim", "Lee"])),
    ),
    max_size=8,
)


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-9.4.R1",
    hint="Change how values reach the database, not what is asked of it.",
)
def test_ordinary_days_go_on(solution: Namespace, original: Namespace) -> None:
    """What ordinary people ask and register has the same results as before."""

    def day(code: Namespace, kinds: list[str], steps: list[tuple[Any, ...]]) -> object:
        connection = HandedOver("connection", lambda: Database(*original.SCHEMA))
        for number, kind in enumerate(kinds):
            place, date = PLACES[number % 3], f"2026-03-{28 - number}"
            code.register(connection, kind, place, date, f"proof {number}")
        for name, *given in steps:
            getattr(code, name)(connection, *given)
        return connection.database.contents()

    everything = [
        ("search", "", "place", "asc", "9"),
        ("search", "a"),
        ("found_at", PLACES),
        ("watch", "Kim", "umbrella"),
        ("watch", "Kim", ""),
        ("hits", "Kim"),
        ("collect", "2", "proof 0"),
        ("collect", "2", "proof 1"),
        ("collect", "2", "proof 1"),
        ("found_at", []),
        ("hits", "Kim"),
    ]
    same_as_original(
        receiving(solution, *FUNCTIONS),
        receiving(original, *FUNCTIONS),
        day,
        cases=[{"kinds": KINDS[:3], "steps": everything}],
        examples=8,
        kinds=st.permutations(KINDS),
        steps=STEPS,
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-10.1.R10",
    hint="The words are one value. The percent signs around them belong to it.",
)
def test_search_finds_only_what_is_asked(
    solution: Namespace, original: Namespace
) -> None:
    """Whatever words somebody types, SQL among them, search only looks for them."""
    kind, proof = fresh_word("kind "), fresh_word("proof ")
    database = Database(*original.SCHEMA)
    things = [{"kind": kind, "proof": proof, "here": here} for here in (1, 0, 0)]
    database.fill("items", things)
    connection = database.connection(solution)
    expect_harmless(
        database,
        lambda words: solution.search(connection, words),
        injections("text", table="items", column="proof", width=4),
        called="search(connection, {})",
        hidden={"proofs": [proof], "things that it did not ask for": [kind]},
    )
    call = f"search(connection, {kind!r})"
    rows = expect_bound(
        database, lambda: solution.search(connection, kind), [kind], called=call
    )
    expect_equal(rows, [(1, kind, None, None)], called=call)
