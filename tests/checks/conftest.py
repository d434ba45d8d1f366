"""Learner code here, and in a process of its own behind the border."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.border.judge_end import JudgeEnd, RemoteNamespace
from autograder.border.learner_end import serve
from autograder.namespace import Namespace


@pytest.fixture(params=["local", "across"])
def load(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Any]]:
    """Runs code and gives it as a criterion sees it; one piece of code a test."""
    if request.param == "local":
        yield Namespace
        return
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        serve(there)
        os._exit(0)
    there.close()
    with here:
        yield lambda source: RemoteNamespace(JudgeEnd(here), source)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
