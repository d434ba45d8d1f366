"""Which grader the whole corpus was last seen to fail against.

Trying all attacks takes minutes and depends on the grader and on the corpus alone. So
``course test --full`` tries all of them and writes down a digest of both; while it
stays the same, other runs try every sixth attack. Any change brings all of them back.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.exercises import find_exercise
from autograder.imports import reached_modules
from autograder.rooms import Rooms
from course.freshness import digest_of
from tests.attacks.attack import corpus

RECORD = Path(__file__).with_name("held.sha256")
EVERY = 6
_ROOT = Path(__file__).resolve().parents[2]
_GRADER = tuple(
    f"autograder.grading.{name}"
    for name in ("batch", "judge_box", "learner_box", "nbgrader_plugin")
)
_COMMAND = ("course/grading.py", "course/commands/grade.py", "requirements.txt")


def digest() -> str:
    """Digest all that decides whether an attack succeeds, the machine apart.

    Returns:
        A digest of grader, corpus, attacked exercises and pinned libraries.
    """
    rooms = Rooms(_ROOT)
    attacked = [
        find_exercise(rooms, slug) for slug in sorted({a.slug for a in corpus()})
    ]
    tests = [path for e in attacked for path in (e.visible_path, e.hidden_path)]
    modules = reached_modules(_ROOT, tests, *_GRADER)
    others = [*(_ROOT / name for name in _COMMAND), *Path(__file__).parent.glob("*.py")]
    return digest_of(_ROOT, sorted({*modules, *tests, *others}))


def is_held() -> bool:
    """Tell whether the whole corpus was tried against this very grader.

    Returns:
        True when nothing changed since.
    """
    return RECORD.exists() and RECORD.read_text(encoding="ascii").strip() == digest()


def sample(ids: Sequence[str]) -> set[str]:
    """Choose some attacks; another grader, others.

    Args:
        ids: All attacks.

    Returns:
        Every sixth of them.
    """
    first = int(hashlib.sha256(digest().encode()).hexdigest(), 16) % EVERY
    return set(sorted(ids)[first::EVERY])


if __name__ == "__main__":
    RECORD.write_text(f"{digest()}\n", encoding="ascii")
    sys.stdout.write(f"{RECORD.name}: all attacks were tried against this grader\n")
