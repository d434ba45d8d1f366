"""Files that readers find whole: the old one or the new one, never half."""

import os
import tempfile
from pathlib import Path


def write_whole(
    path: Path, content: bytes, *, mode: int, prefix: str = "", suffix: str = ""
) -> None:
    """Write a file at once, whenever the power goes.

    Args:
        path: Where it goes; folders are made.
        content: All of it.
        mode: Who may read and write it.
        prefix: How the name of the half file starts, for who sweeps up after a kill.
        suffix: How that name ends.

    Raises:
        OSError: The disk is full or cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=suffix)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        fresh.chmod(mode)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
