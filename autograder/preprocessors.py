"""nbgrader preprocessors, named in ``nbgrader_config.py``."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.exercises import find_exercise
from autograder.notebook import ANSWER_ID
from autograder.rooms import Rooms


class StarterInPlace(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the starter where the solution stood.

    nbgrader's own ClearSolutions knows one stub for all cells; a refactoring exercise
    starts from its own bad code.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace the answer cell's source.

        Args:
            nb: The source notebook.
            resources: nbconvert's resources; ``unique_key`` names the notebook.

        Returns:
            The notebook with the starter, and the resources.
        """
        slug = resources["nbgrader"]["notebook"]
        exercise = find_exercise(Rooms.of_this_course(), slug)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == ANSWER_ID:
                cell.source = exercise.brief.starter.rstrip("\n")
        return nb, resources
