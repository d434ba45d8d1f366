"""Where everything stands: one slug names a topic in every room."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rooms:
    """The folders of one course.

    Attributes:
        root: The folder that holds ``book``, ``exercises`` and the other rooms.
    """

    root: Path

    @classmethod
    def of_this_course(cls) -> "Rooms":
        """The course that this package stands in."""
        return cls(Path(__file__).resolve().parent.parent)

    @property
    def book(self) -> Path:
        """Chapters and pages."""
        return self.root / "book"

    @property
    def exercises(self) -> Path:
        """What learners get; nothing secret."""
        return self.root / "exercises"

    @property
    def given(self) -> Path:
        """Modules that exercises give, imported by learner code under plain names."""
        return self.exercises / "given"

    @property
    def solutions(self) -> Path:
        """Reference refactors."""
        return self.root / "solutions"

    @property
    def hidden_tests(self) -> Path:
        """Hidden criteria."""
        return self.root / "autograder" / "hidden_tests"

    @property
    def variants(self) -> Path:
        """Other answers, right and wrong."""
        return self.root / "autograder" / "variants"

    @property
    def mutant_record(self) -> Path:
        """Which mutants lived; proofs write it, and nothing is built from it."""
        return self.variants / "mutants.lock.json"

    @property
    def build(self) -> Path:
        """Everything generated."""
        return self.root / "build"

    def relative(self, path: Path) -> Path:
        """Shorten a path for a message.

        Args:
            path: Any path.

        Returns:
            The path from the root where it lies under it.
        """
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path
