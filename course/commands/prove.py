"""``prove``: every exercise judged as declared."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from autograder.exercises import Exercise, find_exercise, find_exercises
from autograder.proof import Proof, Prover
from autograder.rooms import Rooms


def prove(
    slugs: Annotated[
        list[str] | None,
        typer.Argument(help="Exercises to prove; all when none is named."),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON array instead of tables.")
    ] = False,
    full: Annotated[
        bool, typer.Option(help="Judge every mutant anew, even where nothing changed.")
    ] = False,
) -> None:
    """Prove exercises: starter earns 0, solution all, wrong variants lose."""
    rooms = Rooms.of_this_course()
    if slugs:
        exercises = [find_exercise(rooms, slug) for slug in slugs]
    else:
        exercises = find_exercises(rooms)
    proofs = _prove_all(rooms, exercises, full=full)
    if as_json:
        print(json.dumps([proof.as_json() for proof in proofs], ensure_ascii=False))
    else:
        console = Console()
        for exercise, proof in zip(exercises, proofs, strict=True):
            console.print(_matrix(exercise, proof))
            _tell(console, proof)
        proven = sum(proof.ok for proof in proofs)
        console.print(f"{proven} of {len(proofs)} exercises proven.")
    if not all(proof.ok for proof in proofs):
        raise typer.Exit(1)


def _prove_all(rooms: Rooms, exercises: list[Exercise], *, full: bool) -> list[Proof]:
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("proving", total=len(exercises))
        prover = Prover(rooms, full=full)
        proofs = []
        for exercise in exercises:
            progress.update(task, description=f"proving {exercise.slug}")
            proofs.append(prover.prove(exercise))
            progress.advance(task)
    return proofs


def _matrix(exercise: Exercise, proof: Proof) -> Table:
    table = Table(title=f"{exercise.part}/{exercise.slug}", title_justify="left")
    table.add_column("Answer", no_wrap=True)
    for number, criterion in enumerate(exercise.criteria, start=1):
        table.add_column(f"{number} {criterion.kind[0].upper()}{criterion.points}")
    table.add_column("Points", justify="right")
    for name, finding in proof.findings.items():
        cells = [
            "[green]met[/]" if met else "[red]-[/]" for met in finding.met.values()
        ]
        table.add_row(name, *cells, str(finding.points))
    legend = ", ".join(
        f"{n} {c.name}" for n, c in enumerate(exercise.criteria, start=1)
    )
    table.caption = f"B behaviour, D design, with points: {legend}"
    table.caption_justify = "left"
    return table


def _tell(console: Console, proof: Proof) -> None:
    console.print(
        f"mutants: {proof.mutants_made} made, {proof.mutants_killed} killed, "
        f"{len(proof.equivalent)} equivalent"
    )
    for key in proof.survivors:
        console.print(f"  survives: {key}", markup=False, soft_wrap=True)
    for problem in proof.problems:
        console.print(
            f"  not as declared: {problem}", markup=False, style="red", soft_wrap=True
        )
    console.print()
