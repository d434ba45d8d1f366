"""The course in the reader's browser: Python, scripts and notebooks with no server."""
