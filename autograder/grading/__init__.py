"""Grading: from a notebook that was handed in to a row of nbgrader's gradebook."""
