"""``serve``: build what is stale and serve the book."""

import functools
import http.server
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from autograder.errors import CourseError
from autograder.rooms import Rooms
from course.build import Builder

HOST = "127.0.0.1"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files quietly, and afresh after a rebuild."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
        """Say nothing about each request."""

    def end_headers(self) -> None:
        """Let the browser ask whether a page is still current."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def serve(
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8000,
    browser: Annotated[
        bool, typer.Option(help="Open the book in the web browser.")
    ] = True,
) -> None:
    """Build what is stale and serve the book on this machine."""
    builder = Builder(Rooms.of_this_course())
    # The port is taken first: who waits for a build should not learn of it afterwards.
    with _listen(port, builder.site) as server:
        builder.build()
        # A static server with no code of its own needs nothing better than http.server.
        address = f"http://{HOST}:{port}/"
        console = Console()
        console.print(f"The book is at {address}  (Ctrl-C ends)", highlight=False)
        if browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("\nStopped.")


def _listen(port: int, folder: Path) -> http.server.ThreadingHTTPServer:
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        return http.server.ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise CourseError(
            f"Port {port} is busy ({error.strerror}).",
            remedy=f"Stop what uses it, or choose another: serve --port {port + 1}.",
        ) from error
    except OverflowError as error:
        raise CourseError(
            f"{port} is no port.", remedy="Choose one from 1024 to 65535."
        ) from error
