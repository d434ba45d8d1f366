"""The command line: ``python3 -m course <command>``; one command a file."""

import importlib
import sys

import typer
from rich.console import Console

from autograder.errors import CourseError

READ, TEACH, WRITE = "Read and do", "Teach", "Write and maintain"
_PANELS = {
    "serve": READ,
    "lab": READ,
    "bundle": TEACH,
    "grade": TEACH,
    "demo": TEACH,
    "doctor": TEACH,
    "prove": WRITE,
    "status": WRITE,
    "new": WRITE,
    "build": WRITE,
    "test": WRITE,
}


def make_app(*commands: str) -> typer.Typer:
    """Make the app.

    Args:
        *commands: The commands that it is to know; all of them when none is named.

    Returns:
        The app. Others are not loaded: some take longer than a small class does.
    """
    app = typer.Typer(
        name="python3 -m course",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )

    @app.callback()
    def course() -> None:  # with it, an app of one command still wants its name
        """Python Standards by Refactoring: read it, do it, teach it."""

    for name in commands or _PANELS:
        module = importlib.import_module(f"course.commands.{name}")
        app.command(name, rich_help_panel=_PANELS[name])(getattr(module, name))
    return app


def run() -> None:
    """Run the command; a user's mistake ends in sentences, not in a traceback."""
    asked = [word for word in sys.argv[1:2] if word in _PANELS]
    try:
        make_app(*asked)()
    except CourseError as error:
        Console(stderr=True, soft_wrap=True).print(
            str(error), markup=False, highlight=False
        )
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("\nStopped.")
        sys.exit(130)
