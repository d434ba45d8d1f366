"""Surroundings of a criterion's own, and secrets that no message shows."""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.border.channel import BorderClosed
from autograder.border.judge_end import JudgeEnd, RemoteNamespace
from autograder.border.learner_end import LearnerEnd
from autograder.chance import fresh_word
from autograder.checks.environment import (
    Surroundings,
    expect_kept,
    expect_refusal,
    fresh_secret,
)
from autograder.criteria import CriterionNotMet, Evidence, withholding
from autograder.namespace import Namespace

Load = Callable[[str], Any]
CODE = """
import logging
import os
import sys
import warnings
from pathlib import Path

EARLY = os.environ.get("PORT")

class Settings:
    def __init__(self, port, password):
        self.port, self.password = port, password

    def __repr__(self):
        return f"Settings({self.port})"

def port():
    return os.environ.get("PORT")

def variables():
    return sorted(os.environ)

def file():
    return Path("notes.txt").read_text() if Path("notes.txt").exists() else None

def names():
    return sorted(path.name for path in Path().iterdir())

def settings():
    return Settings(port(), os.environ["PASSWORD"])

def tell(how):
    word = os.environ["PASSWORD"]
    if how == "print":
        print(f"it is {word}")
    elif how == "stderr":
        print(word, file=sys.stderr)
    elif how == "log":
        logging.getLogger("app").debug("with %s", word)
    elif how == "warn":
        warnings.warn(word)
    elif how == "raise":
        raise ValueError(f"refused {word}")
    elif how == "cause":
        try:
            raise KeyError(word)
        except KeyError as error:
            raise ValueError("refused") from error

def replace():
    os.environ = {"PORT": "gone"}
    os.chdir("/")
    logging.basicConfig(level=logging.ERROR)

def refuse():
    raise ValueError("port and " + "x" * 400 + " Host are missing")
"""

# Runs where there is no PORT.
BROKEN = "import os\nx = 1 / ('PORT' not in os.environ)"


@pytest.fixture(params=["here", "across"])
def load(request: pytest.FixtureRequest) -> Iterator[Load]:
    """Learner code in this process, and behind a border."""
    if request.param == "here":
        yield Namespace
        return
    ours, theirs = socket.socketpair()
    # A thread will do: what is asked here is whether all of it crosses.
    served = threading.Thread(target=_serve, args=[theirs], daemon=True)
    served.start()
    with ours:
        yield lambda source: RemoteNamespace(JudgeEnd(ours), source)
    served.join(5)


def _serve(connection: socket.socket) -> None:
    end = LearnerEnd(connection)
    with connection, contextlib.suppress(BorderClosed):  # the judge hangs up
        while True:
            with end._turn:
                end.answer(end._receive())


def said(call: Callable[[], object]) -> str:
    with pytest.raises(CriterionNotMet) as caught:
        call()
    return str(caught.value)


class TestSurroundings:
    def test_gives_variables_and_files_and_nothing_else(self, load: Load) -> None:
        with Surroundings(
            load(CODE), {"PORT": "1"}, files={"notes.txt": "äh"}
        ) as there:
            assert there.code.EARLY == "1"
            assert there.code.variables() == ["PORT"]
            assert there.code.file() == "äh"
            assert there.code.names() == ["notes.txt"]

    def test_code_that_is_loaded_before_reads_nothing(self, load: Load) -> None:
        with Surroundings(
            load(CODE), {"PORT": "1"}, files={"notes.txt": ""}, loaded_before=True
        ) as there:
            assert there.code.EARLY is None
            assert there.code.port() == "1"
            assert there.code.file() == ""

    def test_an_import_that_needs_settings_is_told(self, load: Load) -> None:
        greedy = load(CODE)
        greedy.source = CODE.replace('.get("PORT")', '["PORT"]', 1)
        text = said(
            lambda: Surroundings(greedy, {"PORT": "1"}, loaded_before=True).__enter__()
        )
        assert "your module in an empty environment. It raised KeyError" in text

    def test_variables_change_while_it_runs(self, load: Load) -> None:
        with Surroundings(load(CODE), {"PORT": "1"}) as there:
            there.change({"PORT": "2"})
            assert (there.code.EARLY, there.code.port()) == ("1", "2")

    def test_leaves_everything_as_it_was(self) -> None:
        environ, before, here = os.environ, dict(os.environ), Path.cwd()
        handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
        with Surroundings(Namespace(CODE), {"PORT": "1"}) as there:
            folder = Path.cwd()
            there.code.replace()
        assert os.environ is environ
        assert dict(os.environ) == before
        assert Path.cwd() == here
        assert not folder.exists()
        assert logging.getLogger().handlers == handlers
        assert logging.getLogger().level == level

    def test_leaves_everything_as_it_was_after_a_failure(self) -> None:
        before, here = dict(os.environ), Path.cwd()
        with pytest.raises(ZeroDivisionError):
            Surroundings(Namespace(BROKEN), {"PORT": "1"}).__enter__()
        assert dict(os.environ) == before
        assert Path.cwd() == here


class TestSecrets:
    @pytest.mark.parametrize(
        "how", ["print", "stderr", "log", "warn", "raise", "cause"]
    )
    def test_a_secret_that_is_told(self, load: Load, how: str) -> None:
        with withholding():
            secret = fresh_secret()
            with Surroundings(load(CODE), {"PASSWORD": secret}) as there:
                try:
                    there.code.tell(how)
                except Exception as error:  # noqa: BLE001 - a border makes it anew
                    assert "refused" in str(error)  # noqa: PT017
                text = said(
                    lambda: expect_kept(secret, there, {}, called=f"tell({how!r})")
                )
        assert "It told the secret in what was printed, logged and raised" in text
        assert "[secret]" in text
        assert secret not in text

    def test_a_secret_that_is_kept(self, load: Load) -> None:
        secret = fresh_secret()
        with Surroundings(load(CODE), {"PASSWORD": secret, "PORT": "1"}) as there:
            settings = there.code.settings()
            there.code.tell("nothing")
            shown = {"repr(settings)": repr(settings)}
            expect_kept(secret, there, shown, called="settings()")
            assert settings.password == secret

    def test_a_secret_in_another_text(self) -> None:
        with withholding(), Surroundings(Namespace(CODE)) as there:
            secret = fresh_secret()
            shown = {"repr(settings)": f"Settings({secret!r})"}
            text = said(lambda: expect_kept(secret, there, shown, called="settings()"))
        assert "told the secret in repr(settings): … Settings('[secret]') …" in text

    def test_evidence_shows_no_part_of_a_secret(self) -> None:
        with withholding():
            secret = fresh_secret()
            evidence = Evidence(f"f({secret!r})", f"said …{secret[3:11]}…", secret[:-1])
            assert str(evidence) == (
                "You called f('[secret]'). It said …[secret]…. Expected [secret]."
            )
        assert secret in str(Evidence(secret, "", ""))  # the next criterion has others

    def test_other_words_are_shown(self) -> None:
        with withholding():
            fresh_secret()
            word = fresh_word()
            assert word in str(Evidence(word, "", ""))


class TestRefusal:
    def refusal(self, call: str, *naming: str, load: Load) -> None:
        with Surroundings(load(CODE), {}) as there:
            expect_refusal(getattr(there.code, call), naming=naming, called=f"{call}()")

    def test_accepts_an_error_that_names_all(self, load: Load) -> None:
        self.refusal("refuse", "PORT", "HOST", load=load)

    def test_misses_a_name(self, load: Load) -> None:
        text = said(lambda: self.refusal("refuse", "PORT", "USER_ID", load=load))
        assert "which does not name USER_ID" in text

    def test_wants_a_value_error(self, load: Load) -> None:
        text = said(lambda: self.refusal("settings", "PASSWORD", load=load))
        assert "It raised KeyError" in text
        text = said(lambda: self.refusal("port", "PORT", load=load))
        assert "It raised nothing. Expected one ValueError that names PORT" in text
