"""One command a file; ``course.cli`` names them."""
