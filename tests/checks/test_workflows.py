"""Workflows followed through events: as GitHub does it, in each place that decides."""

from types import SimpleNamespace
from typing import Any

import pytest

from autograder.checks import workflows
from autograder.checks.workflows import (
    Run,
    pull_request,
    push,
    push_of_tag,
    schedule,
    simulate,
)
from autograder.checks.workflows.events import Event, matches
from autograder.checks.workflows.expressions import (
    ExpressionError,
    Scope,
    evaluate,
    interpolate,
    is_met,
)
from autograder.checks.workflows.scripts import ScriptError, succeeds
from autograder.criteria import CriterionNotMet

CI = ".github/workflows/ci.yml"
CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8"
TWO_JOBS = """
on: {push: {branches: [main]}, pull_request: }
permissions: {contents: read}
jobs:
  test:
    runs-on: ubuntu-latest
    strategy: {matrix: {python: ["3.11", "3.12"]}}
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "${{ matrix.python }}"}
      - run: pytest
  deploy:
    needs: test
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy
        env: {TOKEN: "${{ secrets.TOKEN }}"}
"""


def answer(text: str, **more: str) -> Any:
    return SimpleNamespace(files={CI: text, **more})


def pytest_fails(command: workflows.Command) -> bool:
    return command.is_run_of("pytest")


def results(run: Run) -> dict[str, str]:
    return {job.id: job.result for job in run.jobs}


CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event": {"number": 3.0}},
    "needs": {"a": {"result": "success"}, "b": {"result": "failure"}},
    "list": ["x", "y"],
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.ref == 'REFS/heads/MAIN'", True),
        ("github['ref']", "refs/heads/main"),
        ("github.event.number > 2 && 'large' || 'small'", "large"),
        ("github.absent.deeper", None),
        ("contains(needs.*.result, 'failure')", True),
        ("contains(github.ref, 'heads')", True),
        ("!startsWith(github.ref, 'refs/tags/')", True),
        ("format('{0}-{1}', 'a', 1)", "a-1"),
        ("join(list, '+')", "x+y"),
        ("fromJSON('[1, 2]')[1]", 2),
        ("'it''s'", "it's"),
        ("1 == '1'", True),
        ("null == 0", True),
        ("'' || github.ref", "refs/heads/main"),
        ("(true || false) && false", False),
    ],
)
def test_expressions(expression: str, value: object) -> None:
    assert evaluate(expression, Scope(CONTEXTS)) == value


@pytest.mark.parametrize(
    "expression", ["github.ref ==", "unknown.x", "run()", "'a", "a b"]
)
def test_no_expression(expression: str) -> None:
    with pytest.raises(ExpressionError, match="holds the expression"):
        evaluate(expression, Scope(CONTEXTS))


def test_expressions_inside_texts() -> None:
    scope = Scope(CONTEXTS)
    assert interpolate("at ${{ github.ref }}!", scope) == "at refs/heads/main!"
    assert interpolate({"n": ["${{ github.event.number }}"]}, scope) == {"n": [3.0]}
    assert is_met("github.ref == 'x'", scope) is False
    assert is_met("${{ false }} ", scope) is False
    # Not one expression, but a text that is never empty: a mistake that people make.
    assert is_met("${{ false }} && true", scope) is True


@pytest.mark.parametrize(
    ("script", "met", "reached"),
    [
        ("pytest", False, ["pytest"]),
        ("pytest || true", True, ["pytest"]),
        ("pytest\nnext", False, ["pytest"]),
        ("pytest && next", False, ["pytest"]),
        ("pytest && next\nlast", True, ["pytest", "last"]),
        ("set +e\npytest\nnext", True, ["pytest", "next"]),
        ("pytest | tee log", True, ["pytest", "tee log"]),
        ("set -o pipefail; pytest | tee log", False, ["pytest", "tee log"]),
        ("! pytest", True, ["pytest"]),
        ("pytest &", True, ["pytest"]),
        ("exit 0\npytest", True, []),
        ("pytest || exit 1", False, ["pytest"]),
        ("(pytest)", False, ["pytest"]),
        ("A=1 pytest -k 'a && b' \\\n  -q", False, ["pytest -k a && b -q"]),
        ("next # it's || pytest\nlast", True, ["next", "last"]),
        ("next &&\n  pytest", False, ["next", "pytest"]),
        ('test "a" = "b" || next', True, ["next"]),
        ('[ "a" = "b" ]', False, []),
    ],
)
def test_scripts(script: str, met: bool, reached: list[str]) -> None:
    seen: list[str] = []

    def runs(words: tuple[str, ...]) -> bool:
        seen.append(" ".join(words))
        return words[0] != "pytest"

    assert (succeeds(script, runs), seen) == (met, reached)


def test_a_shell_that_says_bash_fails_with_its_pipes() -> None:
    assert not succeeds("pytest | tee log", lambda w: w[0] != "pytest", pipefail=True)


@pytest.mark.parametrize("script", ["echo 'a", "if pytest; then echo; fi", "[ -f x ]"])
def test_scripts_that_are_not_followed(script: str) -> None:
    with pytest.raises(ScriptError):
        succeeds(script, lambda _: True)


@pytest.mark.parametrize(
    ("name", "patterns", "meant"),
    [
        ("main", ["main"], True),
        ("release/1", ["*"], False),
        ("release/1", ["**"], True),
        ("release/1", ["release/**", "!release/1"], False),
        ("v1.2", ["v[0-9].[0-9]"], True),
        ("src/a.py", ["**/*.py"], True),
        ("a.py", ["**/*.py"], True),
    ],
)
def test_patterns(name: str, patterns: list[str], meant: bool) -> None:
    assert matches(name, patterns) is meant


@pytest.mark.parametrize(
    ("trigger", "events"),
    [
        ("push", ["main", "other", "v1"]),
        ("{push: {branches: [main]}}", ["main"]),
        ("{push: {branches-ignore: [main]}}", ["other"]),
        ("{push: {tags: ['v*']}}", ["v1"]),
        ("{push: {branches: [main], tags: ['v*']}}", ["main", "v1"]),
        ("{push: {paths: ['docs/**']}}", ["v1"]),
        ("{push: {paths-ignore: ['**']}}", ["v1"]),
        ("[pull_request]", ["into main", "fork"]),
        ("{pull_request: {branches: [next]}}", []),
        ("{pull_request: {types: [closed]}}", []),
        ("{pull_request_target: {types: [synchronize]}}", ["into main", "fork"]),
        ("{schedule: [{cron: '0 3 * * *'}]}", ["hour"]),
    ],
)
def test_triggers(trigger: str, events: list[str]) -> None:
    text = f"on: {trigger}\njobs: {{a: {{runs-on: u, steps: [{{run: go}}]}}}}\n"
    happen = {
        "main": push(),
        "other": push("other"),
        "v1": push_of_tag("v1"),
        "into main": pull_request(),
        "fork": pull_request(fork=True),
        "hour": schedule(),
    }
    assert [n for n, e in happen.items() if simulate(answer(text), e).jobs] == events


def test_what_needs_a_failed_job_is_skipped() -> None:
    green = simulate(answer(TWO_JOBS), push())
    assert results(green) == {"test": "success", "deploy": "success"}
    assert [c.python for c in green.commands("pytest")] == ["3.11", "3.12"]

    def one_fails(command: workflows.Command) -> bool:
        return pytest_fails(command) and command.python == "3.12"

    red = simulate(answer(TWO_JOBS), push(), fails=one_fails)
    assert results(red) == {"test": "failure", "deploy": "skipped"}
    assert (red.is_red, green.is_red) == (True, False)


@pytest.mark.parametrize(
    ("old", "new", "deployed"),
    [
        ("    needs: test\n", "", 1),
        ("if: github", "if: always() && github", 1),
        ("if: github", "if: failure() && github", 1),
        ("if: github", "if: success() && github", 0),
        ("- run: pytest", "- run: pytest || true", 1),
        ("- run: pytest", "- {run: pytest, continue-on-error: true}", 1),
        ("    strategy:", "    continue-on-error: true\n    strategy:", 1),
        ("- run: pytest", "- {run: pytest | tee x, shell: bash}", 0),
    ],
)  # fmt: skip
def test_ways_to_lose_a_failure(old: str, new: str, deployed: int) -> None:
    assert old in TWO_JOBS
    run = simulate(answer(TWO_JOBS.replace(old, new)), push(), fails=pytest_fails)
    assert len(run.commands("deploy")) == deployed


@pytest.mark.parametrize(
    ("event", "trigger", "secrets", "writes", "foreign"),
    [
        (pull_request(fork=True), "pull_request", set(), [], True),
        (pull_request(), "pull_request", {"TOKEN"}, ["all"], False),
        (pull_request(fork=True), "pull_request_target", {"TOKEN"}, ["all"], True),
        (push(), "push", {"TOKEN"}, ["all"], False),
    ],
)
def test_what_a_stranger_gets(
    event: Event, trigger: str, secrets: set[str], writes: list[str], foreign: bool
) -> None:
    text = f"""
on: {trigger}
jobs:
  a:
    runs-on: ubuntu-latest
    env: {{TOKEN: "${{{{ secrets.TOKEN }}}}"}}
    steps:
      - uses: {CHECKOUT}
        with: {{ref: "${{{{ github.event.pull_request.head.sha }}}}"}}
      - run: pytest
"""
    job = simulate(answer(text), event).jobs[0]
    assert (job.secrets, job.may_write, job.foreign_code) == (secrets, writes, foreign)
    assert dict(job.commands[0].secrets) == {name: name for name in secrets}


def test_a_workflow_that_follows_another() -> None:
    follows = """
on: {workflow_run: {workflows: [ci], types: [completed], branches: [main]}}
jobs:
  deploy:
    if: github.event.workflow_run.conclusion == 'success'
    runs-on: ubuntu-latest
    steps: [{run: ./deploy}]
"""
    text = "name: ci\non: push\njobs: {t: {runs-on: u, steps: [{run: pytest}]}}\n"
    files = answer(text, **{".github/workflows/deploy.yml": follows})
    assert results(simulate(files, push())) == {"t": "success", "deploy": "success"}
    red = simulate(files, push(), fails=pytest_fails)
    assert results(red) == {"t": "failure", "deploy": "skipped"}
    assert results(simulate(files, push("other"))) == {"t": "success"}


def test_called_workflows_and_composite_actions() -> None:
    called = """
on: {workflow_call: {inputs: {tool: {type: string, default: ruff}}}}
permissions: {}
jobs:
  inner:
    runs-on: ubuntu-latest
    steps:
      - uses: ./.github/actions/run
        with: {tool: "${{ inputs.tool }}"}
"""
    action = """
name: run
description: run
inputs: {tool: {description: which, default: none}}
runs:
  using: composite
  steps: [{run: "${{ inputs.tool }} check", shell: bash}]
"""
    text = """
on: push
concurrency: {group: "g-${{ github.ref }}", cancel-in-progress: true}
jobs:
  a: {uses: ./.github/workflows/called.yml}
  b: {uses: ./.github/workflows/called.yml, with: {tool: mypy}, needs: a}
"""
    files = {
        ".github/workflows/called.yml": called,
        ".github/actions/run/action.yml": action,
    }
    run = simulate(answer(text, **files), push())
    assert [(j.id, str(j.commands[0])) for j in run.jobs] == [
        ("a / inner", "ruff check"),
        ("b / inner", "mypy check"),
    ]
    assert {(j.group, j.cancels) for j in run.jobs} == {("g-refs/heads/main", True)}


def test_matrices() -> None:
    text = """
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        os: [x, y]
        python: [3.10, "3.11"]
        exclude: [{os: y, python: "3.11"}]
        include: [{os: x, extra: 1}, {os: z, python: "4"}]
    steps: [{run: "go ${{ matrix.os }} ${{ matrix.python }} ${{ matrix.extra }}"}]
"""
    commands = [
        str(c) for job in simulate(answer(text), push()).jobs for c in job.commands
    ]
    assert commands == ["go x 3.1 1", "go x 3.11 1", "go y 3.1", "go z 4"]


def test_caches_follow_their_files() -> None:
    text = """
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v6
        with: {python-version: "3.14", cache: pip}
      - uses: actions/cache@v4
        with: {path: x, key: "k-${{ hashFiles('**/uv.lock') }}"}
"""

    def keys(**files: str) -> list[str]:
        files = {name.replace("_", "."): text for name, text in files.items()}
        return simulate(answer(text), push(), files=files).jobs[0].caches

    pip, own = keys(requirements_txt="1", uv_lock="1")
    assert keys(requirements_txt="2", uv_lock="1")[1] == own
    assert keys(requirements_txt="2", uv_lock="1")[0] != pip
    assert keys(requirements_txt="1", uv_lock="2") == [pip, keys(uv_lock="2")[1]]
    assert keys(uv_lock="2")[1] != own


@pytest.mark.parametrize(
    ("said", "python"),
    [
        ("pytest -q", ""),
        ("python -m pytest", ""),
        ("python3.12 -m pytest", "3.12"),
        ("uv run --frozen --python 3.13 pytest", "3.13"),
        ("coverage run -m pytest", ""),
        ("X=1 poetry run pytest tests", ""),
        (".venv/bin/pytest", ""),
    ],
)
def test_launchers(said: str, python: str) -> None:
    text = f"on: push\njobs: {{a: {{runs-on: u, steps: [{{run: {said!r}}}]}}}}\n"
    (command,) = simulate(answer(text), push()).commands("pytest")
    assert command.python == python


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("on: push\njobs: {a: {runs-on: u, stepz: []}}\n", "'stepz' was unexpected"),
        ("on: [push\n", "cannot be read in line 2"),
        ("- on\n", "holds no mapping"),
        ("on: push\njobs: {a: {runs-on: u, needs: b, steps: [{run: x}]}}", "wait for"),
        ("on: push\njobs: {a: {runs-on: u, if: 'x y', steps: [{run: x}]}}\n", "'x y'"),
        ("a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(
            f"c{i}: &c{i} [*{p}, *{p}]\n"
            for i, p in enumerate(["b", *(f"c{n}" for n in range(14))])
        ), "holds too much"),
    ],
)  # fmt: skip
def test_what_github_refuses(text: str, got: str) -> None:
    with pytest.raises(CriterionNotMet) as caught:
        simulate(answer(text), push())
    assert got in str(caught.value)


def test_no_workflow_at_all() -> None:
    with pytest.raises(CriterionNotMet, match="has no workflow"):
        simulate(SimpleNamespace(files={"ci.yml": "on: push"}), push())  # type: ignore[arg-type]


def test_comments_do_not_silence_the_linter() -> None:
    text = TWO_JOBS.replace("python@v6", "python@v6 # zizmor: ignore[unpinned-uses]")
    (finding,) = workflows.audit(answer(text), ["unpinned-uses"])
    assert finding.startswith(f"{CI}, line 9: ")
    assert finding.endswith("(unpinned-uses)")


def test_actions_that_can_be_moved() -> None:
    text = f"""
jobs:
  a: {{uses: other/repo/.github/workflows/x.yml@main}}
  b: {{steps: [{{uses: {CHECKOUT}}}, {{uses: ./local}}, {{uses: a/b@v1}}]}}
"""
    found = workflows.movable_actions(answer(text))
    assert found == [f"{CI}: other/repo/.github/workflows/x.yml@main", f"{CI}: a/b@v1"]
