"""One command a file; ``course.cli`` names them."""

import sys

# nbformat loads jsonschema, which would build a grammar of web addresses: that takes a
# second and checks nothing here. Without the package it does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
