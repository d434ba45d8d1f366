"""Visible criteria of fixtures: learners have this file."""

from autograder import criterion, given
from autograder.checks.learner_tests import changed, expect_any_order, expect_passes
from autograder.namespace import Namespace

FERRY = given.source_of("ferry")
BREAKS = changed(FERRY, ("if age < 0:", "raise OSError\n    if age < 0:"))


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-8.1.R1",
    hint="The module is right: where a test and the module differ, mend the test.",
)
def test_passes_on_the_ferry(solution: Namespace) -> None:
    """All tests pass on ferry as it is, and there are six of them at least."""
    expect_passes(solution, "ferry", {"as it is": FERRY}, tests=6)


@criterion(
    points=2,
    kind="design",
    rule="RULES-8.1.R1",
    hint="What a test needs comes from its fixtures, never from the test before it.",
)
def test_any_order(solution: Namespace) -> None:
    """Each test passes alone, and all of them pass in any order."""
    expect_any_order(solution, "ferry", FERRY, breaks=BREAKS)
