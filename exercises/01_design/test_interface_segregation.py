"""Visible criteria: learners have this file."""

from autograder import criterion
from autograder.checks import expect_result, fresh_word
from autograder.namespace import Namespace


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R4",
    hint="Which operations does latest call? Ask for these.",
)
def test_reading_is_enough_for_latest(solution: Namespace) -> None:
    """latest works with any object that can read, even if it can do nothing else."""
    texts = {name: fresh_word(f"{name}_") for name in ("pier", "lock")}
    reader = solution.probe(
        "class ReadsOnly:\n"
        "    def read(self, name):\n"
        "        return texts[name]\n"
        "store = ReadsOnly()",
        texts=texts,
    ).store
    expect_result(
        lambda: solution.latest(reader, ["pier", "lock"]),
        list(texts.values()),
        called="store = an object with read only; latest(store, ['pier', 'lock'])",
    )
