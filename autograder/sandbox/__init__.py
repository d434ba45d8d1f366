"""Confines processes forked from a warm Python process (a "zygote").

A zygote imports what it needs, calls ``enter_warm_root`` once and then ``fork_box``
for each submission. What runs in the box forks again for untrusted code and calls
``confine`` there as its last step. ``best_level`` says what this machine can give.

Only the standard library is used, so that importing this costs next to nothing.
"""

from autograder.sandbox.box import Box, enter_warm_root, fork_box
from autograder.sandbox.confinement import confine
from autograder.sandbox.kernel import SandboxError
from autograder.sandbox.levels import LEVEL_VARIABLE, Level
from autograder.sandbox.limits import Limits
from autograder.sandbox.probing import Finding, Report, best_level, probe

__all__ = [
    "LEVEL_VARIABLE",
    "Box",
    "Finding",
    "Level",
    "Limits",
    "Report",
    "SandboxError",
    "best_level",
    "confine",
    "enter_warm_root",
    "fork_box",
    "probe",
]
