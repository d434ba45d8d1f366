"""Roles that mark what a place of the book teaches."""

import re

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from autograder.standards import Section, load_standards


def rule_label(rule: str) -> str:
    """The cross-reference label of a rule on the coverage page."""
    return f"rule-{rule.lower()}"


def mark_id(rule: str) -> str:
    """The anchor of the place that teaches a rule, on its chapter's page."""
    return "teaches-" + re.sub(r"[^a-z0-9]+", "-", rule.lower())


def reference(label: str, text: str, *, title: str = "") -> pending_xref:
    """A cross-reference that Sphinx resolves once all pages are read.

    Args:
        label: The label.
        text: The link's text.
        title: What a pointer sees when it rests on the link.

    Returns:
        The node.
    """
    return pending_xref(
        "",
        nodes.inline(text, text, classes=["rule"] if title else []),
        refdomain="std",
        reftype="ref",
        reftarget=label,
        refexplicit=True,
        refwarn=True,
        reftitle=title,
    )


class RuleRole(SphinxRole):
    """``{rule}`GUIDE-1.2.2.R1```: this place teaches that rule."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Make the badge, and an anchor at its first use on the page."""
        rule = self.text.strip()
        text = load_standards().rules.get(rule)
        if text is None:
            message = self.inliner.reporter.error(
                f"The rule {rule} does not exist; see autograder/standards/.",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [
                message
            ]
        badge = nodes.inline(classes=["rule-mark"])
        seen: set[str] = self.env.temp_data.setdefault("marked_rules", set())
        if rule not in seen:
            seen.add(rule)
            badge["ids"] = [mark_id(rule)]
        badge += reference(rule_label(rule), rule, title=text)
        return [badge], []


class SectionsRole(SphinxRole):
    """``{sections}`GUIDE-1.1, GUIDE-1.2```: the sections a chapter teaches."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Name each section with its heading and a link to its rules."""
        sections = load_standards().sections
        found: list[nodes.Node] = []
        for name in (part.strip() for part in self.text.split(",")):
            if name not in sections:
                message = self.inliner.reporter.error(
                    f"The section {name} does not exist; see autograder/standards/.",
                    line=self.lineno,
                )
                return [], [message]
            if found:
                found.append(nodes.Text(" · "))
            title = section_title(sections[name])
            found.append(reference(section_label(name), title))
        return found, []


def section_title(section: Section) -> str:
    """Name a section by its id and its heading without the document's own number."""
    heading = re.sub(r"^[\d.]+\s+", "", section.heading)
    return f"{section.id} {heading}"


def section_label(section: str) -> str:
    """The cross-reference label of a section on the coverage page."""
    return f"section-{section.lower()}"


def register(app: Sphinx) -> None:
    """Register the roles.

    Args:
        app: The Sphinx application.
    """
    app.add_role("rule", RuleRole())
    app.add_role("sections", SectionsRole())
