"""Hidden criteria of the exercise decorator."""

from collections.abc import Callable

from autograder import criterion
from autograder.checks import expect, expect_equal, fresh_word
from autograder.namespace import Namespace, Probe

# Decorated functions and the failures they raise live beside the learner's code; what
# is counted is counted here, by the functions `note`. Coroutines are driven by hand:
# this works where an event loop is running already.
HELPERS = """
import asyncio
import inspect

class Turn:
    "Awaiting it lets other calls go first."

    def __await__(self):
        yield

def finish(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as done:
        return done.value

def end_of(call):
    try:
        result = call()
    except (Exception, KeyboardInterrupt, asyncio.CancelledError) as error:
        text = f": {error}" if str(error) else ""
        return error, f"raised {type(error).__name__}{text}"
    return None, f"returned {result!r}"
"""

ALWAYS_FAILING = """
raised = []

@retry(times, on=(LookupError, ConnectionError))
def ask(word):
    note()
    raised.append(ConnectionError(f"{word} {len(raised) + 1}"))
    raise raised[-1]

error, end = end_of(lambda: ask(word))
is_the_last = error is raised[-1]
"""

FAILING_AS_TOLD = """
failures = [eval(name) for name in script]

def attempt():
    note()
    if failures:
        raise failures.pop(0)("no")
    return "done"

@retry(4, on=eval(on))
def ask():
    return attempt()

@retry(4, on=eval(on))
async def ask_later():
    return attempt()

_, end = end_of((lambda: finish(ask_later())) if is_awaited else ask)
"""

FACE = """
def face(function):
    signature = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=parameter.empty)
        for parameter in signature.parameters.values()
    ]
    return {
        "name": getattr(function, "__name__", None),
        "docstring": inspect.getdoc(function),
        "parameters": str(inspect.Signature(parameters)),
    }
"""

FACES_OF_THE_THREE = """
faces = {"submit": face(submit), "duty": face(duty), "release": face(release)}
"""

FACES_BEFORE_AND_AFTER = """
def plain(parcel, *, tariff: str = "T1") -> int:
    return 1

async def awaited(parcel, *seals, deep=False) -> int:
    return 1

before, after = {}, {}
for kind, function in [("function", plain), ("coroutine function", awaited)]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = docstring
    before[kind] = face(function)
    after[kind] = face(retry(2, on=(OSError,))(function))
"""

DECORATED_TWICE = """
failures = [ConnectionError, TimeoutError, ConnectionError]

async def ask(word):
    note("attempt")
    await Turn()
    if failures:
        raise failures.pop(0)("no")
    return word

once = retry(2, on=(ConnectionError,))(ask)
twice = retry(2, on=(TimeoutError,))(once)
still_coroutine_functions = [inspect.iscoroutinefunction(f) for f in (once, twice)]
waiting = twice(word)
note("created")

async def wait():
    return await waiting

_, end = end_of(lambda: finish(wait()))
"""

DESK_THAT_IS_DOWN = """
class Desk:
    def submit(self, declaration):
        note("submit")
        raise ConnectionError("down")

    def duty(self, reference, currency):
        note("duty")
        raise ConnectionError("down")

    async def release(self, reference, seals):
        note("release")
        raise TimeoutError("down")

async def ask_for_release():
    return await release(Desk(), "R-1")

end_of(lambda: submit(Desk(), "P-1"))
end_of(lambda: duty(Desk(), "R-1"))
end_of(lambda: finish(ask_for_release()))
"""

# The learner's code once more, in a module where the name `retry` always means a
# decorator factory that repeats nothing, however the code defines it.
WITHOUT_RETRY = """
class Module(dict):
    def __setitem__(self, name, value):
        if name == "retry":
            value = lambda *args, **kwargs: lambda function: function
        super().__setitem__(name, value)

module = Module(__name__=__name__)
exec(compile(own_source, "<solution>", "exec", dont_inherit=True), module)
submit, duty, release = module["submit"], module["duty"], module["release"]
"""

METHODS = """
class Office:
    def __init__(self, town):
        self.town = town
        self.failures = 2

    def attempt(self, word):
        note()
        self.failures -= 1
        if self.failures >= 0:
            raise ConnectionError("down")
        return [self.town, word]

    @retry(3, on=(ConnectionError,))
    def ask(self, word):
        return self.attempt(word)

    @retry(3, on=(ConnectionError,))
    async def ask_later(self, word):
        return self.attempt(word)

first, second = Office(towns[0]), Office(towns[1])
_, end_of_ask = end_of(lambda: first.ask(1))
_, end_of_ask_later = end_of(lambda: finish(second.ask_later(2)))
"""

CALLS_UNDER_WAY = """
failures = {who: 3 for who in people}

@retry(4, on=(ConnectionError,))
async def ask(who):
    note()
    await Turn()
    failures[who] -= 1
    if failures[who] >= 0:
        raise ConnectionError(who)
    return who

under_way = {who: ask(who) for who in people}
ends = {}
while under_way:
    for who, call in list(under_way.items()):
        try:
            call.send(None)
        except StopIteration as done:
            ends[who] = f"returned {done.value!r}"
        except Exception as error:
            ends[who] = f"raised {type(error).__name__}"
        if who in ends:
            del under_way[who]
"""

CALL_WITHIN_A_CALL = """
failures = {"outer": 3, "inner": 3}

@retry(4, on=(ConnectionError,))
def ask(who):
    note()
    if who == "outer":
        ask("inner")
    failures[who] -= 1
    if failures[who] >= 0:
        raise ConnectionError(who)
    return who

_, end = end_of(lambda: ask("outer"))
"""

CALLS_AFTER_EACH_OTHER = """
@retry(4, on=(ConnectionError,))
def spend():
    note()
    raise ConnectionError("down")

end_of(spend)
end_of(spend)
"""


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.3.R1",
    hint="What happens in your wrapper when the attempt number `times` fails too?",
)
def test_gives_up_with_the_last_failure(solution: Namespace) -> None:
    """After `times` failed attempts, and no more, the caller gets the last failure."""
    for times in (1, 2, 7):
        word = fresh_word("failure-")
        probe, noted = run(solution, ALWAYS_FAILING, times=times, word=word)
        called = (
            f"ask({word!r}), decorated with retry({times}, on=(LookupError, "
            "ConnectionError)), which raises another ConnectionError at each attempt"
        )
        expect(
            len(noted) == times,
            called=called,
            got=f"made {len(noted)} attempts and {probe.end}",
            expected=f"{times} in all",
        )
        expect(
            probe.is_the_last is True,
            called=called,
            got=str(probe.end),
            expected=f"the last attempt's own ConnectionError: {word} {times}",
        )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.3.R1",
    hint="`except` takes a class or a tuple of classes from a variable just as well.",
)
def test_other_failures_pass_at_once(solution: Namespace) -> None:
    """Failures in `on`, subclasses included, are repeated; all others pass at once."""
    for on, *script, end in (
        ("(ValueError,)", "KeyError", "raised KeyError"),
        ("(ConnectionError,)", "ConnectionResetError", "returned 'done'"),
        ("(OSError, TypeError)", "ConnectionError", "TypeError", "returned 'done'"),
        ("(ConnectionError, EOFError)", "PermissionError", "raised PermissionError"),
        ("(TimeoutError,)", "TimeoutError", "ValueError", "raised ValueError"),
        ("(TimeoutError,)", "KeyboardInterrupt", "raised KeyboardInterrupt"),
        ("(TimeoutError,)", "asyncio.CancelledError", "raised CancelledError"),
    ):
        attempts = len(script) + end.startswith("returned")
        for call, is_awaited in (("ask()", False), ("await ask_later()", True)):
            probe, noted = run(
                solution, FAILING_AS_TOLD, on=on, script=script, is_awaited=is_awaited
            )
            expect(
                len(noted) == attempts and probe.end.startswith(end),
                called=f"{call}, decorated with retry(4, on={on}), which first raises "
                + ", then ".join(script),
                got=f"{probe.end} at attempt {len(noted)}",
                expected=f"what attempt {attempts} does: it {end}",
            )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.3.3.R1",
    hint="The standard library has a decorator for this. Each wrapper needs it.",
)
def test_decorated_function_keeps_its_face(
    solution: Namespace, original: Namespace
) -> None:
    """A decorated function shows its own name, docstring and parameters."""
    name, docstring = fresh_word("ask_"), fresh_word("Ask for ")
    given = {"name": name, "docstring": docstring}
    probe, _ = run(solution, FACE + FACES_BEFORE_AND_AFTER, **given)
    for kind in ("function", "coroutine function"):
        for aspect in ("name", "docstring", "parameters"):
            expect_equal(
                probe.after[kind][aspect],
                probe.before[kind][aspect],
                called=f"help({name}), a {kind} decorated with "
                f"retry(2, on=(OSError,)): its {aspect}",
            )
    ours, _ = run(solution, FACE + FACES_OF_THE_THREE)
    wanted, _ = run(original, FACE + FACES_OF_THE_THREE)
    for function in ("submit", "duty", "release"):
        for aspect in ("name", "docstring", "parameters"):
            expect_equal(
                ours.faces[function][aspect],
                wanted.faces[function][aspect],
                called=f"help({function}): its {aspect}",
            )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.3.R2",
    hint="Decide when decorating; return a wrapper of the function's own kind.",
)
def test_coroutine_function_stays_one(solution: Namespace) -> None:
    """A decorated coroutine function stays one, and repeats what fails when awaited."""
    word = fresh_word()
    probe, noted = run(solution, DECORATED_TWICE, word=word)
    expect_equal(
        list(probe.still_coroutine_functions),
        [True, True],
        called="inspect.iscoroutinefunction on a coroutine function decorated with "
        "retry(2, on=(ConnectionError,)), then on that decorated again with "
        "retry(2, on=(TimeoutError,))",
    )
    called = (
        f"await ask({word!r}), decorated with retry(2, on=(ConnectionError,)) and "
        "again with retry(2, on=(TimeoutError,)), whose first attempts raise "
        "ConnectionError, then TimeoutError, then ConnectionError"
    )
    expect_equal(
        noted,
        ["created"] + ["attempt"] * 4,
        called=f"{called}; then the order of creating the coroutine and its attempts",
    )
    expect(
        probe.end == f"returned {word!r}",
        called=called,
        got=str(probe.end),
        expected=f"the result of the fourth attempt, {word!r}",
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.3.R1",
    hint="submit, duty and release need no loop and no except, nor a helper with one.",
)
def test_all_repeating_is_left_to_retry(solution: Namespace) -> None:
    """submit, duty and release repeat through retry and through nothing else."""
    solution.probe("retry")  # code without one has nothing to switch off
    _, noted = run(solution, DESK_THAT_IS_DOWN)
    _, noted_without = run(
        solution, WITHOUT_RETRY + DESK_THAT_IS_DOWN, own_source=solution.source
    )
    for function in ("submit", "duty", "release"):
        call = f"{function} with a desk that is down"
        expect(
            noted.count(function) > 1,
            called=call,
            got=f"asked the desk {noted.count(function)} times",
            expected="it to ask again",
        )
        expect(
            noted_without.count(function) == 1,
            called=f"{call}, while retry(...) hands every function back as it is",
            got=f"asked the desk {noted_without.count(function)} times",
            expected="a single attempt: only retry repeats",
        )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.3.3.R1",
    hint="Who else can reach the count? And what does Python need to bind self?",
)
def test_every_call_has_all_its_attempts(solution: Namespace) -> None:
    """Each call has all its attempts: on a method, or beside another call under way."""
    expect_attempts_on_methods(solution)
    expect_attempts_beside_another_call(solution)
    expect_attempts_after_another_call(solution)


def expect_attempts_on_methods(solution: Namespace) -> None:
    towns = [fresh_word("Town"), fresh_word("Town")]
    probe, _ = run(solution, METHODS, towns=towns)
    for call, end, wanted in (
        ("ask(1)", probe.end_of_ask, [towns[0], 1]),
        ("await ask_later(2)", probe.end_of_ask_later, [towns[1], 2]),
    ):
        expect(
            end == f"returned {wanted!r}",
            called=f"the method {call}, decorated with "
            "retry(3, on=(ConnectionError,)), whose first two attempts fail",
            got=str(end),
            expected=f"{wanted!r} on the third attempt",
        )


def expect_attempts_beside_another_call(solution: Namespace) -> None:
    people = [fresh_word("anna_"), fresh_word("bela_")]
    probe, _ = run(solution, CALLS_UNDER_WAY, people=people)
    for who in people:
        expect(
            probe.ends[who] == f"returned {who!r}",
            called=f"await ask({who!r}), decorated with "
            "retry(4, on=(ConnectionError,)), while another call of it is under way, "
            "where each call fails three times",
            got=str(probe.ends[who]),
            expected="the result on its fourth attempt",
        )
    probe, _ = run(solution, CALL_WITHIN_A_CALL)
    expect(
        probe.end == "returned 'outer'",
        called="ask('outer'), decorated with retry(4, on=(ConnectionError,)), where "
        "each attempt first calls ask('inner'), and both fail three times",
        got=str(probe.end),
        expected="the result on the fourth attempt of ask('outer')",
    )


def expect_attempts_after_another_call(solution: Namespace) -> None:
    _, noted = run(solution, CALLS_AFTER_EACH_OTHER)
    expect(
        len(noted) == 8,
        called="spend() twice, decorated with retry(4, on=(ConnectionError,)), "
        "which always fails",
        got=f"made {len(noted)} attempts in all",
        expected="4 for each call",
    )


def run(code: Namespace, source: str, **given: object) -> tuple[Probe, list[str]]:
    """Run a probe with the helpers, and return with it what it noted."""
    noted: list[str] = []
    return code.probe(HELPERS + source, note=noting(noted), **given), noted


def noting(noted: list[str]) -> Callable[..., None]:
    """A function that notes each attempt, and ends a loop that never gives up."""

    def note(what: str = "attempt") -> None:
        noted.append(what)
        if len(noted) > 50:
            raise RuntimeError("far too many attempts")

    return note
