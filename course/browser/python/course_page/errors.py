"""Errors as a reader should see them: the frames of their own code, no others."""

import traceback
from typing import Any

CELL_FILE_PREFIX = "In ["
ANSWER_FOLDER = "/answer"
"""Where the files of an answer lie while one of them is run."""
MOST_CHARACTERS = 20_000
_MISSING = (
    "The browser's Python does not have this module. In JupyterLab all of the course's "
    "packages are there: python3 -m course lab"
)


def error_output(error: BaseException) -> dict[str, Any]:
    """Make the nbformat output of an error.

    Args:
        error: What the code raised.

    Returns:
        An output of type ``error``; its traceback names only cells and answers.
    """
    shown = traceback.TracebackException.from_exception(error, compact=True)
    _keep_own_frames(shown)
    text = "".join(shown.format()).replace(f'"{ANSWER_FOLDER}/', '"')
    if isinstance(error, ModuleNotFoundError):
        text += f"\n{_MISSING}\n"
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2
        text = f"{text[:half]}\n[…]\n{text[-half:]}"
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": text.splitlines(),
    }


def _keep_own_frames(shown: traceback.TracebackException) -> None:
    files = [f for f in shown.stack if f.filename.startswith(f"{ANSWER_FOLDER}/")]
    cells = [f for f in shown.stack if f.filename.startswith(CELL_FILE_PREFIX)]
    own = files or cells  # the cell above an answer's files only starts them
    shown.stack = traceback.StackSummary.from_list(own)
    for inner in (shown.__cause__, shown.__context__, *(shown.exceptions or [])):
        if inner is not None:
            _keep_own_frames(inner)
