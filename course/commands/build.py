"""``build``: the site and the assignments, without serving."""

from rich.console import Console

from autograder.rooms import Rooms
from course.build import Builder


def build() -> None:
    """Build what is stale: assignments, then the book; warnings are errors."""
    builder = Builder(Rooms.of_this_course())
    builder.build()
    Console().print(f"Site: {builder.site}", soft_wrap=True)
