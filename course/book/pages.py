"""Cards and lists that lead from page to page: exercises, criteria, chapters."""

from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder import given
from autograder.assemble import criteria_table
from autograder.errors import CourseError
from autograder.exercises import POINTS, Exercise, find_exercise
from autograder.rooms import Rooms
from autograder.standards import load_standards
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
        rows = []
        total = 0
        for plan in part.chapters:
            path = self.rooms.book / part.slug / f"{plan.slug}.md"
            if not path.exists():
                continue
            chapter = read_chapter(path)
            exercise = self.exercise(plan.slug)
            total += chapter.minutes + exercise.brief.minutes
            rows.append(_chapter_row(chapter, exercise))
        hours, minutes = divmod(total, 60)
        head = ["| Chapter | Read | Exercise | Solve |", "| :-- | --: | :-- | --: |"]
        duration = f"{hours} h {minutes:02} min"
        tail = f"{len(rows)} chapters with exercises: about {duration} in all."
        return self.parse("\n".join([*head, *rows, "", tail]))


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
    app.add_directive("given", GivenDirective)
    app.add_directive("chapters", ChaptersDirective)
