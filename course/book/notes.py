"""Short notes that pages get by themselves: minutes, and how to move a control."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from autograder.exercises import POINTS
from course.browser.assets import has_live_cells

_EXPLORE = "tag_explore"
_NOT_LIVE = (
    "Live cells were not built: what they need could not be fetched when this book was "
    "made."
)


def _is_live(app: Sphinx) -> bool:
    return has_live_cells(Path(app.srcdir) / "build" / "vendor")


class MinutesNote(SphinxPostTransform):
    """Says under the title how long a page takes, and leads to its counterpart."""

    default_priority = 900

    def run(self, **_kwargs: object) -> None:
        """Add the note to chapters and exercises: pages with ``minutes``."""
        minutes = self.env.metadata[self.env.docname].get("minutes")
        room, _, topic = self.env.docname.partition("/")
        title = next(self.document.findall(nodes.title), None)
        if minutes is None or title is None:
            return
        note = nodes.paragraph(classes=["page-note"])
        if room == "book":
            note += nodes.Text(f"{minutes} minutes to read. Then try it yourself: ")
            note += self._link(f"exercises/{topic}")
            if not _is_live(self.app):
                note += nodes.Text(f". {_NOT_LIVE}")
        else:
            note += nodes.Text(f"{minutes} minutes, {POINTS} points. The chapter: ")
            note += self._link(f"book/{topic}")
        title.parent.insert(title.parent.index(title) + 1, note)

    def _link(self, page: str) -> nodes.reference:
        here = self.env.docname
        address = self.app.builder.get_relative_uri(here, page)
        text = self.env.titles[page].astext()
        return nodes.reference(text, text, internal=True, refuri=address)


class ExploreNote(SphinxPostTransform):
    """Says under a control that the page holds its first state.

    Where the cell can run in the page, the page's scripts put their own words there.
    """

    default_priority = 900

    def run(self, **_kwargs: object) -> None:
        """Add the note after each cell tagged ``explore``."""
        page = self.env.docname.removeprefix("book/")
        for cell in list(self.document.findall(nodes.container)):
            if _EXPLORE not in cell["classes"]:
                continue
            note = nodes.paragraph(classes=["page-note"])
            drawn = _is_live(self.app)
            note += nodes.Text(
                "You see the first state. To move the controls: "
                if drawn
                else "The controls are not drawn in this book. To have them: "
            )
            note += nodes.literal("", "python3 -m course lab")
            note += nodes.Text(", then open ")
            note += nodes.literal("", f"chapters/{page}.ipynb")
            note += nodes.Text(".")
            cell.parent.insert(cell.parent.index(cell) + 1, note)


def register(app: Sphinx) -> None:
    """Register the transforms.

    Args:
        app: The Sphinx application.
    """
    app.add_post_transform(MinutesNote)
    app.add_post_transform(ExploreNote)
