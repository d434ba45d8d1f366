"""Which systems can grade: said in one place, loadable on all of them."""

import sys

from autograder.errors import CourseError

_WHY = "This grader closes learner code in by means that only Linux has."


def require_unix() -> None:
    """Refuse Windows, where parts of the grader cannot even be loaded.

    Raises:
        CourseError: This is Windows.
    """
    if sys.platform == "win32":
        raise CourseError(
            _WHY,
            remedy="Grade in WSL 2; reading the book and doing exercises work here.",
        )


def require_linux() -> None:
    """Refuse whatever is not Linux.

    Raises:
        CourseError: This is another system.
    """
    if sys.platform != "linux":
        raise CourseError(
            _WHY,
            remedy="Grade on Linux, in a virtual machine or in WSL 2. If you trust "
            "everybody who handed in, nbgrader itself grades here, slowly and without "
            "a border: set COURSE_GRADER=plain and run nbgrader autograde.",
        )
