"""Remarks while typing belong to their exercise, and nag no honest answer."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.brief import read_brief
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.files import write_folder
from autograder.namespace import files_of
from autograder.rooms import Rooms

EXERCISES = find_exercises(Rooms.of_this_course())
# Where ruff has a rule that sees what is wrong with the starter.
SEEN_IN_STARTER = {
    "decorator": {"PLR2004", "S101"},
    "django_apps": {"DJ008", "S610"},
    "factory": {"RET505"},
    "fastapi_services": {"B008", "PLR2004"},
    "fixtures": {"PLW0603", "SIM105"},
    "global_state": {"PLW0603"},
    "liskov_substitution": {"ARG002"},
    "logging": {"G004", "LOG015", "T201", "TRY400"},
    "n_plus_one": {"PERF401"},
    "open_closed": {"RET505"},
    "project_structure": {"E402", "F403"},
    "settings": {"PLW1508"},
    "singleton": {"RUF012"},
    "sql_injection": {"S608", "UP031", "UP032"},
    "type_hints": {"ANN001", "ANN401", "RUF013", "UP035"},
}


def remarks(exercise: Exercise, folder: Path, sources: dict[str, str]) -> set[str]:
    """Names of sources and what ruff remarks on them, in one run: ``name: code``."""
    for name, source in sources.items():
        write_folder(folder / name, files_of(source, exercise.brief.package))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache"]
    command += ["--ignore-noqa", "--target-version", "py311"]
    command += ["--select", ",".join(remark.code for remark in exercise.brief.remarks)]
    command += ["--output-format", "json", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode in {0, 1}, run.stderr
    found = json.loads(run.stdout)
    places = (Path(each["filename"]).relative_to(folder.resolve()) for each in found)
    return {
        f"{place.parts[0]}: {each['code']}"
        for place, each in zip(places, found, strict=True)
    }


def _has_python(exercise: Exercise) -> bool:
    files = files_of(exercise.brief.starter, exercise.brief.package)
    return any(path.endswith(".py") for path in files)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_remarks_meet_the_starter_and_spare_the_solution(
    exercise: Exercise, tmp_path: Path
) -> None:
    if not _has_python(exercise):
        assert not exercise.brief.remarks  # ruff reads Python only
        return
    assert 2 <= len(exercise.brief.remarks) <= 6
    honest = {v.name: v.source for v in exercise.variants if v.right}
    sources = {**honest, "starter": exercise.brief.starter}
    found = remarks(exercise, tmp_path, {**sources, "solution": exercise.solution})
    seen = {each for each in found if each.startswith("starter: ")}
    wanted = SEEN_IN_STARTER.get(exercise.slug, set())
    assert seen == {f"starter: {code}" for code in wanted}
    informative = {r.code for r in exercise.brief.remarks if r.voice == "informative"}
    nagged = {each for each in found - seen if each.split(": ")[1] not in informative}
    assert not nagged
    assert not {each for each in found if each.startswith("solution: ")}


def test_voices_and_sentences_are_all_there() -> None:
    voices = Counter(r.voice for e in EXERCISES for r in e.brief.remarks)
    assert set(voices) == {"essential", "actionable", "informative"}
    for exercise in filter(_has_python, EXERCISES):
        said = [remark.say for remark in exercise.brief.remarks]
        assert len(set(said)) == len(said)
        assert all(
            text.endswith((".", "?")) for text in [*said, exercise.brief.celebrate]
        )


@pytest.mark.parametrize(
    ("matter", "words"),
    [
        ("remarks: {B006: {voice: loud, say: No.}}\ncelebrate: Yes.", "B006"),
        ("remarks: {b: {voice: essential, say: No.}}\ncelebrate: Yes.", "misshapen"),
        ("remarks: {B006: {voice: essential}}\ncelebrate: Yes.", "B006"),
        ("remarks: {B006: {voice: essential, say: No.}}", "celebrate"),
    ],
)
def test_a_misshapen_remark_is_named(matter: str, words: str, tmp_path: Path) -> None:
    text = EXERCISES[0].brief_path.read_text(encoding="utf-8")
    head, _, body = text.partition("\nremarks:")
    path = tmp_path / "exercise.md"
    rest = body[body.index("\n---\n") :]
    path.write_text(f"{head}\n{matter}{rest}", encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        read_brief(path)
