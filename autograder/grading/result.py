"""What grading one notebook leads to, as data that can be kept and sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Any

from autograder.criteria import Evidence
from autograder.exercises import Exercise
from autograder.files import unpack
from autograder.judge import Verdict, verdicts_of
from autograder.report import as_html

Output = dict[str, Any]
"""One output of a notebook cell, in nbformat's form."""

COURSE, EVIDENCE, FILES = "course", "evidence", "files"
"""Where the metadata of an output keeps why a criterion is not met, or None; and the
files that were handed in, packed."""


@dataclass(frozen=True)
class Result:
    """The result of grading one notebook of one learner. There always is one.

    Attributes:
        slug: The exercise.
        key: What it depends on, as a SHA-256: notebook, exercise, grader, seed.
        seed: Where the random inputs of all criteria started from.
        findings: For each criterion of the exercise why it is not met; None when it is.
        outputs: What the learner's own cells showed, by the cell's grade id or id.
        flags: What an instructor should look at, in words.
        seconds: Time it took, as seen from outside.
    """

    slug: str
    key: str
    seed: int
    findings: Mapping[str, Evidence | None]
    outputs: Mapping[str, list[Output]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> str:
        """Write the result as JSON, which is all that ever crosses a process."""
        found = {
            name: evidence and [evidence.called, evidence.got, evidence.expected]
            for name, evidence in self.findings.items()
        }
        return json.dumps(
            {
                "slug": self.slug,
                "key": self.key,
                "seed": self.seed,
                "findings": found,
                "outputs": dict(self.outputs),
                "flags": list(self.flags),
                "seconds": self.seconds,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> "Result":
        """Read a result back.

        Args:
            text: What ``to_json`` wrote.

        Returns:
            The result.
        """
        told = json.loads(text)
        found = {
            name: Evidence(*evidence) if evidence else None
            for name, evidence in told["findings"].items()
        }
        return cls(**{**told, "findings": found, "flags": tuple(told["flags"])})

    def remarked(self, remarks: Sequence[str]) -> "Result":
        """Flag as well what the notebook looked like.

        Args:
            remarks: What intake said of it.

        Returns:
            The result with these flags after its own.
        """
        return replace(self, flags=(*self.flags, *remarks))

    def verdicts(self, exercise: Exercise) -> list[Verdict]:
        """Give the verdicts in the order of the criteria.

        Args:
            exercise: The exercise that was graded.

        Returns:
            One verdict for each criterion.
        """
        return verdicts_of(exercise, self.findings)


def grade_output(verdict: Verdict, exercise: Exercise) -> Output:
    """Write a verdict as the output of its grade cell.

    nbgrader reads the plain text as points; people read the card; the feedback page
    is made from the evidence in the metadata.

    Args:
        verdict: The verdict.
        exercise: The exercise it belongs to.

    Returns:
        An ``execute_result`` in nbformat's form.
    """
    evidence = verdict.evidence
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {COURSE: {EVIDENCE: evidence and list(astuple(evidence))}},
        "data": {
            "text/plain": str(verdict.points),
            "text/html": as_html(verdict, exercise),
        },
    }


def files_output(answer: str) -> Output:
    """Write the files that were handed in as the output of the cell that lists them.

    Args:
        answer: Packed files.

    Returns:
        A ``display_data`` in nbformat's form, for instructors to read.
    """
    files = unpack(answer)
    shown = "\n\n".join(f"==== {path}\n{text}" for path, text in files.items())
    return {
        "output_type": "display_data",
        "metadata": {COURSE: {FILES: answer}},
        "data": {"text/plain": shown},
    }
