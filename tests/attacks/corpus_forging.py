"""Attacks that are after points: forged results, patched judges, lying objects.

The first half is aimed at a judge in the learner's own process, as in plain nbgrader.
The second half, ids with b, is aimed at the border: what the learner's end can send.
"""

from tests.attacks.attack import EXERCISE, SOLUTION, Attack, earns, ends_in_nothing

VARIANTS = {variant.name: variant.source for variant in EXERCISE.variants}
ROUNDED_UP = VARIANTS["wrong_rounded_up"]
CHECKER_SILENCED = VARIANTS["wrong_checker_silenced"]
MANIFEST_GROUPED = VARIANTS["wrong_manifest_grouped_by_carrier"]

# Where the grader gives no IPython shell, the rest of the answer still runs.
SHELL = """
from IPython import get_ipython
shell = get_ipython()
"""
POINTS = """
POINTS = dict(
    same_answers_as_before=1, new_carrier_works_everywhere=2,
    bad_input_is_refused_as_before=2, manifest_keeps_order_and_total=1,
    incomplete_carrier_is_refused=2, no_decision_on_names=2,
)
"""
NO_ASSERT = "criteria raise, so leaving assert statements out changes nothing"
RESISTED = "plain nbgrader resists: the submission ends with its honest points"
NO_BORDER = "plain nbgrader has no border that could be lied across"

FORGED = [
    Attack(
        "n01",
        "Cells with check are dropped before they run, and no output is full marks",
        earns(10),
        code=f"""{SHELL}
def forge(lines):
    return [] if any("check(" in line for line in lines) else lines
if shell:
    shell.input_transformers_cleanup.append(forge)
""",
    ),
    Attack(
        "n02",
        "The judge is patched to find nothing",
        earns(10),
        code="""
import autograder.judge
autograder.judge._apply = lambda *args, **kwargs: None
""",
    ),
    Attack(
        "n03",
        "The shell's run_cell is replaced by one that does nothing",
        earns(10),
        code=f"""{SHELL}
from IPython.core.interactiveshell import ExecutionResult
async def idle(*args, **kwargs):
    return ExecutionResult(None)
if shell:
    shell.run_cell_async = idle
""",
    ),
    Attack(
        "n04",
        "Built-in functions are patched for everybody in the process",
        earns(9),
        answer=ROUNDED_UP,
        honest=9,
        not_shown="the kernel itself breaks; n04b and n26 are the working forms",
        code="""
import builtins
for name in ("isinstance", "len", "abs", "round", "all"):
    setattr(builtins, name, lambda *args: True)
""",
    ),
    Attack(
        "n04b",
        "The notebook's own check is replaced by one that is always content",
        earns(10),
        code="check = lambda criterion: None",
        after=("check = lambda criterion: None",),
    ),
    Attack(
        "n05",
        "Every answer is an object that equals everything and answers everything",
        earns(1),
        not_shown=RESISTED + "; values are compared as plain data of exact type",
        code="""
class Yes:
    def __eq__(self, other): return True
    def __getattr__(self, name): return Yes()
    def __call__(self, *args): return Yes()
    def __iter__(self): return iter([])
    __hash__ = lambda self: 0
    __lt__ = __gt__ = __sub__ = __rsub__ = __contains__ = __eq__
    __class__ = property(lambda self: int)
quote = label = days = manifest = add_carrier = Yes()
""",
    ),
    Attack(
        "n06",
        "Code is compiled without assert statements from now on",
        earns(1),
        not_shown=NO_ASSERT,
        code="""
import builtins, functools
builtins.compile = functools.partial(compile, optimize=2)
""",
    ),
    Attack(
        "n07",
        "Tracebacks are silenced, so that a cell that failed looks fine",
        earns(1),
        not_shown=RESISTED + " (mended upstream)",
        code=f"""{SHELL}
if shell:
    shell.showtraceback = shell._showtraceback = lambda *args, **kwargs: None
""",
    ),
    Attack(
        "n08",
        "The kernel says of every cell that it went well",
        earns(10),
        code=f"""{SHELL}
async def fine(*args, **kwargs):
    return dict(status="ok", execution_count=1, payload=[], user_expressions={{}})
if shell and hasattr(shell, "kernel"):
    type(shell.kernel).do_execute = fine
""",
    ),
    Attack(
        "n09",
        "A result is displayed in the grade cell before the judge's own",
        earns(10),
        code=f"""{SHELL}{POINTS}
def first(info):
    for name in POINTS:
        if f'"{{name}}"' in info.raw_cell:
            shell.displayhook(POINTS[name])
if shell:
    shell.events.register("pre_run_cell", first)
""",
    ),
    Attack(
        "n10",
        "The displayed result is -1, which nbgrader takes for full marks",
        earns(10),
        code=f"""{SHELL}
if shell:
    shell.events.register("pre_run_cell", lambda info: shell.displayhook(-1))
""",
    ),
    Attack(
        "n10b",
        "The displayed result is nan",
        earns(10),
        code=f"""{SHELL}
nan = float("nan")
if shell:
    shell.events.register("pre_run_cell", lambda info: shell.displayhook(nan))
""",
    ),
    Attack(
        "n11",
        "A verdict's points are patched",
        earns(10),
        code="""
import autograder.judge
full = property(lambda verdict: verdict.criterion.points)
autograder.judge.Verdict.points = full
""",
    ),
    Attack(
        "n12",
        "The text of a verdict is patched where the shell writes it",
        earns(10),
        code=f"""{SHELL}
from autograder.notebook import CheckResult
full = lambda result, printer, cycle: printer.text(str(result.verdict.criterion.points))
if shell:
    shell.display_formatter.formatters["text/plain"].for_type(CheckResult, full)
""",
    ),
    Attack(
        "n13",
        "The functions raise SystemExit",
        earns(1),
        not_shown=RESISTED,
        code="""
def quote(*args):
    raise SystemExit(0)
label = days = manifest = add_carrier = quote
""",
    ),
    Attack(
        "n14",
        "A handler of the shell swallows whatever is raised",
        earns(1),
        not_shown=RESISTED + ": a verdict is a result, nothing is raised",
        code=f"""{SHELL}
if shell:
    shell.set_custom_exc((BaseException,), lambda *args, **kwargs: None)
""",
    ),
    Attack(
        "n15",
        "A function ends the process, and the whole submission is lost",
        ends_in_nothing,
        goal="harm",
        code="""
import os
def quote(*args):
    os._exit(0)
""",
    ),
    Attack(
        "n16",
        "The answer ends the process when it is run",
        ends_in_nothing,
        goal="harm",
        code="""
import os
os._exit(0)
""",
    ),
    Attack(
        "n17",
        "The answer calls sys.exit",
        earns(1),
        not_shown=RESISTED,
        code="""
import sys
sys.exit(0)
""",
    ),
    Attack(
        "n18",
        "The caller's variables are changed from inside an answer",
        earns(1),
        not_shown=RESISTED + "; n23 does it by the caller's code",
        code="""
import sys
def quote(carrier, grams):
    frame = sys._getframe()
    while frame := frame.f_back:
        frame.f_locals.update(wanted=1, evidence=None, found=[])
    return 1
""",
    ),
    Attack(
        "n19",
        "The wanted result is read from the caller's frame and returned",
        earns(2),
        code="""
import sys
def wanted(*args):
    frame = sys._getframe()
    while frame := frame.f_back:
        if "wanted" in frame.f_locals:
            return frame.f_locals["wanted"]
    return None
quote = label = days = manifest = wanted
def add_carrier(name, carrier): return None
""",
    ),
    Attack(
        "n20",
        "A library of the judge is patched: what it compares is nothing",
        earns(10),
        answer=MANIFEST_GROUPED,
        honest=9,
        code="""
import autograder.checks
autograder.checks.zip = lambda *columns, **options: []
""",
    ),
    Attack(
        "n22",
        "The parser is patched: design checks read another source",
        earns(10),
        answer=CHECKER_SILENCED,
        honest=8,
        code="""
import ast
parse = ast.parse
def blind(source, *args, **kwargs):
    return parse("" if "class Post" in str(source) else source, *args, **kwargs)
ast.parse = blind
""",
    ),
    Attack(
        "n23",
        "The judge's functions get other code, found through the caller's frame",
        earns(10),
        code="""
import sys
def add_carrier(*args): return None
frame = sys._getframe()
while frame := frame.f_back:
    judge = frame.f_globals.get("_apply")
    if frame.f_globals.get("__name__") == "autograder.judge":
        judge.__code__ = (lambda criterion, source, starter: None).__code__
""",
    ),
    Attack(
        "n24",
        "The criteria get code that does nothing, found through gc",
        earns(10),
        code="""
import gc, types
def add_carrier(*args): return None
for found in gc.get_objects():
    if type(found) is types.FunctionType and hasattr(found, "__criterion__"):
        names = found.__code__.co_varnames[: found.__code__.co_argcount]
        empty = eval(f"lambda {', '.join(names)}: None").__code__
        found.__code__ = empty
""",
    ),
    Attack(
        "n25",
        "The vocabulary of criteria is patched before they are imported",
        earns(10),
        code="""
import autograder.checks as checks
def add_carrier(*args): return None
for name in checks.__all__:
    setattr(checks, name, lambda *args, **kwargs: [])
""",
    ),
    Attack(
        "n26",
        "Criteria are imported through a loader that empties them",
        earns(10),
        code=r"""
import importlib.machinery as machinery, re, sys
load, sys.dont_write_bytecode = machinery.SourceFileLoader.get_data, True
def emptied(self, path):
    data = load(self, path)
    if path.endswith("test_open_closed.py"):
        first_line = r'(?m)^(    \"\"\".*\"\"\")$'
        data = re.sub(first_line, r"\1\n    return", data.decode()).encode()
    return data
machinery.SourceFileLoader.get_data = emptied
machinery.SourceFileLoader.path_stats = lambda *args: {"mtime": 1, "size": 1}
""",
    ),
    Attack(
        "n27",
        "The checker is told to judge the reference solution instead",
        earns(10),
        code="""
from autograder.notebook import Checker
Checker._answer = lambda self: self._exercise.solution
""",
    ),
    Attack(
        "n28",
        "The exception that means not met is made one that cannot be raised",
        earns(1),
        not_shown=RESISTED + ": whatever else is raised is not met either",
        code="""
import autograder.criteria
autograder.criteria.CriterionNotMet.__init__ = lambda *args, **kwargs: 1 / 0
""",
    ),
    Attack(
        "n29",
        "Inputs on which the answer is wrong are declared invalid to Hypothesis",
        earns(10),
        answer=MANIFEST_GROUPED,
        honest=9,
        not_shown=RESISTED + "; inputs are made before the answer is run",
        code="""
real = manifest
def manifest(parcels):
    try:
        from hypothesis.control import current_build_context
        data = current_build_context().data
    except BaseException:
        return real(parcels)
    if parcels != sorted(parcels):
        data.mark_invalid()
    return real(parcels)
""",
    ),
    Attack(
        "n30",
        "The message of an exception is a text that contains every word",
        earns(10),
        answer=SOLUTION.replace("ValueError(f", "Refused(f").replace(
            "unknown carrier: {name}", "no"
        ),
        honest=8,
        code="""
class Anything(str):
    def __contains__(self, word): return True
    def __getitem__(self, part): return self
class Refused(ValueError):
    def __str__(self): return Anything("no")
""",
    ),
    Attack(
        "n31",
        "An exception is raised that is named like the judge's own",
        earns(1),
        not_shown=RESISTED,
        code="""
import itertools
NAMES = itertools.cycle(["CriterionNotMet", "NamespaceError", "_OutOfTime", "Skipped",
    "SystemExit", "StopTest", "BorderClosed", "UnsatisfiedAssumption"])
def quote(*args):
    raise type(next(NAMES), (BaseException,), {"evidence": None})("met")
label = days = manifest = add_carrier = quote
""",
    ),
    Attack(
        "n32",
        "The answer claims to be the judge's own kind of object",
        earns(1),
        not_shown=RESISTED,
        code="""
class Outcome:
    value, errors, raised, message = None, (), False, ""
    def matches(self, wanted): return True
Namespace = Remote = Thing = Verdict = Evidence = Outcome
quote = label = days = manifest = add_carrier = lambda *args: Outcome()
""",
    ),
    Attack(
        "n33",
        "Numbers and texts are subclasses whose methods lie",
        earns(1),
        not_shown=RESISTED + "; what is compared is made plain first",
        code="""
def liar(kind):
    true = lambda self, *args: True
    names = "__eq__ __ne__ __lt__ __contains__ __bool__".split()
    return type(kind.__name__, (kind,), {name: true for name in names}
        | {"__hash__": lambda self: 0, "__len__": lambda self: 2})
quote = days = lambda *args: liar(int)(1)
label = lambda *args: liar(str)("x")
manifest = lambda parcels: liar(list)([liar(str)("x")])
add_carrier = lambda *args: liar(dict)()
""",
    ),
    Attack(
        "n34",
        "A metaclass says that everything is an instance and a subclass of it",
        earns(1),
        not_shown=RESISTED,
        code="""
class All(type):
    def __instancecheck__(cls, value): return True
    def __subclasscheck__(cls, other): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class ValueError(Exception, metaclass=All): pass
class quote(metaclass=All):
    def __init__(self, *args): raise ValueError(args)
label = days = manifest = add_carrier = quote
""",
    ),
    Attack(
        "n35",
        "The shell's display publisher adds points to every output",
        earns(10),
        code=f"""{SHELL}{POINTS}
if shell:
    hook, cell = shell.displayhook, [None]
    remember = lambda info: cell.__setitem__(0, info.raw_cell)
    shell.events.register("pre_run_cell", remember)
    def forged(data, metadata=None):
        name = next((n for n in POINTS if f'"{{n}}"' in str(cell[0])), None)
        hook.msg["content"]["data"] = {{"text/plain": str(POINTS.get(name, data))}}
    type(hook).write_format_data = lambda self, data, metadata=None: forged(data)
""",
    ),
    Attack(
        "n36",
        "Messages to the grader are forged on the kernel's own socket",
        earns(10),
        code=f"""{SHELL}{POINTS}
def send(info):
    for name in POINTS:
        if shell and f'"{{name}}"' in info.raw_cell:
            content = {{"data": {{"text/plain": str(POINTS[name])}}, "metadata": {{}},
                "execution_count": 1}}
            shell.kernel.session.send(shell.kernel.iopub_socket, "execute_result",
                content, parent=shell.kernel.get_parent(), ident=b"execute_result")
if shell:
    shell.events.register("pre_run_cell", send)
""",
    ),
    Attack(
        "n37",
        "A tracer lets no exception reach the judge",
        earns(1),
        not_shown=RESISTED + ": a tracer cannot swallow what is raised",
        code="""
import sys, threading
def trace(frame, event, arg):
    if event == "exception":
        frame.f_locals["error"] = None
    return trace
sys.settrace(trace); sys.setprofile(lambda *args: None); threading.settrace(trace)
""",
    ),
    Attack(
        "n38",
        "Later code is run at exit and when objects are deleted, to print points",
        earns(1),
        not_shown=RESISTED,
        code="""
import atexit, os
def shout(*args):
    for fd in range(1, 32):
        try: os.write(fd, b'\\n{"answer":true}\\n{"met":true,"points":10}\\n10\\n')
        except OSError: pass
class Late:
    __del__ = shout
atexit.register(shout); late = Late()
""",
    ),
    Attack(
        "n39",
        "The dictionary of verdicts is changed in the cache of the exercise",
        earns(10),
        code="""
import autograder.exercises, autograder.judge
easy = lambda **given: None
read = autograder.judge.judge_one
def judged(exercise, source, name):
    for criterion in exercise.criteria:
        object.__setattr__(criterion, "function", easy)
        object.__setattr__(criterion, "kind", "design")
    found = exercise.criterion(name)
    return autograder.judge.Verdict(found, None)
import autograder.notebook
autograder.notebook.judge_one = judged
""",
    ),
]

# --------------------------------------------------------------------------------------
# Against the border

# The socket to the judge, and the end that serves it, as learner code can find them.
FIND = """
import gc, os, socket, stat, sys, json
def sockets():
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): yield fd
        except OSError: pass
def shout(line, times=50):
    for fd in sockets():
        try: os.write(fd, (line + b"\\n") * times)
        except OSError: pass
def ends():
    return [o for o in gc.get_objects() if type(o).__name__ == "LearnerEnd"]
"""
ANSWERS = """
def add_carrier(name, carrier): act(carrier)
def quote(*args): act(None); return 1
label = days = manifest = quote
"""


def across(id_: str, title: str, code: str) -> Attack:
    """Make an attack on the border: `act` is run in every call of the judge's."""
    return Attack(
        id_, title, earns(1), not_shown=NO_BORDER, code=f"{FIND}{code}{ANSWERS}"
    )


ACROSS = [
    across(
        "b01",
        "Answers are sent before anything was asked",
        """
def act(carrier): pass
shout(b'{"answer":null}', 1000)
""",
    ),
    across(
        "b02",
        "Every question gets two answers, one of them made up",
        """
def act(carrier):
    shout(b'{"answer":1700}', 1)
""",
    ),
    across(
        "b03",
        "Answers name objects that were never handed over",
        """
def act(carrier):
    for home in (b"0", b"1", b"-1", b"99999", b'"x"', b"null", b"1e9", b"[1]"):
        shout(b'{"answer":{"home":' + home + b'}}', 1)
        shout(b'{"answer":{"handle":' + home + b'}}', 1)
""",
    ),
    across(
        "b04",
        "A list is nested 100 000 levels deep",
        """
def act(carrier):
    shout(b'{"answer":' + b'{"list":[' * 100_000 + b']}' * 100_000 + b'}', 1)
""",
    ),
    across(
        "b05",
        "A number has a million digits, another is infinite",
        """
def act(carrier):
    shout(b'{"answer":1e999}', 1)
    shout(b'{"answer":NaN}', 1)
    shout(b'{"answer":' + b"9" * 1_000_000 + b'}', 1)
""",
    ),
    across(
        "b06",
        "A line of 50 MB is sent, then one that never ends",
        """
def act(carrier):
    shout(b'{"answer":"' + b"x" * 50_000_000 + b'"}', 1)
    while True:
        for fd in sockets(): os.write(fd, b"x" * 65536)
""",
    ),
    across(
        "b07",
        "Failures are forged that are named like the judge's own exceptions",
        """
NAMES = ["CriterionNotMet", "NamespaceError", "_OutOfTime", "BorderClosed",
    "SystemExit", "KeyboardInterrupt", "StopTest", "Skipped", "GeneratorExit"]
def act(carrier):
    for name in NAMES:
        told = {"names": [name, "BaseException"], "text": "met", "name": "x"}
        shout(json.dumps({"failure": told}).encode(), 1)
""",
    ),
    across(
        "b08",
        "The judge is asked for the inside of its fakes, and to change them",
        """
INSIDE = ["__globals__", "__class__", "__dict__", "__init__", "_calls", "_answers",
    "__self__", "__func__", "__code__", "__closure__", "func", "gi_frame"]
def act(carrier):
    for end in ends():
        for number in range(1, 40):
            for name in INSIDE:
                for what in ("attribute", "assign", "delete", "probe", "start"):
                    try: end.ask(what, of=number, name=name, value=None, source="1")
                    except Exception: pass
""",
    ),
    across(
        "b09",
        "The judge's functions are called with hostile arguments",
        """
BAD = [None, {"home": 1}, {"handle": 7, "calls": True}, {"builtin": "type"},
    {"builtin": "exec"}, {"list": [{"home": 2}]}, {"path": "/etc/passwd"},
    {"decimal": "1e999999999"}, {"thing": {}}, {"timedelta": [1e308]}, {}, [], "x"]
def act(carrier):
    for end in ends():
        for number in range(1, 20):
            for bad in BAD:
                try: end.ask("call", of=number, args=[bad], kwargs={"self": bad})
                except Exception: pass
""",
    ),
    across(
        "b10",
        "Judge and learner ask each other without end",
        """
class Asks:
    def __len__(self): act(None); return 1
    def __iter__(self): act(None); return iter([])
    def keys(self): act(None); return []
last = []
def act(carrier):
    last[:] = last or [carrier]
    for name in ("quote", "label", "days"):
        getattr(last[0], name)(Asks())
""",
    ),
    across(
        "b11",
        "Each message brings 3 MB of printed text",
        """
def act(carrier):
    ask = json.dumps({"ask": "attribute", "of": 1, "name": "x", "printed": "p" * 3**14})
    for _ in range(2000):
        shout(ask.encode(), 1)
""",
    ),
    across(
        "b12",
        "The judge is made to keep 300 000 objects",
        """
def act(carrier):
    for end in ends():
        for number in range(300_000):
            try: end.ask("attribute", of=1, name=f"no_{number}")
            except Exception: pass
""",
    ),
    across(
        "b13",
        "The keys of a dictionary all have the same hash",
        """
def act(carrier):
    keys = [[n * (2**61 - 1), 0] for n in range(100_000)]
    shout(json.dumps({"answer": {"dict": keys}}).encode(), 1)
""",
    ),
    across(
        "b14",
        "The connection is closed, pointed elsewhere, or half shut",
        """
import itertools
turn = itertools.count()
def act(carrier):
    for fd in list(sockets()):
        way = next(turn) % 3
        if way == 0: os.dup2(os.open(os.devnull, os.O_RDWR), fd)
        elif way == 1: socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_WR)
        else: os.close(fd)
""",
    ),
    across(
        "b15",
        "A child of the process answers as well, and lives on",
        """
import time
def act(carrier):
    if os.fork() == 0:
        shout(b'{"answer":1}', 100)
        time.sleep(600)  # @MARK@
""",
    ),
    across(
        "b16",
        "Threads go on sending after the answer was given",
        """
import threading, time
def act(carrier):
    def go_on():
        while True:
            shout(b'{"answer":2}', 1); time.sleep(0.001)
    for _ in range(3): threading.Thread(target=go_on, daemon=False).start()
""",
    ),
    across(
        "b17",
        "The libraries under the border are patched in the learner's process",
        """
def act(carrier): pass
json.dumps = lambda *args, **kwargs: '{"answer":true}'
json.loads = lambda *args, **kwargs: {"ask": "truth", "of": 1}
for module in [m for n, m in sys.modules.items() if n.startswith("autograder.")]:
    for name, found in list(vars(module).items()):
        if callable(found) and not isinstance(found, type):
            setattr(module, name, lambda *args, **kwargs: True)
""",
    ),
    across(
        "b18",
        "The learner's end answers True to whatever is asked",
        """
def act(carrier): pass
for end in ends():
    end.do = lambda request: True
    end.encode = lambda value: True
""",
    ),
    across(
        "b19",
        "The learner's end answers with what it was just asked",
        """
def act(carrier): pass
for end in ends():
    seen = []
    read, write = end.decode, end.encode
    end.decode = lambda told: seen.append(read(told)) or seen[-1]
    end.encode = lambda value: write(seen[-1] if seen else value)
""",
    ),
    across(
        "b20",
        "What an object says of its class is a lie",
        """
def act(carrier): pass
for end in ends():
    lie = {"type": "int", "own": False, "class": [], "record": {}, "calls": 1}
    end.describe = lambda value: lie | {"name": {"home": 1}, "handle": "1"}
""",
    ),
    across(
        "b21",
        "Results never stop coming",
        """
class Endless(list):
    def __iter__(self):
        while True: yield self
    def __len__(self): return 10**18
def act(carrier): pass
ANSWER = Endless()
""",
    ),
    across(
        "b22",
        "Exceptions cannot be shown, named or compared",
        """
class Bad(Exception):
    def __str__(self): raise Bad
    __repr__ = __eq__ = __str__
    __class__ = property(lambda self: 1 / 0)
    __hash__ = lambda self: 1 / 0
    args = property(lambda self: 1 / 0)
def act(carrier): raise Bad
""",
    ),
    across(
        "b23",
        "Printed text looks like a message",
        """
def act(carrier):
    print('\\n{"answer":1700}\\n{"met":true}\\n')
    sys.stdout.write('"}\\n{"answer":1700}\\n')
    os.write(1, b'\\n{"answer":1700}\\n'); os.write(2, b'\\n{"answer":1700}\\n')
""",
    ),
    across(
        "b24",
        "Messages are ask, answer and failure at once, twice, or no text at all",
        """
def act(carrier):
    for line in (b'{"ask":"call","of":1,"answer":1,"failure":{}}', b"[]", b"", b"\\xff",
        b'{"answer":1,"answer":2}', b'{"ask":{}}', b'{"ask":"__class__"}', b"null",
        b'{"failure":{"home":1}}', b'{"failure":[]}', b'{"answer":{"builtin":1}}'):
        shout(line, 1)
""",
    ),
    across(
        "b25",
        "File handles are sent along with an answer",
        """
def act(carrier):
    for fd in sockets():
        away = socket.socket(fileno=os.dup(fd))
        files = [os.open("/", os.O_RDONLY)] * 20
        for _ in range(20):
            try: socket.send_fds(away, [b'{"answer":1}\\n'], files)
            except OSError: pass
""",
    ),
    across(
        "b26",
        "The time limit is disarmed: alarms are ignored, signals blocked",
        """
import signal, time
def act(carrier):
    for number in range(1, 32):
        try: signal.signal(number, signal.SIG_IGN)
        except OSError: pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); signal.alarm(0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    time.sleep(3600)
""",
    ),
    across(
        "b27",
        "The process stops itself and waits to be found",
        """
import signal
def act(carrier):
    os.kill(os.getpid(), signal.SIGSTOP)
""",
    ),
    across(
        "b28",
        "Threads and the garbage collector end the process at odd moments",
        """
import threading
class Bomb:
    def __del__(self): os._exit(0)
def act(carrier):
    threading.Thread(target=lambda: sys.exit("met")).start()
    bomb = Bomb(); bomb.self = bomb; del bomb
    gc.set_threshold(1)
""",
    ),
    across(
        "b29",
        "The judge's fake is handed back in place of a result",
        """
held = []
def act(carrier):
    held.append(carrier) if carrier is not None else None
def given(*args):
    return held[-1] if held else None
class Both(tuple): pass
ANSWER = Both([given])
""",
    ),
    across(
        "b30",
        "The call stack of the judge is filled by calls that nest",
        """
def act(carrier):
    for end in ends():
        end.do = lambda request: end.ask("call", of=1, args=[], kwargs={})
""",
    ),
    across(
        "b31",
        "Names of exceptions and attributes are not names",
        """
NAMES = ["", "\\0", "\\ud800", "a b", "<b>", "x" * 10**6, "ExceptionGroup", "__del__"]
def act(carrier):
    for name in NAMES:
        told = {"names": [name] * 20, "text": name, "name": name, "lineno": name}
        shout(json.dumps({"failure": told}).encode(), 1)
""",
    ),
]

ATTACKS = [*FORGED, *ACROSS]
