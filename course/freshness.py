"""What was built from which sources: only what is stale is built again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def files_below(path: Path) -> list[Path]:
    """List the sources in a folder.

    Args:
        path: A folder, or a file.

    Returns:
        All files below it in a fixed order; the file itself.
    """
    below = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [p for p in below if p.is_file() and "__pycache__" not in p.parts]


def digest_of(root: Path, paths: Iterable[Path]) -> str:
    """Digest sources by name and content: git sets times anew, so times say nothing.

    Args:
        root: The folder that names are relative to.
        paths: Files and folders.

    Returns:
        A digest that changes with any of them.
    """
    digest = hashlib.sha256()
    for path in paths:
        for file in files_below(path):
            digest.update(str(file.relative_to(root)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


class Stamps:
    """Files in a folder, each with the digest that something was built from.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_fresh(self, name: str, digest: str) -> bool:
        """Tell whether something was built from these very sources.

        Args:
            name: What was built.
            digest: The digest of its sources.

        Returns:
            True when nothing changed since.
        """
        stamp = self._stamp(name)
        return stamp.exists() and stamp.read_text(encoding="ascii") == digest

    def note(self, name: str, digest: str) -> None:
        """Remember what something was built from.

        Args:
            name: What was built.
            digest: The digest of its sources.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._stamp(name).write_text(digest, encoding="ascii")

    def _stamp(self, name: str) -> Path:
        return self._folder / f".{name}.sha256"
