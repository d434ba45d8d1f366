"""What the site gives to the browser: pinned, complete, and nothing secret in it."""

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from packaging.utils import canonicalize_name
from rich.console import Console
from sphinx.application import Sphinx
from sphinx.config import Config

import course.book
from autograder.errors import CourseError
from autograder.files import read_folder
from autograder.rooms import Rooms
from course.browser import npm, own_wheels, pyodide, wheels
from course.browser.assets import BrowserAssets, has_live_cells
from course.browser.bytecode import compile_archives
from course.browser.fetching import FetchError
from tests.test_site import secret_lines

OTHER_VERSIONS: dict[str, str] = {}
"""Packages whose version in the browser is another than on a machine, with reasons."""

CLOSED = "http://127.0.0.1:9/"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Registries that nobody answers for, and nothing kept from before."""
    for name, value in {
        "npm_config_registry": CLOSED,
        "npm_config_cache": str(tmp_path / "npm-cache"),
        "npm_config_fetch_retries": "0",
        "PIP_INDEX_URL": CLOSED,
        "PIP_EXTRA_INDEX_URL": CLOSED,
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def lock(site: Path) -> dict[str, Any]:
    text = (site / "pyodide" / pyodide.LOCK).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def pinned_versions(path: Path) -> dict[str, str]:
    """The versions in a requirements file; two for one package are joined."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        pin = re.match(r"([\w.-]+)==([^\s;]+)", line)
        if pin:
            name = canonicalize_name(pin.group(1))
            found[name] = " ".join(filter(None, [found.get(name), pin.group(2)]))
    return found


def test_lock_names_what_is_there_and_nothing_else(
    site: Path, lock: dict[str, Any]
) -> None:
    folder = site / "pyodide"
    packages = lock["packages"]
    for name, entry in packages.items():
        content = (folder / entry["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        assert set(entry["depends"]) <= packages.keys(), name
        assert entry["imports"], name
    named = {entry["file_name"] for entry in packages.values()}
    there = {path.name for path in folder.iterdir()}
    core = {*pyodide.CORE, pyodide.STANDARD_LIBRARY, pyodide.LOCK}
    assert there == named | core


def sources_in(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if not name.endswith((".pyc", "/"))]
        return {name: opened.read(name) for name in names}


def test_every_wheel_is_pinned_or_made_here(
    site: Path, rooms: Rooms, lock: dict[str, Any]
) -> None:
    pinned = wheels.cached(rooms.build / "wheels")
    assert pinned is not None
    made_here = {"autograder", "course-page", *wheels.REPACKED}
    assert lock["packages"].keys() == {wheel.name for wheel in pinned} | made_here
    for wheel in pinned:  # bytecode apart, they are what was pinned
        hosted = site / "pyodide" / lock["packages"][wheel.name]["file_name"]
        assert sources_in(hosted) == sources_in(wheel.path), wheel.name


def test_what_pages_import_is_compiled(site: Path, lock: dict[str, Any]) -> None:
    def has_bytecode(archive: str) -> bool:
        with zipfile.ZipFile(site / "pyodide" / archive) as opened:
            return any(name.endswith(".cpython-314.pyc") for name in opened.namelist())

    compiled = {
        name: has_bytecode(entry["file_name"])
        for name, entry in lock["packages"].items()
    }
    assert all(compiled[n] for n in ("course-page", "autograder", "hypothesis", "comm"))
    assert not any(compiled[name] for name in (*pyodide.KERNEL, "prompt-toolkit"))


def test_code_that_does_not_compile_is_named(rooms: Rooms, tmp_path: Path) -> None:
    core = rooms.build / "npm" / "node_modules" / "pyodide"
    archive = tmp_path / "broken.whl"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("package/wrong.py", "def (")
    with pytest.raises(CourseError, match=r"package/wrong\.py"):
        compile_archives(core, [archive], tmp_path / "cache")


def test_pins_are_for_the_python_that_npm_brings(lock: dict[str, Any]) -> None:
    assert lock["info"]["python"].startswith(f"{wheels.PYTHON}.")
    assert f"pyemscripten_{lock['info']['abi_version']}_wasm32" == wheels.PLATFORM


def test_what_is_wanted_has_a_reason_and_a_pin() -> None:
    lines = wheels.WANTED.read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    names = {canonicalize_name(line.split()[0]) for line in wanted}
    assert names <= {pin.name for pin in wheels.read_pins()}
    in_groups = {"ipython", "jedi", "comm", "micropip"}  # one reason above them
    without = {line.split()[0] for line in wanted if "#" not in line}
    assert without <= in_groups


def test_versions_are_those_of_the_machine(rooms: Rooms, lock: dict[str, Any]) -> None:
    machine = pinned_versions(rooms.root / "requirements.txt")
    differ = {
        f"{name} {entry['version']}, {machine[name]} on a machine"
        for name, entry in lock["packages"].items()
        if name in machine
        and name not in OTHER_VERSIONS
        and entry["version"] not in machine[name].split()
    }
    assert not differ


def test_controls_load_no_other_front_end(lock: dict[str, Any]) -> None:
    todo, loaded = ["ipywidgets"], set()
    while todo:
        name = todo.pop()
        loaded.add(name)
        todo += lock["packages"][name]["depends"]
    assert loaded == {"ipywidgets", "comm", "traitlets"}
    assert not {"jupyterlab-widgets", "widgetsnbextension"} & lock["packages"].keys()


@pytest.mark.parametrize("path", [npm.PINS / name for name in npm.PIN_FILES], ids=str)
def test_npm_pins_hold_no_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert not re.search(r"registry\s*=|https?://[^\"]*\.tgz", text)


def test_wheel_pins_hold_no_index() -> None:
    for path in (wheels.WANTED, wheels.PINS):
        assert not re.search(r"https?:|-index|find-links", path.read_text())


def made_here(folder: Path, lock: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The files in wheels that no hash pins: all else is as its publisher made it."""
    pinned = {pin.name for pin in wheels.read_pins()}
    for name, entry in lock["packages"].items():
        if name not in pinned:
            for path, content in sources_in(folder / entry["file_name"]).items():
                yield path, content.decode("utf-8")


def test_wheels_hold_nothing_secret(
    site: Path, rooms: Rooms, lock: dict[str, Any]
) -> None:
    grader = rooms.root / "autograder"
    code = [
        path
        for room in (".", "border", "checks")
        for path in grader.glob(f"{room}/*.py")
    ]
    code += own_wheels.PAGE_PYTHON.rglob("*.py")
    common = {
        line.strip()
        for path in code
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    secret = secret_lines(rooms) - common
    assert len(secret) > 500  # the test has something to look for
    files = dict(made_here(site / "pyodide", lock))
    leaks = [
        f"{name}: {line}"
        for name, text in files.items()
        for line in map(str.strip, text.splitlines())
        if line in secret
    ]
    assert not leaks
    assert {"autograder/judge.py", "exercises/01_design/open_closed.md"} <= set(files)


def test_wheel_of_the_grader_holds_what_learners_need(rooms: Rooms) -> None:
    files = own_wheels.grader_files(rooms)
    tops = {name.split("/")[1].removesuffix(".py") for name in files}
    assert not tops & {
        "assemble",
        "grading",
        "hidden_tests",
        "mutants",
        "proof",
        "pytest_plugin",
        "sandbox",
        "variants",
    }
    assert {"checks", "judge", "notebook", "report", "standards"} <= tops
    briefs = {path.name for path in rooms.exercises.glob("*/*.md")}
    assert briefs <= {Path(name).name for name in files}
    for folder in rooms.exercises.glob("*/*/"):
        if folder.with_suffix(".md").exists():  # a starter of several files
            place = folder.relative_to(rooms.root).as_posix()
            there = {name for name in files if name.startswith(f"{place}/")}
            assert there == {f"{place}/{path}" for path in read_folder(folder)}


def test_own_wheels_are_the_same_bytes_until_a_source_changes(
    rooms: Rooms, tmp_path: Path
) -> None:
    copy = Rooms(tmp_path / "course")
    shutil.copytree(rooms.exercises, copy.exercises)
    shutil.copytree(rooms.root / "autograder", copy.root / "autograder")
    first = own_wheels.make_own_wheels(rooms, tmp_path / "first")
    second = own_wheels.make_own_wheels(copy, tmp_path / "second")
    assert [w.sha256 for w in first] == [w.sha256 for w in second]
    brief = next(copy.exercises.glob("*/*.md"))
    brief.write_text(brief.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    third = own_wheels.make_own_wheels(copy, tmp_path / "third")
    changed = {w.path.name for w in third} - {w.path.name for w in first}
    assert [name.split("-")[0] for name in changed] == ["autograder"]


def test_scripts_are_bundled_without_sources(site: Path) -> None:
    names = {path.name for path in (site / "browser").iterdir()}
    assert {"page.js", "page.css", "worker.js"} <= names
    assert not [name for name in names if name.endswith(".map")]


def test_without_a_registry_there_is_a_book_without_live_cells(
    offline: None, tmp_path: Path
) -> None:
    said = io.StringIO()
    assets = BrowserAssets(Rooms(tmp_path), Console(file=said, width=400))
    assert not assets.build()
    assert (
        "could not be fetched from the npm registry (ECONNREFUSED)" in said.getvalue()
    )
    assert "The book is built all the same, without live cells." in said.getvalue()
    assert not assets.vendor.exists()


def test_without_an_index_no_wheel_is_taken_for_fetched(
    offline: None, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match="could not be fetched from the package index"):
        wheels.fetch(tmp_path)
    assert wheels.cached(tmp_path) is None


def test_another_file_than_pinned_is_not_used(rooms: Rooms, tmp_path: Path) -> None:
    cache = tmp_path / "wheels"
    shutil.copytree(rooms.build / "wheels", cache)
    assert wheels.cached(cache) is not None
    wheel = next(cache.glob("comm-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    assert wheels.cached(cache) is None


def configured(root: Path) -> Config:
    config = Config({"html_extra_path": ["build/vendor"]})
    config.add("html_extra_path", [], "html", ())
    config.add("html_js_files", [], "html", ())
    config.add("html_css_files", [], "html", ())
    config.add("course_scripts", "", "html", ())
    config.init_values()
    app = cast("Sphinx", SimpleNamespace(srcdir=str(root)))
    course.book._load_what_was_made(app, config)
    return config


def test_pages_load_scripts_only_where_they_were_made(tmp_path: Path) -> None:
    bare = configured(tmp_path)
    assert (bare.html_extra_path, bare.html_js_files) == ([], [])
    vendor = tmp_path / "build" / "vendor"
    for file in ("browser/page.js", f"pyodide/{pyodide.LOCK}"):
        assert not has_live_cells(vendor)
        (vendor / file).parent.mkdir(parents=True)
        (vendor / file).touch()
    full = configured(tmp_path)
    assert full.html_js_files == [("../browser/page.js", {"type": "module"})]
    assert full.html_css_files == ["../browser/page.css"]
    (vendor / "browser" / "page.js").write_text("changed", encoding="utf-8")
    assert configured(tmp_path).course_scripts != full.course_scripts


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, rooms: Rooms) -> list[str]:
    """What is fetched and made, with npm's and pip's part played here."""
    done: list[str] = []

    def install(folder: Path) -> None:
        done.append("packages")
        core = folder / "node_modules" / "pyodide"
        core.mkdir(parents=True)
        for name in (*pyodide.CORE, pyodide.STANDARD_LIBRARY, "package.json"):
            (core / name).touch()
        (core / pyodide.LOCK).write_text('{"info": {}}', encoding="utf-8")

    def fetch(cache: Path) -> list[wheels.Wheel]:
        done.append("wheels")
        shutil.copytree(rooms.build / "wheels", cache)
        return wheels.cached(cache) or []

    def bundle(modules: Path, out: Path) -> None:
        done.append("scripts")
        out.mkdir(parents=True)
        (out / "page.js").touch()

    def compile_archives(_core: Path, archives: list[Path], _cache: Path) -> list[Path]:
        return archives

    monkeypatch.setattr(pyodide, "compile_archives", compile_archives)
    monkeypatch.setattr(npm, "install", install)
    monkeypatch.setattr(npm, "bundle", bundle)
    monkeypatch.setattr(wheels, "fetch", fetch)
    return done


def test_only_what_is_stale_is_made_again(counted: list[str], tmp_path: Path) -> None:
    rooms = Rooms(tmp_path)
    rooms.exercises.mkdir()
    (tmp_path / "autograder" / "standards").mkdir(parents=True)
    said = io.StringIO()
    assets = BrowserAssets(rooms, Console(file=said, width=400))
    assert assets.build()
    assert counted == ["packages", "wheels", "scripts"]
    assert has_live_cells(assets.vendor)
    made = (assets.vendor / "pyodide" / pyodide.LOCK).stat().st_mtime_ns
    told = said.getvalue()
    assert assets.build()
    assert said.getvalue() == told
    assert len(counted) == 3
    assert (assets.vendor / "pyodide" / pyodide.LOCK).stat().st_mtime_ns == made
    inventory = tmp_path / "autograder" / "standards" / "rules.yml"
    inventory.write_text("{}\n", encoding="utf-8")
    assert assets.build()
    assert said.getvalue() != told
    assert len(counted) == 3
