"""Tables generated from the standards: coverage, conflicts, dated advice."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective

from autograder.rooms import Rooms
from autograder.standards import Document, Section, load_standards
from course.book.marks import (
    mark_id,
    reference,
    rule_label,
    section_label,
    section_title,
)
from course.coverage import Coverage, Place, measure_coverage

Cell = str | nodes.Node | Sequence[nodes.Node]


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> nodes.table:
    """Make a table.

    Args:
        head: The column heads.
        rows: The cells of each row: texts, or inline nodes.

    Returns:
        The table node.
    """
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row) for row in rows))
    return nodes.table("", group, classes=["standards-table"])


def _row(cells: Sequence[Cell]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", _paragraph(cell)) for cell in cells))


def _paragraph(cell: Cell) -> nodes.paragraph:
    if isinstance(cell, str):
        return nodes.paragraph(cell, cell)
    if isinstance(cell, nodes.Node):
        return nodes.paragraph("", "", cell)
    return nodes.paragraph("", "", *cell)


class _StandardsDirective(SphinxDirective):
    """A table over the standards, with labels that other pages can refer to."""

    def label(self, node: nodes.Element, name: str, title: str) -> None:
        """Make a node a target of ``{ref}`` under a name."""
        anchor = nodes.make_id(name)
        node["ids"].append(anchor)
        domain = self.env.get_domain("std")
        assert isinstance(domain, StandardDomain)  # noqa: S101 - for the type checker
        domain.labels[name] = (self.env.docname, anchor, title)
        domain.anonlabels[name] = (self.env.docname, anchor)


class CoverageDirective(_StandardsDirective):
    """``{coverage}``: every section and rule, and the place that teaches it."""

    def run(self) -> list[nodes.Node]:
        """Make the sums and one table for each section."""
        self.env.note_reread()
        coverage = measure_coverage(Rooms(Path(self.env.srcdir)))
        documents = load_standards().documents
        tables = [self._document(document, coverage) for document in documents]
        return [self._sums(coverage), *tables]

    def _sums(self, coverage: Coverage) -> nodes.paragraph:
        text = (
            f"{coverage.sections_taught} of {len(coverage.taught)} sections are taught "
            f"and {coverage.rules_marked} of {len(coverage.places)} rules have a place "
            f"in {len(coverage.chapters)} chapters."
        )
        return nodes.paragraph(text, text)

    def _document(self, document: Document, coverage: Coverage) -> nodes.section:
        title = f"{document.id}: {document.title}"
        node = nodes.section("", nodes.title(title, title))
        node["ids"].append(nodes.make_id(document.id))
        node["names"].append(document.id.lower())
        for section in document.sections:
            node += self._section(section, coverage)
        return node

    def _section(self, section: Section, coverage: Coverage) -> nodes.Node:
        heading = section_title(section)
        node = nodes.container(classes=["standards-section"])
        head = nodes.paragraph("", "", nodes.strong(heading, heading))
        head["classes"].append("standards-heading")
        self.label(head, section_label(section.id), heading)
        node += head
        node += nodes.paragraph("", "", *self._taught_by(section, coverage))
        if section.rules:
            rows = [
                (self._rule_cell(rule), text, self._places(coverage.places[rule]))
                for rule, text in section.rules.items()
            ]
            node += table(("Rule", "What it says", "Taught in"), rows)
        return node

    def _taught_by(self, section: Section, coverage: Coverage) -> list[nodes.Node]:
        chapters = coverage.taught[section.id]
        if not chapters:
            planned = [
                chapter.slug
                for part in load_standards().parts
                for chapter in part.chapters
                if section.id in chapter.teaches
            ]
            return [nodes.Text(f"Still missing; planned in {', '.join(planned)}.")]
        links: list[nodes.Node] = [nodes.Text("Taught in ")]
        for index, chapter in enumerate(chapters):
            if index:
                links.append(nodes.Text(", "))
            page = f"book/{chapter.part}/{chapter.slug}"
            links.append(self._link(page, "", chapter.title))
        return [*links, nodes.Text(".")]

    def _rule_cell(self, rule: str) -> nodes.Node:
        node = nodes.inline(rule, rule, classes=["rule"])
        self.label(node, rule_label(rule), rule)
        return node

    def _places(self, places: list[Place]) -> list[nodes.Node]:
        if not places:
            return [nodes.Text("still missing")]
        links: list[nodes.Node] = []
        seen: set[str] = set()
        for place in places:
            page = f"book/{place.chapter.part}/{place.chapter.slug}"
            if page in seen:
                continue
            if links:
                links.append(nodes.Text(", "))
            seen.add(page)
            title, heading = place.chapter.title, place.mark.heading
            text = title if heading == title else f"{title}: {heading}"
            links.append(self._link(page, f"#{mark_id(place.mark.rule)}", text))
        return links

    def _link(self, page: str, anchor: str, text: str) -> nodes.reference:
        here = self.env.docname
        uri = self.env.app.builder.get_relative_uri(here, page) + anchor
        return nodes.reference(text, text, internal=True, refuri=uri)


class ConflictsDirective(_StandardsDirective):
    """``{conflicts}``: where the standards disagree, and what the course adopts."""

    def run(self) -> list[nodes.Node]:
        """Make one section for each conflict."""
        made: list[nodes.Node] = []
        for conflict in load_standards().conflicts:
            number = conflict.id.removeprefix("CON-").lstrip("0")
            title = f"{number}. {conflict.topic}"
            node = nodes.section("", nodes.title(title, title))
            self.label(node, conflict.id.lower(), title)
            rows = [(_origin(side.where), side.says) for side in conflict.sides]
            node += table(("Where", "What it says"), rows)
            node += nodes.paragraph(
                "",
                "",
                nodes.strong("", "This course adopts: "),
                nodes.Text(conflict.adopted),
                classes=["adopted"],
            )
            made.append(node)
        return made


def _origin(where: str) -> list[nodes.Node]:
    """A link to the section where there is such a section; else the words."""
    section, _, rest = where.partition(" ")
    if section in load_standards().sections:
        return [reference(section_label(section), section), nodes.Text(f" {rest}")]
    return [nodes.Text(where)]


class DatedDirective(_StandardsDirective):
    """``{dated}``: advice that time has overtaken, and the current practice."""

    def run(self) -> list[nodes.Node]:
        """Make one table for all of it."""
        rows: list[Sequence[Cell]] = []
        for entry in load_standards().dated:
            origins: list[nodes.Node] = []
            for where in entry.where:
                if origins:
                    origins.append(nodes.Text(", "))
                origins += _origin(where)
            rows.append((origins, entry.advice, entry.current))
        return [table(("Where", "The standard says", "Today"), rows)]


def register(app: Sphinx) -> None:
    """Register the directives.

    Args:
        app: The Sphinx application.
    """
    app.add_directive("coverage", CoverageDirective)
    app.add_directive("conflicts", ConflictsDirective)
    app.add_directive("dated", DatedDirective)
