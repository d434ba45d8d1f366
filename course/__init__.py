"""The course's own package: builds and serves the book, and the ``course`` commands."""
