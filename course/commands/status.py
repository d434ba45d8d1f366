"""``status``: what of the standards is taught."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from autograder.rooms import Rooms
from autograder.standards import load_standards
from course.coverage import measure_coverage
from course.coverage import status as count


def status(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of a table.")
    ] = False,
) -> None:
    """Show what of the five standards is taught so far."""
    rooms = Rooms.of_this_course()
    numbers = count(rooms)
    if as_json:
        print(json.dumps(numbers))
        return
    coverage = measure_coverage(rooms)
    table = Table("Standard", "Sections taught", "Rules marked", title="Coverage")
    for document in load_standards().documents:
        names = [section.id for section in document.sections]
        rules = [rule for section in document.sections for rule in section.rules]
        taught = sum(bool(coverage.taught[name]) for name in names)
        marked = sum(bool(coverage.places[rule]) for rule in rules)
        table.add_row(
            document.id, f"{taught} of {len(names)}", f"{marked} of {len(rules)}"
        )
    console = Console()
    console.print(table)
    variants = numbers["variants"]
    console.print(
        f"{numbers['chapters']} chapters, {numbers['exercises']} exercises, "
        f"{numbers['criteria']} criteria, variants: {variants}"
    )
