"""The exercises as notebooks in JupyterLite, which shares the site's Pyodide."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.errors import CourseError
from autograder.rooms import Rooms

_SETTINGS = Path(__file__).resolve().parent / "lite"
_EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
]
_APPS = ["edit", "lab", "notebooks", "tree"]
# Whatever lies in a folder. JupyterLite shows again what the site serves and a reader
# has deleted or moved, so the notebooks write the files of starters themselves.
_NOT_SERVED = "^/[^/]+/"
# Font formats of browsers that cannot run Pyodide, and how JupyterLite was bundled.
_NEVER_ASKED_FOR = ["build/fa-*.eot", "build/fa-*.svg", "rspack.config*.js"]


def build_lite(rooms: Rooms, target: Path) -> None:
    """Build JupyterLite around the released notebooks.

    Nothing but the released notebooks goes in: what is hidden is not there to be found.

    Args:
        rooms: The course, whose assignments are released.
        target: The folder ``lite`` of the site; what stood there before is replaced.

    Raises:
        CourseError: JupyterLite was not built; its last lines are quoted.
    """
    with tempfile.TemporaryDirectory() as folder:
        # JupyterLite writes notes beside its settings.
        workshop = Path(folder) / "settings"
        shutil.copytree(_SETTINGS, workshop)
        built = Path(folder) / "lite"
        _run_jupyterlite(workshop, rooms.build / "nbgrader" / "release", built)
        for pattern in _NEVER_ASKED_FOR:
            for path in built.glob(pattern):
                path.unlink()
        for app in _APPS:
            _complete_page(built / app / "index.html")
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(built, target)


def _complete_page(page: Path) -> None:
    """Name the language, and the icon: browsers ask the host's top folder for it."""
    text = page.read_text(encoding="utf-8")
    for old, new in [
        ("<html>", '<html lang="en">'),
        ("</head>", '<link rel="icon" href="../../_static/favicon.svg"></head>'),
    ]:
        if text.count(old) != 1:
            raise CourseError(
                f"JupyterLite's {page.parent.name}/{page.name} has changed: "
                f"it holds {old} {text.count(old)} times.",
                remedy="Mend _complete_page in course/browser/lite.py.",
            )
        text = text.replace(old, new)
    page.write_text(text, encoding="utf-8")


def _run_jupyterlite(settings: Path, release: Path, output: Path) -> None:
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    command += [f"--output-dir={output}"]
    # All parts in one folder: File > Download puts a folder's name before the file's,
    # and nbgrader takes only the name that it released.
    command += [f"--contents={part}" for part in sorted(release.iterdir())]
    command += [f"--LiteBuildConfig.ignore_contents={_NOT_SERVED}"]
    command += [f"--apps={app}" for app in _APPS]
    installed = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    command += [
        f"--LiteBuildConfig.federated_extensions={installed / name}"
        for name in _EXTENSIONS
    ]
    run = subprocess.run(
        command, cwd=settings, capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        lines = (run.stdout + run.stderr).strip().splitlines()
        raise CourseError(
            "JupyterLite was not built:\n" + "\n".join(lines[-15:]) + "\n",
            remedy="Mend what is named and build again.",
        )
