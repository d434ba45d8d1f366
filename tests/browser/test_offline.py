"""The site without a network, below any folder, and as one zip."""

import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from autograder.rooms import Rooms
from course.browser.offline import make_offline, site_files
from course.chapters import find_chapters
from course.commands.bundle import write_bundle
from tests.browser.conftest import Quiet, Visit

ROOMS = Rooms.of_this_course()
CHAPTERS = [f"book/{c.part}/{c.slug}.html" for c in find_chapters(ROOMS)]
PROGRESS = "book/progress.html"
FOLDER = "some/project"
NAMES_ITSELF = {"sw.js", "offline.json"}


@pytest.fixture(scope="module")
def unpacked(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, zipfile.ZipFile]:
    """The bundle, and the folder of a web server that it is unpacked into."""
    folder = tmp_path_factory.mktemp("bundle")
    write_bundle(site, folder / "course.zip")
    package = zipfile.ZipFile(folder / "course.zip")
    package.extractall(folder / FOLDER)
    return folder, package


@pytest.fixture(scope="module")
def below(unpacked: tuple[Path, zipfile.ZipFile]) -> Iterator[str]:
    """The address of the unpacked bundle, below the top of its server."""
    handler = functools.partial(Quiet, directory=str(unpacked[0]))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{FOLDER}/"
        server.shutdown()


def listed(site: Path) -> dict[str, tuple[int, str]]:
    content = json.loads((site / "offline.json").read_text(encoding="utf-8"))
    return {path: (size, digest) for path, size, digest in content["files"]}


def test_the_list_names_every_file_with_its_size(site: Path) -> None:
    files = {p.relative_to(site).as_posix(): p for p in site_files(site)}
    found = listed(site)
    assert set(found) == set(files) - NAMES_ITSELF
    assert sum(size for size, _ in found.values()) == sum(
        path.stat().st_size for name, path in files.items() if name in found
    )
    page = (site / CHAPTERS[0]).read_bytes()
    assert found[CHAPTERS[0]][1] == hashlib.sha256(page).hexdigest()[:16]
    manifest = json.loads((site / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert {manifest["start_url"], *(i["src"] for i in manifest["icons"])} <= {
        "./book/index.html",
        *found,
    }


def test_made_again_the_site_is_the_same(site: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    (copy / "_static").mkdir(parents=True)
    (copy / "lite" / "lab").mkdir(parents=True)
    shutil.copy(site / "_static" / "favicon.svg", copy / "_static")
    (copy / "lite" / "service-worker.js").write_text("theirs();")
    (copy / "lite" / "lab" / "index.html").write_text("<html><head></head></html>")
    made = []
    for _ in range(2):
        make_offline(copy)
        made.append({p: p.read_bytes() for p in copy.rglob("*") if p.is_file()})
    assert made[0] == made[1]
    worker = (copy / "lite" / "service-worker.js").read_text()
    assert worker.splitlines()[1:] == ["theirs();"]
    page = (copy / "lite" / "lab" / "index.html").read_text()
    assert page.count('<script src="../workers.js">') == 1
    assert "lite/workers.js" in listed(copy)


def test_bundle_holds_the_site_and_nothing_secret(
    site: Path, unpacked: tuple[Path, zipfile.ZipFile]
) -> None:
    package = unpacked[1]
    names = package.namelist()
    files = [p.relative_to(site).as_posix() for p in site_files(site)]
    assert names == ["README.txt", *files]
    assert b"python3 -m http.server" in package.read("README.txt")
    secret = re.compile(r"hidden_tests|variants/|solutions?/|nbgrader/source|\.map$")
    assert [name for name in names if secret.search(name)] == []


def test_the_same_site_makes_the_same_zip(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "book").mkdir(parents=True)
    archives = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for archive in archives:  # the same files, written at another time
        (site / "book" / "index.html").write_text("<p>A page</p>")
        (site / ".buildinfo").write_text("hidden")
        (site / "a.js.map").write_text("for developers")
        write_bundle(site, archive)
        os.utime(site / "book" / "index.html", (1, 1))
    assert archives[0].read_bytes() == archives[1].read_bytes()
    names = zipfile.ZipFile(archives[0]).namelist()
    assert names == ["README.txt", "book/index.html"]


def test_all_addresses_in_pages_are_relative(site: Path) -> None:
    absolute = re.compile(rb'(?:href|src|action)="/[^"]*"')
    found = {
        f"{page.relative_to(site)}: {match.decode()}"
        for page in site.rglob("*.html")
        if page.relative_to(site).parts[0] != "lite"
        for match in absolute.findall(page.read_bytes())
    }
    assert not found


def download(page: Page) -> None:
    panel = page.locator("#progress-offline")
    panel.get_by_role("button", name=re.compile("Download|Go on|Update")).click()
    expect(panel.locator(".offline-state")).to_contain_text(
        "is on this device, as of", timeout=60_000
    )


def test_download_then_no_network(
    browser: Browser, below: str, unpacked: tuple[Path, zipfile.ZipFile]
) -> None:
    visit = Visit(browser, below, 1280, "light")
    page = visit.page
    root = unpacked[0] / FOLDER
    visit.open(PROGRESS)
    size = sum(
        size for name, (size, _) in listed(root).items() if not name.startswith("lite/")
    )
    state = page.locator(".offline-state")
    expect(state).to_contain_text("Nothing is on this device yet.")
    in_megabytes = f"{size / 1e6:.{1 if size < 1e8 else 0}f} MB"
    expect(state).to_contain_text(f"takes {in_megabytes}.")
    download(page)
    scope = "navigator.serviceWorker.ready.then(found => found.scope)"
    assert page.evaluate(scope) == below
    assert not visit.troubles

    if (root / "lite").exists():
        lite_lets_the_book_keep_its_worker(page, below)
    visit.context.set_offline(True)
    visit.open(CHAPTERS[-1])  # never visited so far
    expect(page.locator("article h1")).to_be_visible()
    mark = page.get_by_role("button", name="I have read this chapter")
    mark.click()
    page.reload()
    expect(mark).to_have_attribute("aria-pressed", "true")
    python = next(name for name in listed(root) if name.endswith(".wasm"))
    arrived = (
        "address => fetch(address).then(answer => answer.blob()).then(b => b.size)"
    )
    assert page.evaluate(arrived, below + python) == listed(root)[python][0]
    visit.open(PROGRESS)
    expect(state).to_contain_text("There is no network now.")
    visit.context.set_offline(False)

    changed_page_comes_alone(visit, root)
    page.locator("#progress-offline").get_by_role("button", name="Remove").click()
    expect(state).to_contain_text("Removed.")
    kept: list[str] = page.evaluate("caches.keys()")
    assert not [name for name in kept if name.startswith("course:")]  # lite has its own
    visit.context.close()


def lite_lets_the_book_keep_its_worker(page: Page, below: str) -> None:
    """JupyterLite by itself would unregister all workers of the origin."""
    page.goto(f"{below}lite/lab/index.html")
    scopes = page.evaluate(
        """async () => {
          const workers = ServiceWorkerContainer.prototype;
          const all = () => workers.getRegistrations.call(navigator.serviceWorker);
          const scopes = async () => (await all()).map((found) => found.scope);
          while (!(await scopes()).some((scope) => scope.endsWith("/lite/")))
            await new Promise(requestAnimationFrame);
          return scopes();
        }"""
    )
    assert set(scopes) == {below, f"{below}lite/"}


def changed_page_comes_alone(visit: Visit, root: Path) -> None:
    """After a rebuild only what changed is loaded again."""
    changed = root / CHAPTERS[0]
    changed.write_text(changed.read_text(encoding="utf-8") + "<!-- rebuilt -->")
    (root / "README.txt").unlink()  # of the zip; the site that is built has none
    make_offline(root)
    visit.open(PROGRESS)
    page = visit.page
    expect(page.locator(".offline-state")).to_contain_text("The course has changed")
    loaded: list[str] = []

    def note(request: Request) -> None:
        if request.headers.get("course-download") == "file":
            loaded.append(request.url.removeprefix(visit.address))

    page.on("request", note)
    download(page)
    assert loaded == [CHAPTERS[0]]


def test_a_download_that_was_cut_off_goes_on(browser: Browser, below: str) -> None:
    visit = Visit(browser, below, 390, "dark")
    page = visit.page
    cut = re.compile(r"\.wasm$")
    page.route(cut, lambda route: route.abort())
    visit.open(PROGRESS)
    panel = page.locator("#progress-offline")
    panel.get_by_role("button", name="Download").click()
    state = panel.locator(".offline-state")
    expect(state).to_contain_text("The network was lost.", timeout=60_000)
    page.unroute(cut)
    visit.open(PROGRESS)
    expect(state).to_contain_text("The download is not finished")
    download(page)
    visit.context.close()
