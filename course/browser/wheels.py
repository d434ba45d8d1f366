"""Wheels for Python in the browser: pinned with their hashes, fetched by pip.

``python -m course.browser.wheels`` resolves ``wheels.in`` and writes ``wheels.txt``.
"""

import email.message
import email.parser
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from autograder.errors import CourseError
from autograder.rooms import Rooms
from course.browser.fetching import FetchError

WANTED = Path(__file__).resolve().parent / "wheels.in"
PINS = WANTED.with_suffix(".txt")
PYTHON = "3.14"
PLATFORM = "pyemscripten_2026_0_wasm32"
"""What Pyodide's release is built for; its own lock file says the same."""

REPACKED = {"pyyaml": ["yaml"]}
"""Made here from the installed package: it has no wheel for Pyodide, and does without
its C extension."""

LEFT_OUT = {
    "ipywidgets": {
        "ipython": "pages have a light stand-in; JupyterLite's kernel loads it",
        "jupyterlab-widgets": "front-end code of JupyterLab on a server",
        "widgetsnbextension": "front-end code of the classic notebook",
    },
}
"""By package what it asks for and does not get, with the reason."""

_PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>\w+)$"
)
_TARGET = [
    "--no-deps",
    "--only-binary=:all:",
    f"--python-version={PYTHON}",
    "--implementation=cp",
    f"--abi=cp{PYTHON.replace('.', '')}",
    f"--platform={PLATFORM}",
]
_MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": f"{PYTHON}.0",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Emscripten",
    "platform_version": "",
    "python_full_version": f"{PYTHON}.0",
    "python_version": PYTHON,
    "sys_platform": "emscripten",
}


@dataclass(frozen=True)
class Pin:
    """A line of ``wheels.txt``.

    Attributes:
        name: The package.
        version: Its version.
        sha256: The wheel's digest.
    """

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True)
class Wheel:
    """A wheel on disk.

    Attributes:
        path: The file.
    """

    path: Path

    @cached_property
    def name(self) -> str:
        """The package's name in its normal form."""
        return canonicalize_name(self.metadata["Name"])

    @cached_property
    def version(self) -> str:
        """The package's version."""
        return str(self.metadata["Version"])

    @cached_property
    def sha256(self) -> str:
        """The file's digest."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def metadata(self) -> email.message.Message:
        """The core metadata."""
        with zipfile.ZipFile(self.path) as archive:
            name = next(
                n for n in archive.namelist() if n.endswith(".dist-info/METADATA")
            )
            text = archive.read(name).decode("utf-8")
        return email.parser.HeaderParser().parsestr(text)

    @cached_property
    def imports(self) -> list[str]:
        """Modules and packages that stand at its top."""
        with zipfile.ZipFile(self.path) as archive:
            names = archive.namelist()
        # A namespace package has no __init__.py.
        packages = {n.split("/")[0] for n in names if re.search(r"/.*\.(py|so)$", n)}
        modules = {
            n.split(".")[0] for n in names if re.fullmatch(r"\w+\S*\.(py|so)", n)
        }
        return sorted(n for n in packages | modules if n.isidentifier())

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What it needs in the browser, less what is left out."""
        lines = self.metadata.get_all("Requires-Dist") or []
        left_out = LEFT_OUT.get(self.name, {})
        return [
            requirement
            for requirement in map(Requirement, lines)
            if _applies(requirement)
            and canonicalize_name(requirement.name) not in left_out
        ]


def _applies(requirement: Requirement) -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({**_MARKERS, "extra": ""})


def read_pins() -> list[Pin]:
    """Read ``wheels.txt``.

    Returns:
        Its pins.
    """
    lines = PINS.read_text(encoding="utf-8").splitlines()
    return [Pin(**found.groupdict()) for line in lines if (found := _PIN.match(line))]


def cached(cache: Path) -> list[Wheel] | None:
    """Find the pinned wheels among those that were fetched before.

    Args:
        cache: Where they are kept.

    Returns:
        The wheels in the order of the pins; None when one is missing.
    """
    there = {wheel.sha256: wheel for wheel in map(Wheel, cache.glob("*.whl"))}
    pins = read_pins()
    if any(pin.sha256 not in there for pin in pins):
        return None
    return [there[pin.sha256] for pin in pins]


def fetch(cache: Path) -> list[Wheel]:
    """Fetch the pinned wheels.

    Args:
        cache: Where they are kept.

    Returns:
        The wheels in the order of the pins.

    Raises:
        FetchError: The package index cannot be reached, or has no such file.
    """
    cache.mkdir(parents=True, exist_ok=True)
    _download(["--require-hashes", f"--requirement={PINS}"], cache)
    fetched = cached(cache)
    if fetched is None:
        raise FetchError(
            "The package index gave other files than wheels.txt names.",
            remedy="Run python -m course.browser.wheels: wheels.txt is stale.",
        )
    return fetched


def _download(arguments: Iterable[str], folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", *_TARGET]
    command += ["--disable-pip-version-check", f"--dest={folder}"]
    run = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        errors = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
        reason = errors[-1].removeprefix("ERROR: ") if errors else run.stderr.strip()
        raise FetchError(
            "The Python packages for live cells could not be fetched from the package "
            f"index ({reason.rstrip('.')}).",
            remedy="See to the network, then run the same command again.",
        )


def resolve(constraints: Path) -> list[Pin]:
    """Resolve ``wheels.in``: markers are the browser's, which pip cannot pretend.

    Args:
        constraints: Versions to keep to.

    Returns:
        A pin for each package that is needed.

    Raises:
        CourseError: Two packages disagree on a third.
    """
    lines = WANTED.read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(w) for line in lines if (w := line.partition("#")[0].strip())]
    asked: dict[str, SpecifierSet] = {}
    found: dict[str, Wheel] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while wanted:
            for requirement in wanted:
                key = canonicalize_name(requirement.name)
                asked[key] = asked.get(key, SpecifierSet()) & requirement.specifier
            missing = sorted(asked.keys() - found.keys() - REPACKED.keys())
            if missing:
                lines = [f"{key}{asked[key]}" for key in missing]
                _download([f"--constraint={constraints}", *lines], folder)
            new = [w for w in map(Wheel, folder.glob("*.whl")) if w.name not in found]
            found |= {wheel.name: wheel for wheel in new}
            wanted = [need for wheel in new for need in wheel.requirements]
        _check_agreement(asked, found)
        return [Pin(n, w.version, w.sha256) for n, w in sorted(found.items())]


def _check_agreement(asked: dict[str, SpecifierSet], found: dict[str, Wheel]) -> None:
    for name, wheel in found.items():
        if not asked[name].contains(wheel.version, prereleases=True):
            raise CourseError(
                f"{name} {wheel.version} is there, and {asked[name]} is asked for.",
                remedy="Pin another version in course/browser/wheels.in.",
            )


def main() -> None:
    """Write ``wheels.txt`` anew."""
    pins = resolve(Rooms.of_this_course().root / "requirements.txt")
    head = "# Made from wheels.in by: python -m course.browser.wheels\n"
    PINS.write_text(head + "".join(f"{pin}\n" for pin in pins), encoding="utf-8")


if __name__ == "__main__":
    main()
