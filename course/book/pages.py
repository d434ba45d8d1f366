"""Cards and lists that lead from page to page: exercises, criteria, chapters."""

from collections.abc import Sequence
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from pygments.lexers import find_lexer_class_for_filename
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder import given
from autograder.assemble import criteria_table
from autograder.errors import CourseError
from autograder.exercises import POINTS, Exercise, find_exercise
from autograder.files import unpack
from autograder.rooms import Rooms
from autograder.standards import Part, load_standards
from course.chapters import Chapter, read_chapter


class MarkdownDirective(SphinxDirective):
    """A directive whose output is written as Markdown and parsed in place."""

    @property
    def rooms(self) -> Rooms:
        """The course whose book is built."""
        return Rooms(Path(self.env.srcdir))

    def parse(self, markdown: str) -> list[nodes.Node]:
        """Parse Markdown as if it stood at the directive's place."""
        box = nodes.Element()
        lines = StringList(markdown.splitlines(), source=self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, box)
        return box.children

    def exercise(self, slug: str) -> Exercise:
        """Find an exercise, and say so on the page's line when there is none."""
        try:
            found = find_exercise(self.rooms, slug)
        except CourseError as error:
            raise self.error(str(error)) from error
        self.env.note_dependency(str(found.brief_path))
        self.env.note_dependency(str(found.visible_path))
        self.env.note_dependency(str(found.hidden_path))
        return found


class ExerciseDirective(MarkdownDirective):
    """``{exercise} slug``: the card that ends a chapter."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the card with minutes, criteria and the ways to start."""
        exercise = self.exercise(self.arguments[0])
        page = f"/exercises/{exercise.part}/{exercise.slug}.md"
        criteria = "\n".join(f"- {c.title}" for c in exercise.criteria)
        return self.parse(
            f"::::{{card}} {exercise.brief.title}\n"
            ":class-card: exercise-card\n\n"
            f"{exercise.brief.minutes} minutes, {POINTS} points. You pass when:\n\n"
            f"{criteria}\n\n:::{{card-footer}}\n"
            f"[Open the exercise]({page}) · {_start(exercise)}\n:::\n::::"
        )


class CriteriaDirective(MarkdownDirective):
    """``{criteria}`` on an exercise's page: how it is judged, and how to start."""

    def run(self) -> list[nodes.Node]:
        """Make the table of criteria and the ways to start."""
        exercise = self.exercise(self.env.docname.rpartition("/")[2])
        return self.parse(f"{criteria_table(exercise)}\n\n{_start(exercise)}")


class FilesDirective(MarkdownDirective):
    """``{files}`` on an exercise's page: the starter's files, one after the other."""

    def run(self) -> list[nodes.Node]:
        """Make the listing; each file's path stands above its text."""
        exercise = self.exercise(self.env.docname.rpartition("/")[2])
        listing = nodes.container(classes=["starter-files"])
        self.env.note_reread()  # files may come and go
        for path, text in unpack(exercise.brief.starter).items():
            listing += _file(path, text)
        return [listing]


def _file(path: str, text: str) -> nodes.Node:
    name = nodes.paragraph("", "", nodes.literal(path, path), classes=["starter-path"])
    if not text.strip():
        name += nodes.Text(" (empty)")
        return name
    block = nodes.literal_block(text, text, language=_language(path))
    block["force"] = True  # what no lexer can read is shown without colours
    return nodes.container("", name, block)


def _language(path: str) -> str:
    try:
        return find_lexer_class_for_filename(path).aliases[0]  # type: ignore[union-attr]
    except (AttributeError, IndexError):
        return "text"


class GivenDirective(MarkdownDirective):
    """``{given} module`` in a brief: the module that learner code imports."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Show the module's source."""
        self.env.note_dependency(str(self.rooms.given / f"{self.arguments[0]}.py"))
        try:
            return self.parse(given.block(self.arguments[0]))
        except CourseError as error:
            raise self.error(str(error)) from error


def _start(exercise: Exercise) -> str:
    notebook = f"/build/nbgrader/release/{exercise.part}/{exercise.slug}.ipynb"
    return (
        f"In JupyterLab: `python3 -m course lab`, then open `{exercise.part}/"
        f"{exercise.slug}.ipynb` · {{download}}`Download the notebook <{notebook}>`"
    )


class ChaptersDirective(MarkdownDirective):
    """``{chapters} part``: the chapters of a part with their minutes."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the table of a part's chapters."""
        self.env.note_reread()
        part = next(
            (p for p in load_standards().parts if p.slug == self.arguments[0]), None
        )
        if part is None:
            raise self.error(f"The syllabus has no part {self.arguments[0]}.")
        written = _written(self, part)
        rows = [_chapter_row(chapter, exercise) for chapter, exercise in written]
        head = ["| Chapter | Read | Exercise | Solve |", "| :-- | --: | :-- | --: |"]
        tail = f"{_counted(written)}: about {_duration(written)} in all."
        return self.parse("\n".join([*head, *rows, "", tail]))


class PartsDirective(MarkdownDirective):
    """``{parts}``: what there is, part by part."""

    def run(self) -> list[nodes.Node]:
        """Make the table of all parts that have chapters."""
        self.env.note_reread()
        rows = ["| Part | What there is | Time |", "| :-- | :-- | --: |"]
        for number, part in enumerate(load_standards().parts, start=1):
            written = _written(self, part)
            if written:
                link = f"[{number} {part.title}](/book/{part.slug}/index.md)"
                rows.append(f"| {link} | {_counted(written)} | {_duration(written)} |")
        return self.parse("\n".join(rows))


def _written(
    directive: MarkdownDirective, part: Part
) -> list[tuple[Chapter, Exercise]]:
    """The chapters of a part that are written, with their exercises."""
    folder = directive.rooms.book / part.slug
    return [
        (read_chapter(folder / f"{plan.slug}.md"), directive.exercise(plan.slug))
        for plan in part.chapters
        if (folder / f"{plan.slug}.md").exists()
    ]


def _counted(written: Sequence[tuple[Chapter, Exercise]]) -> str:
    many = len(written) != 1
    return (
        f"{len(written)} chapters with exercises" if many else "1 chapter with exercise"
    )


def _duration(written: Sequence[tuple[Chapter, Exercise]]) -> str:
    total = sum(chapter.minutes + task.brief.minutes for chapter, task in written)
    hours, minutes = divmod(total, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def _chapter_row(chapter: Chapter, exercise: Exercise) -> str:
    read = f"[{chapter.title}](/book/{chapter.part}/{chapter.slug}.md)"
    solve = f"[{exercise.brief.title}](/exercises/{chapter.part}/{chapter.slug}.md)"
    return (
        f"| {read} | {chapter.minutes} min | {solve} | {exercise.brief.minutes} min |"
    )


def register(app: Sphinx) -> None:
    """Register the directives.

    Args:
        app: The Sphinx application.
    """
    app.add_directive("exercise", ExerciseDirective)
    app.add_directive("criteria", CriteriaDirective)
    app.add_directive("files", FilesDirective)
    app.add_directive("given", GivenDirective)
    app.add_directive("chapters", ChaptersDirective)
    app.add_directive("parts", PartsDirective)
