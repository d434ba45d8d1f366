"""Visible criteria of data_libraries: learners have this file."""

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import same_as_original
from autograder.namespace import Namespace


@criterion(
    points=2,
    kind="behaviour",
    rule="GUIDE-11.2.R1",
    hint="WRITE one sentence that helps without giving the answer away.",
)
def test_same_results_as_before(solution: Namespace, original: Namespace) -> None:
    """WRITE in plain words what is judged: learners read this line."""
    same_as_original(
        solution,
        original,
        lambda code, amount: code.WRITE_A_CALL(amount),
        cases=[{"amount": 0}],  # the values around each boundary
        amount=st.integers(0, 1000),
    )
