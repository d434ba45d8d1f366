"""``doctor``: can this machine grade strangers' code, and is the gradebook sound?"""

from typing import Annotated

import typer

from autograder.platforms import require_unix
from autograder.rooms import Rooms


def doctor(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
) -> None:
    """See whether this machine can grade safely, and whether the gradebook is sound."""
    require_unix()
    # Only here: it loads nbgrader, and parts of it are for Unix alone.
    from course.health import tell  # noqa: PLC0415

    if not tell(Rooms.of_this_course(), as_json=as_json):
        raise typer.Exit(1)
