"""``bundle``: the whole course as one zip for any static host."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from autograder.rooms import Rooms
from course.browser.offline import site_files
from course.build import Builder

_README = """\
Python Standards by Refactoring: the whole course, ready to be served.

On your own machine, with Python:

    python3 -m http.server --directory . --bind 127.0.0.1 8000

Run it in this folder, then open http://127.0.0.1:8000/ in a browser.

On a web server: put these files into any folder of any static host. All addresses are
relative, so a folder below the top, such as https://example.org/some/course/, will do.
Live code and offline reading need https; on your own machine http is enough.

Opening index.html from the disk (file://) shows the text only: browsers run
no modules and no workers from there.
"""
# Equal contents make equal zips: no times, one mode.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_PACKED = {".whl", ".png", ".woff2", ".zip", ".gz", ".jpg"}


def bundle() -> None:
    """Build what is stale and make one zip that any static host serves."""
    rooms = Rooms.of_this_course()
    builder = Builder(rooms)
    builder.build()
    archive = rooms.build / "course.zip"
    write_bundle(builder.site, archive)
    size = archive.stat().st_size / 1e6
    Console().print(
        f"{rooms.relative(archive)}: {size:.1f} MB. Unpack it and serve the folder; "
        "README.txt in it says how.",
        soft_wrap=True,
        highlight=False,
    )


def write_bundle(site: Path, archive: Path) -> None:
    """Pack a built site; the same site gives the same bytes.

    Args:
        site: The built site.
        archive: The zip to write; an older one is replaced when the new one is whole.
    """
    unfinished = archive.with_suffix(".part")
    entries = list(_entries(site))
    with zipfile.ZipFile(unfinished, "w") as package:
        for name, content in track(
            entries, "Packing", console=Console(stderr=True), transient=True
        ):
            info = zipfile.ZipInfo(name, _TIME)
            info.external_attr = _MODE
            data = content.read_bytes() if isinstance(content, Path) else content
            packed = Path(name).suffix in _PACKED
            kind = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            package.writestr(info, data, kind, None if packed else 9)
    unfinished.replace(archive)


def _entries(site: Path) -> Iterator[tuple[str, Path | bytes]]:
    yield "README.txt", _README.encode()
    for path in site_files(site):
        yield path.relative_to(site).as_posix(), path
