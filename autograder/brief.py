"""The exercise file that learners get: front matter, story, starter and hints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.errors import CourseError, raise_all
from autograder.files import pack, read_folder
from autograder.modules import ROOTS

SECTIONS = ("Your task", "What must not change", "How it is judged", "Starter", "Hints")
CRITERIA_MARK = "```{criteria}\n```"
FILES_MARK = "```{files}\n```"
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_HINT = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
_MINUTES = range(8, 21)
_RUFF_CODE = re.compile(r"[A-Z]+[0-9]+")
VOICES = ("essential", "actionable", "informative")


@dataclass(frozen=True)
class Remark:
    """What the editor says at once where ruff finds something; never a verdict.

    Attributes:
        code: The ruff rule, such as ``PLW0603``.
        voice: ``essential`` (the chapter's rule is broken, or this is a bug),
            ``actionable`` (a next step) or ``informative`` (good to know).
        say: The sentence, in the course's own words.
    """

    code: str
    voice: str
    say: str


@dataclass(frozen=True)
class Brief:
    """What a learner reads and starts from.

    Attributes:
        path: The exercise file.
        title: The title.
        minutes: How long it takes, 8 to 20.
        before: Markdown up to the starter: story, task, what must not change, judging.
        starter: What the learner refactors: code, or packed files.
        hints: Markdown of the hints, each behind a disclosure.
        judging_line: The line of the heading ``How it is judged``.
        remarks: What the editor may say while the learner types.
        celebrate: What it says when nothing is left to remark on.
        libraries: What answers and probes import beyond the standard library.
        package: The package that callers import from where answers are files, empty
            where they import nothing; None where the answer is a cell.
    """

    path: Path
    title: str
    minutes: int
    before: str
    starter: str
    hints: str
    judging_line: int
    remarks: tuple[Remark, ...] = ()
    celebrate: str = ""
    libraries: tuple[str, ...] = ()
    package: str | None = None


def read_brief(path: Path) -> Brief:
    """Read and check an exercise file.

    Args:
        path: ``exercises/<part>/<slug>.md``.

    Returns:
        The brief.

    Raises:
        CourseError: A part is missing or misshapen; all such places are named at once.
    """
    text = path.read_text(encoding="utf-8")
    matter = _FRONT_MATTER.match(text)
    if matter is None:
        raise CourseError(
            "The front matter is missing.",
            remedy="Start the file with ---, title: ..., minutes: ..., ---.",
            path=path,
            line=1,
        )
    errors: list[CourseError] = []
    values = yaml.safe_load(matter.group(1)) or {}
    title, minutes = _read_matter(values, path, errors)
    remarks, celebrate = _read_remarks(values, path, errors)
    libraries = _read_libraries(values, path, errors)
    package = _read_form(values, path, errors)
    offset = text[: matter.end()].count("\n")
    body = text[matter.end() :]
    tokens = MarkdownIt().parse(body)
    headings = _headings(tokens)
    errors += [
        CourseError(
            f"The section '## {name}' is missing.",
            remedy=f"Add it; an exercise has the sections {', '.join(SECTIONS)}.",
            path=path,
            line=offset + 1,
        )
        for name in SECTIONS
        if name not in headings
    ]
    raise_all(errors)
    lines = body.splitlines(keepends=True)
    starter_at, hints_at = headings["Starter"], headings["Hints"]
    if package is None:
        starter = _starter(tokens, starter_at, hints_at, path, offset)
    else:
        starter = _starter_folder("".join(lines[starter_at:hints_at]), path, package)
    hints = "".join(lines[hints_at + 1 :]).strip()
    if len(_HINT.findall(hints)) < 3:
        raise CourseError(
            f"There are {len(_HINT.findall(hints))} hints; three are needed.",
            remedy="Each is <details><summary>Hint 1</summary>, text, </details>.",
            path=path,
            line=offset + hints_at + 1,
        )
    if CRITERIA_MARK not in body:
        raise CourseError(
            "The list of criteria has no place.",
            remedy="Under '## How it is judged' put a fenced {criteria} block.",
            path=path,
            line=offset + headings["How it is judged"] + 1,
        )
    return Brief(
        path=path,
        title=title,
        minutes=minutes,
        before="".join(lines[:starter_at]).strip(),
        starter=starter,
        hints=hints,
        judging_line=offset + headings["How it is judged"] + 1,
        remarks=remarks,
        celebrate=celebrate,
        libraries=libraries,
        package=package,
    )


def _read_matter(
    values: Mapping[str, Any], path: Path, errors: list[CourseError]
) -> tuple[str, int]:
    title, minutes = values.get("title"), values.get("minutes")
    if not isinstance(title, str):
        errors.append(
            CourseError("title is missing.", remedy="Add title: ...", path=path, line=2)
        )
    if minutes not in _MINUTES:
        errors.append(
            CourseError(
                f"minutes is {minutes!r}.",
                remedy=f"Give a whole number from {_MINUTES[0]} to {_MINUTES[-1]}.",
                path=path,
                line=2,
            )
        )
    return str(title), minutes if isinstance(minutes, int) else 0


def _read_remarks(
    values: Mapping[str, Any], path: Path, errors: list[CourseError]
) -> tuple[tuple[Remark, ...], str]:
    found = values.get("remarks", {})
    celebrate = values.get("celebrate", "")
    if bool(found) != bool(celebrate):
        errors.append(
            CourseError(
                "remarks and celebrate go together.",
                remedy="Say in celebrate: ... what is won when no remark is left.",
                path=path,
                line=2,
            )
        )
    remarks = []
    for code, entry in found.items():
        match entry:
            case {"voice": str(voice), "say": str(say), **rest} if (
                voice in VOICES and say and not rest and _RUFF_CODE.fullmatch(str(code))
            ):
                remarks.append(Remark(str(code), voice, say))
            case _:
                errors.append(
                    CourseError(
                        f"The remark {code} is misshapen.",
                        remedy=(
                            "Write a ruff code with voice: (one of "
                            f"{', '.join(VOICES)}) and say: ..."
                        ),
                        path=path,
                        line=2,
                    )
                )
    return tuple(remarks), str(celebrate)


def _read_libraries(
    values: Mapping[str, Any], path: Path, errors: list[CourseError]
) -> tuple[str, ...]:
    match values.get("libraries", []):
        case [*names] if all(
            isinstance(name, str) and name.isidentifier() for name in names
        ):
            return tuple(names)
        case other:
            errors.append(
                CourseError(
                    f"libraries is {other!r}.",
                    remedy="List what is imported, as in libraries: [fastapi, httpx].",
                    path=path,
                    line=2,
                )
            )
            return ()


def _read_form(
    values: Mapping[str, Any], path: Path, errors: list[CourseError]
) -> str | None:
    """Read what an answer is: the package of files, or None for a cell."""
    match values.get("answer", "cell"), values.get("package", ""):
        case "cell", "":
            return None
        case "files", str(package) if not package or package.isidentifier():
            return package
    errors.append(
        CourseError(
            "answer and package do not say what an answer is.",
            remedy=(
                "Leave both out for a cell, or write answer: files and, where callers "
                "import from it, package: <its name>."
            ),
            path=path,
            line=2,
        )
    )
    return None


def _headings(tokens: list[Token]) -> dict[str, int]:
    """Line of each second-level heading, counted from 0."""
    return {
        content.content: opening.map[0]
        for opening, content in pairwise(tokens)
        if opening.type == "heading_open" and opening.tag == "h2" and opening.map
    }


def _starter(tokens: list[Token], start: int, end: int, path: Path, offset: int) -> str:
    fences = [
        t
        for t in tokens
        if t.type == "fence"
        and t.map
        and start < t.map[0] < end
        and t.info.strip() == "python"
    ]
    if len(fences) != 1:
        raise CourseError(
            f"There are {len(fences)} python blocks under '## Starter'.",
            remedy="Put the whole starter into one ```python block.",
            path=path,
            line=offset + start + 1,
        )
    fence_line = fences[0].map[0] if fences[0].map else start
    _compile_starter(fences[0].content, path, offset + fence_line + 1)
    return fences[0].content


def _starter_folder(section: str, path: Path, package: str) -> str:
    folder = path.with_suffix("")
    if FILES_MARK not in section or not folder.is_dir():
        raise CourseError(
            "The starter's files are not in their place.",
            remedy=(
                f"Put them into the folder {folder.name}/ beside the brief, and a "
                "fenced {files} block under '## Starter'."
            ),
            path=path,
        )
    files = read_folder(folder)
    for name, text in files.items():
        if name.endswith(".py"):
            _compile_starter(text, folder / name)
    if package and not any(
        f"{root}{package}{end}" in files
        for root in ROOTS
        for end in ("/__init__.py", ".py")
    ):
        raise CourseError(
            f"The starter has no package {package}.",
            remedy=f"Add {package}/__init__.py, or mend package: in the brief.",
            path=path,
            line=2,
        )
    return pack(files)


def _compile_starter(text: str, path: Path, line: int = 0) -> None:
    try:
        compile(text, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise CourseError(
            f"The starter does not compile: {error.msg}.",
            remedy="Mend it: a starter runs as it is.",
            path=path,
            line=line + (error.lineno or 1),
        ) from error
