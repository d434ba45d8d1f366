"""How strongly a box is closed."""

import os
from enum import IntEnum

LEVEL_VARIABLE = "COURSE_SANDBOX_LEVEL"


class Level(IntEnum):
    """How strongly a box is closed; a higher number is stronger."""

    NONE = 0
    LANDLOCK = 1
    NAMESPACES = 2

    @property
    def words(self) -> str:
        """What the level gives, as a clause for people."""
        return _WORDS[self]


_WORDS = {
    Level.NONE: "no border: only limits on memory and time; for trusted code only",
    Level.LANDLOCK: (
        "files closed by Landlock, system calls by seccomp; other processes and the "
        "names of files can be seen"
    ),
    Level.NAMESPACES: (
        "own file system, processes and network by namespaces, system calls closed "
        "by seccomp"
    ),
}


def level_asked_for() -> Level | None:
    """Read the level the user asked for in the environment.

    Returns:
        The level; None when nothing was asked for.

    Raises:
        ValueError: The variable holds no level.
    """
    word = os.environ.get(LEVEL_VARIABLE, "").strip()
    if not word:
        return None
    try:
        return Level[word.upper()]
    except KeyError:
        raise ValueError(
            f"{LEVEL_VARIABLE} is {word!r}, but must be namespaces, landlock or none."
        ) from None
