"""Each attack first on plain nbgrader: what does not work there proves nothing.

A kernel takes seconds to start, so attacks that touch only their own are graded in one
run, and two runs go side by side.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from course.commands.test import FULL_VARIABLE
from tests.attacks.attack import Attack, World, corpus, on_plain

ATTACKS = corpus()
SHOWN = [attack for attack in ATTACKS if not attack.not_shown]
RUNS = 2
TRIES = 3
Outcomes = dict[str, "Future[dict[str, str]]"]


@pytest.fixture(scope="session")
def outcomes(
    template: World,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Outcomes]:
    """For each attack a run under way, which says of each of its attacks why not."""
    chosen = {item.name for item in request.session.items}
    attacks = [a for a in SHOWN if f"test_works_on_plain_nbgrader[{a.id}]" in chosen]
    crowd = [attack for attack in attacks if not attack.alone]
    groups = [crowd[number::RUNS] for number in range(RUNS)]
    groups += [[attack] for attack in attacks if attack.alone]
    pool = ThreadPoolExecutor(RUNS)

    def run(group: Sequence[Attack], folder: Path) -> dict[str, str]:
        """Let attacks try again: some must win a race, and one success shows them."""
        why_not: dict[str, str] = {}
        for number in range(TRIES):
            why_not |= on_plain(template.copy(folder / f"world{number}"), group)
            group = [attack for attack in group if why_not[attack.id]]
            if not group:
                break
        return why_not

    yield {
        attack.id: future
        for group in groups
        if group
        for future in [pool.submit(run, group, tmp_path_factory.mktemp(group[0].id))]
        for attack in group
    }
    pool.shutdown(cancel_futures=True)


@pytest.mark.skipif(
    not os.environ.get(FULL_VARIABLE),
    reason="plain nbgrader takes minutes to fall: `course test --full`",
)
@pytest.mark.parametrize("attack", SHOWN, ids=lambda a: a.id)
def test_works_on_plain_nbgrader(attack: Attack, outcomes: Outcomes) -> None:
    why_not = outcomes[attack.id].result()[attack.id]
    assert not why_not, why_not


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.not_shown], ids=lambda a: a.id
)
def test_not_shown_on_plain_nbgrader(attack: Attack) -> None:
    pytest.skip(f"{attack}: {attack.not_shown}")


def test_ids_are_given_once() -> None:
    ids = [attack.id for attack in ATTACKS]
    assert len(ids) == len(set(ids))
