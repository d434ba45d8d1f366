"""Edits of YAML: the same data in other words, and small changes one at a time."""

from autograder import yaml_edits
from autograder.files import pack
from autograder.mutants import make_mutants

TEXT = """
name: CI  # what people read
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: |
          ruff check .
          pytest
      - if: github.ref == 'refs/heads/main'
        continue-on-error: true
"""


def test_other_words_are_the_same_data() -> None:
    rewritten = yaml_edits.rewrite(TEXT)
    assert yaml_edits.load(rewritten) == yaml_edits.load(TEXT)
    assert rewritten != TEXT
    assert "#" not in rewritten


def test_every_entry_is_dropped_or_changed_once() -> None:
    keys = [key for key, _ in yaml_edits.changes(TEXT)]
    assert len(keys) == len(set(keys))
    assert {
        "on dropped",
        "on => another",
        "jobs.test.timeout-minutes => 500",
        "jobs.test.steps.0 dropped",
        "jobs.test.steps.0.run without 'pytest'",
        "jobs.test.steps.1.if == => !=",
        "jobs.test.steps.1.continue-on-error => false",
    } <= set(keys)


def test_names_and_machines_are_left_alone() -> None:
    keys = [key for key, _ in yaml_edits.changes(TEXT)]
    assert not [key for key in keys if key.startswith(("name", "jobs.test.runs-on"))]


def test_a_change_changes_one_place() -> None:
    changed = dict(yaml_edits.changes(TEXT))["jobs.test.steps.0.run without 'pytest'"]
    wanted = yaml_edits.load(TEXT)
    wanted["jobs"]["test"]["steps"][0]["run"] = "ruff check .\n"
    assert yaml_edits.load(changed) == wanted


def test_files_of_yaml_have_mutants() -> None:
    mutants = make_mutants(pack({"ci.yml": TEXT, "README.md": "x"}))
    assert mutants
    assert all(mutant.key.startswith("ci.yml: ") for mutant in mutants)
