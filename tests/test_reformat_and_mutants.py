"""Cosmetic edits keep a program; mutants change it, one place at a time."""

import ast

from autograder.exercises import find_exercise
from autograder.mutants import make_mutants
from autograder.namespace import Namespace
from autograder.proof import Prover
from autograder.reformat import reformat
from autograder.rooms import Rooms

SOURCE = '''
LIMIT = 10


def total(prices: list[int], discount: int = 0) -> int:
    """Sum with a cap."""
    result = 0  # running sum
    for price in prices:
        result += price
    def capped(amount):
        nonlocal result
        result = min(amount, LIMIT)
        return result
    return capped(result) - discount


class Basket:
    size = 3

    def first(self):
        item = "one"
        return item
'''


def test_reformatting_changes_words_and_keeps_the_program() -> None:
    changed = reformat(SOURCE)
    assert changed != SOURCE
    assert "running sum" not in changed
    assert "item_renamed" in changed
    before, after = Namespace(SOURCE), Namespace(changed)
    for prices in ([], [1, 2], [7, 8]):
        assert after.total(prices, discount=1) == before.total(prices, discount=1)
    assert after.Basket().first() == "one"
    assert (after.LIMIT, after.Basket.size) == (10, 3)


def test_every_mutant_differs_from_the_source_and_the_others() -> None:
    mutants = make_mutants(SOURCE)
    meanings = {ast.dump(ast.parse(mutant.source)) for mutant in mutants}
    assert len(meanings) == len(mutants)
    assert len(mutants) > 10
    assert ast.dump(ast.parse(SOURCE)) not in meanings


def test_mutants_are_named_by_place_and_change() -> None:
    keys = [mutant.key for mutant in make_mutants(SOURCE)]
    change = "return capped(result) + discount"
    assert f"total: return capped(result) - discount => {change}" in keys
    assert "Basket: size = 3 => size = 4" in keys


def test_annotations_and_docstrings_are_not_mutated() -> None:
    source = (
        'def f(x: "int | None" = None) -> "str | int":\n    """Doc."""\n    return x\n'
    )
    assert not [m for m in make_mutants(source) if "->" in m.key.split("=>")[0]]


def test_answer_that_kills_its_worker_is_the_one_that_is_blamed(rooms: Rooms) -> None:
    exercise = find_exercise(rooms, "open_closed")
    killer = "import os\nos._exit(3)\n"
    answers = [exercise.solution, killer, exercise.solution, killer]
    findings = Prover(rooms)._judge(exercise, answers, stop_at_first=False)
    assert [finding.points for finding in findings] == [10, 0, 10, 0]
    assert [finding.lost for finding in findings] == [[], ["process"], [], ["process"]]
