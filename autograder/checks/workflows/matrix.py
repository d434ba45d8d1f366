"""The cells of a job's matrix."""

import itertools
from typing import Any

from autograder.checks.workflows.expressions import ExpressionError

MAX_JOBS = 256
"""What GitHub makes of one matrix at most."""


def cells(strategy: Any) -> list[dict[str, Any]]:
    """Give the cells of a matrix, as include and exclude leave them.

    Args:
        strategy: What a job says under ``strategy``.

    Returns:
        The values of each cell; one empty cell where there is no matrix.

    Raises:
        ExpressionError: GitHub would refuse it.
    """
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if not isinstance(matrix, dict):
        return [{}]
    axes = {k: v for k, v in matrix.items() if k not in ("include", "exclude")}
    if not all(isinstance(values, list) for values in axes.values()):
        raise ExpressionError("has a matrix whose values are no lists")
    count = 1
    for values in axes.values():
        count *= len(values)
    if count > MAX_JOBS:
        raise ExpressionError(f"has a matrix of {count} jobs")
    crossed = itertools.product(*axes.values())
    found = [dict(zip(axes, cell, strict=True)) for cell in crossed] if axes else []
    for excluded in matrix.get("exclude") or []:
        found = [c for c in found if not excluded.items() <= c.items()]
    extra: list[dict[str, Any]] = []
    for included in matrix.get("include") or []:
        fitting = [
            cell
            for cell in found
            if all(cell[k] == v for k, v in included.items() if k in axes)
        ]
        for cell in fitting:
            cell.update(included)
        if not fitting:
            extra.append(dict(included))
    return found + extra or [{}]
