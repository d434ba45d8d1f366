"""The vocabulary of criteria: everything that a hidden or visible test is written with.

Three families:

* behaviour: ``same_as_original`` runs one scenario on the learner's code and on the
  original and compares call by call; ``expect_result``, ``expect_equal`` and
  ``expect_raises`` judge single calls; ``outcome_of`` and ``result_of`` make them;
  ``printed_by`` catches what was printed.
* use: ``Fake`` is handed over as a collaborator and writes down each use;
  ``solution.probe`` runs a criterion's own class beside the learner's code.
* shape: ``literal_branches``, ``type_tests``, ``calls``, ``globals_changed``,
  ``cognitive_complexity``, ``lint_remarks`` and friends read the source, and ignore
  every comment that would silence a checker.

Criteria touch the learner's code through attributes, calls and plain data only. Then
they run unchanged when that code lives in another process.
"""

import ast
import contextlib
import dataclasses
import io
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NoReturn

from hypothesis import strategies as st

from autograder.chance import fresh_number, fresh_word
from autograder.chance import inputs as generated_inputs
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace, NamespaceError
from autograder.values import Thing, class_names_of, plain, shape

__all__ = [
    "Call",
    "Fake",
    "Outcome",
    "calls",
    "calls_to",
    "class_names",
    "cognitive_complexity",
    "expect",
    "expect_equal",
    "expect_raises",
    "expect_result",
    "fresh_number",
    "fresh_word",
    "globals_changed",
    "lint_remarks",
    "literal_branches",
    "names_read",
    "outcome_of",
    "plain",
    "printed_by",
    "refused_by",
    "result_of",
    "same_as_original",
    "syntax_tree",
    "type_tests",
]

_TEXT_LIMIT = 300


# --- Values and outcomes ------------------------------------------------------------


def _alike(left: Any, right: Any) -> bool:
    """Compare plain data: equal types, floats within rounding, NaN equal to NaN."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12) or (
            math.isnan(left) and math.isnan(right)
        )
    if isinstance(left, list | tuple) and type(left) is type(right):
        return len(left) == len(right) and all(map(_alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _alike(left[k], right[k]) for k in left
        )
    return type(left) is type(right) and bool(left == right)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call led to: a plain value, or an exception.

    Attributes:
        value: The returned value as plain data; None after an exception.
        errors: Names of the exception's class and its bases, nearest first.
        message: The exception's text.
        printed: What was printed during the call.
    """

    value: Any = None
    errors: tuple[str, ...] = ()
    message: str = ""
    printed: str = ""

    @property
    def raised(self) -> bool:
        """True when the call ended in an exception."""
        return bool(self.errors)

    def __str__(self) -> str:
        if not self.raised:
            return f"returned {_shown(self.value)}"
        return f"raised {self.errors[0]}" + (
            f": {self.message}" if self.message else ""
        )

    def matches(self, wanted: "Outcome") -> bool:
        """Tell whether this outcome is as good as the wanted one.

        Args:
            wanted: The outcome of the original code.

        Returns:
            True for equal plain values, or for the same exception class or a subclass.
        """
        if self.raised or wanted.raised:
            return self.raised and wanted.raised and wanted.errors[0] in self.errors
        return _alike(self.value, wanted.value)


def _failure(error: BaseException) -> Outcome:
    return Outcome(errors=class_names_of(error), message=str(error)[:_TEXT_LIMIT])


def outcome_of(call: Callable[[], object]) -> Outcome:
    """Make a call and describe what it led to; exceptions are caught.

    Args:
        call: A function without arguments, usually a lambda around learner code.

    Returns:
        The outcome.

    Raises:
        CriterionNotMet: A verdict reached inside the call passes through.
        NamespaceError: The code lacks a name.
    """
    try:
        return Outcome(value=plain(call()))
    except (CriterionNotMet, NamespaceError):
        raise
    except Exception as error:  # noqa: BLE001 - learner code raises anything
        return _failure(error)


def printed_by(call: Callable[[], object]) -> str:
    """Make a call and return what it printed.

    Args:
        call: A function without arguments.

    Returns:
        The text written to standard output.
    """
    with contextlib.redirect_stdout(io.StringIO()) as output:
        call()
    return output.getvalue()


# --- Expectations -------------------------------------------------------------------


def expect(condition: object, *, called: str, got: str, expected: str) -> None:
    """Demand a condition.

    Args:
        condition: What must hold.
        called: What was done, such as ``quote('post', 20)``.
        got: What came back: a clause that completes "It ...".
        expected: What meets the criterion: a clause that completes "Expected ...".

    Raises:
        CriterionNotMet: The condition does not hold.
    """
    if not condition:
        raise CriterionNotMet(called=called, got=got, expected=expected)


def expect_equal(actual: object, wanted: object, *, called: str) -> None:
    """Demand a value.

    Args:
        actual: What learner code returned.
        wanted: The value that meets the criterion.
        called: The call that returned it.

    Raises:
        CriterionNotMet: The values differ as plain data.
    """
    actual, wanted = plain(actual), plain(wanted)
    expect(
        _alike(actual, wanted),
        called=called,
        got=f"returned {_shown(actual)}",
        expected=_shown(wanted),
    )


def expect_raises(
    error: str, call: Callable[[], object], *, called: str, mentions: Sequence[str] = ()
) -> None:
    """Demand an exception.

    Args:
        error: Name of the exception class; subclasses will do.
        call: A function without arguments.
        called: The call as a learner can repeat it.
        mentions: Words that the exception's message must contain.

    Raises:
        CriterionNotMet: Nothing was raised, or something else, or a word is missing.
    """
    outcome = outcome_of(call)
    expect(
        error in outcome.errors, called=called, got=str(outcome), expected=f"a {error}"
    )
    for word in mentions:
        expect(
            word in outcome.message,
            called=called,
            got=str(outcome),
            expected=f"a {error} whose message names {word!r}",
        )


def expect_result(call: Callable[[], object], wanted: object, *, called: str) -> None:
    """Demand that a call returns a value; an exception is evidence like another value.

    Args:
        call: A function without arguments.
        wanted: The value that meets the criterion.
        called: The call as a learner can repeat it.

    Raises:
        CriterionNotMet: The call raised, or returned something else.
        NamespaceError: The code lacks a name.
    """
    outcome = outcome_of(call)
    expect(
        outcome.matches(Outcome(value=plain(wanted))),
        called=called,
        got=str(outcome),
        expected=_shown(plain(wanted)),
    )


def result_of(call: Callable[[], Any], *, called: str, expected: str) -> Any:
    """Make a call that must not raise, and return what came back as it is.

    Args:
        call: A function without arguments.
        called: The call as a learner can repeat it.
        expected: What meets the criterion.

    Returns:
        The result, which may be an object to be used further.

    Raises:
        CriterionNotMet: The call raised.
        NamespaceError: The code lacks a name.
    """
    try:
        return call()
    except (CriterionNotMet, NamespaceError):
        raise
    except Exception as error:
        outcome = _failure(error)
        raise CriterionNotMet(
            called=called, got=str(outcome), expected=expected
        ) from error


# --- The same scenario on the original and on the learner's code --------------------


@dataclasses.dataclass(frozen=True, slots=True)
class _Step:
    text: str
    outcome: Outcome
    made_object: bool


class _Transcript:
    """The calls that a scenario made on one piece of code, in order.

    Args:
        code: The learner's or the original code.
        model: The original's transcript, when the learner's is written.
    """

    def __init__(
        self,
        code: Namespace | SimpleNamespace,
        model: "_Transcript | None" = None,
    ) -> None:
        self.steps: list[_Step] = []
        self.code = _Recorded(code, "", self)
        self._namespace = code
        self._model = model

    def play(
        self, scenario: Callable[..., object], arguments: Mapping[str, object]
    ) -> None:
        text = "the whole sequence of calls"
        try:
            result = scenario(self.code, **arguments)
        except NamespaceError:
            raise
        except Exception as error:  # noqa: BLE001 - learner code raises anything
            self._record(text, _failure(error))
        else:
            self._record(text, Outcome(value=plain(_bare(result))))

    def text_of(
        self, label: str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> str:
        """A call as a learner can repeat it; the original's calls are shown nowhere."""
        if self._model is None:
            return label
        shown = [_argument(a) for a in args]
        shown += [f"{k}={_argument(v)}" for k, v in kwargs.items()]
        return f"{label}({', '.join(shown)})"

    def call(
        self, function: Callable[..., object], text: str, args: Any, kwargs: Any
    ) -> object:
        try:
            with contextlib.redirect_stdout(io.StringIO()) as output:
                result = function(*args, **kwargs)
        except Exception as error:
            failure = _failure(error)
            self._record(text, dataclasses.replace(failure, printed=output.getvalue()))
            raise
        model = self._model_step()
        outcome = Outcome(value=_like(model, result), printed=output.getvalue())
        if not _serves_as_object(model, result):
            self._record(text, outcome)
            return result
        label = f"{shape(result).type_name.lower()}{len(self.steps) + 1}"
        self._record(f"{label} = {text}", outcome, made_object=True)
        return _Recorded(result, label, self)

    def attribute(self, target: object, name: str, label: str) -> object:
        try:
            value = getattr(target, name)
        except NamespaceError:
            raise
        except Exception as error:
            self._record(label, _failure(error))
            raise
        if _is_object(value):
            return _Recorded(value, label, self)
        if target is not self._namespace:  # a module's constants need no step
            self._record(label, Outcome(value=plain(value)))
        return value

    def assign(self, target: object, name: str, label: str, value: object) -> None:
        text = f"{label} = {_argument(value)}"
        try:
            setattr(target, name, _bare(value))
        except Exception as error:
            self._record(text, _failure(error))
            raise
        self._record(text, Outcome())

    def told_until(self, index: int) -> str:
        """The call at an index, with the calls that led to the objects it uses."""
        if any(step.made_object for step in self.steps[:index]):
            return "; ".join(step.text for step in self.steps[: index + 1])
        return self.steps[index].text

    def _model_step(self) -> _Step | None:
        """The original's step at the place where this transcript has come to."""
        steps = self._model.steps if self._model else []
        return steps[len(self.steps)] if len(self.steps) < len(steps) else None

    def _record(
        self, text: str, outcome: Outcome, *, made_object: bool = False
    ) -> None:
        self.steps.append(_Step(text, outcome, made_object))


_MISSING = "no such attribute"
_NEVER_OBJECTS = {type(None), bool, int, float, str, list, tuple, set, frozenset, dict}


def _is_object(value: object) -> bool:
    """Whether a value is more than plain data: its uses are recorded."""
    if type(value) in _NEVER_OBJECTS:
        return False
    known = shape(value)
    return known.is_class or known.is_record or isinstance(plain(value), Thing)


def _serves_as_object(model: _Step | None, value: object) -> bool:
    """Whether a value plays the part that an object of the original plays.

    A learner may make that object a dataclass, a named tuple or a subclass of dict.
    """
    stands_for_one = model is not None and model.made_object and shape(value).own
    return stands_for_one or _is_object(value)


def _like(model: _Step | None, value: object) -> Any:
    """A value as plain data, in the form that the original's step has.

    Where the original returned a record of fields, the same attributes are compared,
    whatever the class; where it returned any other object, its uses are.
    """
    if model is None or not model.made_object or not _serves_as_object(model, value):
        return plain(value)
    fields = model.outcome.value
    if isinstance(fields, Thing):
        return fields
    return {name: plain(getattr(value, name, _MISSING)) for name in fields}


class _Recorded:
    """An object of learner code; each use of it becomes a step of the transcript."""

    def __init__(self, target: object, label: str, transcript: _Transcript) -> None:
        self.__dict__.update(_target=target, _label=label, _transcript=transcript)

    def __getattr__(self, name: str) -> Any:
        label = f"{self._label}.{name}" if self._label else name
        return self._transcript.attribute(self._target, name, label)

    def __setattr__(self, name: str, value: object) -> None:
        self._transcript.assign(self._target, name, f"{self._label}.{name}", value)

    def __call__(self, *args: object, **kwargs: object) -> object:
        text = self._transcript.text_of(self._label, args, kwargs)
        bare = {key: _bare(value) for key, value in kwargs.items()}
        return self._transcript.call(self._target, text, [_bare(a) for a in args], bare)

    def __iter__(self) -> Iterator[object]:
        target: Any = self._target
        return iter(target)

    def __repr__(self) -> str:
        return str(self._label)


def _bare(value: object) -> object:
    if isinstance(value, _Recorded):
        return value._target
    if isinstance(value, list | tuple):
        return type(value)(_bare(item) for item in value)
    return value


def _argument(value: object) -> str:
    if isinstance(value, Fake | _Recorded):
        return repr(value)
    return getattr(value, "__name__", None) or _shown(value)


def same_as_original(
    solution: Namespace | SimpleNamespace,
    original: Namespace | SimpleNamespace,
    scenario: Callable[..., object],
    *,
    cases: Sequence[Mapping[str, Any]] = (),
    examples: int = 12,
    messages: bool = False,
    printed: bool = False,
    **inputs: st.SearchStrategy[Any],
) -> None:
    """Demand that a scenario goes the same way on the learner's code and the original.

    Every call that the scenario makes is compared: value or exception class, in order;
    then what the scenario returns, such as the calls that its fakes received.

    Args:
        solution: The learner's code, or a stand-in for it that offers some of its names
            and tells more, such as what a fake received.
        original: The code as it was handed out, or the same stand-in for it.
        scenario: A function ``scenario(code, **inputs)`` that uses ``code.<name>``.
        cases: Inputs that are always tried, such as the values around each boundary.
        examples: How many generated inputs are tried.
        messages: Whether the texts of exceptions must be equal too.
        printed: Whether what is printed must be equal too.
        **inputs: A Hypothesis strategy for each argument of the scenario.

    Raises:
        CriterionNotMet: The first differing call, on the smallest input tried.
    """

    def compare(arguments: Mapping[str, Any]) -> None:
        theirs = _Transcript(original)
        ours = _Transcript(solution, theirs)
        theirs.play(scenario, arguments)
        ours.play(scenario, arguments)
        for index, (step, wanted) in enumerate(
            zip(ours.steps, theirs.steps, strict=False)
        ):
            _compare_step(
                ours.told_until(index), step.outcome, wanted.outcome, messages, printed
            )

    for case in cases or ([] if inputs else [{}]):
        compare(case)
    for arguments in generated_inputs(inputs, examples) if inputs else []:
        compare(arguments)


def _compare_step(
    called: str, outcome: Outcome, wanted: Outcome, messages: bool, printed: bool
) -> None:
    expect(
        outcome.matches(wanted),
        called=called,
        got=str(outcome),
        expected=f"what the original does: it {wanted}",
    )
    expect(
        not messages or outcome.message == wanted.message,
        called=called,
        got=str(outcome),
        expected=f"the original's message: {wanted.message}",
    )
    expect(
        not printed or outcome.printed == wanted.printed,
        called=called,
        got=f"printed {_shown(outcome.printed)}",
        expected=f"what the original prints: {_shown(wanted.printed)}",
    )


# --- Fakes --------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Call:
    """One use of a fake.

    Attributes:
        method: The method's name.
        args: Positional arguments as plain data.
        kwargs: Keyword arguments as plain data.
    """

    method: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __repr__(self) -> str:
        shown = [repr(a) for a in self.args] + [
            f"{k}={v!r}" for k, v in self.kwargs.items()
        ]
        return f"{self.method}({', '.join(shown)})"


class Fake:
    """A collaborator made by a criterion: offers the methods given, and nothing else.

    Args:
        name: How messages call it, such as ``fake gateway``.
        when_called: The method that is meant when the fake itself is called, for
            learners who inject plain functions.
        attributes: Plain attributes besides the methods.
        **methods: For each method a fixed result, an exception to raise, or a function
            that makes the result from the arguments.
    """

    takes_assignments = True  # its plain attributes, also from across the border

    def __init__(
        self,
        name: str = "fake",
        *,
        when_called: str | None = None,
        attributes: Mapping[str, object] | None = None,
        **methods: object,
    ) -> None:
        self._name = name
        self._when_called = when_called
        self._answers = methods
        self._calls: list[Call] = []
        self._refused: list[str] = []
        # Instance attributes, so that isinstance with a runtime protocol sees them.
        self.__dict__.update(attributes or {})
        self.__dict__.update({name: self._method(name) for name in methods})

    def _method(self, name: str) -> Callable[..., object]:
        def method(*args: object, **kwargs: object) -> object:
            return self._use(name, args, kwargs)

        method.__name__ = name
        return method

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            self._refused.append(name)
        raise AttributeError(f"{self.__dict__.get('_name', 'fake')} has no {name}")

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Use the fake as a plain function, if it stands for one."""
        if self._when_called is None:
            self._refused.append("__call__")
            raise TypeError(f"{self._name} is not callable")
        return self._use(self._when_called, args, kwargs)

    def _use(
        self, name: str, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> object:
        self._calls.append(Call(name, plain(args), plain(kwargs)))
        answer = self._answers[name]
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer) and not isinstance(answer, Fake):
            return answer(*args, **kwargs)
        return answer

    def __repr__(self) -> str:
        return self._name


def calls_to(fake: Fake) -> list[Call]:
    """Tell how a fake was used.

    Args:
        fake: The fake.

    Returns:
        Its calls in order.
    """
    return list(fake._calls)


def refused_by(fake: Fake) -> list[str]:
    """Tell what was asked of a fake that it does not offer.

    Args:
        fake: The fake.

    Returns:
        The names asked for, in order.
    """
    return list(fake._refused)


# --- The shape of the source --------------------------------------------------------


def syntax_tree(solution: Namespace) -> ast.Module:
    """Parse the learner's code.

    Args:
        solution: The learner's code.

    Returns:
        Its syntax tree; comments, and so suppressions, are not part of it.
    """
    return ast.parse(solution.source)


def _within(tree: ast.AST, names: Sequence[str]) -> list[ast.AST]:
    """The definitions of some names; the whole tree when none are named."""
    if not names:
        return [tree]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [n for n in ast.walk(tree) if isinstance(n, kinds) and n.name in names]


def literal_branches(solution: Namespace, words: Sequence[str]) -> list[str]:
    """Find decisions that name a kind: ``if kind == "card"``, ``match``, ``in``.

    A constant or enum member whose name is the word counts like the literal.

    Args:
        solution: The learner's code.
        words: The names of the kinds, such as ``card`` and ``invoice``.

    Returns:
        The source of each such comparison or pattern.
    """
    wanted = {word.lower() for word in words}

    def names_a_kind(node: ast.expr) -> bool:
        if isinstance(node, ast.Constant):
            return str(node.value).lower() in wanted
        if isinstance(node, ast.Attribute):
            return node.attr.lower() in wanted
        if isinstance(node, ast.Name):
            return node.id.isupper() and node.id.lower() in wanted
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return any(map(names_a_kind, node.elts))
        return False

    found: list[str] = []
    for node in ast.walk(syntax_tree(solution)):
        if isinstance(node, ast.Compare) and any(
            map(names_a_kind, [node.left, *node.comparators])
        ):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.MatchValue) and names_a_kind(node.value):
            found.append("case " + ast.unparse(node))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"startswith", "endswith", "__eq__"}
            and any(map(names_a_kind, node.args))
        ):
            found.append(ast.unparse(node))
    return found


def type_tests(
    solution: Namespace, classes: Sequence[str] = (), within: Sequence[str] = ()
) -> list[str]:
    """Find decisions on a class: ``isinstance``, ``type(x) is``, ``case A()``.

    Args:
        solution: The learner's code.
        classes: The classes that matter; empty for all that the code itself defines.
        within: Functions or classes to look in; empty for the whole code.

    Returns:
        The source of each test.
    """
    tree = syntax_tree(solution)
    wanted = set(classes) or set(class_names(solution))

    def mentions(node: ast.AST) -> bool:
        return any(
            (isinstance(n, ast.Name) and n.id in wanted)
            or (isinstance(n, ast.Constant) and n.value in wanted)
            for n in ast.walk(node)
        )

    found: list[str] = []
    for node in (n for top in _within(tree, within) for n in ast.walk(top)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in {"isinstance", "issubclass"} and mentions(node):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Compare) and mentions(node) and _asks_for_class(node):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.MatchClass) and mentions(node.cls):
            found.append("case " + ast.unparse(node))
    return found


def _asks_for_class(node: ast.Compare) -> bool:
    return any(
        (
            isinstance(n, ast.Call)
            and isinstance(n.func, ast.Name)
            and n.func.id == "type"
        )
        or (isinstance(n, ast.Attribute) and n.attr in {"__class__", "__name__"})
        for n in ast.walk(node)
    )


def class_names(solution: Namespace) -> list[str]:
    """Name the classes that the code defines, nested ones too.

    Args:
        solution: The learner's code.

    Returns:
        Their names in the order of the source.
    """
    return [
        n.name for n in ast.walk(syntax_tree(solution)) if isinstance(n, ast.ClassDef)
    ]


def calls(solution: Namespace, within: Sequence[str] = ()) -> list[str]:
    """Name what is called, such as ``Database`` or ``datetime.now``.

    Args:
        solution: The learner's code.
        within: Functions or classes to look in; empty for the whole code.

    Returns:
        The dotted names of all calls, in no particular order.
    """
    return [
        ast.unparse(node.func)
        for top in _within(syntax_tree(solution), within)
        for node in ast.walk(top)
        if isinstance(node, ast.Call)
    ]


def names_read(solution: Namespace, within: Sequence[str] = ()) -> set[str]:
    """Name the bare names that code reads.

    Args:
        solution: The learner's code.
        within: Functions or classes to look in; empty for the whole code.

    Returns:
        The names, annotations included.
    """
    return {
        node.id
        for top in _within(syntax_tree(solution), within)
        for node in ast.walk(top)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


_CHANGING_METHODS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "rotate",
        "setdefault",
        "sort",
        "update",
    ]
)


def globals_changed(solution: Namespace) -> set[str]:
    """Name the module-level variables and class attributes that functions change.

    Counted are ``global`` statements, item and attribute assignment, ``del`` and
    changing methods such as ``append``, inside a function, on a name of the module.

    Args:
        solution: The learner's code.

    Returns:
        The names changed from inside functions.
    """
    tree = syntax_tree(solution)
    module_names = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in ast.walk(statement)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    } | {
        statement.name for statement in tree.body if isinstance(statement, ast.ClassDef)
    }
    changed: set[str] = set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for function in (n for n in ast.walk(tree) if isinstance(n, functions)):
        local = _local_names(function)
        for node in ast.walk(function):
            changed |= {name for name in _changed_by(node) if name not in local}
            if isinstance(node, ast.Global):
                changed |= set(node.names)
    return changed & module_names | {
        name for n in ast.walk(tree) if isinstance(n, ast.Global) for name in n.names
    }


def _local_names(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> set[str]:
    declared = {
        n
        for node in ast.walk(function)
        if isinstance(node, ast.Global)
        for n in node.names
    }
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored - declared | {
        n.arg for n in ast.walk(function.args) if isinstance(n, ast.arg)
    }


def _changed_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(
        node.ctx, ast.Store | ast.Del
    ):
        target: ast.expr = node.value
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _CHANGING_METHODS
    ):
        target = node.func.value
    else:
        return
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id


def cognitive_complexity(solution: Namespace) -> dict[str, int]:
    """Measure how hard each function is to follow.

    Args:
        solution: The learner's code.

    Returns:
        Cognitive complexity by function name, as complexipy measures it; methods as
        ``Class::method``.
    """
    import complexipy  # noqa: PLC0415 - a browser lacks it

    report = complexipy.code_complexity(solution.source, no_ignore=True)
    return {function.name: function.complexity for function in report.functions}


def lint_remarks(solution: Namespace, rules: Sequence[str]) -> list[str]:
    """Ask ruff for its remarks, whatever the code says to silence it.

    Args:
        solution: The learner's code.
        rules: Ruff rule codes, such as ``B006``.

    Returns:
        One remark a line: code, line and message.
    """
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--ignore-noqa",
        "--no-cache",
    ]
    command += ["--output-format", "json", "--select", ",".join(rules), "-"]
    run = subprocess.run(
        command,
        input=solution.source,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if run.returncode not in {0, 1}:
        _broken_tool("ruff", run.stderr)
    return [
        f"{remark['code']} in line {remark['location']['row']}: {remark['message']}"
        for remark in json.loads(run.stdout)
    ]


def _broken_tool(name: str, output: str) -> NoReturn:
    raise RuntimeError(f"{name} failed: {output.strip()[:_TEXT_LIMIT]}")
