"""Grading on a Dask cluster: tasks out and results back, both as JSON.

A cluster is a scheduler and workers, each worker in a checkout of this version of the
course, with its requirements installed::

    dask scheduler --host 10.0.0.1 --no-dashboard
    dask worker tcp://10.0.0.1:8786 --nthreads 4 --memory-limit 0 --no-dashboard
    python3 -m course grade 01_design --cluster tcp://10.0.0.1:8786

Every worker process keeps one grader, with warm processes and a sandbox of its own;
learner code runs in boxes within that sandbox, as it does without a cluster.

Dask asks nobody for a password: the scheduler and the workers unpickle what reaches
their ports, so that who reaches one can do there what its user can. Boxes have no
network, so learner code reaches none. For everybody else bind the ports to a network
of your own (``--host``), or use TLS: an address that begins with ``tls://`` is opened
with what Dask's own configuration says (``distributed.comm.tls``: ``ca-file``, and
``cert`` and ``key`` of client, scheduler and worker).

A worker that dies costs time only: grading the same task twice gives the same result,
so Dask hands its tasks to another one. What the cluster cannot grade is graded here,
task by task: there always is a result, and an instructor is told.
"""

import atexit
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from typing import Any

from distributed import Client, get_worker

from autograder.errors import CourseError
from autograder.exercises import find_exercises
from autograder.grading.batch import Runner
from autograder.grading.grader import Grader, Task
from autograder.grading.results import exercise_digest, grader_digest
from autograder.rooms import Rooms
from autograder.sandbox import Level

GROUP = 8
SECONDS_TO_CONNECT = 10
SECONDS_WITHOUT_WORKERS = 60
# Groups for each thread of a worker: one in work, and more than one that waits for it.
_AHEAD = 3
_RETRIES = 2
_SECONDS_BETWEEN_LOOKS = 5
_MAX_TOLD = 300
_PROBE = "from autograder.sandbox import best_level; print(int(best_level()))"


@contextmanager
def connect(
    address: str, grader: Grader, *, trust_learners: bool = False
) -> Iterator[Runner]:
    """Have tasks carried out by a Dask cluster.

    Args:
        address: The scheduler's, such as ``tcp://10.0.0.1:8786`` or ``tls://...``.
        grader: Grades here what the cluster cannot.
        trust_learners: Take also workers that cannot close learner code in.

    Yields:
        A runner.

    Raises:
        CourseError: The scheduler cannot be reached, has no workers, or one of them
            has another version of the course or no border.
    """
    with ExitStack() as stack:
        client = stack.enter_context(closing(_client(address)))
        _check_workers(client, version(grader.rooms), trust_learners=trust_learners)
        in_flight = _AHEAD * max(sum(client.nthreads().values()), 1)
        # Each thread waits for one group.
        pool = ThreadPoolExecutor(in_flight, thread_name_prefix="cluster")
        cluster = _Cluster(client, address, grader, trust_learners=trust_learners)
        stack.callback(pool.shutdown, cancel_futures=True)
        stack.callback(cluster.give_up)
        yield Runner(pool, cluster.run, in_flight, GROUP)


class _Client(Client):
    """A client that closes itself where it finds no scheduler.

    Left to be collected while another one starts, it would wait for that one for ever.
    """

    def start(self, **kwargs: Any) -> None:
        try:
            super().start(**kwargs)  # type: ignore[no-untyped-call]
        except BaseException:
            self.close()  # type: ignore[no-untyped-call]
            raise


def _client(address: str) -> Any:  # its methods have no types
    try:
        return _Client(  # type: ignore[no-untyped-call]
            address,
            timeout=SECONDS_TO_CONNECT,
            set_as_default=False,
            name="course",
        )
    # What TLS without a certificate or an odd address raises depends on the transport.
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise CourseError(
            f"The Dask scheduler at {address} cannot be reached: {_told(error)}.",
            remedy="See that `dask scheduler` runs, that --cluster names its address "
            "(as tcp://host:8786) and that a tls:// address has its certificates in "
            "Dask's configuration.",
        ) from error


def _told(error: BaseException) -> str:
    """Say what happened in one line."""
    words = " ".join(str(error).split()).rstrip(".")
    return (words or type(error).__name__)[:_MAX_TOLD]


def _check_workers(client: Any, wanted: str, *, trust_learners: bool) -> None:
    """Have every worker say who it is, before any work is sent.

    Workers that join later are asked with every group.
    """
    if not client.nthreads():
        raise CourseError(
            "The Dask scheduler has no workers.",
            remedy="Start some, each in a checkout of this course: "
            f"`dask worker {client.scheduler.address} --no-dashboard`.",
        )
    asked = client.run(_introduce, on_error="return")
    for worker, said in asked.items():
        if isinstance(said, OSError):
            continue  # it has just gone
        if isinstance(said, BaseException):
            raise CourseError(
                f"The worker {worker} does not have this course: {_told(said)}.",
                remedy=_UPDATE,
            )
        problem = _problem(json.loads(said), wanted, trust_learners=trust_learners)
        if problem:
            raise _refused(worker, problem)


_UPDATE = (
    "Start it again in a checkout of the same version of the course, with "
    "requirements.txt installed."
)
_VERSION, _BORDER = "version", "border"


def _problem(
    said: Mapping[str, object], wanted: str, *, trust_learners: bool
) -> str | None:
    """Tell why a worker may not grade; None when it may."""
    if said["version"] != wanted:
        return _VERSION
    if said["level"] == Level.NONE and not trust_learners:
        return _BORDER
    return None


def _refused(worker: str, problem: str) -> CourseError:
    if problem == _VERSION:
        return CourseError(
            f"The worker {worker} has another version of the course than this machine.",
            remedy=_UPDATE,
        )
    return CourseError(
        f"The worker {worker} cannot close learner code in: it could read and change "
        "all that the worker can, and reach every port of the cluster.",
        remedy="Run `python3 -m course doctor` there: it says what is missing. If you "
        "trust everybody who handed in, say --trust-learners.",
    )


def _gone(what: str) -> CourseError:
    return CourseError(
        what, remedy="Mend that and start again: what was graded is kept."
    )


class _Cluster:
    """Carries out groups of tasks, each in a thread that waits for it.

    Dask's own executor gives futures that could be waited for as well; but what becomes
    of a group that the cluster gives back is decided here, in the same thread.
    """

    def __init__(
        self, client: Any, address: str, grader: Grader, *, trust_learners: bool
    ) -> None:
        self._client = client
        self._address = address
        self._grader = grader
        self._trust_learners = trust_learners
        self._version = version(grader.rooms)
        self._here = threading.Lock()
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Wait for nothing any more: nobody wants the results."""
        self._given_up.set()

    def run(self, tasks: list[str]) -> list[str]:
        """Have a group graded.

        Args:
            tasks: Tasks as JSON.

        Returns:
            Their results as JSON.

        Raises:
            CourseError: The scheduler or all workers are gone, or a worker that has
                joined since is not fit to grade.
        """
        request = {
            "version": self._version,
            "trust_learners": self._trust_learners,
            "tasks": tasks,
        }
        future = self._client.submit(
            _grade_group, json.dumps(request), pure=False, retries=_RETRIES
        )
        try:
            failure = self._failure(future)
            answer = future.result() if failure is None else ""
        except (CancelledError, OSError) as error:
            failure = CancelledError(str(error))
        if isinstance(failure, CancelledError):
            raise _gone(f"The Dask scheduler at {self._address} is gone.") from failure
        if failure is not None:
            # Not only KilledWorker: whatever failed there may not fail here.
            return self._grade_here(tasks, type(failure).__name__)
        told = json.loads(answer)
        if told["problem"]:
            raise _refused(told["worker"], told["problem"])
        return list(told["results"])

    def _failure(self, future: Any) -> BaseException | None:
        """Wait for a group; Dask gives those of a worker that dies to another one.

        Returns:
            Why it was not done; None when it was.
        """
        lonely = 0
        while not self._given_up.is_set():
            try:
                found: BaseException | None = future.exception(_SECONDS_BETWEEN_LOOKS)
            except TimeoutError:
                lonely = 0 if self._client.nthreads() else lonely + 1
            else:
                return found
            if lonely * _SECONDS_BETWEEN_LOOKS >= SECONDS_WITHOUT_WORKERS:
                raise _gone("The cluster has had no worker for a minute.")
        return CancelledError()

    def _grade_here(self, tasks: Sequence[str], why: str) -> list[str]:
        """Grade one by one, so that what is hard on a machine is here by itself.

        Learner code is in boxes here too, and a box that ends costs one criterion: what
        brought down workers again and again was most likely their memory or their host.
        """
        flag = f"Graded on this machine: the cluster could not do it ({why})."
        results: list[str] = []
        with self._here:
            for task in tasks:
                if self._given_up.is_set():
                    raise CancelledError
                result = self._grader.run(Task.from_json(task))
                results.append(result.remarked([flag]).to_json())
        return results


@cache
def version(rooms: Rooms) -> str:
    """Digest all that decides over verdicts: the grader and every exercise.

    Args:
        rooms: The course.

    Returns:
        A SHA-256.
    """
    parts = [grader_digest(rooms)]
    parts += [
        f"{exercise.part}/{exercise.slug} {exercise_digest(exercise)}"
        for exercise in find_exercises(rooms)
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# --- In a worker --------------------------------------------------------------------


class _Desk:
    """What a worker process keeps: one grader for all its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grader: Grader | None = None
        self._level: Level | None = None
        atexit.register(self.close)

    @property
    def level(self) -> Level:
        """What this machine gives."""
        with self._lock:
            if self._level is None:
                self._level = _probe()
            return self._level

    def grader(self) -> Grader:
        """The grader, started when it is first wanted."""
        level = self.level
        with self._lock:
            if self._grader is None:
                # Whether that is enough was asked before.
                fresh = Grader(Rooms.of_this_course(), level=level, trust_learners=True)
                self._grader = fresh.__enter__()
            return self._grader

    def drop(self, grader: Grader | None) -> None:
        """Start another one next time; threads that still use this one go on."""
        with self._lock:
            if self._grader is grader:
                self._grader = None

    def close(self) -> None:
        """End the warm processes."""
        with self._lock:
            grader, self._grader = self._grader, None
        if grader is not None:
            grader.__exit__(None, None, None)


_desk = _Desk()


def _probe() -> Level:
    """Find the level in a process of its own: probing forks, and this has threads."""
    run = subprocess.run(
        [sys.executable, "-c", _PROBE],
        cwd=Rooms.of_this_course().root,
        capture_output=True,
        text=True,
        check=True,
    )
    return Level(int(run.stdout))


def _introduce() -> str:
    """Say, in a worker, what it is fit for."""
    said = {"version": version(Rooms.of_this_course()), "level": int(_desk.level)}
    return json.dumps(said)


def _grade_group(request: str) -> str:
    """Grade a group of tasks in a worker.

    Args:
        request: The tasks, and what the worker must fulfil.

    Returns:
        The results, or why this worker may not grade.

    Raises:
        RuntimeError: Something failed; Dask may try again, here or elsewhere.
    """
    told = json.loads(request)
    grader: Grader | None = None
    results: list[str] = []
    try:
        said = json.loads(_introduce())
        problem = _problem(said, told["version"], trust_learners=told["trust_learners"])
        if not problem:
            grader = _desk.grader()
            results = [grader.run(Task.from_json(t)).to_json() for t in told["tasks"]]
    except Exception as error:  # noqa: BLE001 - told in words below
        _desk.drop(grader)
        # What was raised may not survive the way back; words do.
        raise RuntimeError(_told(error)) from None
    answer = {"problem": problem, "worker": _own_address(), "results": results}
    return json.dumps(answer)


def _own_address() -> str:
    return str(get_worker().address)
