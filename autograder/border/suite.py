"""Runs a learner's tests with pytest, beside them and in the same process.

``autograder.checks.learner_tests`` sends this file over the border as a probe. It needs
pytest and the standard library only. It decides nothing: it tells what happened, and
puts everything back that belongs to the process.
"""

import contextlib
import functools
import importlib.util
import io
import itertools
import os
import shutil
import sys
import tempfile
import types
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Told = dict[str, Any]

_TEXT_LIMIT = 300
# Nothing of the course's or the machine's has a say: no settings, no plugins but
# pytest's own, and of these none that writes files, reports or reaches for threads.
_WITHOUT = (
    *("cacheprovider", "stepwise", "faulthandler", "junitxml", "pastebin", "doctest"),
    *("unraisableexception", "threadexception"),
)
_OWN_ENDINGS = (
    Exception,
    SystemExit,
    KeyboardInterrupt,
    pytest.fail.Exception,
    pytest.skip.Exception,
)
_UNFINISHED = {"outcome": "failed", "text": "it did not come to its end"}
_WHOLE = (
    *(pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED),
    *(pytest.ExitCode.INTERRUPTED, pytest.ExitCode.NO_TESTS_COLLECTED),
)
_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")


@dataclass
class Run:
    """One run of the tests on a fresh copy of the module under test.

    Attributes:
        file: The tests' own copy for this run.
        module: The module under test.
        first: The test function to begin with; the ones before it come last.
        backwards: Whether the last one runs first.
        alone: Whether no other than the first runs.
        stop: Whether the first failure ends the run.
        environment: The environment variables that the tests found and, while they
            were imported, left.
        items: The tests, in the order in which they run.
        tests: How each of them ended.
        found: How the world was before anything ran.
        left: What is not as it was found, and after which test it was first changed.
        used: By id a watched object, its class, and the tests that used it.
    """

    file: Path
    module: types.ModuleType
    first: str = ""
    backwards: bool = False
    alone: bool = False
    stop: bool = False
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    items: list[pytest.Item] = field(default_factory=list)
    tests: dict[str, Told] = field(default_factory=dict)
    found: Told = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    used: dict[int, tuple[object, str, list[str]]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether a test of this run went wrong."""
        return any(test["outcome"] == "failed" for test in self.tests.values())

    def arrange(self, items: Sequence[pytest.Item]) -> None:
        """Take the tests over, in order; cases of one function stay together.

        Args:
            items: The tests of all runs, as they were collected.
        """
        own = [item for item in items if item.path == self.file]
        names = list(dict.fromkeys(map(_function_of, own)))
        names = names[::-1] if self.backwards else names
        start = names.index(self.first) if self.first in names else 0
        names = (
            names[start : start + 1] if self.alone else names[start:] + names[:start]
        )
        place = {name: number for number, name in enumerate(names)}
        chosen = [item for item in own if _function_of(item) in place]
        self.items = sorted(chosen, key=lambda item: place[_function_of(item)])

    @contextlib.contextmanager
    def taking_place(self) -> Iterator[None]:
        """Let this run have the process: its module, folder and environment.

        Yields:
            Nothing, while tests are imported or run.
        """
        sys.modules[self.module.__name__] = self.module
        sys.path.insert(0, str(self.file.parent))  # for tests that import it anew
        outside = dict(os.environ)
        _restore(os.environ, self.environment)
        folder = self.file.with_name("cwd")
        folder.mkdir(exist_ok=True)
        os.chdir(folder)
        try:
            yield
        finally:
            sys.path.remove(str(self.file.parent))
            self.environment = dict(os.environ)
            _restore(os.environ, outside)

    def world(self) -> Told:
        """Describe what a test must leave as it was."""
        variables = {k: v for k, v in os.environ.items() if k not in _VARIABLES}
        return {
            "files in the current folder": sorted(Path.cwd().rglob("*")),
            "environment variables": variables,
            "the current folder": Path.cwd(),
            **{
                f"{self.module.__name__}.{name}": repr(value)
                for name, value in vars(self.module).items()
                if not name.startswith("__")
            },
        }

    def note_change(self, who: str) -> None:
        """Write down what is not as it was found; what is so again is forgotten.

        Args:
            who: What was done meanwhile.
        """
        for what, now in self.world().items():
            if now == self.found.get(what):
                self.left.pop(what, None)
            else:
                self.left.setdefault(what, who)

    def told(self) -> Told:
        """Tell what happened, as plain data."""
        shared = [
            {"class": kind, "tests": tests}
            for _, kind, tests in self.used.values()
            if len(tests) > 1
        ]
        return {"tests": self.tests, "left": self.left, "shared": shared}


class Watcher:
    """A pytest plugin that runs the tests and writes down what they do.

    Args:
        runs: The runs, one after the other in one session of pytest.
        watched: Classes of the module under test whose objects are watched.
    """

    def __init__(self, runs: Sequence[Run], watched: Sequence[str]) -> None:
        self.ended: BaseException | None = None
        self._folders = 0
        self._runs = {run.file: run for run in runs}
        self._now: tuple[Run, str] | None = None
        for run in runs:
            for name in watched:
                self._watch(run, getattr(run.module, name))

    @pytest.fixture
    def tmp_path(self, request: pytest.FixtureRequest) -> Path:
        """Make pytest's folder for one test, with a tenth of the calls to the system.

        Args:
            request: The test that wants it.

        Returns:
            An empty folder, which goes with those of the run.
        """
        self._folders += 1
        folder = request.path.with_name(f"tmp{self._folders}")
        folder.mkdir()
        return folder

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Let each copy of the tests import its own copy of the module.

        Args:
            collector: What is collected.

        Yields:
            Nothing, while the tests are collected.

        Returns:
            pytest's report.
        """
        run = self._runs.get(collector.path)
        if run is None or not isinstance(collector, pytest.Module):
            return (yield)
        with run.taking_place():
            run.found = run.world()
            report = yield
            run.note_change("importing them")
        if report.failed:
            text = _shortened(str(report.longrepr).splitlines()[-1])
            run.tests["importing them"] = {"outcome": "failed", "text": text}
        return report

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests of each run, all fixtures torn down after each run.

        Args:
            session: pytest's session.

        Returns:
            True: nobody else needs to run them.
        """
        for run in self._runs.values():
            run.arrange(session.items)
            with run.taking_place():
                self._carry_out(run, session)
            if self.ended:
                break
        return True

    def _carry_out(self, run: Run, session: pytest.Session) -> None:
        for item, following in itertools.zip_longest(run.items, run.items[1:]):
            self._now = (run, _name_of(item))
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            self._now = None
            run.note_change(_name_of(item))
            if self.ended or (run.stop and run.failed):
                # What spans several tests still stands; no hook asks for its end.
                session._setupstate.teardown_exact(None)
                run.note_change(_name_of(item))
                return

    def pytest_internalerror(
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> None:
        """Let out what was raised between tests, such as a limit of time.

        Args:
            excinfo: What pytest did not expect.
        """
        self.ended = excinfo.value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write down how set-up, test and tear-down ended.

        Args:
            item: The test.
            call: What pytest called.

        Yields:
            Nothing, while pytest makes its report.

        Returns:
            That report.
        """
        report = yield
        tests = self._runs[item.path].tests
        told = tests.setdefault(_name_of(item), dict(_UNFINISHED))
        error = call.excinfo.value if call.excinfo else None
        ends = report.when == "call" or not report.passed
        if ends and (told == _UNFINISHED or told["outcome"] == "passed"):
            told.update(outcome=report.outcome, text=_said(error) if error else "")
        if error is not None and not isinstance(error, _OWN_ENDINGS):
            # Someone around this run wants it to end, such as a limit of time.
            self.ended = error
        return report

    def _watch(self, run: Run, kind: type) -> None:
        for name, function in list(vars(kind).items()):
            if not name.startswith("_") and isinstance(function, types.FunctionType):
                setattr(kind, name, self._noting(run, kind.__name__, function))

    def _noting(
        self, run: Run, kind: str, function: Callable[..., Any]
    ) -> Callable[..., Any]:
        @functools.wraps(function)
        def noting(this: object, *args: Any, **kwargs: Any) -> Any:
            _, _, tests = run.used.setdefault(id(this), (this, kind, []))
            if self._now and self._now[1] not in tests:
                tests.append(self._now[1])
            return function(this, *args, **kwargs)

        return noting


def run_suite(
    answer: str,
    name: str,
    runs: Sequence[Told],
    watched: Sequence[str] = (),
    explain: bool = False,
) -> list[Told]:
    """Run tests, each time on a fresh copy of the module under test.

    Args:
        answer: The source of the tests.
        name: The module under test, as they import it.
        runs: For each run the module's source as ``code``, and what else ``Run`` takes.
        watched: Classes of the module whose objects are watched.
        explain: Whether failing assertions tell their values; that takes longer.

    Returns:
        For each run ``tests`` by name, what was ``left`` behind, which objects were
        ``shared``.
    """
    with _apart(name) as folder:
        made = [
            _prepared(folder / str(number), answer, name, **run)
            for number, run in enumerate(runs)
        ]
        watcher = Watcher(made, watched)
        options = [f"--rootdir={folder}", f"--confcutdir={folder}", f"-c{os.devnull}"]
        options += [f"-pno:{plugin}" for plugin in _WITHOUT]
        options += ["--import-mode=importlib", "--capture=sys", "-qq", "--color=no"]
        options += ["--tb=line"]  # nobody reads tracebacks, and long ones take long
        options += [f"--assert={'rewrite' if explain else 'plain'}"]
        options += ["--continue-on-collection-errors", f"--basetemp={folder}/base"]
        files = [str(run.file) for run in made]
        ended = pytest.main([*options, *files], plugins=[watcher])
        if watcher.ended is not None:
            raise watcher.ended
        if ended not in _WHOLE:
            raise RuntimeError(f"pytest ended with {ended}")
        return [run.told() for run in made]


def _prepared(folder: Path, answer: str, name: str, code: str, **how: Any) -> Run:
    folder.mkdir()
    file = folder / "test_answer.py"
    file.write_text(answer, encoding="utf-8")
    version = folder / f"{name}.py"
    version.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, version)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module can be called {name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Run(file, module, **how)


@contextlib.contextmanager
def _apart(name: str) -> Iterator[Path]:
    """Give a run a folder of its own, and put the process back as it was."""
    here, variables, paths = Path.cwd(), dict(os.environ), list(sys.path)
    modules, no_bytecode = dict(sys.modules), sys.dont_write_bytecode
    folder = Path(tempfile.mkdtemp())
    for variable in _VARIABLES:
        os.environ.pop(variable, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            yield folder
    finally:
        os.chdir(here)
        _restore(os.environ, variables)
        sys.path[:], sys.dont_write_bytecode = paths, no_bytecode
        for imported in sys.modules.keys() - modules.keys():
            # Libraries may stay: many cannot be imported twice.
            if str(folder) in str(getattr(sys.modules[imported], "__file__", "")):
                del sys.modules[imported]
        sys.modules.pop(name, None)
        if name in modules:
            sys.modules[name] = modules[name]
        shutil.rmtree(folder, ignore_errors=True)


def _restore(current: Any, before: Mapping[str, Any]) -> None:
    for key in current.keys() - before.keys():
        del current[key]
    for key, value in before.items():
        if current.get(key) != value:
            current[key] = value


def _function_of(item: pytest.Item) -> str:
    return _name_of(item).partition("[")[0]


def _name_of(item: pytest.Item) -> str:
    """Name a test with its class, and without the folder of its run."""
    return item.nodeid.partition("::")[2]


def _said(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return _shortened(": ".join([type(error).__name__, *lines[:1]]))


def _shortened(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 1]}…"
