"""Hidden criteria of the exercise interface_segregation."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    expect,
    expect_equal,
    expect_raises,
    expect_result,
    fresh_word,
    outcome_of,
    result_of,
    same_as_original,
)
from autograder.namespace import Namespace

OPERATIONS = ("names", "read", "append", "delete")
ABLE = {
    "Snapshot": ("names", "read"),
    "Journal": ("names", "read", "append"),
    "Bucket": OPERATIONS,
}
NEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "latest": {"store": ("read",)},
    "ingest": {"store": ("append",)},
    "summary": {"store": ("names", "read")},
    "retire": {"store": ("names", "read", "delete"), "archive": ("append",)},
}

# Lines come, are read and go; what is gone can be neither read nor deleted again.
A_LIFE = [
    ("append", "buoy", "1"),
    ("append", "pier", "2"),
    ("append", "buoy", "3"),
    ("read", "buoy", ""),
    ("read", "old", ""),
    ("delete", "buoy", ""),
    ("read", "buoy", ""),
    ("delete", "buoy", ""),
]

# The dict lives beside the store: one from elsewhere would be a copy.
KEPT = """
given = {"old": "1", "older": ""}
snapshot = Snapshot(given)
given[name] = "3"
names = snapshot.names()
"""

# Real classes, not fakes: a __subclasshook__ looks for methods on the class.
STORES = """
used, appended, deleted = [], [], []

def names(self):
    used.append("names")
    return list(texts)

def read(self, name):
    used.append("read")
    return texts[name]

def append(self, name, line):
    used.append("append")
    appended.append([name, line])

def delete(self, name):
    used.append("delete")
    deleted.append(name)

_methods = {"names": names, "read": read, "append": append, "delete": delete}

def store(operations):
    return type("Store", (), {name: _methods[name] for name in operations})()
"""

# What the annotation of a client's parameter demands. Where it cannot be told, nothing.
DEMANDS = """
import inspect
import types
import typing

def demands(client, position):
    try:
        parameter = list(inspect.signature(client).parameters)[position]
        wanted = typing.get_type_hints(client)[parameter]
        return [getattr(wanted, "__name__", str(wanted)), sorted(_operations(wanted))]
    except Exception:  # no annotation, or one that is for type checkers only
        return ["", []]

def _operations(wanted):
    if isinstance(wanted, typing.TypeVar):
        return _operations(wanted.__bound__)
    origin = typing.get_origin(wanted)
    if origin in (typing.Union, types.UnionType):  # all that its members share
        return set.intersection(*map(_operations, typing.get_args(wanted)))
    if origin is not None:  # Readable[str]
        return _operations(origin)
    if not isinstance(wanted, type):
        return set()
    declared = {n for base in wanted.__mro__ for n in inspect.get_annotations(base)}
    return {o for o in operations if hasattr(wanted, o) or o in declared}
"""


def _texts() -> dict[str, str]:
    """Two gauges of two lines, named as no answer can foresee."""
    return {
        fresh_word(f"{gauge}_"): f"{fresh_word('1 ')}\n{fresh_word('2 ')}"
        for gauge in ("tide", "wind")
    }


def _listed(operations: Iterable[str]) -> str:
    """The operations in the words of a message: ``names, read and delete``."""
    *rest, last = operations or ["nothing"]
    return f"{', '.join(rest)} and {last}" if rest else last


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.2.4.R2",
    hint="Change what a client asks for, not what it does with the answer.",
)
def test_same_results_for_every_client(
    solution: Namespace, original: Namespace
) -> None:
    """ingest, summary and latest give the same results on each store as before."""

    def use(code: Any, readings: list[tuple[str, str]], asked: list[str]) -> None:
        texts: dict[str, str] = {}
        for name, line in readings:
            texts[name] = f"{texts[name]}\n{line}" if name in texts else line
        stores = [code.Snapshot(texts), code.Journal(), code.Bucket()]
        for store in stores[1:]:
            code.ingest(store, readings)
        for store in stores:
            code.summary(store)
            outcome_of(lambda: code.latest(store, asked))

    gauges = st.sampled_from(["pier", "lock", "lock/east", "quay 7"])
    same_as_original(
        solution,
        original,
        use,
        cases=[
            {
                "readings": [("pier", "1.20"), ("lock", "0.95"), ("pier", "1.31")],
                "asked": asked,
            }
            for asked in ([], ["pier"], ["lock", "pier", "lock"], ["pier", "buoy"])
        ],
        readings=st.lists(
            st.tuples(gauges, st.text("0123456789.:- ", max_size=6)), max_size=8
        ),
        asked=st.lists(gauges, max_size=3),
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.2.4.R1",
    hint="What a store can do today it still does, in the same way.",
)
def test_stores_answer_as_before(solution: Namespace, original: Namespace) -> None:
    """Each store gives the same answers as before to what it can do today."""

    def use(code: Any, script: list[tuple[str, str, str]]) -> None:
        given = {"old": "1\n2", "older": ""}
        snapshot, journal, bucket = code.Snapshot(given), code.Journal(), code.Bucket()
        for operation, name, line in script:
            if operation == "append":
                journal.append(name, line)
                bucket.append(name, line)
            elif operation == "read":
                for store in (snapshot, journal, bucket):
                    # Joined anew: an equal name, not the very same object.
                    outcome_of(lambda: store.read("".join(list(name))))
            else:
                outcome_of(lambda: bucket.delete(name))
            for store in (snapshot, journal, bucket):
                store.names()

    operations = st.sampled_from(["append", "read", "delete"])
    names = st.sampled_from(["old", "new", "buoy", "pier"])
    same_as_original(
        solution,
        original,
        use,
        cases=[{"script": A_LIFE}],
        script=st.lists(
            st.tuples(operations, names, st.text("0123.", max_size=4)), max_size=8
        ),
    )
    name = fresh_word("new_")
    expect_equal(
        list(solution.probe(KEPT, name=name).names),
        list(original.probe(KEPT, name=name).names),
        called="given = {'old': '1', 'older': ''}; snapshot = Snapshot(given); "
        f"given[{name!r}] = '3'; snapshot.names()",
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.2.4.R2",
    hint="Archive every line of a name, delete the name, tell which names went.",
)
def test_retire_moves_lines_as_before(solution: Namespace, original: Namespace) -> None:
    """retire moves the same lines as before, into a journal or another bucket."""

    def use(
        code: Any, readings: list[tuple[str, str]], prefix: str, archived: str
    ) -> None:
        bucket, archive = code.Bucket(), getattr(code, archived)()
        for name, line in readings:
            bucket.append(name, line)
        archive.append("2023/pier", "0.50")
        code.retire(bucket, archive, prefix)
        for store in (bucket, archive):
            for name in store.names():
                store.read(name)

    names = st.sampled_from(["2023/pier", "2023/lock", "2024/pier", "2"])
    same_as_original(
        solution,
        original,
        use,
        cases=[
            {
                "readings": [
                    ("2024/pier", "1.20"),
                    ("2023/pier", "1.10"),
                    ("2023/lock", "0.90"),
                    ("2023/pier", "1.15"),
                ],
                "prefix": prefix,
                "archived": archived,
            }
            for prefix in ("2023/", "", "2025")
            for archived in ("Journal", "Bucket")
        ],
        readings=st.lists(st.tuples(names, st.text("0123.", max_size=4)), max_size=8),
        prefix=st.sampled_from(["2023/", "202", "2024/pier", ""]),
        archived=st.sampled_from(["Journal", "Bucket"]),
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.4.R1",
    hint="A method that only raises, or does nothing, is a promise not kept.",
)
def test_stores_offer_only_what_they_can_do(solution: Namespace) -> None:
    """Each store has the operations that it can do, and no trace of the others."""
    name, line = fresh_word("gauge_"), fresh_word("line_")
    snapshot = solution.Snapshot({name: line})
    for kind, making, store in [
        ("Snapshot", f"store = Snapshot({{{name!r}: {line!r}}})", snapshot),
        ("Journal", "store = Journal()", solution.Journal()),
        ("Bucket", "store = Bucket()", solution.Bucket()),
    ]:
        _can_do(store, ABLE[kind], making, name, line)
        visible = solution.probe("names = list(dir(store))", store=store).names
        for operation in (o for o in OPERATIONS if o not in ABLE[kind]):
            expect(
                operation not in visible,
                called=f"{making}; dir(store)",
                got=f"lists {operation}",
                expected=f"no {operation}: a {kind.lower()} cannot do it",
            )
            outcome = outcome_of(lambda: getattr(store, operation))
            expect(
                "AttributeError" in outcome.errors,
                called=f"{making}; store.{operation}",
                got=str(outcome),
                expected=f"an AttributeError: a {kind.lower()} has no {operation}",
            )


def _can_do(store: Any, able: Iterable[str], making: str, name: str, line: str) -> None:
    steps = [making]
    if "append" in able:
        steps.append(f"store.append({name!r}, {line!r})")
        expect_result(lambda: store.append(name, line), None, called="; ".join(steps))
    steps.append(f"store.read({name!r})")
    expect_result(lambda: store.read(name), line, called="; ".join(steps))


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.4.R3",
    hint="Which operations does each client call? Ask for these alone.",
)
def test_clients_ask_only_for_what_they_use(solution: Namespace) -> None:
    """ingest, summary and retire need only what they call; no annotation asks more."""
    texts = _texts()
    _ingest_needs_no_more(solution, texts)
    _summary_needs_no_more(solution, texts)
    _retire_needs_no_more(solution, texts)
    _annotations_demand_no_more(solution)


def _with_no_more(client: str) -> str:
    """The stores of a client, in the words of a message."""
    return "; ".join(
        f"{parameter} = an object with {_listed(operations)} only"
        for parameter, operations in NEEDS[client].items()
    )


def _ingest_needs_no_more(solution: Namespace, texts: dict[str, str]) -> None:
    probe = solution.probe(STORES, texts=texts)
    store = probe.store(NEEDS["ingest"]["store"])
    readings = [(name, text[:5]) for name, text in texts.items()]
    called = f"{_with_no_more('ingest')}; ingest(store, {readings!r})"
    expect_result(
        lambda: solution.ingest(store, readings), len(readings), called=called
    )
    expect_equal(
        list(probe.appended),
        [list(reading) for reading in readings],
        called=f"{called}; the lines appended",
    )


def _summary_needs_no_more(solution: Namespace, texts: dict[str, str]) -> None:
    store = solution.probe(STORES, texts=texts).store(NEEDS["summary"]["store"])
    expect_result(
        lambda: solution.summary(store),
        dict.fromkeys(texts, 2),
        called=f"{_with_no_more('summary')}; summary(store)",
    )


def _retire_needs_no_more(solution: Namespace, texts: dict[str, str]) -> None:
    probe = solution.probe(STORES, texts=texts)
    store, archive = (probe.store(needed) for needed in NEEDS["retire"].values())
    called = f"{_with_no_more('retire')}; retire(store, archive, 'tide')"
    tide = next(iter(texts))
    expect_result(
        lambda: solution.retire(store, archive, "tide"), [tide], called=called
    )
    expect_equal(
        [list(probe.appended), list(probe.deleted)],
        [[[tide, line] for line in texts[tide].split("\n")], [tide]],
        called=f"{called}; the lines archived, the names deleted",
    )


def _annotations_demand_no_more(solution: Namespace) -> None:
    probe = solution.probe(DEMANDS, operations=OPERATIONS)
    for client, needs in NEEDS.items():
        for position, (parameter, used) in enumerate(needs.items()):
            kind, demanded = probe.demands(getattr(solution, client), position)
            unused = [o for o in OPERATIONS if o in demanded and o not in used]
            expect(
                not unused,
                called=f"{client} as it is annotated, with a {kind} for {parameter}",
                got=f"demands {_listed(unused)}, which it never calls",
                expected=f"a type with {_listed(used)}, and nothing more",
            )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.4.R3",
    hint="Look at every store a client is given before the first call on any.",
)
def test_unsuitable_store_is_refused_first(solution: Namespace) -> None:
    """A client refuses a store that lacks what it needs, before it uses any store."""
    texts = _texts()
    others: dict[str, list[Any]] = {
        "latest": [[*texts]],
        "ingest": [[(name, "1.20") for name in texts]],
        "summary": [],
        "retire": ["tide"],
    }
    for client, needs in NEEDS.items():
        _takes_whole_stores(solution, texts, client, others[client])
        for parameter, operations in needs.items():
            for missing in operations:
                lack = (parameter, missing)
                _refuses_first(solution, texts, client, others[client], lack)


def _call(client: str, others: list[Any]) -> str:
    return f"{client}({', '.join([*NEEDS[client], *map(repr, others)])})"


def _takes_whole_stores(
    solution: Namespace, texts: dict[str, str], client: str, others: list[Any]
) -> None:
    probe = solution.probe(STORES, texts=texts)
    stores = [probe.store(OPERATIONS) for _ in NEEDS[client]]
    result_of(
        lambda: getattr(solution, client)(*stores, *others),
        called=f"{_call(client, others)} with objects that have all four operations",
        expected="no exception: nothing is missing",
    )


def _refuses_first(
    solution: Namespace,
    texts: dict[str, str],
    client: str,
    others: list[Any],
    lack: tuple[str, str],
) -> None:
    lacking, missing = lack
    probe = solution.probe(STORES, texts=texts)
    stores = [
        probe.store([o for o in OPERATIONS if (parameter, o) != lack])
        for parameter in NEEDS[client]
    ]
    called = f"{_call(client, others)} whose {lacking} has no {missing}"
    expect_raises(
        "TypeError",
        lambda: getattr(solution, client)(*stores, *others),
        called=called,
    )
    used = list(dict.fromkeys(probe.used))
    expect(
        not used,
        called=called,
        got=f"used {_listed(used)} before it raised TypeError",
        expected="a TypeError before any operation is used",
    )
