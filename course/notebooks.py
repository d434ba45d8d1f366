"""Chapters as notebooks for JupyterLab, where their controls can be moved."""

import re
from pathlib import Path

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook

from course.chapters import Chapter

_QUIZ = re.compile(r"^:::\{quiz\} (.+?)\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^- \((x| )\) (.+)$")
_ROLES = [
    (re.compile(r"\{rule\}`([^`]+)`"), r"(\1)"),
    (re.compile(r"\{sections\}`([^`]+)`"), r"\1"),
    (re.compile(r"\{ref\}`con-(\d+)`"), r"the course's page on conflicts, CON-\1"),
    (re.compile(r"\{doc\}`([^<`]+?) *<[^`]*>`"), r"\1"),
    (
        re.compile(r"```\{exercise\} (\w+)\n```"),
        r"Its notebook is `\1.ipynb`.",
    ),
]


def as_notebook(chapter: Chapter) -> nbformat.NotebookNode:
    """Turn a chapter into a notebook that needs no extension to be read.

    Args:
        chapter: The chapter.

    Returns:
        The notebook, not executed; roles and quizzes in plain Markdown and HTML.
    """
    notebook = read_myst_markdown_notebook(chapter.text)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = _plain_markdown(cell.source)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"},
            "title": chapter.title,
        }
    )
    return notebook


def write_notebooks(chapters: list[Chapter], workspace: Path) -> list[Path]:
    """Put chapters into a workspace; what is there stays as it is.

    Args:
        chapters: The chapters.
        workspace: The learner's folder.

    Returns:
        The files that are new.
    """
    new = []
    for chapter in chapters:
        # Beside the assignments: nbgrader hands in whatever stands in their folders.
        target = workspace / "chapters" / chapter.part / f"{chapter.slug}.ipynb"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(as_notebook(chapter), target)
            new.append(target)
    return new


def _plain_markdown(text: str) -> str:
    text = _QUIZ.sub(_plain_quiz, text)
    for role, plain in _ROLES:
        text = role.sub(plain, text)
    return text


def _plain_quiz(match: re.Match[str]) -> str:
    question, body = match.groups()
    lines = [f"**{question}**", ""]
    verdict = ""
    for line in body.splitlines():
        option = _OPTION.match(line)
        if option:
            verdict = "Right." if option[1] == "x" else "No."
            lines.append(f"<details><summary>{option[2]}</summary>\n")
        elif line.strip():
            lines.append(f"{verdict} {line.strip()}\n\n</details>\n")
            verdict = ""
    return "\n".join(lines)
