"""Environment variables and files as input, and secrets that nobody may repeat.

``Surroundings`` runs the learner's code, loaded anew, with the variables and files that
a criterion gives it, and with no others, in a folder of its own. Afterwards everything
is as it was::

    key = fresh_secret()
    with Surroundings(solution, {"API_KEY": key}, files={".env": "PORT=8080"}) as there:
        settings = there.code.load_settings()
        expect_kept(key, there, {"repr(settings)": repr(settings)}, called=...)

What a criterion plants with ``fresh_secret`` is withheld from its own messages, too.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from autograder.border import surroundings
from autograder.chance import fresh_word
from autograder.checks.outcomes import Outcome, expect, failure_of
from autograder.criteria import CriterionNotMet, withhold
from autograder.namespace import NamespaceError

__all__ = ["Surroundings", "expect_kept", "expect_refusal", "fresh_secret"]

# Read now: a judge's box has no files of the course.
_BESIDE = Path(surroundings.__file__).read_text(encoding="utf-8")
_CONTEXT = 30


def fresh_secret() -> str:
    """Make a secret that no answer can have foreseen, and no message shows.

    Returns:
        Letters.
    """
    secret = fresh_word(fresh_word())
    withhold(secret)
    return secret


class Surroundings:
    """Variables, files and a folder for learner code, while the block runs.

    Args:
        solution: The learner's code, or the original.
        variables: All environment variables that there are.
        files: Texts by the name of their file in the folder, such as ``.env``.
        loaded_before: Whether the code is loaded first, in an empty environment and
            folder: what it reads while it is imported is not there.

    Attributes:
        code: The learner's code, loaded anew.
    """

    def __init__(
        self,
        solution: Any,
        variables: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, str] | None = None,
        loaded_before: bool = False,
    ) -> None:
        self._solution = solution
        self._variables = dict(variables or {})
        self._files = dict(files or {})
        self._loaded_before = loaded_before
        self._world = solution.probe(_BESIDE).World()
        self.code: Any = None

    def __enter__(self) -> Self:
        self._world.enter()
        try:
            if self._loaded_before:
                self.code = self._load_early()
            self._world.change(self._variables, self._files)
            if not self._loaded_before:
                self.code = self._world.load(self._solution.source)
        except BaseException:
            self._world.leave()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._world.leave()

    @property
    def heard(self) -> str:
        """All that learner code has printed, logged, warned of and raised till now."""
        return str(self._world.heard())

    def change(self, variables: Mapping[str, str]) -> None:
        """Give the environment other variables while learner code is running.

        Args:
            variables: All environment variables that there are now.
        """
        self._world.change(dict(variables), {})

    def _load_early(self) -> Any:
        try:
            return self._world.load(self._solution.source)
        except Exception as error:
            raise CriterionNotMet(
                called="your module in an empty environment",
                got=str(failure_of(error)),
                expected="an import that needs no settings",
            ) from error


def expect_kept(
    secret: str, there: Surroundings, shown: Mapping[str, str], *, called: str
) -> None:
    """Demand that a secret was told nowhere.

    Args:
        secret: What ``fresh_secret`` made.
        there: Where learner code ran: what it printed, logged and raised is searched.
        shown: Other texts to search, each by what it is, such as ``repr(settings)``.
        called: What was done.

    Raises:
        CriterionNotMet: It stands in one of the texts.
    """
    places = {"what was printed, logged and raised": there.heard, **shown}
    for place, text in places.items():
        at = text.find(secret)
        around = text[max(0, at - _CONTEXT) : at + len(secret) + _CONTEXT]
        expect(
            at < 0,
            called=called,
            got=f"told the secret in {place}: … {' '.join(around.split())} …",
            expected="a secret that is handed over where it is needed, and not shown",
        )


def expect_refusal(
    call: Callable[[], object], *, naming: Sequence[str], called: str
) -> None:
    """Demand one ValueError that names everything that is wrong, in any case.

    Args:
        call: A function without arguments.
        naming: Words that the error's text must contain, such as names of variables.
        called: The call as a learner can repeat it.

    Raises:
        CriterionNotMet: Nothing was raised, or something else, or a word is missing.
    """
    expected = f"one ValueError that names {', '.join(naming)}"
    text, outcome = "", Outcome()
    try:
        outcome = Outcome(value=call())
    except (CriterionNotMet, NamespaceError):
        raise
    except Exception as error:  # noqa: BLE001 - learner code raises anything
        text, outcome = str(error).lower(), failure_of(error)
    missing = [name for name in naming if name.lower() not in text]
    expect(
        "ValueError" in outcome.errors,
        called=called,
        got=str(outcome) if outcome.raised else "raised nothing",
        expected=expected,
    )
    expect(
        not missing,
        called=called,
        got=f"{outcome}, which does not name {', '.join(missing)}",
        expected=expected,
    )
