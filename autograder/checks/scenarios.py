"""The same scenario on the original and on the learner's code, call by call."""

import contextlib
import dataclasses
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder.chance import inputs as generated_inputs
from autograder.checks.fakes import Fake
from autograder.checks.outcomes import Outcome, expect, failure_of, shown_value
from autograder.namespace import Namespace, NamespaceError
from autograder.values import Thing, plain, shape


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
            self._record(text, failure_of(error))
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
            failure = failure_of(error)
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
            self._record(label, failure_of(error))
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
            self._record(text, failure_of(error))
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
    return getattr(value, "__name__", None) or shown_value(value)


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
        got=f"printed {shown_value(outcome.printed)}",
        expected=f"what the original prints: {shown_value(wanted.printed)}",
    )
