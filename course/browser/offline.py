"""What makes the built site an app that works without a network."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_NAME = "Python Standards by Refactoring"
_WORKER, _LIST, _MANIFEST = "sw.js", "offline.json", "manifest.webmanifest"
_ICON_SIZES = (192, 512)
_BACKGROUND = "#ffffff"
# JupyterLite has a service worker of its own, which answers for its folder.
_LITE_WORKER = "service-worker.js"
_LITE_PROLOGUE = 'importScripts("../sw.js"); // the course without a network\n'
_LITE_GUARD = "workers.js"


def make_offline(site: Path) -> None:
    """Write service worker, list of files, manifest and icons into the built site.

    To be called last, when all else is there; calling it again changes nothing.

    Args:
        site: The built site, with JupyterLite in ``lite/`` where it was built.
    """
    shutil.copyfile(_SCRIPTS / "service_worker.mjs", site / _WORKER)
    _join_lite(site / "lite")
    for size in _ICON_SIZES:
        _draw_icon(site / "_static" / "favicon.svg", site / _icon(size), size)
    _write_json(site / _MANIFEST, _manifest())
    _write_json(site / _LIST, _list(site))


def site_files(site: Path) -> Iterator[Path]:
    """The files of the site that readers need.

    Args:
        site: The built site.

    Yields:
        Each file in order; no hidden file, and no source map of a bundled script.
    """
    for path in sorted(site.rglob("*")):
        hidden = any(name.startswith(".") for name in path.relative_to(site).parts)
        if path.is_file() and not hidden and path.suffix != ".map":
            yield path


def _list(site: Path) -> dict[str, object]:
    """Every file with its bytes and hash: what a download costs, and what changed."""
    files = []
    for path in site_files(site):
        name = path.relative_to(site).as_posix()
        if name in {_WORKER, _LIST}:  # kept by the browser; names itself
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        files.append([name, len(content), digest[:16]])
    return {"version": 1, "files": files}


def _join_lite(lite: Path) -> None:
    """Let JupyterLite's worker use what is kept, and keep its hands off the book's."""
    worker = lite / _LITE_WORKER
    if not worker.exists():
        return
    _put_after(worker, "", _LITE_PROLOGUE)
    shutil.copyfile(_SCRIPTS / "lite_workers.mjs", lite / _LITE_GUARD)
    for page in lite.rglob("index.html"):
        top = "../" * (len(page.relative_to(lite).parts) - 1)
        _put_after(page, "<head>", f'<script src="{top}{_LITE_GUARD}"></script>')


def _put_after(path: Path, start: str, addition: str) -> None:
    text = path.read_text(encoding="utf-8")
    if addition not in text:
        path.write_text(text.replace(start, start + addition, 1), encoding="utf-8")


def _manifest() -> dict[str, object]:
    return {
        "name": _NAME,
        "short_name": "Refactoring",
        "id": "./book/index.html",
        "start_url": "./book/index.html",
        "scope": "./",
        "display": "standalone",
        "background_color": _BACKGROUND,
        "theme_color": _BACKGROUND,
        "icons": [
            {
                "src": _icon(size),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in _ICON_SIZES
        ],
    }


def _icon(size: int) -> str:
    return f"icon-{size}.png"


def _write_json(path: Path, data: dict[str, object]) -> None:
    text = json.dumps(data, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


# --- The icon: install prompts want a bitmap; the logo is nothing but strokes. ---

_PATH = re.compile(r'<path d="([^"]+)" stroke="([^"]+)" stroke-width="([\d.]+)"')
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_STEP = re.compile(r"[Mmhl]|-?[\d.]+")
_FINER = 4  # drawn larger, then scaled down: smooth edges
_INSIDE = 0.76  # a launcher may cut a circle out of the icon
Point = tuple[float, float]


def _draw_icon(drawing: Path, target: Path, size: int) -> None:
    svg = drawing.read_text(encoding="utf-8")
    view = _VIEW.search(svg)
    strokes = _PATH.findall(svg)
    if view is None or not strokes:
        raise ValueError(f"{drawing.name} is not drawn in strokes: extend _draw_icon.")
    width, height = float(view[1]), float(view[2])
    side = size * _FINER
    scale = side * _INSIDE / max(width, height)
    left, top = (side - width * scale) / 2, (side - height * scale) / 2
    image = Image.new("RGB", (side, side), _BACKGROUND)
    draw = ImageDraw.Draw(image)
    for path, colour, thickness in strokes:
        for line in _lines(path):
            points = [(left + x * scale, top + y * scale) for x, y in line]
            _stroke(draw, points, colour, float(thickness) * scale)
    image.resize((size, size), Image.Resampling.LANCZOS).save(target, optimize=True)


def _stroke(
    draw: ImageDraw.ImageDraw, points: list[Point], colour: str, thickness: float
) -> None:
    draw.line(points, fill=colour, width=round(thickness))
    radius = thickness / 2
    for x, y in points:  # round ends and joins
        corners = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(corners, fill=colour)


def _lines(path: str) -> Iterator[list[Point]]:
    """The polylines of an SVG path made of M, m, h and l."""
    steps = iter(_STEP.findall(path))
    line: list[Point] = []
    command, x, y = "", 0.0, 0.0
    for step in steps:
        if step.isalpha():
            command = step
            continue
        if command in "Mm" and line:
            yield line
            line = []
        if command == "h":
            x += float(step)
        elif command == "M":
            x, y = float(step), float(next(steps))
        else:
            x, y = x + float(step), y + float(next(steps))
        line.append((x, y))
        command = "l" if command == "m" else command
    yield line
