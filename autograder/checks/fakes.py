"""Collaborators that a criterion hands over, and that write down each use."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from autograder.values import plain


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
