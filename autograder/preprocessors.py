"""nbgrader preprocessors, named in ``nbgrader_config.py``."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.exercises import find_exercise
from autograder.files import unpack, write_folder
from autograder.notebook import ANSWER_ID
from autograder.rooms import Rooms


class StarterInPlace(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the starter where the solution stood, or into a folder of the release.

    nbgrader's own ClearSolutions knows one stub for all cells; a refactoring exercise
    starts from its own bad code.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace the answer cell's source, or write the starter's files.

        Args:
            nb: The source notebook.
            resources: nbconvert's resources; ``unique_key`` names the notebook.

        Returns:
            The notebook with the starter, and the resources.
        """
        slug = resources["nbgrader"]["notebook"]
        exercise = find_exercise(Rooms.of_this_course(), slug)
        if exercise.brief.package is not None:
            write_folder(
                self._release(resources) / slug, unpack(exercise.brief.starter)
            )
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == ANSWER_ID:
                cell.source = exercise.brief.starter.rstrip("\n")
        return nb, resources

    def _release(self, resources: dict[str, Any]) -> Path:
        """The folder of the release that is being made."""
        told = resources["nbgrader"]
        course = self.parent.parent.coursedir  # the exporter's converter knows it
        return Path(
            course.format_path(
                course.release_directory, told["student"], told["assignment"]
            )
        )
