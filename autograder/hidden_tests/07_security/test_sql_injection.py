"""Hidden criteria of sql_injection."""

from autograder import criterion
from autograder.checks import (
    expect_equal,
    expect_result,
    fresh_number,
    fresh_word,
    result_of,
)
from autograder.checks.database import Database
from autograder.checks.injections import (
    HONEST_TEXTS,
    Injection,
    expect_bound,
    expect_harmless,
    expect_refused,
    injections,
)
from autograder.namespace import Namespace


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-9.4.R2",
    hint="A number without quotes is a value as well, and so is the proof.",
)
def test_nothing_is_handed_over_without_its_proof(
    solution: Namespace, original: Namespace
) -> None:
    """collect hands a thing over for its number and its proof, and for nothing else."""
    item, proof = fresh_number(70_000, 90_000), fresh_word("proof ")
    database = Database(*original.SCHEMA)
    database.fill("items", [{"id": i, "proof": proof} for i in (1, item)])
    connection = database.connection(solution)
    expect_harmless(
        database,
        lambda number: solution.collect(connection, number, proof),
        injections("number", table="items", column="proof"),
        called=f"collect(connection, {{}}, {proof!r})",
        wanted=False,
    )
    expect_harmless(
        database,
        lambda detail: solution.collect(connection, item, detail),
        [
            *injections("text", table="items", column="proof"),
            *injections("pattern", table="items", column="proof"),
        ],
        called=f"collect(connection, {item}, {{}})",
        wanted=False,
    )
    call = f"collect(connection, {item}, {proof!r})"
    done = expect_bound(
        database,
        lambda: solution.collect(connection, item, proof),
        [item],
        called=call,
        unwritten=[proof],
    )
    expect_equal(done, True, called=call)
    left = database.execute("SELECT id FROM items WHERE here")
    expect_equal(left, [(1,)], called=f"{call} and looked at what is still here")


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-10.1.R1",
    hint="A name cannot be a parameter. What stands in SQL must come from your table.",
)
def test_order_comes_from_a_closed_list(
    solution: Namespace, original: Namespace
) -> None:
    """Only the sorts and directions of the form reach SQL; a limit is a value."""
    limit, kind = fresh_number(70_000, 90_000), fresh_word("kind ")
    database = Database(*original.SCHEMA)
    database.fill("items", [{"kind": kind, "here": here} for here in (1, 0)])
    connection = database.connection(solution)

    def names(known: str) -> list[Injection]:
        return injections("name", table="items", column="proof", known=known)

    expect_refused(
        database,
        lambda sort: solution.search(connection, "", sort),
        names("kind"),
        called="search(connection, '', {})",
    )
    expect_refused(
        database,
        lambda direction: solution.search(connection, "", "kind", direction),
        names("asc"),
        called="search(connection, '', 'kind', {})",
    )
    expect_harmless(
        database,
        lambda limit: solution.search(connection, "no", "kind", "asc", limit),
        injections("number", table="items", column="kind", width=4),
        called="search(connection, 'no', 'kind', 'asc', {})",
        hidden={"things that it did not ask for": [kind]},
    )
    expect_bound(
        database,
        lambda: solution.search(connection, kind, "kind", "asc", limit),
        [],
        unwritten=[limit],
        called=f"search(connection, {kind!r}, 'kind', 'asc', {limit})",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-9.4.R1",
    hint="Quotes that you put there yourself are not parameters. A list has several.",
)
def test_lists_and_new_entries_are_values(
    solution: Namespace, original: Namespace
) -> None:
    """What found_at looks for and what register stores are values, how many ever."""
    proof = fresh_word("proof ")
    database = Database(*original.SCHEMA)
    database.fill("items", [{"place": "station", "proof": proof}])
    connection = database.connection(solution)
    attacks = injections("text", table="items", column="proof", width=4)
    expect_harmless(
        database,
        lambda place: solution.found_at(connection, ["zoo", place]),
        attacks,
        called="found_at(connection, ['zoo', {}])",
        hidden={"proofs": [proof], "things that it did not ask for": ["station"]},
    )
    for count in (1, 2, 40):
        places = [fresh_word("place ") for _ in range(count)]
        shown = repr(places) if count < 3 else f"[{places[0]!r}, ... {count} places]"
        expect_bound(
            database,
            lambda: solution.found_at(connection, places),
            places,
            called=f"found_at(connection, {shown})",
        )
    thing = [fresh_word(f"{name} ") for name in ("kind", "place", "day", "proof")]
    expect_bound(
        database,
        lambda: solution.register(connection, *thing),
        thing,
        called=f"register(connection, {str(thing)[1:-1]})",
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-10.1.R3",
    hint="Who typed what stands in the table? A row is no safer than a form.",
)
def test_saved_words_are_values_too(solution: Namespace, original: Namespace) -> None:
    """Words that were saved and are used later are looked for, and never run."""
    kind, proof = fresh_word("kind "), fresh_word("proof ")
    database = Database(*original.SCHEMA)
    things = [{"kind": kind, "proof": proof, "here": here} for here in (1, 0)]
    database.fill("items", things)
    connection = database.connection(solution)

    def watched(words: str) -> object:
        person = fresh_word("Kim_")
        solution.watch(connection, person, words)
        return solution.hits(connection, person)

    expect_harmless(
        database,
        watched,
        injections("text", table="items", column="proof", width=4),
        called="watch(connection, 'Kim', {}); hits(connection, 'Kim')",
        hidden={"proofs": [proof], "things that it did not ask for": [kind]},
        writes=["searches"],
    )
    solution.watch(connection, "Lee", kind)
    call = f"watch(connection, 'Lee', {kind!r}); hits(connection, 'Lee')"
    rows = expect_bound(
        database, lambda: solution.hits(connection, "Lee"), [kind], called=call
    )
    expect_equal(rows, [(1, kind, None, None)], called=call)


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-10.1.R6",
    hint="Take what people write as it is. A bound pattern is still a pattern.",
)
def test_people_find_what_they_typed(solution: Namespace, original: Namespace) -> None:
    """O'Brien and 100%_discount are stored as typed, and found, and nothing else is."""
    database = Database(*original.SCHEMA)
    connection = database.connection(solution)
    database.fill("items", [{"kind": "plain thing", "place": "zoo"}])
    for attack in injections("pattern", table="items", column="proof"):
        text = attack.text
        solution.watch(connection, text, text)
        for call, find in (
            ("search", lambda: solution.search(connection, text)),
            ("hits", lambda: solution.hits(connection, text)),
        ):
            saved = f"watch(connection, {text!r}, {text!r}); " if call == "hits" else ""
            expect_result(
                find,
                [],
                called=f"{saved}{call}(connection, {text!r}) with one thing in the "
                "office, a 'plain thing'",
            )
    for text in HONEST_TEXTS:
        made = f"register(connection, {text!r}, {text!r}, '2026-01-02', {text!r})"
        item = result_of(
            lambda: solution.register(connection, text, text, "2026-01-02", text),
            called=made,
            expected="the number of the thing",
        )
        row = [(item, text, text, "2026-01-02")]
        for call, find in (
            (
                f"search(connection, {text!r})",
                lambda: solution.search(connection, text),
            ),
            (
                f"found_at(connection, [{text!r}])",
                lambda: solution.found_at(connection, [text]),
            ),
        ):
            expect_result(find, row, called=f"item = {made}; {call}")
        solution.watch(connection, text, text)
        call = f"watch(connection, {text!r}, {text!r}); hits(connection, {text!r})"
        expect_result(
            lambda: solution.hits(connection, text), row, called=f"{made}; {call}"
        )
        call = f"collect(connection, item, {text!r})"
        expect_result(
            lambda: solution.collect(connection, item, text),
            True,
            called=f"item = {made}; {call}",
        )
