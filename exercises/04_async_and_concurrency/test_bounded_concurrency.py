"""Visible criteria: learners have this file."""

from types import SimpleNamespace

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect, fresh_word, same_as_original
from autograder.checks.event_loop import EventLoop, Service, Takes
from autograder.namespace import Namespace

REGIONS = st.sampled_from(["thorax", "hand", "left-knee"])
IMAGE = st.builds(
    "{}/{}-{}.dcm".format,
    st.sampled_from(["P-1", "P-2041"]),
    REGIONS,
    st.integers(1, 12),
)
SECONDS = st.sampled_from([0.1, 1.0, 7.0, 60.0, 3600.0])


def _watched(code: Namespace) -> SimpleNamespace:
    """The same code, its coroutine run to the end, and what the two services saw."""

    def import_images(
        images: list[str], seconds: list[float], damaged: list[int], at_once: int
    ) -> object:
        times = dict(zip(images, seconds, strict=False))
        broken = {images[number] for number in damaged if number < len(images)}

        def read(image: str) -> Takes:
            bad = ValueError("not an image") if image in broken else None
            return Takes(times.get(image, 1.0), bad or f"pixels of {image}")

        station = Service("station", read=read, functions={"release": Takes()})
        archive = Service(
            "archive", store=lambda label, pixels: Takes(1.0, f"{label} ({pixels})")
        )
        run = EventLoop(code).run(code.import_images, images, station, archive, at_once)
        if run.outcome.raised:
            return run.outcome.errors[0]
        used = {
            method: sorted(map(repr, service.calls_of(method)))
            for service, method in ((station, "read"), (archive, "store"))
        }
        return {"lines": run.outcome.value, **used}

    return SimpleNamespace(import_images=import_images)


@criterion(
    points=2,
    kind="behaviour",
    rule="RULES-5.2.R3",
    hint="Write each line to the place of its image, whoever is done first.",
)
def test_same_lines_as_before(solution: Namespace, original: Namespace) -> None:
    """import_images reads and stores what it did, and returns the same lines."""
    same_as_original(
        _watched(solution),
        _watched(original),
        lambda code, images, seconds, damaged, at_once: code.import_images(
            images, seconds, damaged, at_once
        ),
        cases=[
            {"images": ["P-1/hand-1.dcm"], "seconds": [], "damaged": [], "at_once": n}
            for n in (1, 0, -1)
        ],
        examples=8,
        images=st.lists(IMAGE, max_size=12),
        seconds=st.lists(SECONDS, min_size=12, max_size=12),
        damaged=st.lists(st.integers(0, 11), max_size=2),
        at_once=st.integers(1, 5),
    )


def _night(number: int) -> list[str]:
    patient = fresh_word("P-")
    return [f"{patient}/thorax-{n}.dcm" for n in range(1, number + 1)]


def _services() -> tuple[Service, Service]:
    station = Service(
        "station", read=Takes(2.0, "pixels"), functions={"release": Takes()}
    )
    return station, Service("archive", store=Takes(3.0, 7))


@criterion(
    points=2,
    kind="design",
    rule="RULES-5.2.R1",
    hint="Who begins an image must first have one of at_once places.",
)
def test_at_once_is_kept(solution: Namespace) -> None:
    """However many images are waiting, no more than at_once of them are in work."""
    for given, at_once in (([1], 1), ([3], 3), ([7], 7), ([], 4)):
        run = EventLoop(solution).run(
            solution.import_images, _night(20), *_services(), *given
        )
        inputs = ", ".join(["<20 images>", "station", "archive", *map(str, given)])
        called = f"import_images({inputs})"
        run.value(called=called)
        expect(
            run.peak <= at_once,
            called=called,
            got=f"worked on {run.peak} images at once",
            expected=f"{at_once} at most",
        )
