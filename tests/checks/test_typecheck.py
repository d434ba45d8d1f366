"""mypy as the judge: each word accepts honest types, and is not fooled."""

import pytest
from mypy import api

from autograder.checks.typecheck import (
    expect_hints_hold,
    expect_typed,
    expect_uses,
    silencers,
)
from autograder.checks.warm_mypy import check_modules
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

HONEST = """
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

@dataclass(frozen=True)
class Parcel:
    code: str
    weight: Decimal
    note: str | None = None

def heaviest(parcels: "Iterable[Parcel]") -> Parcel | None:
    return max(parcels, key=lambda parcel: parcel.weight, default=None)

def weights(parcels: "Iterable[Parcel]") -> "Mapping[str, Decimal]":
    return {parcel.code: parcel.weight for parcel in parcels}
"""
SETUP = """
from decimal import Decimal
from solution import Parcel, heaviest, weights
one = Parcel("a", Decimal("1.5"))
"""
WRONG = "def size(text: str) -> int:\n    return text{suppressed}\n"


def said(call: object, *args: object, **kwargs: object) -> str:
    assert callable(call)
    with pytest.raises(CriterionNotMet) as caught:
        call(*args, **kwargs)
    return str(caught.value)


class TestTyped:
    def test_accepts_honest_types(self) -> None:
        expect_typed(Namespace(HONEST))

    @pytest.mark.parametrize(
        "source",
        [
            WRONG.format(suppressed=""),
            WRONG.format(suppressed="  # type: ignore"),
            WRONG.format(suppressed="  # type:ignore[return-value]"),
            WRONG.format(suppressed="  # believe me  # type: ignore"),
            "# type: ignore\n" + WRONG.format(suppressed=""),
            "# mypy: ignore-errors\n" + WRONG.format(suppressed=""),
            '"""\n# mypy: ignore-errors\n"""\n' + WRONG.format(suppressed=""),
        ],
    )
    def test_comments_do_not_silence(self, source: str) -> None:
        text = said(expect_typed, Namespace(source))
        assert 'expected "int"' in text
        assert "[return-value]" in text

    def test_names_the_line(self) -> None:
        source = "# type: ignore\n\n" + WRONG.format(suppressed="")
        assert "It said line 4: " in said(expect_typed, Namespace(source))

    def test_wants_hints_and_no_any(self) -> None:
        assert "missing a type annotation" in said(
            expect_typed, Namespace("def size(text):\n    return len(text)\n")
        )
        loose = Namespace(
            "from typing import Any\n\ndef f(x: Any) -> Any:\n    return x"
        )
        assert "[explicit-any]" in said(expect_typed, loose)
        expect_typed(loose, explicit_any=True)

    @pytest.mark.parametrize(
        ("source", "names"),
        [
            ("from typing import cast as c\nx: int = c(int, '')", "cast in line 1"),
            ("import typing as t\nx: int = t.cast(int, '')", "cast in line 2"),
            (
                "from typing import no_type_check\n@no_type_check\ndef f(): return 1",
                "no_type_check in line 1",
            ),
            (
                "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    x = 1",
                "code that only a checker sees, or that it never sees in line 2",
            ),
            (
                "import typing\nif typing.TYPE_CHECKING:\n    x = 1\nelse:\n    x = ''",
                "code that only a checker sees, or that it never sees in line 2",
            ),
        ],
    )
    def test_names_what_silences(self, source: str, names: str) -> None:
        assert silencers(Namespace(source)) == [names]
        assert names in said(expect_typed, Namespace(source))

    def test_no_silencer_in_honest_code(self) -> None:
        assert silencers(Namespace(HONEST)) == []


class TestUses:
    def uses(self, source: str, *accepted: str, **refused: str) -> None:
        expect_uses(
            Namespace(source),
            setup=SETUP,
            accepted=accepted,
            refused={f"heaviest({use})": why for use, why in refused.items()},
        )

    def test_accepts_right_and_refuses_wrong(self) -> None:
        self.uses(
            HONEST,
            "found = heaviest([one])\nif found is not None:\n    found.weight + 1",
            "heaviest(iter([one]))",
            one="a parcel is no list of parcels",
        )

    def test_a_right_use_refused(self) -> None:
        narrow = HONEST.replace('"Iterable[Parcel]"', "list[Parcel]")
        text = said(self.uses, narrow, "heaviest((one,))")
        assert (
            "We ran your code through mypy, used as heaviest((one,)). It said" in text
        )
        assert "Expected no error: this use is right" in text

    @pytest.mark.parametrize("hint", ["Any", "object", ""])
    def test_hints_too_wide_refuse_nothing(self, hint: str) -> None:
        wide = "from typing import Any\n" + HONEST
        wide = wide.replace(
            'parcels: "Iterable[Parcel]"', f"parcels: {hint}" if hint else "parcels"
        )
        text = said(self.uses, wide, "heaviest([one])", one="one is no list")
        assert "used as heaviest(one). It found nothing wrong" in text
        assert "Expected an error: one is no list" in text

    def test_an_unknown_name_is_no_refusal(self) -> None:
        text = said(self.uses, HONEST.replace("weights", "masses"), one="no list")
        assert 'has no attribute "weights"' in text


class TestHintsHold:
    def hold(self, source: str, *calls: str) -> None:
        expect_hints_hold(Namespace(source), calls, setup=SETUP)

    def test_accepts_what_is_so(self) -> None:
        self.hold(HONEST, "heaviest([])", "heaviest([one])", "weights([one])", "one")

    @pytest.mark.parametrize(
        ("before", "after", "call", "value"),
        [
            ("-> Parcel | None", "-> Parcel", "heaviest([])", "returned None"),
            (
                '"Mapping[str, Decimal]"',
                "dict[str, float]",
                "weights([one])",
                "returned {'a': Decimal('1.5')}",
            ),
        ],
    )
    def test_tells_what_is_not_so(
        self, before: str, after: str, call: str, value: str
    ) -> None:
        lying = HONEST.replace(before, after)
        assert lying != HONEST
        assert value in said(self.hold, lying, call)

    def test_looks_into_records(self) -> None:
        text = said(
            self.hold, HONEST.replace("str | None = None", "str = None"), "[one]"
        )
        assert "[one][0].note. It returned None, against your hints" in text

    def test_a_hint_that_says_nothing(self) -> None:
        loose = HONEST.replace("-> Parcel | None", "")
        assert "took the result for Any" in said(self.hold, loose, "heaviest([])")

    def test_an_allowed_call_that_fails(self) -> None:
        text = said(
            self.hold,
            HONEST.replace(
                '"Iterable[Parcel]") -> Parcel', '"Iterable[Parcel] | None") -> Parcel'
            ),
            "heaviest(None)",
        )
        assert "heaviest(None), which your hints allow. It raised TypeError" in text

    def test_what_mypy_refuses_promises_nothing(self) -> None:
        self.hold(HONEST, "heaviest(None)")


def test_every_check_starts_from_the_same() -> None:
    sources = [HONEST, WRONG.format(suppressed=""), "x: int = (", "import csv, nothing"]
    first = [check_modules({"solution": source}) for source in sources]
    api.run(["--strict", "--cache-dir=/dev/null", "-c", "x: int = ''"])
    again = [check_modules({"solution": source}) for source in reversed(sources)]
    assert again == first[::-1]
    assert [len(remarks) for remarks in first] == [0, 1, 1, 1]


def test_sees_no_file_but_stubs() -> None:
    for name in ("autograder.hidden_tests", "mypy", "yaml"):
        remarks = check_modules({"solution": f"import {name}"})
        assert any("[import-" in remark.text for remark in remarks)
