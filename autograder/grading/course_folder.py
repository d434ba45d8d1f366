"""Where nbgrader keeps a course, and where the grader keeps what it has found out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from traitlets.config import Config, PyFileConfigLoader

from autograder.grading.results import ResultStore
from autograder.rooms import Rooms


@dataclass(frozen=True)
class CourseFolder:
    """Where nbgrader keeps a course.

    Attributes:
        root: The folder with ``submitted``, ``autograded`` and ``feedback``.
        db_url: The gradebook's URL.
        course_id: nbgrader's name of the course.
        config: nbgrader's configuration, for the late submission plugin.
    """

    root: Path
    db_url: str
    course_id: str = "default_course"
    config: Config | None = None

    @classmethod
    def configured(cls, rooms: Rooms) -> Self:
        """Read where it is from ``nbgrader_config.py``, as nbgrader does.

        Args:
            rooms: The course.

        Returns:
            The folder that nbgrader's own commands would use.
        """
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(rooms.root))
        config = loader.load_config()
        told = config.CourseDirectory
        return cls(Path(told.root), told.db_url, told.course_id, config)

    @property
    def results(self) -> ResultStore:
        """The results of earlier runs."""
        return ResultStore(self.root / "grading" / "results")

    def submitted(self, assignment: str) -> list[tuple[str, Path]]:
        """Find who handed something in.

        Args:
            assignment: The assignment.

        Returns:
            Each learner's name and folder, in the order of names.
        """
        folders = (self.root / "submitted").glob(f"*/{assignment}")
        return sorted(
            (folder.parent.name, folder)
            for folder in folders
            if folder.is_dir()
            and not folder.is_symlink()
            and not folder.parent.is_symlink()
        )
