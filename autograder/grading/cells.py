"""Runs a learner's cells for show, on the learner's side of the border.

``warm_up`` is called once in a warm process, ``run_cells`` in a confined process forked
from it. What comes out decides nothing, and whoever shares a process with learner code
cannot trust it: the other side brings it into form again with ``sound_outputs``.

This module needs the standard library and IPython only, and IPython no sooner than
``warm_up``.
"""

import asyncio
import base64
import binascii
import builtins
import contextlib
import contextvars
import getpass
import io
import json
import os
import re
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NoReturn

Output = dict[str, Any]
"""One output of a notebook cell, in nbformat's form."""

MAX_TEXT = 20_000
MAX_OUTPUTS = 100
MAX_PICTURE = 1_000_000
MAX_TOTAL = 4_000_000

_TEXT_CUT = "\n[output cut after 20 kB]"
_TOO_MANY = "[further outputs of this cell left out: it has more than 100]\n"
_TOO_MUCH = "[outputs left out from here: the notebook shows more than 4 MB]\n"
_NO_PICTURE = "[picture left out: not a PNG of at most 1 MB]"
_NOT_SHOWN = "[only text and PNG pictures are shown here]"
_NO_SHELL = "Shell commands do not run while a notebook is graded."
_NO_INPUT = "Nobody can answer while a notebook is graded: {} does not work here."
_NO_EXIT = "[exit and quit do nothing here: the next cells still run]\n"
_LATER = "Your instructor's grader runs this check."

_CELL = "Cell In["
_LIBRARY_FRAMES = 3
_FRAMES = 30
_CHAINED = 4
_INLINE = "module://matplotlib_inline.backend_inline"
_PATH = tuple(folder for folder in sys.path if folder)
_PNG = b"\x89PNG\r\n\x1a\n"

# Each takes a path that would otherwise be slow or import something in every fork.
_WARM_UP = (
    "print('warm'); 1 + 1",
    "import asyncio\nawait asyncio.sleep(0)",
    "import json\njson.loads('{')",
    "not python",
)


class OutOfTime(KeyboardInterrupt):
    """A cell used up its time. Like Ctrl-C it passes by ``except Exception``."""

    # Tracebacks show a class of __main__ by its bare name.
    __module__ = "__main__"


# --- Outputs in form and within bounds ----------------------------------------------


def sound_outputs(told: object, room: int = MAX_TOTAL) -> tuple[list[Output], int]:
    """Bring what a cell is said to have shown into nbformat's form, within bounds.

    Never raises, whatever it is told, and changes nothing the second time.

    Args:
        told: A list of outputs, maybe forged.
        room: Characters of JSON that the notebook's outputs may still take.

    Returns:
        Outputs of the four kinds, with plain text and PNG only; and the room left.
    """
    if type(told) is not list:
        return [], room
    sound: list[Output] = []
    for output in map(_sound, told[:MAX_OUTPUTS]):
        if output is None:
            continue
        size = len(json.dumps(output))
        if size > room:
            return [*sound, _note(_TOO_MUCH)], room
        room -= size
        sound.append(output)
    if len(told) > MAX_OUTPUTS:
        sound.append(_note(_TOO_MANY))
    return sound, room


def _sound(told: object) -> Output | None:
    """Take over what is known of one output; None when there is nothing."""
    if type(told) is not dict:
        return None
    kind = told.get("output_type")
    if kind == "stream" and told.get("name") in ("stdout", "stderr"):
        name = str(told["name"])
        return {"output_type": kind, "name": name, "text": _text(told.get("text"))}
    if kind == "error":
        lines = told.get("traceback")
        lines = lines if type(lines) is list else []
        text = _text("\n".join(line for line in lines if type(line) is str))
        return {
            "output_type": kind,
            "ename": _text(told.get("ename")),
            "evalue": _text(told.get("evalue")),
            "traceback": text.split("\n"),
        }
    if kind in ("display_data", "execute_result"):
        output = {"output_type": kind, "metadata": {}, "data": _data(told.get("data"))}
        if kind == "execute_result":
            count = told.get("execution_count")
            known = type(count) is int and 0 <= count < MAX_TOTAL
            output["execution_count"] = count if known else None
        return output if output["data"] else None
    return None


def _data(told: object) -> dict[str, str]:
    """Keep plain text and a PNG; say so when something else is all there is."""
    if type(told) is not dict or not told:
        return {}
    data = {}
    if "text/plain" in told:
        data["text/plain"] = _text(told["text/plain"])
    if "image/png" in told:
        picture = _picture(told["image/png"])
        if picture is not None:
            data["image/png"] = picture
        else:
            said = f"{_NO_PICTURE}\n{data.get('text/plain', '')}"
            data["text/plain"] = _text(said.strip())
    return data or {"text/plain": _NOT_SHOWN}


def _text(told: object) -> str:
    """Make a string that can be encoded and is not too long."""
    if not issubclass(type(told), str):
        return ""
    # A subclass may lie about itself: str's own methods do not ask it.
    text = str.__str__(told)
    encoded = text[:MAX_TEXT].encode("utf-8", "replace")
    if len(text) <= MAX_TEXT and len(encoded) <= MAX_TEXT:
        return encoded.decode()
    kept = encoded[: MAX_TEXT - len(_TEXT_CUT)].decode("utf-8", "ignore")
    return kept + _TEXT_CUT


def _picture(told: object) -> str | None:
    """Make a PNG in base64; None when it is none, or too large."""
    if type(told) is str:
        if len(told) > 2 * MAX_PICTURE:
            return None
        try:
            told = base64.b64decode("".join(told.split()), validate=True)
        except (binascii.Error, ValueError):
            return None
    if type(told) is not bytes or len(told) > MAX_PICTURE or not told.startswith(_PNG):
        return None
    return base64.b64encode(told).decode()


def _note(text: str) -> Output:
    return {"output_type": "stream", "name": "stderr", "text": text}


# --- Exceptions ---------------------------------------------------------------------


class _Frames(traceback.StackSummary):
    """The learner's own frames; of deep recursion the two ends."""

    def format(self, **options: Any) -> list[str]:
        """Format the frames.

        Args:
            **options: What the running Python's ``traceback`` passes on.

        Returns:
            One text for each frame that is shown.
        """
        lines = super().format(**options)
        if len(lines) <= _FRAMES:
            return lines
        left_out = f"  [{len(lines) - _FRAMES} calls left out]\n"
        half = _FRAMES // 2
        return [*lines[:half], left_out, *lines[-half:]]


def _described(error: BaseException) -> Output:
    """Describe an exception with a plain traceback: IPython's own cost 50 ms each."""
    name = type.__dict__["__name__"].__get__(type(error))
    said = _tried(lambda: str(error), "[its own methods fail to show it]")
    lines = _tried(lambda: _traceback(error), f"{name}: {said}")
    return {
        "output_type": "error",
        "ename": name,
        "evalue": _text(said),
        "traceback": [_text(lines)],
    }


def _tried(call: Callable[[], str], otherwise: str) -> str:
    """Compute something that learner code has a hand in."""
    try:
        return call()
    except OutOfTime:
        raise
    except BaseException:  # noqa: BLE001 - learners raise anything anywhere
        return otherwise


def _traceback(error: BaseException) -> str:
    whole = traceback.TracebackException(
        type(error), error, error.__traceback__, compact=True
    )
    waiting = [(whole, 1)]
    while waiting:
        part, depth = waiting.pop()
        # None leaves the heading out as well.
        part.stack = _own(part.stack) or None  # type: ignore[assignment]
        if depth == _CHAINED:
            part.__cause__ = part.__context__ = None
        linked = [part.__cause__, part.__context__, *(part.exceptions or ())]
        waiting += [(link, depth + 1) for link in linked if link is not None]
    return "".join(whole.format()).rstrip("\n")


def _own(frames: Sequence[traceback.FrameSummary]) -> _Frames:
    """Keep the frames of cells, and the last ones below them."""
    places = [n for n, f in enumerate(frames) if f.filename.startswith(_CELL)]
    kept = [frames[place] for place in places]
    if places:
        below = [f for f in frames[places[-1] + 1 :] if not _is_ours(f.filename)]
        kept += map(_without_folder, below[-_LIBRARY_FRAMES:])
    return _Frames(kept)


def _is_ours(filename: str) -> bool:
    return filename == __file__ or f"{os.sep}IPython{os.sep}" in filename


def _without_folder(frame: traceback.FrameSummary) -> traceback.FrameSummary:
    """Name a library's file as an import would: where it is installed is our affair."""
    folders = [f for f in _PATH if frame.filename.startswith(f + os.sep)]
    if not folders:
        return frame
    name = frame.filename[max(map(len, folders)) + 1 :]
    return traceback.FrameSummary(name, frame.lineno, frame.name, line=frame.line)


# --- What a cell shows --------------------------------------------------------------


class _Recorder:
    """Gathers what the running cell shows."""

    def __init__(self) -> None:
        self._room = MAX_TOTAL
        # Reentrant: an interruption may hit this thread while it writes.
        self._lock = threading.RLock()
        self.begin()

    def begin(self) -> None:
        """Start with an empty cell."""
        self._outputs: list[Output] = []
        self._by_display: dict[str, list[Output]] = {}
        self._clear_first = False

    def finish(self) -> list[Output]:
        """Hand over what the cell showed."""
        with self._lock:
            outputs, self._room = sound_outputs(self._outputs, self._room)
            self.begin()
        return outputs

    def write(self, name: str, text: str) -> None:
        """Add text to a stream; what follows on the same stream is one output."""
        if not text:
            return
        with self._lock:
            self._clear_if_waited()
            last = self._outputs[-1] if self._outputs else None
            if last is None or last.get("name") != name:
                last = {"output_type": "stream", "name": name, "text": ""}
                self._add(last)
            if not last["text"].endswith(_TEXT_CUT):
                last["text"] = _text(last["text"] + _text(text))

    def show(self, told: Output, display: object = None) -> None:
        """Add an output that is no stream."""
        output = _sound(told)
        if output is None:
            return
        with self._lock:
            self._clear_if_waited()
            self._add(output)
            if type(display) is str:
                self._by_display.setdefault(display, []).append(output)

    def update(self, data: object, display: object) -> None:
        """Change what this cell displayed before under the same display id."""
        with self._lock:
            for output in self._by_display.get(_text(display), ()):
                output["data"] = _data(data) or output["data"]

    def clear(self, wait: bool) -> None:
        """Forget the outputs so far, at once or when the next one comes."""
        with self._lock:
            self._clear_first = True
            if not wait:
                self._clear_if_waited()

    def _clear_if_waited(self) -> None:
        if self._clear_first:
            self.begin()

    def _add(self, output: Output) -> None:
        # One more than is shown, so that what is left out gets a note.
        if len(self._outputs) <= MAX_OUTPUTS:
            self._outputs.append(output)


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the cells."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, recorder: _Recorder, name: str) -> None:
        self._recorder = recorder
        self._stream = name
        self.name = f"<{name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        plain = str.__str__(text)
        self._recorder.write(self._stream, plain)
        return len(plain)

    def flush(self) -> None:
        """Do nothing: all is written at once, and nothing is ever closed."""

    def close(self) -> None:
        """Stay open: later cells print as well."""


# --- IPython ------------------------------------------------------------------------


def _new_shell(recorder: _Recorder) -> Any:
    """Make the one IPython shell of the process; it reads and writes no file."""
    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415
    from traitlets.config import Config  # noqa: PLC0415 - takes 0.1 s, and so above

    class Shell(InteractiveShell):  # type: ignore[misc]
        def init_ipython_dir(self, ipython_dir: object) -> None: ...

        def init_profile_dir(self, profile_dir: object) -> None: ...

        def init_virtualenv(self) -> None: ...

        def enable_gui(self, gui: object = None) -> None: ...

        def ask_exit(self) -> None:
            recorder.write("stderr", _NO_EXIT)

        def showtraceback(self, exc_tuple: Any = None, **_options: object) -> None:
            _show_exception(self, recorder, exc_tuple)

        def showsyntaxerror(self, *_arguments: object, **_options: object) -> None:
            _show_exception(self, recorder, None)

        def _format_exception_for_storage(self, *_arguments: object) -> dict[str, Any]:
            return {}  # IPython 9 formats each exception again, for a history

        system = system_piped = system_raw = getoutput = _refuse_shell

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    return Shell.instance(
        config=config,
        displayhook_class=_hook_class(recorder),
        display_pub_class=_publisher_class(recorder),
    )


def _hook_class(recorder: _Recorder) -> type:
    from IPython.core.displayhook import DisplayHook  # noqa: PLC0415

    class Hook(DisplayHook):  # type: ignore[misc]
        def write_output_prompt(self) -> None: ...

        def log_output(self, format_dict: object) -> None: ...

        def write_format_data(self, format_dict: object, _metadata: object) -> None:
            recorder.show(
                {
                    "output_type": "execute_result",
                    "execution_count": self.prompt_count,
                    "data": format_dict,
                }
            )

    return Hook


def _publisher_class(recorder: _Recorder) -> type:
    from IPython.core.displaypub import DisplayPublisher  # noqa: PLC0415

    class Publisher(DisplayPublisher):  # type: ignore[misc]
        def publish(
            self,
            data: object,
            *_arguments: object,
            transient: Mapping[str, object] | None = None,
            update: bool = False,
            **_options: object,
        ) -> None:
            display = (transient or {}).get("display_id")
            if update:
                recorder.update(data, display)
            else:
                recorder.show({"output_type": "display_data", "data": data}, display)

        def clear_output(self, wait: bool = False) -> None:
            recorder.clear(wait)

    return Publisher


def _show_exception(shell: Any, recorder: _Recorder, exc_tuple: Any) -> None:
    from IPython.core.error import UsageError  # noqa: PLC0415 - loaded by now

    try:
        error = shell._get_exc_info(exc_tuple)[1]
    except ValueError:
        recorder.write("stderr", "No traceback available to show.\n")
        return
    if type(error) is UsageError:
        recorder.write("stderr", f"UsageError: {error}\n")
        return
    recorder.show(_described(error))


def _refuse_shell(*_arguments: object, **_options: object) -> NoReturn:
    raise PermissionError(_NO_SHELL)


def _set_up(shell: Any) -> None:
    """Set what is no constructor argument of IPython's shell."""
    shell.db = {}  # %store and %bookmark would look for a profile folder
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    # Ids of cells as in Jupyter; the name tells our frames from a library's.
    shell.compile.get_code_name = lambda _raw, _source, number: f"{_CELL}{number}]"
    magics = shell.magics_manager
    for name in ("sx", "system"):
        magics.register_function(_refuse_shell, "line_cell", name)
    for name in [*magics.registry["ScriptMagics"].magics["cell"], "!"]:
        magics.register_function(_refuse_shell, "cell", name)
    measure = magics.registry["ExecutionMagics"].timeit

    def timeit(line: str, cell: str | None = None) -> object:
        return _timeit(measure, line, cell)

    magics.register_function(timeit, "line_cell", "timeit")


def _timeit(
    measure: Callable[[str, str | None], Any], line: str, cell: str | None
) -> object:
    """Run %timeit for about 0.2 s, however often it was asked to repeat."""
    head = re.match(r"(\s*-([nrp]\s*\d+|[a-zA-Z]+)(?=\s))*", line)
    options = head.group() if head else ""
    rest = re.sub(r"-[nr]\s*\d+", "", options) + line[len(options) :]
    once = measure(f"-n1 -r1 -q -o {rest}", cell)
    if once is None:
        return None
    number = max(1, min(100_000, int(0.07 / max(once.best, 1e-7))))
    return measure(f"-n{number} -r3 {rest}", cell)


# --- Running ------------------------------------------------------------------------


class _Session:
    """The shell of this process, and how it runs a cell as Jupyter does."""

    def __init__(self) -> None:
        self._recorder = _Recorder()
        self._streams = [_Stream(self._recorder, n) for n in ("stdout", "stderr")]
        self._loop: asyncio.AbstractEventLoop | None = None
        self._abandoned: list[object] = []
        # Kept across cells: a decimal context, for one, lives in a context variable.
        self._context = contextvars.copy_context()
        self.shell = _new_shell(self._recorder)
        _set_up(self.shell)
        self._kept = (self.shell.displayhook, self.shell.display_pub)

    def run(self, source: str, seconds: float) -> list[Output]:
        """Run one cell.

        Args:
            source: Its source.
            seconds: The time it has.

        Returns:
            What it showed.
        """
        try:
            with _time_limit(seconds):
                self._restore()
                self._run(source)
        except BaseException as error:  # noqa: BLE001 - learners raise anything anywhere
            self._recorder.show(_described(error))
        sys.settrace(None)
        sys.setprofile(None)
        return self._recorder.finish()

    def forget(self) -> None:
        """Be as new, with all that was loaded."""
        if self._loop:
            self._loop.close()
        self._loop = None
        self.shell.reset()
        self.shell.displayhook.flush()  # gives _ and __ back

    def _run(self, source: str) -> None:
        # As in Jupyter all cells run inside one event loop: tasks can be made in any.
        loop = self._loop = self._loop or asyncio.new_event_loop()
        task = loop.create_task(self._cell(source), context=self._context)
        try:
            loop.run_until_complete(task)
        except BaseException as error:
            # Never resumed and never collected: asyncio would complain in later cells.
            self._abandoned.append((loop, task))
            self._loop = None
            if isinstance(error, OutOfTime):
                raise
            self._recorder.show(_described(error))

    async def _cell(self, source: str) -> None:
        failed = None
        try:
            code = self.shell.transform_cell(source)
        except Exception:  # noqa: BLE001 - shown as the cell's error
            code, failed = source, sys.exc_info()
        result = await self.shell.run_cell_async(
            source,
            store_history=True,
            transformed_cell=code,
            preprocessing_exc_tuple=failed,
        )
        self.shell.events.trigger("post_execute")
        self.shell.events.trigger("post_run_cell", result)

    def _restore(self) -> None:
        """Undo what an earlier cell did to the process, as far as it harms later ones.

        Honest code relies on a raised recursion limit; a lowered one is no use to it.
        """
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 1000))
        sys.stdout, sys.stderr = self._streams
        self.shell.user_ns.setdefault("_oh", {})  # results, by number
        hook, self.shell.display_pub = self._kept
        sys.displayhook = self.shell.displayhook = self.shell.display_trap.hook = hook


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs too long, and again each second if it goes on."""
    armed = True

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if armed:
            raise OutOfTime(f"Stopped after {seconds:g} seconds") from None

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)


_session: _Session | None = None


def warm_up() -> None:
    """Load IPython and run a few cells, so that a fork of this process is ready."""
    global _session  # noqa: PLW0603 - IPython's shell is one for each process as well
    if _session is not None:
        return
    os.environ.setdefault("MPLBACKEND", _INLINE)
    before = sys.stdout, sys.stderr
    _session = _Session()
    for source in _WARM_UP:
        _session.run(source, 10)
    _session.forget()
    sys.stdout, sys.stderr = before


def run_cells(
    cells: Sequence[Mapping[str, str]],
    emit: Callable[[dict[str, Any]], None],
    seconds_per_cell: float,
) -> None:
    """Run cells in order, as Jupyter would, in a process that is thrown away after.

    A cell that fails or runs too long does not stop those after it.

    Args:
        cells: For each cell its ``id`` and ``source``.
        emit: Called with ``{"id": ..., "outputs": [...]}`` whenever a cell ended.
        seconds_per_cell: The time that each cell has.
    """
    warm_up()
    session = _session
    assert session is not None  # noqa: S101 - for type checkers
    _close_doors()
    session.shell.user_ns["check"] = _Check()
    for cell in cells:
        emit(
            {"id": cell["id"], "outputs": session.run(cell["source"], seconds_per_cell)}
        )


def _close_doors() -> None:
    """Say clearly what a graded notebook cannot do, and stand in for the course."""
    os.environ.setdefault("MPLBACKEND", _INLINE)
    os.environ.setdefault("MPLCONFIGDIR", str(Path.cwd() / ".matplotlib"))
    sys.stdin = io.StringIO()
    builtins.input = _refusing("input()")
    getpass.getpass = _refusing("getpass()")
    # IPython's advice on how to leave a terminal.
    warnings.filterwarnings("ignore", message="To exit: use")
    course = ModuleType("autograder.notebook")
    course.exercise = lambda _slug: _Check()  # type: ignore[attr-defined]
    sys.modules[course.__name__] = course
    if package := sys.modules.get("autograder"):
        package.notebook = course  # type: ignore[attr-defined]


def _refusing(name: str) -> Callable[..., NoReturn]:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise EOFError(_NO_INPUT.format(name))

    return refuse


class _Words(str):
    """Text that a cell shows without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


class _Check:
    """Stands in for ``check``: criteria are judged elsewhere."""

    def __call__(self, _criterion: object = None) -> _Words:
        return _Words(_LATER)

    def files(self) -> _Words:
        return _Words(_LATER)
