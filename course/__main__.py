"""Front door: ``python3 -m course`` needs nothing but Python.

This file and ``bootstrap`` use the standard library alone and parse on old Pythons, so
that the first run on a fresh machine ends in a sentence and not in a traceback.
"""

import sys

OLDEST = (3, 11)


def main() -> None:
    """Make the environment if it is missing, then run the command inside it."""
    if sys.version_info < OLDEST:
        sys.exit(
            "This course needs Python {}.{} or newer; this is Python {}.{}. "
            "Install a newer one and run the same command with it.".format(
                *OLDEST, *sys.version_info[:2]
            )
        )
    from course import bootstrap  # noqa: PLC0415 - only once Python is new enough

    if not bootstrap.inside_environment():
        bootstrap.enter_environment()
    from course.cli import run  # noqa: PLC0415 - needs the environment

    run()


if __name__ == "__main__":
    main()
