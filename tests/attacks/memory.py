"""What held is remembered by content, so that a run repeats only what may have changed.

The strongest level of a machine is attacked on every run. Weaker levels, and the proof
that plain nbgrader falls to an attack, take minutes and depend on nothing but the files
digested here; ``python3 -m course test --full`` runs them all the same.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

import pytest

from autograder.rooms import Rooms

_PATH = Path(__file__).with_name("held.lock.json")
_NOT_INVOLVED = {"variants", "standards", "__pycache__"}


@cache
def _digest() -> str:
    root = Rooms.of_this_course().root
    package = root / "autograder"
    sources = [
        path
        for path in package.rglob("*.py")
        if not set(path.relative_to(package).parts) & _NOT_INVOLVED
    ]
    sources += [*Path(__file__).parent.glob("*.py"), root / "requirements.txt"]
    digest = hashlib.sha256()
    for path in sorted(sources):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def skip_if_held(what: str) -> None:
    """Skip when the same content held before.

    Args:
        what: A name for what was run.
    """
    held = json.loads(_PATH.read_text("utf-8")) if _PATH.exists() else {}
    if held.get(what) == _digest() and not os.environ.get("COURSE_FULL"):
        pytest.skip(f"{what} held with just this content; `course test --full` runs it")


def remember(what: str, session: pytest.Session, *, chosen: int, all_of: int) -> None:
    """Remember that everything held, if everything was run.

    Args:
        what: A name for what was run.
        session: The run.
        chosen: How many attacks were run.
        all_of: How many there are.
    """
    if session.testsfailed or chosen < all_of:
        pytest.skip(f"{what} was not run as a whole, or did not hold")
    held = json.loads(_PATH.read_text("utf-8")) if _PATH.exists() else {}
    text = json.dumps(held | {what: _digest()}, indent=2, sort_keys=True)
    _PATH.write_text(text + "\n", encoding="utf-8")
