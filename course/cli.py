"""The command line: ``python3 -m course <command>``; one command a file."""

import sys

import typer
from rich.console import Console

from autograder.errors import CourseError
from course.commands import (
    build,
    bundle,
    demo,
    doctor,
    grade,
    lab,
    new,
    prove,
    serve,
    status,
    test,
)

app = typer.Typer(
    name="python3 -m course",
    help="Python Standards by Refactoring: read it, do it, teach it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

READ, TEACH, WRITE = "Read and do", "Teach", "Write and maintain"
app.command("serve", rich_help_panel=READ)(serve.serve)
app.command("lab", rich_help_panel=READ)(lab.lab)
app.command("bundle", rich_help_panel=TEACH)(bundle.bundle)
app.command("grade", rich_help_panel=TEACH)(grade.grade)
app.command("demo", rich_help_panel=TEACH)(demo.demo)
app.command("doctor", rich_help_panel=TEACH)(doctor.doctor)
app.command("prove", rich_help_panel=WRITE)(prove.prove)
app.command("status", rich_help_panel=WRITE)(status.status)
app.command("new", rich_help_panel=WRITE)(new.new)
app.command("build", rich_help_panel=WRITE)(build.build)
app.command("test", rich_help_panel=WRITE)(test.test)


def run() -> None:
    """Run the command; a user's mistake ends in sentences, not in a traceback."""
    try:
        app()
    except CourseError as error:
        Console(stderr=True, soft_wrap=True).print(
            str(error), markup=False, highlight=False
        )
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("\nStopped.")
        sys.exit(130)
