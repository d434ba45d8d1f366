"""The border between criteria and learner code, in two processes, without a sandbox."""

import contextlib
import datetime as dt
import io
import json
import os
import signal
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.border import wire
from autograder.border.channel import BorderClosed
from autograder.border.judge_end import JudgeEnd, Remote, RemoteNamespace
from autograder.border.learner_end import serve
from autograder.checks import Fake, calls_to, outcome_of, plain, printed_by, refused_by
from autograder.criteria import CriterionNotMet
from autograder.namespace import NamespaceError

Run = Callable[[str], RemoteNamespace]


@pytest.fixture
def across() -> Iterator[Run]:
    """Runs code in a process of its own and gives it as a criterion sees it."""
    children: list[int] = []
    with contextlib.ExitStack() as stack:

        def run(source: str) -> RemoteNamespace:
            here, there = socket.socketpair()
            child = os.fork()
            if child == 0:
                here.close()
                serve(there)
                os._exit(0)
            there.close()
            children.append(child)
            return RemoteNamespace(JudgeEnd(stack.enter_context(here)), source)

        yield run
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


@contextlib.contextmanager
def hostile(*lines: bytes) -> Iterator[JudgeEnd]:
    """A judge's end whose other end has said these lines, whatever it is asked."""
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"".join(line + b"\n" for line in lines))
        yield JudgeEnd(here)


ECHO = "def echo(value): return value"

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()))
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.datetimes()
    | st.dates()
    | st.timedeltas()
    | st.uuids(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(PLAIN)
def test_plain_data_keeps_value_and_type(value: object) -> None:
    written = json.loads(json.dumps(wire.encode(value, handle=refuse)))
    read = wire.decode(written, handle=refuse)
    assert (read, type(read)) == (value, type(value))


def refuse(_: object) -> Any:
    raise AssertionError("plain data needs no handle")


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        frozenset({"a"}),
        1 + 2j,
        PurePosixPath("a/b"),
        Path("a"),
        ValueError,
        int,
        dt.time(1, 2),
        Decimal("NaN").is_nan(),
        uuid.UUID(int=5),
    ],
    ids=repr,
)
def test_values_travel_there_and_back(across: Run, value: object) -> None:
    assert across(ECHO).echo(value) == value


def test_an_object_stays_there_and_comes_home(across: Run) -> None:
    solution = across(
        "class Till:\n    def __init__(self): self.cents = 0\n"
        "    def add(self, cents): self.cents += cents; return self\n"
        "def same(a, b): return a is b\n"
    )
    till = solution.Till()
    assert till.add(3) is till
    assert till.cents == 3
    till.cents = 5
    assert plain(solution.same(till, till.add(2))) is True
    assert till.cents == 7
    assert till != solution.Till()
    assert solution.same(till.add, till.add) is False  # bound anew, as in one process


def test_a_fake_is_called_back_and_writes_it_down(across: Run) -> None:
    solution = across(
        "def notify(gateway, numbers):\n"
        "    for number in numbers: gateway.send(number, text='hi')\n"
        "    return gateway.sent, hasattr(gateway, 'close')\n"
    )
    gateway = Fake("gateway", attributes={"sent": 2}, send=None)
    assert solution.notify(gateway, ["1", "2"]) == (2, False)
    assert [(c.args, dict(c.kwargs)) for c in calls_to(gateway)] == [
        (("1",), {"text": "hi"}),
        (("2",), {"text": "hi"}),
    ]
    assert refused_by(gateway) == ["close"]


def test_a_fakes_plain_attribute_can_be_written_and_nothing_else(across: Run) -> None:
    solution = across(
        "def give(card): card.limit += 60\n"
        "def spoil(card): card.charge = 1\n"
        "def ask(border, name): return border.ask('assign', of=1, name=name, value=1)\n"
    )
    card = Fake("card", attributes={"limit": 400}, charge=True)
    solution.give(card)
    assert card.limit == 460
    solution.spoil(card)
    assert card.charge() is True
    end = solution._end
    for name in ("charge", "_calls", "__class__", "other"):
        with pytest.raises(PermissionError):
            end.do({"ask": "assign", "of": 1, "name": name, "value": 1})


def test_calls_nest(across: Run) -> None:
    solution = across(
        "def down(n, call):\n    return [n] if n == 0 else [n] + call(n - 1)\n"
    )

    def again(n: int) -> object:
        return solution.down(n, again)

    assert solution.down(30, again) == list(range(30, -1, -1))


def test_exceptions_keep_class_bases_and_text(across: Run) -> None:
    solution = across(
        "class Refused(LookupError): pass\n"
        "class Late(Refused): pass\n"
        "def refuse(): raise Late('too late')\n"
        "def lookup(): return {}['x']\n"
        "def leave(): raise SystemExit(3)\n"
        "def stop(): raise KeyboardInterrupt('now')\n"
    )
    late = outcome_of(solution.refuse)
    assert late.errors[:3] == ("Late", "Refused", "LookupError")
    assert late.message == "too late"
    with pytest.raises(LookupError, match="too late"):
        solution.refuse()
    with pytest.raises(KeyError) as caught:
        solution.lookup()
    assert (type(caught.value), caught.value.args) == (KeyError, ("x",))
    with pytest.raises(SystemExit):
        solution.leave()
    assert outcome_of(solution.stop).errors == ("KeyboardInterrupt",)


def test_an_exception_of_ours_comes_home_as_the_same_one(across: Run) -> None:
    solution = across(
        "def through(call): return call()\n"
        "def kinds(call):\n"
        "    try: call()\n"
        "    except Exception as e: return type(e) is TimeoutError, str(e)\n"
    )
    error = TimeoutError("line down")

    def fail() -> None:
        raise error

    with pytest.raises(TimeoutError) as caught:
        solution.through(fail)
    assert caught.value is error
    assert solution.kinds(fail) == (True, "line down")

    def verdict() -> None:
        raise CriterionNotMet(called="a", got="b", expected="c")

    with pytest.raises(CriterionNotMet):
        solution.through(verdict)


def test_a_missing_name_is_told_as_missing(across: Run) -> None:
    solution = across("x = 1")
    with pytest.raises(NamespaceError, match="Your code defines no y"):
        _ = solution.y
    assert (solution.defines("x"), solution.defines("y")) == (True, False)
    with pytest.raises(NamespaceError):
        solution.probe("class Mine(Base): pass")


def test_a_probe_runs_beside_the_code_with_what_it_is_given(across: Run) -> None:
    solution = across("class Base:\n    def name(self): return 'base'\n")
    heard: list[str] = []
    probe = solution.probe(
        "class Mine(Base):\n    def name(self):\n        note(word)\n"
        "        return super().name() + word\nmine = Mine()",
        word="x",
        note=heard.append,
    )
    assert probe.mine.name() == "basex"
    assert heard == ["x"]
    with pytest.raises(NamespaceError, match="defines no Mine"):
        _ = solution.Mine


def test_what_is_printed_arrives_in_order(across: Run) -> None:
    solution = across("def tell(call):\n    print('a'); call(); print('c')\n")
    heard = printed_by(lambda: solution.tell(lambda: print("b")))
    assert heard == "a\nb\nc\n"


def test_iteration_length_items_and_context_managers(across: Run) -> None:
    solution = across(
        "class Bag:\n"
        "    def __init__(self): self.open = False\n"
        "    def __len__(self): return 2\n"
        "    def __getitem__(self, key): return key * 2\n"
        "    def __contains__(self, item): return item == 7\n"
        "    def __enter__(self): self.open = True; return self\n"
        "    def __exit__(self, *_): self.open = False\n"
        "    def __str__(self): return 'bag'\n"
        "bag = Bag()\n"
        "def numbers():\n    n = 0\n    while True:\n        yield n; n += 1\n"
    )
    bag = solution.bag
    assert (len(bag), bag["x"], 7 in bag, 8 in bag, str(bag)) == (
        2,
        "xx",
        True,
        False,
        "bag",
    )
    with bag as opened:
        assert opened.open is True
    assert bag.open is False
    endless = iter(solution.numbers())
    assert [next(endless) for _ in range(3)] == [0, 1, 2]


def test_records_compare_by_their_fields(across: Run) -> None:
    solution = across(
        "from dataclasses import dataclass\nfrom enum import Enum\n"
        "from typing import NamedTuple\n"
        "@dataclass\nclass Point:\n    x: int\n    y: list\n"
        "class Pair(NamedTuple):\n    a: int\n    b: int\n"
        "class Colour(Enum):\n    RED = 'red'\n"
        "class Shout(str): pass\n"
        "made = [Point(1, [Pair(2, 3)]), Colour.RED, Shout('hey'), object()]\n"
    )
    assert plain(solution.made[0]) == {"x": 1, "y": [{"a": 2, "b": 3}]}
    assert plain(solution.made[1]) == "red"
    assert plain(solution.made[2]) == "hey"
    assert repr(plain(solution.made[3])) == "<object object>"


def test_a_liar_is_not_asked_whether_it_is_equal(across: Run) -> None:
    solution = across(
        "class Liar:\n"
        "    def __eq__(self, other): return True\n"
        "    def __hash__(self): return 1\n"
        "    def __getattr__(self, name): return self\n"
        "    def __call__(self, *a, **k): return self\n"
        "def answer(): return Liar()\n"
    )
    liar = solution.answer()
    assert liar != 5
    assert plain(liar) != 5
    assert liar not in [5, 6]


def test_nothing_behind_what_was_handed_over_can_be_reached() -> None:
    fake = Fake("fake", send=None)

    def given(x: int) -> int:
        return x

    with hostile() as end:
        end.encode([fake, given, SimpleNamespace(told="x"), ValueError("text")])
        reachable: dict[str, list[str]] = {}
        for number, target in end._objects.items():
            for name in {*dir(target), "__globals__", "__code__", "_calls", "__self__"}:
                with contextlib.suppress(AttributeError, PermissionError):
                    end.do({"ask": "attribute", "of": number, "name": name})
                    reachable.setdefault(type(target).__name__, []).append(name)
        assert {k: sorted(v) for k, v in reachable.items()} == {
            "Fake": ["send", "takes_assignments"],
            "SimpleNamespace": ["told"],
        }
        for ask in ("probe", "start", "global", "delete", "item", "plain", "exec"):
            with pytest.raises(PermissionError):
                end.do({"ask": ask, "of": 1, "source": "1", "name": "send"})
        for unknown in (0, 99, -1, "1", None, 1.0, True, [1, "send"]):
            with pytest.raises(ValueError, match="no such handle"):
                end.do({"ask": "attribute", "of": unknown, "name": "send"})


@pytest.mark.parametrize(
    "value", [(i for i in "ab"), os, io.StringIO], ids=["generator", "module", "class"]
)
def test_what_leads_out_is_not_handed_over(value: object) -> None:
    with hostile() as end:
        if value is io.StringIO:
            end.encode(value)
            with pytest.raises(AttributeError):
                end.do({"ask": "attribute", "of": 1, "name": "write"})
        else:
            with pytest.raises(TypeError, match="cannot be handed"):
                end.encode(value)


@pytest.fixture
def raised_recursion_limit() -> Iterator[None]:
    """A library in the judge's process, mypy for one, may have raised it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1 << 14)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("raised_recursion_limit")
@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        b"1",
        b"{}",
        b'{"answer": {"unknown": 1}}',
        b'{"answer": {"handle": "1"}}',
        b'{"answer": {"home": 3}}',
        b'{"answer": {"dict": [1]}}',
        b'{"answer": {"dict": [[{"list": []}, 1]]}}',
        b'{"answer": {"bytes": "xyz"}}',
        b'{"answer": {"decimal": "nope"}}',
        b'{"answer": {"datetime": 5}}',
        b'{"answer": {"timedelta": [1e400, 0, 0]}}',
        b'{"answer": {"builtin": "eval"}}',
        b'{"failure": 1}',
        b'{"failure": {"names": "x", "text": "y"}}',
        b'{"failure": {"names": [], "text": 3}}',
        b'{"failure": {"home": 1}}',
        b'{"answer": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"answer": ' + b'{"list":[' * 3000 + b"]}" * 3000 + b"}",
        b'{"answer": ' + b"9" * 6000 + b"}",
        b"x" * (5 << 20),
        b"\xff\xfe",
    ],
    ids=lambda line: line[:40].decode(errors="replace"),
)
def test_whatever_is_sent_ends_in_one_clean_way(line: bytes) -> None:
    """The sender's process loses this criterion; the judge's goes on."""
    here, there = socket.socketpair()
    child = os.fork()
    if child == 0:
        here.close()
        with contextlib.suppress(OSError):
            there.sendall(line + b"\n")
        os._exit(0)
    there.close()
    with here, pytest.raises(BorderClosed):
        JudgeEnd(here).ask("global", name="x")
    os.waitpid(child, 0)


def test_an_end_of_the_other_process_is_no_exception_of_the_code(across: Run) -> None:
    solution = across("import os\ndef leave(): os._exit(0)\n")
    with pytest.raises(BorderClosed, match="ended"):
        outcome_of(solution.leave)


def test_threads_of_learner_code_may_use_what_they_were_given(across: Run) -> None:
    solution = across(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def spread(call, numbers):\n"
        "    with ThreadPoolExecutor(8) as pool:\n"
        "        return list(pool.map(call, numbers))\n"
    )
    assert solution.spread(lambda n: n * n, list(range(200))) == [
        n * n for n in range(200)
    ]


def test_equal_objects_are_one_stand_in(across: Run) -> None:
    solution = across("made = object()\ndef get(): return made\n")
    assert solution.get() is solution.get()
    assert isinstance(solution.get(), Remote)


def test_an_exception_group_and_an_odd_name_are_told(across: Run) -> None:
    solution = across(
        "def group(): raise ExceptionGroup('both', [ValueError('a')])\n"
        "def odd(): raise type('', (ValueError,), {})('text')\n"
    )
    assert outcome_of(solution.group).errors[0] == "ExceptionGroup"
    assert outcome_of(solution.odd).errors[:2] == ("Exception", "ValueError")
