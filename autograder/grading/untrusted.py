"""What learners, and others by hand, put into a notebook, made fit for a page.

Nothing here trusts its input: sizes are bounded before anything is parsed, text is
escaped, Markdown is rendered without raw HTML and sanitised, pictures are decoded and
written anew. What is none of these is not shown.
"""

import base64
import binascii
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

LONGEST_TEXT = 20_000
MOST_PICTURES = 8
LARGEST_PICTURE = 1_000_000
WIDEST_PICTURE = 4_000
Kind = Literal["printed", "result", "error", "picture", "remark"]
_MOST_PIXELS = 4_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.?)")
# Control characters, and the ones that turn the direction of what follows.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PROSE = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_HEADING = "heading"


@dataclass(frozen=True)
class Picture:
    """A picture as it may stand in a page.

    Attributes:
        url: A data URL.
        width: Its width in pixels.
        height: Its height in pixels.
    """

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Shown:
    """One thing that a cell showed.

    Attributes:
        kind: What it is: what was printed, a result, an error, a picture, or a remark
            of ours about what is left out.
        text: The text; empty for a picture.
        picture: The picture, if it is one.
    """

    kind: Kind
    text: str = ""
    picture: Picture | None = None


def valid(text: str) -> str:
    """Replace what no file can hold: halves of surrogate pairs, which JSON lets in.

    Args:
        text: Any text.

    Returns:
        Text that can be written as UTF-8.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=256)
def code(source: str, *, numbered: str = "", plain: bool = False) -> Markup:
    """Colour Python code.

    Args:
        source: The code; it need not compile.
        numbered: What lines are numbered by: ``answer`` makes their ids ``answer-1``
            and so on, to link to. Without it they get none.
        plain: Whether to save the time that colours take.

    Returns:
        HTML; numbers are drawn by the page, so that nobody copies them.
    """
    source = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", valid(source))
    if plain or len(source) > LONGEST_TEXT:  # colouring takes a moment for each line
        coloured = str(escape(source))
    else:  # Pygments escapes what it is given, and ends its spans with each line
        coloured = highlight(source, _lexer(), _formatter())
    spans = [
        f'<span id="{numbered}-{number}">{line}</span>' if numbered else line
        for number, line in enumerate(coloured.rstrip("\n").split("\n"), start=1)
    ]
    return Markup("\n".join(spans))  # noqa: S704 - escaped above


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False)


@cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)


@lru_cache(maxsize=256)
def prose(markdown: str, *, links: bool = False) -> Markup:
    """Render Markdown.

    Args:
        markdown: The text.
        links: Whether links are kept: an instructor's are, a learner's are not.

    Returns:
        HTML without headings, which belong to the page, and without pictures.
    """
    shortened = valid(markdown[:LONGEST_TEXT])
    tokens = _markdown().parse(shortened)
    for token in tokens:
        _make_heading_a_paragraph(token)
    rendered = _markdown().renderer.render(tokens, _markdown().options, {})
    return Markup(  # noqa: S704 - sanitised in this very expression
        nh3.clean(
            rendered,
            tags=_PROSE | ({"a"} if links else set()),
            attributes={"a": {"href"}},
            allowed_classes={"p": {_HEADING}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _make_heading_a_paragraph(token: Token) -> None:
    if token.type == "heading_open":
        token.attrSet("class", _HEADING)
    if token.type in {"heading_open", "heading_close"}:
        token.tag = "p"


def card(html: str, chapter: str) -> Markup:
    """Clean the card that stands in a notebook which plain nbgrader graded.

    Code of a learner ran beside the one who wrote it, so it is not ours any more.

    Args:
        html: The card.
        chapter: The only address that it may link to.

    Returns:
        Its words.
    """

    def only_chapter(_tag: str, _attribute: str, value: str) -> str | None:
        return value if value == chapter else None

    return Markup(  # noqa: S704 - sanitised in this very expression
        nh3.clean(
            valid(html[:LONGEST_TEXT]),
            tags={"p", "strong", "a"},
            attributes={"a": {"href"}},
            attribute_filter=only_chapter,
            link_rel="noopener noreferrer",
        )
    )


def plain_text(raw: str) -> str:
    """Clean what was meant for a terminal, without bounding it.

    Args:
        raw: What code printed.

    Returns:
        Text without colours, overprinted lines and other control characters.
    """
    text = _ANSI.sub("", valid(raw)).replace("\r\n", "\n")
    overprinted = (
        line.rstrip("\r").rpartition("\r")[2] if "\r" in line else line
        for line in text.split("\n")
    )
    return _CONTROL.sub("", "\n".join(overprinted))


@lru_cache(maxsize=64)
def picture(data: str) -> Picture | None:
    """Decode a PNG picture and write it anew: only its pixels reach the page.

    Args:
        data: The picture in Base64, as notebooks hold it.

    Returns:
        The picture; None when it is not a PNG, or larger than what a page bears.
    """
    if len(data) > LARGEST_PICTURE * 4 // 3 + 4:
        return None
    try:
        raw = base64.b64decode(data)
    except (binascii.Error, ValueError):
        return None
    width = int.from_bytes(raw[16:20], "big")
    height = int.from_bytes(raw[20:24], "big")
    if (
        not raw.startswith(_PNG)
        or not 0 < width <= WIDEST_PICTURE
        or not 0 < height <= WIDEST_PICTURE
        or width * height > _MOST_PIXELS
    ):
        return None
    fresh = _encode_anew(raw)
    if fresh is None or len(fresh) > 2 * LARGEST_PICTURE:
        return None
    encoded = base64.b64encode(fresh).decode("ascii")
    return Picture(f"data:image/png;base64,{encoded}", width, height)


def _encode_anew(raw: bytes) -> bytes | None:
    fresh = io.BytesIO()
    try:
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as found:
            found.load()
            pixels = found.convert("RGBA")
    except Exception:  # noqa: BLE001 - a decoder fed with anything raises anything
        return None
    pixels.save(fresh, "PNG", compress_level=3)
    return fresh.getvalue()


def show(outputs: Iterable[object], *, pictures: int = MOST_PICTURES) -> list[Shown]:
    """Choose what a page shows of a cell's outputs: text and PNG pictures.

    Args:
        outputs: Outputs in nbformat's form, or whatever stands in their place.
        pictures: How many pictures may still be shown.

    Returns:
        What is shown, in order, with a remark where something is left out.
    """
    shown: list[Shown] = []
    left, omitted = LONGEST_TEXT, False
    for kind, raw, png in filter(None, map(_read, outputs)):
        found = picture(png) if png and pictures > 0 else None
        if found:
            pictures -= 1
            shown.append(Shown("picture", picture=found))
            continue
        text = plain_text(raw[: 2 * left])
        omitted |= bool(png) or len(text) > left or len(raw) > 2 * left
        text = text[:left]
        left -= len(text)
        if not text.strip():
            continue
        if shown and shown[-1].kind == kind == "printed":
            text = shown.pop().text + text
        shown.append(Shown(kind, text))
    if omitted:
        shown.append(Shown("remark", "This cell showed more; that is left out here."))
    return shown


def _read(output: object) -> tuple[Kind, str, str] | None:
    """Kind, text and PNG picture of one output; None for what is no output."""
    if not isinstance(output, Mapping):
        return None
    kind = output.get("output_type")
    if kind == "stream":
        return "printed", _joined(output.get("text")), ""
    if kind == "error":
        # Not the traceback: it may quote lines of files that are not the learner's.
        name, value = _joined(output.get("ename")), _joined(output.get("evalue"))
        return "error", f"{name}: {value}" if value else name, ""
    data = output.get("data")
    if not isinstance(data, Mapping):
        return None
    return "result", _joined(data.get("text/plain")), _joined(data.get("image/png"))


def _joined(text: object) -> str:
    """A text that nbformat lets be one string or several."""
    if isinstance(text, str):
        return text
    if isinstance(text, Sequence):
        return "".join(part for part in text if isinstance(part, str))
    return ""
