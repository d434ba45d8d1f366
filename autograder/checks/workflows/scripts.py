"""What a ``run`` step runs: the commands of a shell script, and whether it fails.

Enough of a shell for the scripts of workflows: lists, pipes, negation, ``set`` and
``exit``. Nothing is executed.
"""

import re
import shlex
from collections.abc import Callable, Iterator

Runs = Callable[[tuple[str, ...]], bool]
"""Told the words of a command, answers whether it succeeds."""

_JOINTS = {"&&", "||", ";", "|", "&", "\n"}
_COMPOUND = {"if", "for", "while", "until", "case", "function", "{"}
_PIECE = re.compile(
    r"""(?P<kept>'[^']*'|"(?:[^"\\]|\\.)*"|\\.)|(?:(?<=\s)|^)\#.*""", re.MULTILINE
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_REDIRECTION = re.compile(r"[<>&]+")


class ScriptError(ValueError):
    """A script that cannot be read; the text completes "It ..."."""


def succeeds(script: str, runs: Runs, *, pipefail: bool = False) -> bool:
    """Go through a script as ``bash -e`` does.

    Args:
        script: The text of a ``run``.
        runs: Asked for each command that is reached.
        pipefail: Whether a pipe fails with any of its commands, as with
            ``shell: bash``.

    Returns:
        Whether the script ends with success.

    Raises:
        ScriptError: It cannot be read.
    """
    shell = _Shell(runs, pipefail=pipefail)
    for chain in _chains(_tokens(script)):
        if not shell.run_chain(chain):
            return False
        if shell.ended:
            break
    return shell.last


class _Shell:
    def __init__(self, runs: Runs, *, pipefail: bool) -> None:
        self._runs = runs
        self._pipefail = pipefail
        self._stops_at_errors = True
        self.last = True
        self.ended = False

    def run_chain(self, chain: list[tuple[str, list[list[str]], str]]) -> bool:
        """Run pipelines joined by ``&&`` and ``||``; False where ``-e`` ends it all."""
        for number, (joint, pipeline, after) in enumerate(chain):
            if (joint == "&&" and not self.last) or (joint == "||" and self.last):
                continue
            self.last = self._pipe(pipeline) or after == "&"
            last_of_chain = number == len(chain) - 1
            negated = pipeline[0][:1] == ["!"]
            if (
                self._stops_at_errors
                and not self.last
                and last_of_chain
                and not negated
            ):
                return False
            if self.ended:
                return True
        return True

    def _pipe(self, pipeline: list[list[str]]) -> bool:
        negated = pipeline[0][:1] == ["!"]
        if negated:
            pipeline = [pipeline[0][1:], *pipeline[1:]]
        results = [self._command(words) for words in pipeline]
        met = all(results) if self._pipefail else results[-1]
        return met != negated

    def _command(self, words: list[str]) -> bool:
        words = [word for word in words if word not in ("(", ")")]
        while words and _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        match words:
            case [] | ["true" | ":"]:
                return True
            case ["false"]:
                return False
            case ["exit", *code]:
                self.ended = True
                return self.last if code in ([], ["$?"]) else code == ["0"]
            case ["test", *asked] | ["[" | "[[", *asked, "]" | "]]"]:
                return _holds(asked)
            case ["set", *options]:
                self._set(options)
                return True
        if words[0] in _COMPOUND:
            raise ScriptError(
                f"holds {words[0]!r} in a script; what runs must be a list of commands"
            )
        return self._runs(tuple(words))

    def _set(self, options: list[str]) -> None:
        for flag, name in zip(options, [*options[1:], ""], strict=True):
            if re.fullmatch(r"[+-][a-z]*e[a-z]*", flag):
                self._stops_at_errors = flag[0] == "-"
            if re.fullmatch(r"[+-][a-z]*o", flag) and name == "pipefail":
                self._pipefail = flag[0] == "-"
            if re.fullmatch(r"[+-]o", flag) and name == "errexit":
                self._stops_at_errors = flag[0] == "-"


def _holds(asked: list[str]) -> bool:
    match asked:
        case [left, "=" | "==", right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case ["-z", text]:
            return not text
        case ["-n", text] | [text]:
            return bool(text)
    raise ScriptError(f"holds the test {' '.join(asked)!r}, which is not followed here")


def _tokens(script: str) -> list[str]:
    text = re.sub(r"\\\n", " ", _PIECE.sub(lambda m: m["kept"] or "", script))
    tokens: list[str] = []
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""  # shlex would take the line's end away with a comment
    try:
        for token in lexer:
            tokens += _split(token)
    except ValueError as error:
        raise ScriptError(f"holds a script that no shell can read: {error}") from error
    return tokens


def _split(token: str) -> list[str]:
    """Marks come in one piece where they touch, such as ``)`` and a line's end."""
    if token and all(c in "();<>|&\n" for c in token):
        return re.findall(r"&&|\|\||[();|&\n]|[<>]+&?", token)
    return [token]


def _chains(tokens: list[str]) -> Iterator[list[tuple[str, list[list[str]], str]]]:
    """Cut the tokens at ``;`` and line ends, and each piece into pipelines."""
    chain: list[tuple[str, list[list[str]], str]] = []
    pipeline: list[list[str]] = [[]]
    joint = ""
    for mark in [*_without_redirections(tokens), ";"]:
        if mark not in _JOINTS:
            pipeline[-1].append(mark)
        elif mark == "|":
            pipeline.append([])
        else:
            if any(pipeline):
                chain.append((joint, [p for p in pipeline if p], mark))
            elif mark == "\n" and joint in ("&&", "||"):
                continue  # the list goes on in the next line
            pipeline, joint = [[]], mark
            if mark not in ("&&", "||") and chain:
                yield chain
                chain, joint = [], ""


def _without_redirections(tokens: list[str]) -> Iterator[str]:
    skip = False
    for token in tokens:
        if skip:
            skip = False
        elif token not in _JOINTS and _REDIRECTION.fullmatch(token):
            skip = True  # a file's name follows
        else:
            yield token
