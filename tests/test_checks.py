"""The vocabulary of criteria: each word accepts what it should and rejects the rest."""

import re
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pytest
from hypothesis import strategies as st

from autograder import checks
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace, NamespaceError

COUNTER = """
class Counter:
    def __init__(self, start):
        self.count = start

    def add(self, amount):
        if amount < 0:
            raise ValueError(f"negative: {amount}")
        self.count += amount
        return self.count

def double(number):
    print("doubling", number)
    return number * 2
"""
AS_DATACLASS = COUNTER.replace(
    "class Counter:\n    def __init__(self, start):\n        self.count = start\n",
    "from dataclasses import dataclass\n\n@dataclass\nclass Counter:\n    count: int\n",
)


def evidence(call: object, *args: object, **kwargs: object) -> str:
    assert callable(call)
    with pytest.raises(CriterionNotMet) as caught:
        call(*args, **kwargs)
    return str(caught.value)


class TestSameAsOriginal:
    def same(self, changed: str, **options: object) -> None:
        def use(code: Namespace, amount: int) -> None:
            counter = code.Counter(10)
            counter.add(amount)
            code.double(amount)

        checks.same_as_original(
            Namespace(changed),
            Namespace(COUNTER, "original"),
            use,
            cases=[{"amount": -1}],  # too rare to be left to chance
            amount=st.integers(-5, 50),
            **options,  # type: ignore[arg-type]
        )

    def test_accepts_the_original_itself(self) -> None:
        self.same(COUNTER)

    def test_does_not_mind_whether_a_class_is_a_dataclass(self) -> None:
        self.same(AS_DATACLASS)

    def test_shows_the_smallest_input_and_the_calls_that_led_there(self) -> None:
        said = evidence(self.same, COUNTER.replace("+= amount", "+= min(amount, 20)"))
        told = re.search(
            r"Counter\(10\); counter1.add\((2\d)\). It returned 30. ", said
        )
        assert told, said
        assert said.endswith(f"the original does: it returned {10 + int(told[1])}.")

    def test_notices_another_exception(self) -> None:
        said = evidence(self.same, COUNTER.replace("ValueError", "KeyError"))
        assert "It raised KeyError" in said

    def test_accepts_a_subclass_of_the_exception(self) -> None:
        own = "class Negative(ValueError): ...\n" + COUNTER.replace(
            "raise ValueError", "raise Negative"
        )
        self.same(own)

    def test_compares_messages_only_when_told_to(self) -> None:
        changed = COUNTER.replace("negative:", "below zero:")
        self.same(changed)
        assert "the original's message" in evidence(self.same, changed, messages=True)

    def test_compares_prints_only_when_told_to(self) -> None:
        changed = COUNTER.replace('print("doubling", number)', "pass")
        self.same(changed)
        assert "what the original prints" in evidence(self.same, changed, printed=True)

    def test_tries_the_named_cases_first(self) -> None:
        changed = COUNTER.replace(
            "return number * 2", "return number * 2 + (number == 977)"
        )

        def double(code: Namespace, number: int) -> None:
            code.double(number)

        original = Namespace(COUNTER, "original")
        checks.same_as_original(
            Namespace(changed), original, double, number=st.integers(0, 9)
        )
        with pytest.raises(CriterionNotMet):
            checks.same_as_original(
                Namespace(changed),
                original,
                double,
                cases=[{"number": 977}],
                number=st.integers(0, 9),
            )

    def test_compares_the_fields_of_a_record_with_any_class(self) -> None:
        record = (
            "from dataclasses import dataclass\n@dataclass\nclass R:\n    x: int\n"
            "def make(n):\n    return R(n)\n"
        )
        plain_class = (
            "class R:\n    def __init__(self, x):\n        self.x = x\n"
            "def make(n):\n    return R(n{})\n"
        )

        def make(code: Namespace) -> None:
            code.make(3)

        original = Namespace(record, "original")
        checks.same_as_original(Namespace(plain_class.format("")), original, make)
        with pytest.raises(CriterionNotMet):
            checks.same_as_original(
                Namespace(plain_class.format(" + 1")), original, make
            )

    def test_forwards_assignments_to_the_object(self) -> None:
        def assign(code: Namespace) -> int:
            counter = code.Counter(1)
            counter.count = 40
            return int(counter.add(2))

        checks.same_as_original(Namespace(COUNTER), Namespace(COUNTER, "o"), assign)
        broken = (
            COUNTER + "Counter.count = property(lambda self: 0, lambda self, v: None)\n"
        )
        with pytest.raises(CriterionNotMet):
            checks.same_as_original(Namespace(broken), Namespace(COUNTER, "o"), assign)


class TestExpectations:
    def test_equal_values_need_equal_types(self) -> None:
        checks.expect_equal([1, 2.0], [1, 2.0], called="f()")
        for actual in ([1, 2], (1, 2.0), [True, 2.0], [1, 2.1]):
            with pytest.raises(CriterionNotMet):
                checks.expect_equal(actual, [1, 2.0], called="f()")

    def test_floats_are_equal_within_rounding_and_nan_equals_nan(self) -> None:
        checks.expect_equal(0.1 + 0.2, 0.3, called="f()")
        checks.expect_equal(float("nan"), float("nan"), called="f()")

    def test_result_takes_an_exception_as_evidence(self) -> None:
        checks.expect_result(lambda: 3, 3, called="f()")
        said = evidence(checks.expect_result, lambda: 1 // 0, 3, called="f()")
        assert said.startswith("You called f(). It raised ZeroDivisionError")

    def test_raises_wants_the_class_and_the_words(self) -> None:
        def fail() -> None:
            raise KeyError("blue")

        checks.expect_raises("LookupError", fail, called="f()", mentions=["blue"])
        assert "Expected a ValueError" in evidence(
            checks.expect_raises, "ValueError", fail, called="f()"
        )
        assert "Expected an OSError" in evidence(
            checks.expect_raises, "OSError", fail, called="f()"
        )
        assert "'red'" in evidence(
            checks.expect_raises, "KeyError", fail, called="f()", mentions=["red"]
        )

    def test_an_object_that_equals_everything_is_not_equal(self) -> None:
        flatterer = Namespace(
            "class Yes:\n    def __eq__(self, other): return True\n"
            "    def __hash__(self): return 0\nyes = Yes()"
        ).yes
        with pytest.raises(CriterionNotMet):
            checks.expect_equal(flatterer, 3, called="f()")


@runtime_checkable
class Sender(Protocol):
    def send(self, text: str) -> None: ...


class TestFake:
    def test_writes_down_each_use_as_plain_data(self) -> None:
        @dataclass
        class Letter:
            text: str

        fake = checks.Fake("mailer", send=None, size=len)
        fake.send(Letter("hi"), urgent=True)
        assert fake.size("four") == 4
        assert checks.calls_to(fake) == [
            checks.Call("send", ({"text": "hi"},), {"urgent": True}),
            checks.Call("size", ("four",)),
        ]

    def test_offers_nothing_else_and_remembers_who_asked(self) -> None:
        fake = checks.Fake("mailer", send=None)
        assert not hasattr(fake, "fax")
        with pytest.raises(TypeError):
            fake()
        assert checks.refused_by(fake) == ["fax", "__call__"]

    def test_raises_what_it_was_told_to_raise(self) -> None:
        fake = checks.Fake("mailer", send=TimeoutError("slow"))
        with pytest.raises(TimeoutError, match="slow"):
            fake.send("x")
        assert len(checks.calls_to(fake)) == 1

    def test_passes_for_a_runtime_protocol(self) -> None:
        assert isinstance(checks.Fake("mailer", send=None), Sender)
        assert not isinstance(checks.Fake("mailer", receive=None), Sender)

    def test_can_stand_for_a_plain_function(self) -> None:
        fake = checks.Fake("send", when_called="send", send="sent")
        assert fake("x") == "sent"
        assert checks.calls_to(fake) == [checks.Call("send", ("x",))]


class TestShape:
    @pytest.mark.parametrize(
        "source",
        [
            'kind == "card"',
            'kind in ("card", "cash")',
            'kind.startswith("card")',
            "kind is Kind.CARD",
            "kind == CARD",
            '"card" == kind.lower()',
        ],
    )
    def test_finds_decisions_on_names(self, source: str) -> None:
        code = f"def f(kind, Kind=None, CARD=None):\n    return 1 if {source} else 2\n"
        assert checks.literal_branches(Namespace(code), ["card"])

    def test_finds_match_on_names(self) -> None:
        code = 'def f(kind):\n    match kind:\n        case "card":\n            pass\n'
        assert checks.literal_branches(Namespace(code), ["card"]) == ["case 'card'"]

    def test_leaves_tables_and_other_texts_alone(self) -> None:
        code = (
            'T = {"card": 1}\ndef f(kind, mode):\n    return mode == "x" or T[kind]\n'
        )
        assert not checks.literal_branches(Namespace(code), ["card"])

    @pytest.mark.parametrize(
        "test", ["isinstance(x, A)", "type(x) is A", 'type(x).__name__ == "A"']
    )
    def test_finds_decisions_on_classes(self, test: str) -> None:
        code = f"class A: ...\ndef f(x):\n    return {test}\n"
        assert checks.type_tests(Namespace(code))

    def test_leaves_checks_of_plain_types_alone(self) -> None:
        code = "class A: ...\ndef f(x):\n    return isinstance(x, int)\n"
        assert not checks.type_tests(Namespace(code))

    @pytest.mark.parametrize(
        "body",
        ["global n; n = 1", "store.append(1)", "store[0] = 1", "Box.items.append(1)"],
    )
    def test_finds_changed_globals(self, body: str) -> None:
        code = f"n = 0\nstore = [0]\nclass Box:\n    items = []\ndef f():\n    {body}\n"
        assert checks.globals_changed(Namespace(code))

    def test_leaves_local_changes_alone(self) -> None:
        code = (
            "store = []\n"
            "def f(store):\n    store.append(1)\n"
            "def g():\n    store = []\n    store.append(1)\n"
        )
        assert not checks.globals_changed(Namespace(code))

    def test_measures_complexity(self) -> None:
        code = (
            "def f(x):\n    if x:\n        for y in x:\n"
            "            if y:\n                pass\n"
        )
        assert checks.cognitive_complexity(Namespace(code)) == {"f": 6}

    def test_lint_ignores_what_silences_it(self) -> None:
        code = "# ruff: noqa\ndef f(x=[]):  # noqa: B006\n    return x\n"
        assert len(checks.lint_remarks(Namespace(code), ["B006"])) == 1
        assert checks.lint_remarks(Namespace("def f(x=None): ..."), ["B006"]) == []


class TestNamespace:
    def test_says_which_name_is_missing(self) -> None:
        with pytest.raises(NamespaceError, match="defines no total"):
            _ = Namespace("x = 1").total

    def test_probe_sees_names_and_leaves_nothing_behind(self) -> None:
        code = Namespace("class Base:\n    def hello(self): return 'hi'\n")
        made = code.probe("class Mine(Base): ...\nmine = Mine()\nword = given", given=7)
        assert (made.mine.hello(), made.word) == ("hi", 7)
        assert not code.defines("Mine")

    def test_probe_names_what_the_learner_lacks(self) -> None:
        with pytest.raises(NamespaceError) as caught:
            Namespace("x = 1").probe("class Mine(Base): ...")
        assert caught.value.name == "Base"

    def test_future_imports_of_the_grader_do_not_leak_in(self) -> None:
        code = Namespace("def f(x: int) -> str: ...\nhint = f.__annotations__['x']")
        assert code.hint is int
