"""A real Dask scheduler with real workers: what they cost, break and must not see."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from autograder.assemble import assemble_all
from autograder.errors import CourseError
from autograder.exercises import Exercise, find_exercises
from autograder.grading import cluster
from autograder.grading.batch import Batch, Runner, on_this_machine
from autograder.grading.cluster import connect
from autograder.grading.course_folder import CourseFolder
from autograder.grading.grader import Grader, Task
from autograder.grading.result import Result
from autograder.rooms import Rooms
from autograder.sandbox import LEVEL_VARIABLE, Level
from course.demo_class import CLASS, choose_answer, hand_in
from course.nbgrader import run_nbgrader

PART = "01_design"
EXERCISES = [e for e in find_exercises(Rooms.of_this_course()) if e.part == PART]
LEARNERS = CLASS[:8]
# What learner code has at hand: it says what came of reaching out to each address.
REACH = """
import socket
for port in {ports}:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            print(port, "REACHED")
    except BaseException as error:
        print(port, "refused:", type(error).__name__)
"""

pytestmark = pytest.mark.skipif(
    cluster._probe() is not Level.NAMESPACES, reason="workers here have no border"
)


@dataclass
class Dask:
    """A running scheduler with its workers, by name."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: dict[str, subprocess.Popen[bytes]]

    def client(self) -> Any:
        return Client(self.address, set_as_default=False)  # type: ignore[no-untyped-call]

    def worker_addresses(self) -> dict[str, str]:
        with contextlib.closing(self.client()) as client:
            told = client.scheduler_info()["workers"]
        return {str(worker["name"]): address for address, worker in told.items()}


def wait_for(condition: Callable[[], Any], patience: float = 60) -> Any:
    ends = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)
    return found


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text().split()):
                found |= {child} | descendants(child)
    return found


def runs(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def dask(
    folder: Path, levels: dict[str, str], *, allowed_failures: int = 3
) -> Iterator[Dask]:
    """Start a scheduler and a worker for each level; at the end nothing of it runs."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "scheduler.json"
    failures = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"
    environment = {**os.environ, failures: str(allowed_failures)}
    log = folder / "log"
    common = ["--host", "127.0.0.1", "--no-dashboard"]
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **more: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, *common],
                cwd=Rooms.of_this_course().root,
                env={**environment, **more},
                stdout=output,
                stderr=output,
            )
        started.append(process)
        return process

    seen: set[int] = set()
    try:
        scheduler = start("scheduler", "--port", "0", "--scheduler-file", str(told))
        wait_for(lambda: told.exists() and told.read_text().strip().endswith("}"))
        address = json.loads(told.read_text())["address"]
        limits = ["--nthreads", "1", "--memory-limit", "0", "--no-nanny"]
        place = ["--local-directory", str(folder)]
        workers = {
            name: start(
                *("worker", address, "--name", name, *limits, *place),
                **({LEVEL_VARIABLE: level} if level else {}),
            )
            for name, level in levels.items()
        }
        running = Dask(address, scheduler, workers)
        wait_for(lambda: len(running.worker_addresses()) == len(levels))
        yield running
        for process in started:
            seen |= descendants(process.pid)
    finally:
        # Workers first: a worker that closes together with its scheduler may hang.
        for process in reversed(started):
            end(process)
    wait_for(lambda: not any(map(runs, seen)), patience=15)


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """One worker for each kind of border."""
    levels = {"namespaces": "", "landlock": "landlock"}
    with dask(tmp_path_factory.mktemp("dask"), levels) as running:
        yield running


@pytest.fixture(scope="module")
def grader(rooms: Rooms) -> Iterator[Grader]:
    with Grader(rooms, salt="salt") as grader:
        yield grader


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, rooms: Rooms) -> Path:
    """A class that has handed in everything; nothing is graded yet."""
    folder = tmp_path_factory.mktemp("class")
    assemble_all(EXERCISES, folder / "source")
    run_nbgrader(rooms, "generate_assignment", PART, "--create", root=folder)
    for exercise in EXERCISES:
        place = Path(PART) / f"{exercise.slug}.ipynb"
        for learner in LEARNERS:
            target = folder / "submitted" / learner.id / place
            answer = choose_answer(learner, exercise)
            hand_in(folder / "release" / place, target, answer)
    return folder


def course_of(released: Path, folder: Path) -> CourseFolder:
    shutil.copytree(released, folder)
    return CourseFolder(folder, f"sqlite:///{folder / 'gradebook.db'}")


def grades(course: CourseFolder) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    query = """
        SELECT student_id, notebook.name, base_cell.name,
               auto_score, manual_score, needs_manual_grade
        FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN notebook ON notebook.id = submitted_notebook.notebook_id
        JOIN submitted_assignment
          ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as gradebook:
        rows = gradebook.execute(query).fetchall()
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def task_of(
    grader: Grader, answer: str | None = None, shown: str = "", number: int = 0
) -> str:
    exercise: Exercise = EXERCISES[0]
    source = exercise.solution if answer is None else answer
    cells = ({"id": "own-1", "source": shown},) if shown else ()
    return Task(exercise.slug, f"key {number}", number, source, cells).to_json()


def shown(result: str) -> str:
    outputs = Result.from_json(result).outputs["own-1"]
    return "".join(str(output.get("text", "")) for output in outputs)


def test_gradebook_is_that_of_a_local_run_though_a_worker_dies(
    tmp_path: Path, released: Path, grader: Grader
) -> None:
    here, there = [course_of(released, tmp_path / name) for name in ("here", "there")]
    with ThreadPoolExecutor(2) as pool:
        runner = on_this_machine(grader, pool, 2)
        Batch(here, PART, grader, runner, feedback=False).run()
    with dask(tmp_path / "dask", {"first": "", "second": ""}) as running:
        dead = threading.Thread(
            target=kill_one_at_work,
            args=(running, there.root / "grading" / "results"),
            daemon=True,
        )
        dead.start()
        with connect(running.address, grader) as runner:
            assert (runner.group, runner.in_flight) == (8, 6)
            batch = Batch(there, PART, grader, runner, feedback=False)
            summary = batch.run()
        dead.join()
        assert running.workers["first"].returncode == -signal.SIGKILL
    assert summary.notebooks == len(LEARNERS) * len(EXERCISES)
    # Dask gave its groups to the other worker; none had to be graded here.
    assert not [words for _, _, words in summary.remarks if "this machine" in words]
    booked = grades(there)
    assert len(booked) > 8 * summary.notebooks / 2
    assert booked == grades(here)
    assert len({score for score, *_ in booked.values()}) > 1


def kill_one_at_work(running: Dask, results: Path) -> None:
    """Kill a worker once something is graded, and while it has more to grade."""
    address = running.worker_addresses()["first"]
    worker = running.workers["first"]
    with contextlib.closing(running.client()) as client:
        wait_for(lambda: any(results.glob("*/*.json")), patience=120)
        # It has loaded everything and has work.
        warm = wait_for(lambda: descendants(worker.pid), patience=120)
        wait_for(lambda: client.processing().get(address))
        worker.kill()
    worker.wait()
    wait_for(lambda: not any(map(runs, warm)), patience=15)


@pytest.fixture
def decoy() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine that notes whoever connects."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        closing = threading.Event()

        def serve() -> None:
            while not closing.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, address = server.accept()
                    came.append(str(address))
                    connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], came
        closing.set()
        thread.join()


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def test_learner_code_reaches_no_port_of_the_cluster(
    two_workers: Dask, grader: Grader, rooms: Rooms, decoy: tuple[int, list[str]]
) -> None:
    workers = two_workers.worker_addresses()
    port, came = decoy
    addresses = [two_workers.address, *workers.values()]
    reach = REACH.format(ports=[port, *map(port_of, addresses)])
    # The answer reaches out as well as a cell: both are learner code.
    task = task_of(grader, reach + EXERCISES[0].solution, reach)

    # Without a border it works, so that this test can fail.
    with Grader(rooms, level=Level.NONE, trust_learners=True) as careless:
        open_door = careless.run(Task.from_json(task))
    assert shown(open_door.to_json()).count("REACHED") == 4
    wait_for(lambda: came)
    came.clear()

    request = {"version": cluster.version(rooms), "trust_learners": False}
    with contextlib.closing(two_workers.client()) as client:
        for address in workers.values():
            group = json.dumps({**request, "tasks": [task]})
            future = client.submit(
                cluster._grade_group, group, workers=[address], pure=False
            )
            told = json.loads(future.result(timeout=120))
            assert told["worker"] == address
            words = shown(told["results"][0])
            assert "REACHED" not in words
            assert words.count("refused: PermissionError") == 4
            assert not any(Result.from_json(told["results"][0]).findings.values())
    assert not came


def test_group_that_kills_its_workers_is_graded_here(
    tmp_path: Path, grader: Grader
) -> None:
    slow = task_of(grader, shown="import time; time.sleep(6); print('done')")
    with (
        dask(tmp_path, {"only": ""}, allowed_failures=0) as running,
        connect(running.address, grader) as runner,
        contextlib.closing(running.client()) as client,
    ):
        group = runner.executor.submit(runner.run, [slow, task_of(grader, number=1)])
        wait_for(lambda: any(client.processing().values()))
        wait_for(lambda: len(descendants(running.workers["only"].pid)) > 2)
        running.workers["only"].kill()
        results = group.result(timeout=90)
    assert shown(results[0]) == "done\n"
    for number, result in enumerate(map(Result.from_json, results)):
        assert result.key == f"key {number}"
        assert not any(result.findings.values())
        assert result.flags == (
            "Graded on this machine: the cluster could not do it (KilledWorker).",
        )


def test_worker_whose_grader_broke_starts_another(
    two_workers: Dask, grader: Grader, rooms: Rooms
) -> None:
    """The system may end a warm process when memory is short."""
    name, address = next(iter(two_workers.worker_addresses().items()))
    request = {"version": cluster.version(rooms), "trust_learners": False}
    group = json.dumps({**request, "tasks": [task_of(grader)]})
    with contextlib.closing(two_workers.client()) as client:

        def grade(retries: int) -> Any:
            return client.submit(
                cluster._grade_group,
                group,
                workers=[address],
                pure=False,
                retries=retries,
            ).result(timeout=120)

        grade(0)
        warm = descendants(two_workers.workers[name].pid)
        for pid in warm:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(map(runs, warm)))
        result = Result.from_json(json.loads(grade(1))["results"][0])
    assert not any(result.findings.values())


def refusal(address: str, grader: Grader) -> CourseError:
    with pytest.raises(CourseError) as caught, connect(address, grader):
        pass
    return caught.value


def test_scheduler_that_is_not_there_is_one_sentence(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 2)
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        error = refusal(address, grader)
    assert f"The Dask scheduler at {address} cannot be reached: " in error.problem
    assert "\n" not in str(error)
    assert "dask scheduler" in error.remedy


@pytest.mark.parametrize("address", ["nonsense://x:1", "tls://127.0.0.1:1", "tcp://"])
def test_address_that_cannot_be_opened_is_one_sentence(
    grader: Grader, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 2)
    assert "cannot be reached" in refusal(address, grader).problem


def test_cluster_without_workers_is_refused(tmp_path: Path, grader: Grader) -> None:
    with dask(tmp_path, {}) as running:
        assert "has no workers" in str(refusal(running.address, grader))


def test_worker_with_another_version_is_refused(
    two_workers: Dask, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "version", lambda _: "another")
    error = refusal(two_workers.address, grader)
    assert "has another version of the course" in error.problem
    # The same for a worker that joins after the others were asked.
    monkeypatch.setattr(cluster, "_check_workers", lambda *_, **__: None)
    with connect(two_workers.address, grader) as runner:
        group = runner.executor.submit(runner.run, [task_of(grader)])
        with pytest.raises(CourseError, match="has another version of the course"):
            group.result(timeout=60)


def test_worker_without_a_border_is_refused_unless_learners_are_trusted(
    tmp_path: Path, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dask(tmp_path, {"open": "none"}) as running:
        error = refusal(running.address, grader)
        assert "cannot close learner code in" in error.problem
        assert "--trust-learners" in error.remedy
        with connect(running.address, grader, trust_learners=True) as runner:
            assert met_all(runner, grader)
        monkeypatch.setattr(cluster, "_check_workers", lambda *_, **__: None)
        with (
            connect(running.address, grader) as runner,
            pytest.raises(CourseError, match="cannot close learner code in"),
        ):
            met_all(runner, grader)


def met_all(runner: Runner, grader: Grader) -> bool:
    group = runner.executor.submit(runner.run, [task_of(grader)])
    (result,) = group.result(timeout=120)
    return not any(Result.from_json(result).findings.values())


def test_scheduler_that_goes_ends_in_a_sentence(tmp_path: Path, grader: Grader) -> None:
    slow = task_of(grader, shown="import time; time.sleep(9)")
    with (
        dask(tmp_path, {"only": ""}) as running,
        connect(running.address, grader) as runner,
    ):
        group = runner.executor.submit(runner.run, [slow])
        with contextlib.closing(running.client()) as client:
            wait_for(lambda: any(client.processing().values()))
        running.scheduler.kill()
        with pytest.raises(CourseError, match=r"is gone\. .*what was graded is kept"):
            group.result(timeout=60)
