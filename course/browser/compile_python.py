"""Compiles the Python in archives; run by ``compile_python.mjs`` inside Pyodide.

Bytecode belongs to one version of Python, and this machine's may be another than the
browser's. It is marked as valid without a look at its source: neither ever changes.
"""

import py_compile
import sys
import zipfile
from pathlib import Path, PurePosixPath

ARCHIVES = Path("/archives")
STDLIB = "python_stdlib.zip"


def compiled(path: str, source: bytes) -> bytes:
    """The bytecode of a file; tracebacks name it by its path in the archive."""
    file = Path("source.py")
    file.write_bytes(source)
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    made = py_compile.compile(
        str(file), "source.pyc", path, doraise=True, invalidation_mode=unchecked
    )
    return Path(str(made)).read_bytes()


def compile_archive(source: Path, target: Path) -> None:
    """Copy an archive, with bytecode where Python looks for it.

    From the standard library's archive Python takes ``x.pyc`` first and needs no
    source; wheels are unpacked, and there bytecode stands in ``__pycache__``.
    """
    stdlib = source.name == STDLIB
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data, path = old.read(entry), PurePosixPath(entry.filename)
            is_python = path.suffix == ".py"
            if not (stdlib and is_python):
                write(new, path, data)
            if is_python:
                place = path.with_suffix(".pyc") if stdlib else cached(path)
                write(new, place, compiled(str(path), data))


def cached(path: PurePosixPath) -> PurePosixPath:
    """Where Python looks for the bytecode of a source file."""
    tag = sys.implementation.cache_tag
    return path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc"


def write(archive: zipfile.ZipFile, path: PurePosixPath, data: bytes) -> None:
    """Write an entry that is the same on every machine."""
    entry = zipfile.ZipInfo(str(path), (2020, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, zipfile.ZIP_DEFLATED)


for archive in sorted((ARCHIVES / "from").iterdir()):
    compile_archive(archive, ARCHIVES / "to" / archive.name)
