"""One prepared course for all attacks; every test breaks a copy of its own."""

import fcntl
from pathlib import Path

import pytest

from tests.attacks.attack import World, corpus


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
