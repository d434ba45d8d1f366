"""Hidden criteria of data_libraries."""

from autograder import criterion
from autograder.checks import expect_result, fresh_word
from autograder.namespace import Namespace


@criterion(
    points=8,  # split it: an exercise has 4 to 8 criteria that sum to 10 points
    kind="design",
    rule="GUIDE-11.2.R1",
    hint="WRITE one sentence that helps without giving the answer away.",
)
def test_rule_is_met(solution: Namespace) -> None:
    """WRITE in plain words what is judged: use the design from outside, do not read it."""
    word = fresh_word()
    expect_result(lambda: solution.WRITE_A_CALL(word), word, called=f"WRITE({word!r})")
