"""nbgrader over the built assignments: `nbgrader` works here as anywhere else.

Sources are assembled into build/nbgrader/source by `python3 -m course`; the gradebook
is SQLite unless COURSE_DB_URL names another database.
"""

import os
from pathlib import Path

from autograder.grading.nbgrader import configure

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader provides it

# First: were this to fail, nbgrader would find no course rather than grade one without
# a border. COURSE_GRADER=plain leaves the running of notebooks to nbgrader itself.
configure(c)

_root = Path(__file__).resolve().parent
_course = Path(os.environ.get("COURSE_NBGRADER_ROOT", _root / "build" / "nbgrader"))

c.CourseDirectory.root = str(_course)
c.CourseDirectory.course_id = "python-standards"
c.CourseDirectory.db_url = os.environ.get(
    "COURSE_DB_URL", f"sqlite:///{_course / 'gradebook.db'}"
)
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__"]
c.Exchange.root = str(_course / "exchange")

# The learner's cell starts from the exercise's own bad code, not from one stub for all.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.LockCells",
    "autograder.preprocessors.StarterInPlace",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Of use with COURSE_GRADER=plain: a deleted test cell costs nobody a class.
c.OverwriteCells.add_missing_cells = True
c.ExecutePreprocessor.timeout = 60
