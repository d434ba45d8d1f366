"""Each chapter has the form of a chapter, and its proofs can fail.

That it runs from top to bottom, the build shows, and that it does so again, nbval.
"""

import ast
import asyncio
import contextlib
import inspect
import io

import pytest

from autograder.rooms import Rooms
from course.chapters import Chapter, find_chapters

CHAPTERS = find_chapters(Rooms.of_this_course())


def run(
    sources: list[str], namespace: dict[str, object] | None = None
) -> dict[str, object]:
    """Execute cells one after the other in one namespace, as a kernel would."""
    namespace = {"__name__": "__main__"} if namespace is None else namespace

    async def execute() -> None:
        for source in sources:
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile(source, "<cell>", "exec", flags=flags, dont_inherit=True)
            result = eval(code, namespace)  # noqa: S307 - the chapter's own code
            if inspect.isawaitable(result):
                await result

    with contextlib.redirect_stdout(io.StringIO()):
        asyncio.run(execute())
    return namespace


def plain_cells(chapter: Chapter) -> dict[int, str]:
    """The cells that a proof may rest on: no widgets, no pictures."""
    return {
        index: cell.source
        for index, cell in enumerate(chapter.cells)
        if not cell.tags & {"explore", "picture"}
    }


def up_to(cells: dict[int, str], last: int) -> list[str]:
    return [source for index, source in cells.items() if index <= last]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.slug)
class TestChapter:
    def test_has_the_form_of_a_chapter(self, chapter: Chapter) -> None:
        chapter.check()

    def test_first_proof_fails_once_the_bad_code_is_good(
        self, chapter: Chapter
    ) -> None:
        for bad, proof, good, _ in chapter.pairs:
            cells = plain_cells(chapter)
            cells[bad] = cells[good]
            with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion or worse
                run(up_to(cells, proof))

    def test_second_proof_fails_for_the_bad_code(self, chapter: Chapter) -> None:
        for bad, _, good, proof in chapter.pairs:
            cells = plain_cells(chapter)
            cells[good] = cells[bad]
            namespace = run(up_to(cells, proof - 1))
            with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion or worse
                run([cells[proof]], namespace)
