"""Fixtures for all tests."""

import os
import shutil
from pathlib import Path

import pytest

from autograder.rooms import Rooms


@pytest.fixture(scope="session")
def rooms() -> Rooms:
    return Rooms.of_this_course()


@pytest.fixture(scope="session")
def site(rooms: Rooms) -> Path:
    """The built book; `python3 -m course test` builds it before pytest runs.

    Another copy of the site, such as an unpacked bundle, is tested with COURSE_SITE.
    """
    folder = Path(os.environ.get("COURSE_SITE", rooms.build / "_build" / "html"))
    assert folder.exists(), "Build the book first: python3 -m course build"
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """A Chromium from the system; Playwright's own download is not needed."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
