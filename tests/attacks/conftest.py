"""One prepared course for all attacks; every test breaks a copy of its own."""

import fcntl
from pathlib import Path

import pytest

from tests import held
from tests.attacks.attack import World, corpus


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Try every sixth attack where all were tried against this very grader."""
    if config.option.keyword or not held.is_held(held.ATTACKS):
        return
    ids = {attack.id for attack in corpus()}
    kept = held.sample(ids, held.ATTACKS)
    left_out = [
        item
        for item in items
        if item.path.parent == Path(__file__).parent
        and (name := item.name.rpartition("-")[2].rpartition("[")[2].rstrip("]")) in ids
        and name not in kept
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def template(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str = "master"
) -> World:
    """A built course with alice graded; workers of pytest-xdist share it."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):  # a worker's own folder
        shared = shared.parent
    slugs = sorted({attack.slug for attack in corpus()})
    world = World(shared / "template", slugs)
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "template.ready").exists():
            world.folder.mkdir()
            world.prepare()
            (shared / "template.ready").touch()
    return world


@pytest.fixture
def fresh(template: World, tmp_path: Path) -> World:
    """A copy to break."""
    return template.copy(tmp_path / "world")
