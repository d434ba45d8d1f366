"""Hidden criteria of the exercise factory."""

import ast

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    Outcome,
    calls_to,
    class_names,
    expect,
    expect_raises,
    expect_result,
    fresh_word,
    literal_branches,
    outcome_of,
    result_of,
    same_as_original,
    syntax_tree,
)
from autograder.namespace import Namespace

FORMATS = ("csv", "mt940", "json")
IMPORTERS = {"CsvImporter", "Mt940Importer", "JsonImporter"}
BOOKINGS = [("2024-05-01", 3, "rent")]

_HEAD, _ENTRY = ":20:X", "\n:61:240301D12,50\n:86:rent"
# Around the border of what each format takes for a statement.
TEXTS = [
    *("", "day;amount;purpose", "day;amount", "day;amount;purpose;extra"),
    *("day;amount;purpose\n2024-03-01;1,00", "a;b;c\n\na;1,00;c", ";;", ";;;"),
    *(_HEAD, _ENTRY, _HEAD + _ENTRY),
    *(_HEAD + "\n:61:240301D12,50", _HEAD + "\n:86:x"),
    *("null", "[]", "7", '"bookings"', "{", '{"bookings": []}'),
    *('{"bookings": {}}', '{"rows": []}'),
]

COMPLETE = """
@register(name)
class Registered:
    def validate(self, text):
        return True

    def process(self, text):
        return [("2024-05-01", cents, text)]
"""

HALF = """
@register(name)
class Half:
    def {method}(self, text):
        return []
"""

WATCHED = """
@register(name)
class Watched:
    def validate(self, text):
        return watch.validate(text)

    def process(self, text):
        return watch.process(text)
"""


def read(code: Namespace, text: str) -> None:
    for name in FORMATS:
        code.create_importer(name).validate(text)
        outcome_of(lambda: code.import_statement(name, text))


def create(code: Namespace, name: str) -> None:
    outcome_of(lambda: code.create_importer(name))
    outcome_of(lambda: code.import_statement(name, "day;amount;purpose"))


@criterion(
    points=1,
    kind="behaviour",
    rule="GUIDE-1.3.1.R5",
    hint="Only registered names exist, and an importer takes only its own options.",
)
def test_bad_input_is_refused_as_before(
    solution: Namespace, original: Namespace
) -> None:
    """Invalid texts, unknown names and unknown options are refused as before."""
    same_as_original(
        solution,
        original,
        read,
        cases=[{"text": text} for text in TEXTS],
        text=st.text(max_size=12) | st.sampled_from(TEXTS),
    )
    # Classes of the module are no formats, and case and blanks matter.
    unknown = ["CSV", "Csv", "csv ", "", "re", "CsvImporter", *class_names(solution)]
    same_as_original(
        solution,
        original,
        create,
        cases=[{"name": name} for name in unknown],
        name=st.text(min_size=1, max_size=12),
    )
    for name in FORMATS:
        expect_refusals_by_name(solution, name)


def expect_refusals_by_name(solution: Namespace, name: str) -> None:
    unknown, option = fresh_word("format_"), fresh_word("option_")
    text = fresh_word("no statement ")
    expect_raises(
        "ValueError",
        lambda: solution.create_importer(unknown),
        called=f"create_importer({unknown!r})",
        mentions=[unknown],
    )
    expect_raises(
        "ValueError",
        lambda: solution.import_statement(name, text),
        called=f"import_statement({name!r}, {text!r})",
        mentions=[name],
    )
    expect_raises(
        "TypeError",
        lambda: solution.create_importer(name, **{option: 1}),
        called=f"create_importer({name!r}, {option}=1)",
    )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.3.1.R2",
    hint="Two teams may choose the same name; the second must hear of it.",
)
def test_taken_name_is_refused(solution: Namespace) -> None:
    """A name that is taken is refused aloud; the class that came first stays."""
    name = fresh_word("camt_")
    solution.probe(COMPLETE, name=name, cents=1)
    again = f"@register({name!r}) on one class, then on another"
    expect_raises(
        "ValueError",
        lambda: solution.probe(COMPLETE, name=name, cents=2),
        called=again,
        mentions=[name],
    )
    expect_result(
        lambda: solution.import_statement(name, "rent"),
        [("2024-05-01", 1, "rent")],
        called=f"{again}; import_statement({name!r}, 'rent')",
    )
    for taken in FORMATS:
        expect_raises(
            "ValueError",
            lambda: solution.probe(COMPLETE, name=taken, cents=2),
            called=f"@register({taken!r}) on another class",
            mentions=[taken],
        )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.1.R4",
    hint="Look at the class when it is registered, before the name becomes known.",
)
def test_incomplete_class_is_refused(solution: Namespace) -> None:
    """A class that lacks validate or process is refused when it is registered."""
    for has, lacks in (("validate", "process"), ("process", "validate")):
        name = fresh_word("half_")
        called = f"@register({name!r}) on a class without {lacks}"
        expect_raises(
            "TypeError",
            lambda: solution.probe(HALF.format(method=has), name=name),
            called=called,
        )
        expect_raises(
            "ValueError",
            lambda: solution.create_importer(name),
            called=f"{called}; create_importer({name!r}) after that",
        )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.1.R5",
    hint="Do not rely on each importer to check itself: somebody will forget it.",
)
def test_every_statement_is_validated_first(solution: Namespace) -> None:
    """Whatever class is registered, statements are validated, then processed."""
    called, outcome, watch = import_watched(solution, valid=True)
    expect(
        outcome.value == BOOKINGS,
        called=called,
        got=str(outcome),
        expected="the bookings that process returned",
    )
    expect(
        methods_called(watch)[:1] == ["validate"],
        called=called,
        got=told(watch),
        expected="validate(text) to be called first",
    )
    called, outcome, watch = import_watched(solution, valid=False)
    expect(
        "process" not in methods_called(watch),
        called=called,
        got=told(watch),
        expected="process not to be called",
    )
    expect(
        "ValueError" in outcome.errors and watch.name in outcome.message,
        called=called,
        got=str(outcome),
        expected=f"a ValueError whose message names {watch.name!r}",
    )


def import_watched(solution: Namespace, *, valid: bool) -> tuple[str, Outcome, Fake]:
    """Import by a registered class which passes each call on to a fake."""
    name, text = fresh_word("camt_"), fresh_word("statement ")
    watch = Fake(
        "watch",
        attributes={"name": name},
        validate=lambda given: valid and given == text,
        process=BOOKINGS,
    )
    solution.probe(WATCHED, name=name, watch=watch)
    outcome = outcome_of(lambda: solution.import_statement(name, text))
    called = f"import_statement({name!r}, {text!r}), where validate returns {valid}"
    return called, outcome, watch


def methods_called(watch: Fake) -> list[str]:
    return [call.method for call in calls_to(watch)]


def told(watch: Fake) -> str:
    return f"called {', then '.join(methods_called(watch)) or 'nothing'}"


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.1.R3",
    hint="Make the message from what is registered at the moment it is needed.",
)
def test_unknown_name_lists_the_known(solution: Namespace) -> None:
    """The error about an unknown name lists all known names, new ones too."""
    name, unknown = fresh_word("camt_"), fresh_word("format_")
    solution.probe(COMPLETE, name=name, cents=1)
    expect_raises(
        "ValueError",
        lambda: solution.create_importer(unknown),
        called=f"@register({name!r}) on a class; create_importer({unknown!r})",
        mentions=[unknown, *FORMATS, name],
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.1.R1",
    hint="create_importer should not need to know a single format.",
)
def test_no_class_chosen_by_condition(solution: Namespace) -> None:
    """No if chain or match picks the class by the name of a format."""
    added = fresh_word("camt_")
    solution.probe(COMPLETE, name=added, cents=1)
    for name in (*FORMATS, added):
        result_of(
            lambda: solution.create_importer(name),
            called=f"create_importer({name!r})",
            expected="a new importer",
        )
    found = literal_branches(solution, FORMATS)
    expect(
        not found,
        called="your code",
        got=f"decides on the name of a format: {'; '.join(found)}",
        expected="a lookup that treats all names alike",
    )
    chosen = classes_chosen(solution)
    expect(
        len(chosen) < 2,
        called="your code",
        got=f"has a branch of its own for each of {', '.join(chosen)}",
        expected="a lookup that treats all names alike",
    )


def classes_chosen(solution: Namespace) -> list[str]:
    """The importers that stand alone in the body of a condition, however it is put."""
    chosen = set()
    for node in ast.walk(syntax_tree(solution)):
        if not isinstance(node, ast.If | ast.IfExp | ast.match_case):
            continue
        body = node.body if isinstance(node.body, list) else [node.body]
        read = {
            n.id for part in body for n in ast.walk(part) if isinstance(n, ast.Name)
        }
        # A condition around the whole table chooses none of them.
        if len(read & IMPORTERS) == 1:
            chosen |= read & IMPORTERS
    return sorted(chosen)
