"""The vocabulary of criteria: everything that a hidden or visible test is written with.

Three families serve every exercise and are imported from here:

* behaviour: ``same_as_original`` runs one scenario on the learner's code and on the
  original and compares call by call; ``expect_result``, ``expect_equal`` and
  ``expect_raises`` judge single calls; ``outcome_of`` and ``result_of`` make them;
  ``printed_by`` catches what was printed.
* use: ``Fake`` is handed over as a collaborator and writes down each use;
  ``solution.probe`` runs a criterion's own class beside the learner's code.
* shape: ``literal_branches``, ``type_tests``, ``calls``, ``globals_changed``,
  ``cognitive_complexity``, ``lint_remarks`` and friends read the source, and ignore
  every comment that would silence a checker.

What serves one kind of exercise stands in a module of its own beside these and is
imported from there, such as ``autograder.checks.database``: nobody loads it in vain.

Criteria touch the learner's code through attributes, calls and plain data only. Then
they run unchanged when that code lives in another process.
"""

from autograder.chance import fresh_number, fresh_word
from autograder.checks.fakes import Call, Fake, calls_to, refused_by
from autograder.checks.outcomes import (
    Outcome,
    expect,
    expect_equal,
    expect_raises,
    expect_result,
    outcome_of,
    printed_by,
    result_of,
)
from autograder.checks.scenarios import same_as_original
from autograder.checks.source import (
    calls,
    class_names,
    cognitive_complexity,
    globals_changed,
    lint_remarks,
    literal_branches,
    names_read,
    syntax_tree,
    type_tests,
)
from autograder.values import plain

__all__ = [
    "Call",
    "Fake",
    "Outcome",
    "calls",
    "calls_to",
    "class_names",
    "cognitive_complexity",
    "expect",
    "expect_equal",
    "expect_raises",
    "expect_result",
    "fresh_number",
    "fresh_word",
    "globals_changed",
    "lint_remarks",
    "literal_branches",
    "names_read",
    "outcome_of",
    "plain",
    "printed_by",
    "refused_by",
    "result_of",
    "same_as_original",
    "syntax_tree",
    "type_tests",
]
