"""Hidden criteria of the exercise bounded_concurrency."""

from typing import Any

from autograder import criterion
from autograder.checks import expect, fresh_number, fresh_word
from autograder.checks.event_loop import Answer, EventLoop, Feed, Run, SlowFake, Takes
from autograder.namespace import Namespace

HOUR = 3600.0
READ = Takes(2.0, "pixels")
STORE = Takes(3.0, 7)
THIRTY = "import_images(<30 images>, station, archive, 3)"


def _night(number: int) -> list[str]:
    patient = fresh_word("P-")
    return [f"{patient}/thorax-{n}.dcm" for n in range(1, number + 1)]


def _services(read: Answer = READ, store: Answer = STORE) -> tuple[SlowFake, SlowFake]:
    station = SlowFake("station", read=read, functions={"release": Takes()})
    return station, SlowFake("archive", store=store)


def _nothing_runs_on(run: Run, called: str) -> None:
    expect(
        not run.left and not run.workers_left,
        called=called,
        got=f"was done while {len(run.left)} calls and {run.workers_left} tasks ran on",
        expected="nothing that runs on",
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-5.2.R4",
    hint="An error of the station or the archive is the caller's to know.",
)
def test_errors_reach_the_caller(solution: Namespace) -> None:
    """What the station or the archive raises reaches the caller as what it is."""
    word = fresh_word("full_")
    for error, where in ((OSError(word), "read"), (LookupError(word), "store")):
        run = EventLoop(solution).run(
            solution.import_images,
            _night(6),
            *_services(**{where: Takes(1.0, error)}),
            2,
        )
        name = type(error).__name__
        expect(
            {(cause.errors[0], cause.message) for cause in run.causes}
            == {(name, word)},
            called=f"import_images(<6 images>, station, archive, 2) when {where} "
            f"raises {error!r}",
            got=str(run.outcome),
            expected=f"raise {name}: {word}, by itself or in an ExceptionGroup",
        )


@criterion(
    points=1,
    kind="design",
    rule="RULES-5.2.R1",
    hint="A place that becomes free is taken by the next image at once.",
)
def test_every_place_is_used(solution: Namespace) -> None:
    """While one image takes an hour, the other places go on with all the others."""
    images = _night(25)
    slow = images[fresh_number(0, 3)]
    for given, at_once in (([3], 3), ([], 4)):
        station, archive = _services(
            read=lambda image: Takes(HOUR if image == slow else 2.0, "pixels")
        )
        run = EventLoop(solution).run(
            solution.import_images, images, station, archive, *given
        )
        inputs = ", ".join(["station", "archive", *map(str, given)])
        called = f"import_images(<25 images, one takes an hour>, {inputs})"
        run.value(called=called)
        begun = [call.started for call in station.calls_of("read")]
        late = sum(moment >= HOUR for moment in begun)
        expect(
            not late and run.peak >= at_once,
            called=called,
            got=f"read {late} images only after that hour, and worked on {run.peak} "
            "at once",
            expected=f"{at_once} images in work, and none that waits for the slow one",
        )
        expect(
            len(set(begun)) > 1,
            called=called,
            got=f"began all {len(begun)} images at the same moment",
            expected="each image to be begun when there is a place for it",
        )
        expect(
            run.idle_waits == 0,
            called=called,
            got=f"woke up {run.idle_waits} times with nothing to do",
            expected="waiting that ends when there is something to do",
        )


@criterion(
    points=1,
    kind="design",
    rule="RULES-5.2.R1",
    hint="Take the next image when there is a place for it, not before.",
)
def test_images_are_taken_as_needed(solution: Namespace) -> None:
    """From a long input, images are taken as they are needed, not all beforehand."""
    station, archive = _services()
    feed = Feed(_night(80), done=lambda: len(archive.calls))
    run = EventLoop(solution).run(solution.import_images, feed, station, archive, 4)
    called = "import_images(<generator of 80 images>, station, archive, 4)"
    lines = run.value(called=called)
    expect(
        len(lines) == feed.taken == 80,
        called=called,
        got=f"took {feed.taken} images and returned {len(lines)} lines",
        expected="a line for each of 80 images",
    )
    expect(
        feed.ahead <= 40,
        called=called,
        got=f"had taken {feed.ahead} images that were not stored",
        expected="40 at most, ten times at_once",
    )


ENDINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("when the archive refuses the fifth one", {"refused": 5, "cancel_at": None}),
    ("cancelled after 1 second", {"refused": 0, "cancel_at": 1.0}),
    ("cancelled after 11.5 seconds", {"refused": 0, "cancel_at": 11.5}),
)


def _ended(
    solution: Namespace, *, refused: int, cancel_at: float | None
) -> tuple[Run, SlowFake, SlowFake]:
    """Import 30 images, three at once, up to an untimely end."""
    answers = [Takes(3.0 + nth, 7) for nth in range(30)]
    if refused:
        answers[refused - 1] = Takes(8.0, OSError("archive is full"))
    in_turn = iter(answers)
    station, archive = _services(store=lambda *_: next(in_turn))
    run = EventLoop(solution).run(
        solution.import_images, _night(30), station, archive, 3, cancel_at=cancel_at
    )
    return run, station, archive


@criterion(
    points=1,
    kind="design",
    rule="RULES-5.2.R2",
    hint="Something must own the tasks, and end the others when one fails.",
)
def test_an_error_ends_the_import(solution: Namespace) -> None:
    """After an error no further image is begun, and no call runs on."""
    for told, ending in ENDINGS[:1]:
        run, station, archive = _ended(solution, **ending)
        called = f"{THIRTY}, {told}"
        _nothing_runs_on(run, called)
        failed = [call.ended for call in archive.calls if call.how == "raised"]
        late = [c for c in station.calls_of("read") if failed < [c.started]]
        expect(
            not late,
            called=called,
            got=f"began {len(late)} more images after that",
            expected="no further image",
        )


@criterion(
    points=1,
    kind="design",
    rule="RULES-5.2.R4",
    hint="Whoever started the tasks ends them, also when it is cancelled itself.",
)
def test_a_cancelled_import_is_gone(solution: Namespace) -> None:
    """Cancelled from outside, the import ends at once, and no call runs on."""
    for told, ending in ENDINGS[1:]:
        run, _, _ = _ended(solution, **ending)
        called = f"{THIRTY}, {told}"
        expect(
            "CancelledError" in run.outcome.errors,
            called=called,
            got=str(run.outcome),
            expected="to end then, with CancelledError",
        )
        _nothing_runs_on(run, called)


@criterion(
    points=1,
    kind="design",
    rule="RULES-5.2.R4",
    hint="There is a statement that runs on every way out of a block.",
)
def test_images_are_released_on_every_way_out(solution: Namespace) -> None:
    """Each image that was read is released, also after an error or when cancelled."""
    for told, ending in ENDINGS:
        _, station, _ = _ended(solution, **ending)
        released = {call.call.args for call in station.calls_of("release")}
        locked = [
            call
            for call in station.calls_of("read")
            if call.how == "returned" and call.call.args not in released
        ]
        expect(
            not locked,
            called=f"{THIRTY}, {told}",
            got=f"left {len(locked)} of the images locked that it had read",
            expected="each image that was read to be released",
        )
