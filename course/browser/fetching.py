"""What may go wrong while something is fetched, and is no reason to have no book."""

from autograder.errors import CourseError


class FetchError(CourseError):
    """A registry cannot be reached, or does not have what is pinned."""
