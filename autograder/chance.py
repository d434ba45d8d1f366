"""Chance in criteria: nobody foresees it, and a seed repeats it."""

import contextlib
import copy
import random
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

POOL = 100

# Seeded anew by `seeded`; until then as random as the system can be.
_words = random.Random()  # noqa: S311 - nothing is kept secret with it
_search_seed: list[int] = []
_pools: dict[str, list[dict[str, Any]]] = {}
_preparing: list[bool] = []


@contextlib.contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Let chance go the same way whenever the same seed is given.

    Args:
        seed: Any text, such as one made of learner, exercise and criterion.

    Yields:
        Nothing; the seed holds until the block ends.
    """
    _words.seed(seed)
    _search_seed.append(_words.getrandbits(64))
    try:
        yield
    finally:
        _search_seed.pop()
        _words.seed()


def fresh_word(prefix: str = "w") -> str:
    """Make a word that no answer can have foreseen.

    Args:
        prefix: How it starts.

    Returns:
        The prefix and eight random letters.
    """
    return prefix + "".join(_words.choices(string.ascii_lowercase, k=8))


def fresh_number(low: int, high: int) -> int:
    """Draw a number that no answer can have foreseen.

    Args:
        low: The least it can be.
        high: One more than the most it can be.

    Returns:
        A number from low up to, but not including, high.
    """
    return _words.randrange(low, high)


def inputs(
    strategies: Mapping[str, SearchStrategy[Any]], examples: int
) -> list[dict[str, Any]]:
    """Draw inputs, smallest first: the first that shows a difference reads best.

    Args:
        strategies: A Hypothesis strategy for each argument.
        examples: How many inputs at most.

    Returns:
        Under ``seeded`` the inputs that follow from the seed, else always the same.
    """
    key = repr(strategies)
    if _preparing:
        _pools.setdefault(key, _generate(strategies, POOL, ()))
    if _search_seed and key in _pools:
        pool = _pools[key]
        drawn = _words.sample(pool, min(examples, len(pool)))
    else:
        drawn = _generate(strategies, examples, _search_seed[-1:])
    return copy.deepcopy(sorted(drawn, key=lambda given: len(repr(given))))


@contextlib.contextmanager
def preparing() -> Iterator[None]:
    """Generate a pool for every call of ``inputs`` made meanwhile.

    Generating takes Hypothesis longer than judging takes a criterion. A grader does it
    once for all learners; each then gets a draw of their own.

    Yields:
        Nothing.
    """
    _preparing.append(True)
    try:
        yield
    finally:
        _preparing.pop()


def _generate(
    strategies: Mapping[str, SearchStrategy[Any]], examples: int, seed: Sequence[int]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def note(given: dict[str, Any]) -> None:
        found.append(given)

    chosen = settings(
        max_examples=examples,
        derandomize=not seed,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    search = hypothesis.given(st.fixed_dictionaries(dict(strategies)))(note)
    for number in seed:
        search = hypothesis.seed(number)(search)
    chosen(search)()
    return found
