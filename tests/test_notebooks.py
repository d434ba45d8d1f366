"""Assembled notebooks, and ``check`` in a real kernel."""

import functools
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import run_kernel
from nbclient import NotebookClient

from autograder.assemble import assemble
from autograder.exercises import Exercise, find_exercise, find_exercises
from autograder.files import pack, read_folder
from autograder.rooms import Rooms


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    return find_exercise(Rooms.of_this_course(), "open_closed")


@pytest.mark.parametrize(
    "exercise", find_exercises(Rooms.of_this_course()), ids=lambda e: e.slug
)
def test_notebook_is_valid_and_complete(exercise: Exercise) -> None:
    notebook = assemble(exercise)
    nbformat.validate(notebook)
    grades = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if cell.metadata.nbgrader.grade
    }
    assert list(grades) == [c.name for c in exercise.criteria]
    assert sum(cell.metadata.nbgrader.points for cell in grades.values()) == 10
    for criterion in exercise.criteria:
        source = grades[criterion.name].source
        assert ("### BEGIN HIDDEN TESTS" in source) == (not criterion.visible)
        assert f'check("{criterion.name}")' in source
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


def test_assembling_twice_gives_the_same_bytes(exercise: Exercise) -> None:
    assert nbformat.writes(assemble(exercise)) == nbformat.writes(assemble(exercise))


def execute(notebook: nbformat.NotebookNode, folder: Path, slug: str) -> dict[str, str]:
    """Save and execute a notebook as nbgrader does; points by criterion."""
    nbformat.write(notebook, folder / f"{slug}.ipynb")
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    return {
        cell.metadata.nbgrader.grade_id: cell.outputs[0]["data"]["text/plain"]
        for cell in notebook.cells
        if cell.get("metadata", {}).get("nbgrader", {}).get("grade")
    }


def test_solution_notebook_earns_all_points(exercise: Exercise, tmp_path: Path) -> None:
    earned = execute(assemble(exercise), tmp_path, exercise.slug)
    assert earned == {c.name: str(c.points) for c in exercise.criteria}


def test_scratch_cells_neither_help_nor_harm(
    exercise: Exercise, tmp_path: Path
) -> None:
    notebook = assemble(exercise)
    scratch = nbformat.v4.new_code_cell(
        'def quote(carrier, grams):\n    return "scratch"'
    )
    answer = next(i for i, c in enumerate(notebook.cells) if c.id == "answer")
    notebook.cells.insert(answer, scratch)
    notebook.cells.insert(answer + 2, nbformat.v4.new_code_cell(scratch.source))
    earned = execute(notebook, tmp_path, exercise.slug)
    assert earned == {c.name: str(c.points) for c in exercise.criteria}


def test_an_answer_may_define_a_name_like_ours(
    exercise: Exercise, tmp_path: Path
) -> None:
    notebook = assemble(exercise)
    answer = next(i for i, c in enumerate(notebook.cells) if c.id == "answer")
    notebook.cells[answer].source += "\n\ndef check(text):\n    return text * 2"
    for place in (answer + 1, len(notebook.cells) + 1):  # before and after our checks
        use = nbformat.v4.new_code_cell('assert check("a") == "aa"')
        notebook.cells.insert(place, use)
    earned = execute(notebook, tmp_path, exercise.slug)
    assert earned == {c.name: str(c.points) for c in exercise.criteria}


def test_latest_version_of_the_answer_cell_counts(exercise: Exercise) -> None:
    """JupyterLab says which cell it runs; earlier versions are forgotten."""
    with run_kernel(kernel_name="python3") as client:
        run = functools.partial(run_cell, client)
        opening = f'check = exercise("{exercise.slug}")'
        run(f"from autograder.notebook import exercise; {opening}", cell="open")
        check = 'check("same_answers_as_before")'
        said = run(check, cell="test")
        assert said["ename"] == "CourseError"
        assert "Your answer cell was not run" in said["evalue"]
        for source, points in ((exercise.brief.starter, 0), (exercise.solution, 1)):
            run(source, cell="answer")
            data = run(check, cell="test")["data"]
            assert data["text/plain"] == str(points)
            assert "<strong>Met" in data["text/html"]


def run_cell(client: BlockingKernelClient, source: str, *, cell: str) -> Any:
    """Run source as JupyterLab does: the request says which cell it comes from."""
    content = {
        "code": source,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": True,
    }
    message = client.session.msg("execute_request", content, metadata={"cellId": cell})
    client.shell_channel.send(message)
    result: Any = {}
    while True:
        reply = client.get_iopub_msg(timeout=60)
        if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        if reply["msg_type"] in {"execute_result", "error"}:
            result = reply["content"]
        if reply["content"].get("execution_state") == "idle":
            return result


def test_release_holds_nothing_secret(rooms: Rooms) -> None:
    released = sorted((rooms.build / "nbgrader" / "release").glob("*/*.ipynb"))
    exercises = {e.slug: e for e in find_exercises(rooms)}
    assert {path.stem for path in released} == set(exercises)
    for path in released:
        exercise = exercises[path.stem]
        text = path.read_text(encoding="utf-8")
        assert "HIDDEN TESTS" not in text
        sources = {c["id"]: "".join(c["source"]) for c in json.loads(text)["cells"]}
        starter = exercise.brief.starter
        if exercise.brief.package is None:
            assert sources["answer"] == starter.rstrip("\n")
        else:
            assert pack(read_folder(path.with_suffix(""))) == starter
        for criterion in exercise.criteria:
            called = f'check("{criterion.name}")' in "".join(sources.values())
            assert called == criterion.visible
