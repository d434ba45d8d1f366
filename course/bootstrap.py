"""The environment in ``.venv``: made on first use, renewed when the pins change.

Standard library only: this runs before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"
_STAMP = ENVIRONMENT / "course-requirements.sha256"
_LOG = ENVIRONMENT / "pip.log"
_SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
_PYTHON = _SCRIPTS / ("python.exe" if os.name == "nt" else "python")
_NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Name or service not known|timed out"
    r"|Temporary failure in name resolution|ProxyError|No matching distribution",
    re.IGNORECASE,
)


def inside_environment() -> bool:
    """Tell whether this process runs in the course's ready environment."""
    return Path(sys.prefix).resolve() == ENVIRONMENT.resolve() and _is_installed()


def enter_environment() -> NoReturn:
    """Make the environment ready and run the same command inside it.

    Raises:
        SystemExit: With the command's exit code, or a sentence about what is missing.
    """
    try:
        if not (_is_installed() and _works()):
            _make()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again; it goes on where it was.")
    environment = dict(os.environ)
    # nbgrader starts other programs of the environment by name.
    environment["PATH"] = f"{_SCRIPTS}{os.pathsep}{environment.get('PATH', '')}"
    environment["VIRTUAL_ENV"] = str(ENVIRONMENT)
    command = [str(_PYTHON), "-m", "course", *sys.argv[1:]]
    if os.name == "nt":  # exec would detach from the console there
        sys.exit(
            subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
        )
    os.chdir(ROOT)
    os.execve(command[0], command, environment)  # noqa: S606 - our own Python


def _wanted() -> str:
    pins = REQUIREMENTS.read_bytes() + f"python {sys.version_info[:2]}".encode()
    return hashlib.sha256(pins).hexdigest()


def _is_installed() -> bool:
    return _STAMP.exists() and _STAMP.read_text(encoding="ascii") == _wanted()


def _works() -> bool:
    try:
        probe = subprocess.run(
            [str(_PYTHON), "-c", ""], capture_output=True, check=False
        )
    except OSError:
        return False
    return probe.returncode == 0


def _make() -> None:
    if not REQUIREMENTS.exists():
        sys.exit(
            "requirements.txt is missing. Restore it: git checkout -- requirements.txt"
        )
    if ENVIRONMENT.exists() and not _right_python():
        print(
            "The environment in .venv does not fit this Python or is broken; "
            "making it anew."
        )
        shutil.rmtree(ENVIRONMENT)
    if not ENVIRONMENT.exists():
        print("Making the environment in .venv ...")
        try:
            venv.EnvBuilder(with_pip=True).create(ENVIRONMENT)
        except (subprocess.CalledProcessError, OSError) as error:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            sys.exit(
                f"The environment could not be made ({error}). On Debian or Ubuntu: "
                "apt install python3-venv. Elsewhere see that there is disk space. "
                "Then run the same command again."
            )
    _install()
    site_packages = next(ENVIRONMENT.glob("[Ll]ib/python*/site-packages"), None)
    site_packages = site_packages or ENVIRONMENT / "Lib" / "site-packages"
    # Every kernel and nbgrader command of this environment finds the course's packages.
    (site_packages / "course.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    _STAMP.write_text(_wanted(), encoding="ascii")


def _right_python() -> bool:
    version = "import sys; print(*sys.version_info[:2])"
    try:
        probe = subprocess.run(
            [str(_PYTHON), "-c", version], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return probe.stdout.split() == [str(n) for n in sys.version_info[:2]]


def _install() -> None:
    # The file names every package, so pip need not resolve: nothing unpinned comes in.
    command = [
        str(_PYTHON),
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--progress-bar",
        "off",
    ]
    command += ["--disable-pip-version-check", "--requirement", str(REQUIREMENTS)]
    pins = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    total = sum("==" in pin for pin in pins)
    print(f"Installing {total} pinned packages; this takes one to five minutes, once.")
    with (
        _LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as pip,
    ):
        done = 0
        for line in pip.stdout or ():
            log.write(line)
            match = re.match(
                r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line
            )
            if match:
                done += 1
                _show(done, total, match.group(1))
            elif line.startswith("Installing collected"):
                _show(total, total, "all downloaded, installing")
    print()
    if pip.returncode != 0:
        _explain_failure()


def _show(done: int, total: int, name: str) -> None:
    if sys.stdout.isatty():
        bar = "#" * (30 * done // total)
        print(f"\r[{bar:<30}] {done:>3}/{total} {name[:30]:<30}", end="", flush=True)
    elif done % 25 == 0 or done == total:
        print(f"  {done}/{total} {name}", flush=True)


def _explain_failure() -> NoReturn:
    text = _LOG.read_text(encoding="utf-8")
    if _NO_NETWORK.search(text):
        sys.exit(
            "The packages could not be downloaded. Check the network (and the proxy or "
            "index that pip uses), then run the same command again. "
            f"Details: {_LOG.relative_to(ROOT)}"
        )
    errors = [line for line in text.splitlines() if line.lower().startswith("error")]
    reason = errors[-1] if errors else "pip ended with an error"
    sys.exit(
        f"The packages could not be installed: {reason}\n"
        f"Details: {_LOG.relative_to(ROOT)}"
    )
