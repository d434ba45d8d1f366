"""WRITE the reference refactor; ruff and mypy in strict mode have nothing to say."""
