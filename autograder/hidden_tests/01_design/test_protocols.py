"""Hidden criteria of the exercise protocols."""

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
    type_tests,
)
from autograder.namespace import Namespace, Probe

# A store of another library. Its length makes an empty one false, and its shelf is not
# what a ShelfStore may call so.
ARCHIVE = """
class Archive:
    def __init__(self):
        self.records = {}
        self.shelf = {}

    def __len__(self):
        return len(self.records)

    def get(self, number):
        return self.records[number]

    def save(self, number, item):
        self.records[number] = item

    def delete(self, number):
        del self.records[number]

    def numbers(self):
        return sorted(self.records)
"""

CRATES = """
def crate(**members):
    return type(class_name, (), members)()

def method(self):
    return "a harp"

nothing = crate()
texts = crate(label="a harp", row="harp")
row_only = crate(label=None, row=method)
label_only = crate(label=method)
"""
LIKE = {
    "nothing": "<an object with no label() and no row()>",
    "texts": "<an object whose label and row are texts>",
    "row_only": "<an object with row(), whose label is None>",
    "label_only": "<an object with label() and no row()>",
}

MADE = "catalogue = Catalogue(archive, settings)"
WHICH = ", with an archive of another library that is empty at first"

# What the annotation of a first parameter lets a type checker accept.
ANNOTATION = """
import inspect
import types
import typing

def resolved(hint):
    def bearer(it): ...
    bearer.__annotations__ = {"it": hint}
    return typing.get_type_hints(bearer)["it"]

def parts(hint):
    hint = resolved(hint)
    if isinstance(hint, typing.TypeVar):
        choices = hint.__constraints__ or [hint.__bound__ or object]
    elif hasattr(hint, "__value__"):  # an alias made by a type statement
        choices = [hint.__value__]
    elif typing.get_origin(hint) in (typing.Union, types.UnionType):
        choices = [h for h in typing.get_args(hint) if h is not type(None)]
    else:
        return [typing.get_origin(hint) or hint]
    return [part for choice in choices for part in parts(choice)]

def members(protocol):
    names = {*dir(protocol), *typing.get_type_hints(protocol)}
    return {name for name in names if not name.startswith("_")}

first = next(iter(inspect.signature(function).parameters.values()), None)
annotated = first is not None and first.annotation is not first.empty
parameter = first.name if first else "a first parameter"
accepted = [
    (
        getattr(part, "__name__", str(part)),
        members(part) if getattr(part, "_is_protocol", False) else None,
    )
    for part in (parts(first.annotation) if annotated else [])
]
"""


def keep_a_catalogue(
    code: Namespace, rulers: list[str], withdrawn: list[int], asked: list[int]
) -> None:
    catalogue, other = code.open_catalogue(), code.open_catalogue()
    for number, ruler in enumerate(rulers):
        catalogue.acquire(number, code.Coin(ruler, 117, 3.5))
    for number in withdrawn:
        outcome_of(lambda: catalogue.withdraw(number))
    outcome_of(lambda: catalogue.sheet(asked))
    outcome_of(lambda: other.sheet(asked))


def expect_frozen(solution: Namespace, call: str, field: str) -> None:
    expect_raises(
        "AttributeError",
        lambda: solution.probe(f"{call}.{field} = 1"),
        called=f"{call}.{field} = 1",
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-3.2.R4",
    hint="acquire, withdraw and sheet do what they did, on whatever store they have.",
)
def test_catalogue_works_as_before(solution: Namespace, original: Namespace) -> None:
    """The catalogue of open_catalogue() works as before; dataclasses stay frozen."""
    numbers = st.lists(st.integers(0, 7), max_size=7)
    same_as_original(
        solution,
        original,
        keep_a_catalogue,
        cases=[
            {"rulers": ["Nero", "Otho"], "withdrawn": [], "asked": asked}
            for asked in ([0], [1, 0], [0] * 4, [0] * 5, [0] * 6)
        ],
        rulers=st.lists(st.text("abc ;", max_size=5), max_size=7),
        withdrawn=numbers,
        asked=numbers,
    )
    expect_frozen(solution, "Painting('Dusk', 'Ada', 1890)", "year")
    expect_frozen(solution, "Coin('Nero', 64, 7.5)", "year")
    expect_frozen(solution, "Settings('City Museum', 5)", "limit")


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-3.2.R2",
    hint="An attribute that is there need not be a method; and acquire needs both.",
)
def test_no_exhibit_is_refused(solution: Namespace) -> None:
    """What lacks a method, or has a text in its place, is refused by class name."""
    class_name = fresh_word("Crate")
    crates = solution.probe(CRATES, class_name=class_name)
    for function, refused in (
        ("wall_label", ("nothing", "texts", "row_only")),
        ("export_row", ("nothing", "texts", "label_only")),
    ):
        for crate in refused:
            expect_raises(
                "TypeError",
                lambda: getattr(solution, function)(getattr(crates, crate)),
                called=f"{function}({LIKE[crate]})",
                mentions=[class_name],
            )
    for crate, like in LIKE.items():
        expect_not_acquired(solution, getattr(crates, crate), like, class_name)


def expect_not_acquired(
    solution: Namespace, crate: object, like: str, class_name: str
) -> None:
    catalogue = solution.open_catalogue()
    called = f"catalogue = open_catalogue(); catalogue.acquire(31, {like})"
    expect_raises(
        "TypeError",
        lambda: catalogue.acquire(31, crate),
        called=called,
        mentions=[class_name],
    )
    expect_raises(
        "KeyError",
        lambda: catalogue.withdraw(31),
        called=f"{called}; catalogue.withdraw(31) after that",
    )


@criterion(
    points=1,
    kind="design",
    rule="RULES-3.2.R1",
    hint="What an exhibit says of itself should stand in its class, and nowhere else.",
)
def test_own_exhibits_answer_for_themselves(solution: Namespace) -> None:
    """Paintings and coins are asked like any other: their methods decide the answer."""
    for function, method in (("wall_label", "label"), ("export_row", "row")):
        for call in ("Painting('Dusk', 'Ada', 1890)", "Coin('Nero', 64, 7.5)"):
            word = fresh_word("said_")
            answer = word if method == "label" else [word]
            changed = f"{call.partition('(')[0]}.{method} = lambda self: {answer!r}"
            exhibit = solution.probe(f"{changed}\nexhibit = {call}").exhibit
            expect_result(
                lambda: getattr(solution, function)(exhibit),
                answer,
                called=f"{function}({call}) after {changed}",
            )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-4.2.R6",
    hint="Does each line use only get, save and delete, and of the store handed in?",
)
def test_store_from_elsewhere_is_used(solution: Namespace) -> None:
    """A catalogue keeps its exhibits in the store it was given, whatever its class."""
    library = solution.probe(ARCHIVE)
    archive, second = library.Archive(), library.Archive()
    catalogue, other = (catalogue_over(solution, each) for each in (archive, second))
    done = expect_acquired(solution, catalogue, archive)
    word = fresh_word("laid_")
    archive.save(8, solution.Coin(word, 64, 7.5))
    done += f"; archive.save(8, Coin({word!r}, 64, 7.5)); "
    expect_result(
        lambda: catalogue.sheet([8])[1:],
        [f"0008: coin; {word}; 7.5 g"],
        called=f"{done}catalogue.sheet([8])[1:]{WHICH}",
    )
    done += "catalogue.withdraw(8)"
    expect_result(
        lambda: catalogue.withdraw(8),
        f"On loan: Coin of {word}, 64",
        called=done + WHICH,
    )
    expect_equal(archive.numbers(), [7], called=f"{done}; archive.numbers(){WHICH}")
    expect_raises(
        "KeyError",
        lambda: other.withdraw(7),
        called="Catalogue(second, settings).withdraw(7), with 7 in the first archive",
    )
    found = type_tests(solution, ["ShelfStore"])
    expect(
        not found,
        called="your code",
        got=f"asks for the class of a store: {'; '.join(found)}",
        expected="the same three methods to be called on every store",
    )


def expect_acquired(solution: Namespace, catalogue: Any, archive: Any) -> str:
    """Demand that a coin gets into the archive; return the calls made so far."""
    done = f"{MADE}; catalogue.acquire(7, Coin('Nero', 64, 7.5))"
    expected = "the coin in the archive, under number 7"
    result_of(
        lambda: catalogue.acquire(7, solution.Coin("Nero", 64, 7.5)),
        called=done + WHICH,
        expected=expected,
    )
    expect(
        archive.numbers() == [7],
        called=done + WHICH,
        got=f"left the archive with the numbers {archive.numbers()}",
        expected=expected,
    )
    return done


def catalogue_over(solution: Namespace, archive: object) -> Any:
    return result_of(
        lambda: solution.Catalogue(archive, solution.Settings("City Museum", 5)),
        called=MADE + WHICH,
        expected="a catalogue over this archive",
    )


@criterion(
    points=1,
    kind="design",
    rule="RULES-3.2.R5",
    hint="The settings come in by the same door as the store.",
)
def test_settings_are_handed_in(solution: Namespace) -> None:
    """A catalogue uses the settings it was given: the museum's name and the limit."""
    store = solution.ShelfStore()
    for number in range(9):
        store.save(number, solution.Coin("Nero", 64, 7.5))
    handed_in = [(fresh_word("Museum of "), limit) for limit in (2, 7)]
    # All are made before the first is asked: settings must not be shared.
    catalogues = [
        result_of(
            lambda: solution.Catalogue(store, solution.Settings(museum, limit)),
            called=f"Catalogue(store, Settings({museum!r}, {limit}))",
            expected="a catalogue with these settings",
        )
        for museum, limit in handed_in
    ]
    for catalogue, (museum, limit) in zip(catalogues, handed_in, strict=True):
        rows = [f"{number:04d}: coin; Nero; 7.5 g" for number in range(limit)]
        expect_result(
            lambda: catalogue.sheet(list(range(9))),
            [f"{museum}, 9 objects", *rows],
            called=f"Catalogue(store, Settings({museum!r}, {limit}))"
            ".sheet(list(range(9)))",
        )


@criterion(
    points=1,
    kind="design",
    rule="RULES-3.2.R6",
    hint="Which kind of annotation lists methods and asks for no ancestor?",
)
def test_annotations_name_a_capability(solution: Namespace) -> None:
    """The annotations accept every class with the methods needed, and no other."""
    exhibit, store = {"label", "row"}, {"get", "save", "delete"}
    for function, needed, offered in (
        ("wall_label", {"label"}, exhibit),
        ("export_row", {"row"}, exhibit),
        ("Catalogue", store, store),
    ):
        found = solution.probe(ANNOTATION, function=getattr(solution, function))
        remarks = shortcomings(found, needed, offered)
        expect(
            not remarks,
            called=f"inspect.signature({function})",
            got="; ".join(remarks),
            expected=f"an annotation that every class with {', '.join(sorted(needed))} "
            "satisfies, and no other",
        )


def shortcomings(found: Probe, needed: set[str], offered: set[str]) -> list[str]:
    if not found.accepted:
        return [f"has no annotation for {found.parameter}"]
    remarks = []
    for kind, members in found.accepted:
        remark = f"annotates {found.parameter} with {kind}"
        if members is None:
            remarks.append(remark)
        elif missing := needed - members:
            remarks.append(f"{remark}, which has no {min(missing)}")
        elif extra := members - offered:
            remarks.append(f"{remark}, which also asks for {min(extra)}")
    return remarks
