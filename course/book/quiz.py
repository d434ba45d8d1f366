"""Quizzes that need no script: each option opens to its reason."""

import re
from dataclasses import dataclass, field

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

_OPTION = re.compile(r"^- \((?P<right>[x ])\) (?P<text>.+)$")


class QuizNode(nodes.Element):
    """A question with its options."""


class OptionNode(nodes.Element):
    """One option: a disclosure."""


class OptionTextNode(nodes.Element):
    """What stands on the disclosure."""


@dataclass
class _Option:
    text: str
    right: bool
    reason: list[str] = field(default_factory=list)


class QuizDirective(SphinxDirective):
    """``:::{quiz} Question``, then ``- (x) option`` with an indented reason each."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Make the question and its options."""
        options = self._options()
        if sum(option.right for option in options) != 1 or len(options) < 2:
            raise self.error("A quiz has two options or more, exactly one of them (x).")
        if any(not option.reason for option in options):
            raise self.error("Each option of a quiz is followed by an indented reason.")
        quiz = QuizNode(classes=["quiz"])
        quiz["number"] = self.env.new_serialno("quiz")
        question = nodes.paragraph(classes=["quiz-question"])
        question["ids"] = [f"quiz-{quiz['number']}"]
        question += self._inline(self.arguments[0])
        quiz += question
        quiz.extend(self._option_node(option) for option in options)
        return [quiz]

    def _options(self) -> list[_Option]:
        options: list[_Option] = []
        for line in self.content:
            match = _OPTION.match(line)
            if match:
                options.append(_Option(match["text"], match["right"] == "x"))
            elif line.strip() and options:
                options[-1].reason.append(line.strip())
        return options

    def _option_node(self, option: _Option) -> OptionNode:
        node = OptionNode(right=option.right)
        text = OptionTextNode()
        text += self._inline(option.text)
        reason = nodes.paragraph()
        verdict = "Right." if option.right else "No."
        reason += nodes.strong(verdict, verdict)
        reason += nodes.Text(" ")
        reason += self._inline(" ".join(option.reason))
        node += [text, reason]
        return node

    def _inline(self, text: str) -> list[nodes.Node]:
        children, messages = self.state.inline_text(text, self.lineno)
        return [*children, *messages]


def _visit_quiz(self: HTML5Translator, node: QuizNode) -> None:
    label = f"quiz-{node['number']}"
    self.body.append(f'<div class="quiz" role="group" aria-labelledby="{label}">\n')


def _depart_div(self: HTML5Translator, _node: nodes.Element) -> None:
    self.body.append("</div>\n")


def _visit_option(self: HTML5Translator, node: OptionNode) -> None:
    answer = "right" if node["right"] else "wrong"
    self.body.append(f'<details class="quiz-option" data-answer="{answer}">\n')


def _depart_option(self: HTML5Translator, _node: nodes.Element) -> None:
    self.body.append("</details>\n")


def _visit_text(self: HTML5Translator, _node: nodes.Element) -> None:
    self.body.append("<summary>")


def _depart_text(self: HTML5Translator, _node: nodes.Element) -> None:
    self.body.append("</summary>\n")


def register(app: Sphinx) -> None:
    """Register the directive and how its nodes become HTML.

    Args:
        app: The Sphinx application.
    """
    app.add_node(QuizNode, html=(_visit_quiz, _depart_div))
    app.add_node(OptionNode, html=(_visit_option, _depart_option))
    app.add_node(OptionTextNode, html=(_visit_text, _depart_text))
    app.add_directive("quiz", QuizDirective)
