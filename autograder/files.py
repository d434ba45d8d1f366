"""Answers of several files: packed into one text, and read from folders and zips.

Everything that carries an answer carries one text. An answer of several files is packed
into one; whoever unpacks it can rely on its paths and sizes.
"""

import io
import json
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograder.errors import CourseError, raise_all

MAX_FILES = 60
MAX_BYTES = 200_000
MAX_PATH = 200
MAX_ZIP = 1_000_000
FILES_ID = "files"
"""The notebook cell that shows which files beside the notebook are the answer."""
CELL_FILE = "answer.py"
"""What an answer of one cell is called where criteria look at files."""

_MAX_ENTRIES = 1_000
_MAX_DEPTH = 12
# What tools leave beside an answer, also those of other systems and in their zips.
_LEFT_OUT = re.compile(
    r"__pycache__|__MACOSX|\.ipynb_checkpoints|\.(pytest|mypy|ruff)_cache|\.git|"
    r"\.venv|\.DS_Store|.*\.pyc"
)
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def pack(files: Mapping[str, str]) -> str:
    """Pack files into one text, the same for the same files.

    Args:
        files: Text by path.

    Returns:
        The text, which ``unpack`` reads.
    """
    return json.dumps(
        {"files": dict(sorted(files.items()))}, ensure_ascii=False, indent=1
    )


def is_packed(text: str) -> bool:
    """Tell whether a text of the course's own, such as a solution, is packed files.

    Args:
        text: A packed text, or code.

    Returns:
        Whether it is packed.
    """
    return text.startswith('{\n "files": {')


def unpack(text: str) -> dict[str, str]:
    """Read a packed text, which may come from anybody.

    Args:
        text: What ``pack`` made.

    Returns:
        Text by path, in the order of the paths.

    Raises:
        CourseError: It is none, or its files are not what an answer may hold.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    files = told.get("files") if isinstance(told, dict) else None
    if not isinstance(files, dict) or not all(
        isinstance(content, str) for content in files.values()
    ):
        raise CourseError(
            "These are no packed files.", remedy="Hand in the folder of the exercise."
        )
    check_files(files)
    return dict(sorted(files.items()))


def check_files(files: Mapping[str, str]) -> None:
    """Check that files are what an answer may hold.

    Args:
        files: Text by path.

    Raises:
        CourseError: They are not; each path that is at fault is named.
    """
    if len(files) > MAX_FILES:
        raise _too_many()
    errors = [error for path in files if (error := _path_error(path))]
    raise_all(errors[:5])
    _refuse_clashes(files)
    for path, content in files.items():
        if _NO_TEXT.search(content):
            raise _no_text(path)
    if sum(len(content.encode()) for content in files.values()) > MAX_BYTES:
        raise _too_large()


def _path_error(path: str) -> CourseError | None:
    parts = path.split("/")
    wrong = (
        not path.isprintable()
        or "\\" in path
        or len(path) > MAX_PATH
        or len(parts) > _MAX_DEPTH
        or any(part in {"", ".", ".."} for part in parts)
    )
    if not wrong:
        return None
    return CourseError(
        f"The path {path[:MAX_PATH]!r} is not one of a file inside the folder.",
        remedy=(
            "Rename it: names of printable characters with / between them, at most "
            f"{MAX_PATH} characters and {_MAX_DEPTH} folders deep."
        ),
    )


def _refuse_clashes(files: Mapping[str, str]) -> None:
    """Not every system keeps two paths apart that differ only in case."""
    known: dict[str, tuple[str, bool]] = {}
    for path in sorted(files):
        parts = PurePosixPath(path).parts
        for depth in range(1, len(parts) + 1):
            place = "/".join(parts[:depth])
            folded = unicodedata.normalize("NFC", place).casefold()
            found = known.setdefault(folded, (place, depth == len(parts)))
            if found != (place, depth == len(parts)):
                raise CourseError(
                    f"{found[0]} and {path} cannot lie in one folder on every system.",
                    remedy="Rename one of them.",
                    path=Path(path),
                )


def _too_many() -> CourseError:
    return CourseError(
        f"The answer has more than {MAX_FILES} files.",
        remedy="Remove those that do not belong to it.",
    )


def _too_large() -> CourseError:
    return CourseError(
        f"The files of the answer hold more than {MAX_BYTES // 1000} kB.",
        remedy="Remove what does not belong to it, such as data and outputs.",
    )


def _no_text(path: str) -> CourseError:
    return CourseError(
        "This file is not UTF-8 text.",
        remedy="Remove it, or save it as UTF-8: answers are text.",
        path=Path(path),
    )


def _as_text(path: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(path) from error
    # As Python reads source files.
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- From folders and zips ----------------------------------------------------------


def read_plain(path: Path, limit: int) -> bytes | None:
    """Read a file that somebody else put there.

    A link would lead to another learner's work; a pipe would wait for ever.

    Args:
        path: The file.
        limit: How many bytes it may have.

    Returns:
        Its bytes; None when there are more.

    Raises:
        OSError: It is not there, is no plain file, or cannot be read.
        ValueError: No file can have this path.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("not a plain file")
        parts: list[bytes] = []
        room = limit + 1 if found.st_size <= limit else 0
        while room > 0 and (part := os.read(descriptor, room)):
            parts.append(part)
            room -= len(part)
        return b"".join(parts) if room else None
    finally:
        os.close(descriptor)


def read_folder(folder: Path) -> dict[str, str]:
    """Read the files of an answer; what tools leave behind is left out.

    Args:
        folder: The folder, which may come from anybody: nothing outside it is read.

    Returns:
        Text by path relative to the folder.

    Raises:
        CourseError: There is something that an answer may not hold.
    """
    files: dict[str, str] = {}
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        try:
            data = read_plain(path, MAX_BYTES)
        except (OSError, ValueError) as error:
            raise CourseError(
                "This is not a plain file that can be read.",
                remedy="Put the file itself into the folder, or remove it.",
                path=Path(name),
            ) from error
        if data is None or sum(map(len, files.values())) > MAX_BYTES:
            raise _too_large()
        files[name] = _as_text(name, data)
        if len(files) > MAX_FILES:
            raise _too_many()
    check_files(files)
    return files


def read_answer(place: Path, slug: str) -> dict[str, str]:
    """Read the answer that lies beside a notebook: a folder, or a zip of it.

    Args:
        place: Where the notebook lies.
        slug: The exercise, which names the folder and the zip.

    Returns:
        Text by path relative to the folder.

    Raises:
        CourseError: There is neither, or something that an answer may not hold.
    """
    folder, zipped = place / slug, place / f"{slug}.zip"
    if folder.is_dir() and not folder.is_symlink():
        return read_folder(folder)
    try:
        data = read_plain(zipped, MAX_ZIP)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"The folder {slug} is missing.",
            remedy=f"Put your files into a folder {slug} beside the notebook.",
        ) from error
    if data is None:
        raise _too_large()
    return read_zip(data, slug)


def _paths(folder: Path) -> list[Path]:
    """All that is no folder, without following links."""
    found: list[Path] = []
    waiting = [(folder, 1)]
    count = 0
    while waiting:
        place, depth = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                count += 1
                if count > _MAX_ENTRIES:
                    raise _too_many()
                if _LEFT_OUT.fullmatch(entry.name):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    found.append(Path(entry.path))
                elif depth < _MAX_DEPTH:
                    waiting.append((Path(entry.path), depth + 1))
                else:
                    raise CourseError(
                        f"There are more than {_MAX_DEPTH} folders in one another.",
                        remedy="Move the files up, or remove what is not part of it.",
                    )
    return sorted(found)


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder, which is made.

    Args:
        folder: The folder.
        files: Text by path, checked.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")


def write_zip(files: Mapping[str, str], folder: str) -> bytes:
    """Write files as a zip, the same for the same files.

    Args:
        files: Text by path, checked.
        folder: The folder that they lie in inside the zip.

    Returns:
        The zip.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def read_zip(data: bytes, folder: str) -> dict[str, str]:
    """Read the files of an answer from a zip, which may come from anybody.

    Args:
        data: The zip.
        folder: A folder that all its files may lie in; it is no part of their paths.

    Returns:
        Text by path.

    Raises:
        CourseError: It is no zip, or holds something that an answer may not hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _unzip(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise CourseError(
            "The zip cannot be read.", remedy="Download it again and hand that in."
        ) from error
    if files and all(name.startswith(f"{folder}/") for name in files):
        files = {name.removeprefix(f"{folder}/"): text for name, text in files.items()}
    check_files(files)
    return files


def _unzip(archive: zipfile.ZipFile) -> dict[str, str]:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise _too_many()
    files: dict[str, str] = {}
    room = MAX_BYTES
    for entry in entries:
        name = entry.filename
        if entry.is_dir() or any(map(_LEFT_OUT.fullmatch, name.split("/"))):
            continue
        if name in files or stat.S_ISLNK(entry.external_attr >> 16):
            raise CourseError(
                f"The zip holds {name[:MAX_PATH]!r} twice or as a link.",
                remedy="Download it again and hand that in.",
            )
        # What a zip says of its sizes need not be so: reading is bounded.
        with archive.open(entry) as stream:
            content = stream.read(room + 1)
        room -= len(content)
        if room < 0:
            raise _too_large()
        files[name] = _as_text(name, content)
        if len(files) > MAX_FILES:
            raise _too_many()
    return files
