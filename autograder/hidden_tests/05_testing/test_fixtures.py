"""Hidden criteria of fixtures."""

from autograder import criterion, given
from autograder.checks.learner_tests import (
    changed,
    expect_nothing_left,
    expect_notices,
    expect_own_objects,
    expect_passes,
)
from autograder.namespace import Namespace

FERRY = given.source_of("ferry")

# The same behaviour, written by somebody else.
OTHER = """
import os

class Refused(Exception):
    pass

class Register:
    def __init__(self):
        self.desks = []

    def names(self):
        return [desk.sailing for desk in self.desks]

register = Register()

def on_sale():
    return sorted(register.names())

def share(age):
    for first_age, quarters in ((65, 3), (16, 4), (4, 2), (0, 0)):
        if age >= first_age:
            return quarters
    raise Refused(f"age {age}")

def fare(age):
    high = os.environ.get("FERRY_SEASON", "low") == "high"
    return share(age) * (650 if high else 500)

class Desk:
    def __init__(self, sailing, seats, folder):
        if sailing in register.names():
            raise Refused("twice")
        self.sailing, self.seats, self.taken = sailing, seats, {}
        self.path, self.open = folder / f"{sailing}.txt", True
        self.path.touch()
        register.desks.append(self)

    def free(self):
        return sorted(set(range(1, self.seats + 1)) - set(self.taken))

    def check(self, seat):
        if not self.open:
            raise Refused("closed")
        if not 1 <= seat <= self.seats:
            raise Refused("no such seat")

    def note(self, *words):
        with self.path.open("a", encoding="utf-8") as journal:
            print(*words, file=journal)

    def sell(self, seat, age):
        self.check(seat)
        if seat in self.taken:
            raise Refused("taken")
        self.taken[seat] = fare(age)
        self.note("sold", seat, self.taken[seat])
        return self.taken[seat]

    def give_back(self, seat):
        self.check(seat)
        if seat not in self.taken:
            raise Refused("not sold")
        self.note("back", seat, self.taken[seat])
        return self.taken.pop(seat)

    def close(self):
        self.open = False
        if self in register.desks:
            register.desks.remove(self)
"""
# The module as it is, with each function written a little differently.
ALIKE = changed(
    FERRY,
    ("if age < 4:", "if not age >= 4:"),
    ("if age < 16:", "if age in range(4, 16):"),
    ("if age >= 65:", "if not age < 65:"),
    ("self._paid[seat] = paid = fare(age)", "paid = self._paid[seat] = fare(age)"),
    (
        "_on_sale.pop(self.sailing, None)",
        "_on_sale.pop(self.sailing, 0)",
    ),
    ("return sorted(_on_sale)", "return sorted([*_on_sale])"),
    ("if seat not in self._paid:", "if not seat in self._paid:"),
    ('self._journal.write(f"{line}\\n")', 'self._journal.write(line + "\\n")'),
)
BREAKS = changed(FERRY, ("if age < 0:", "raise OSError\n    if age < 0:"))
RIGHT = [FERRY, ALIKE]  # faults are hidden in ALIKE: who compares texts learns nothing
SELLS = "paid = self._paid[seat] = fare(age)"
ALL_SOLD = f"{SELLS}\n        self._paid = dict.fromkeys(self._paid, paid)"
SOLD = 'self._write(f"sold {seat} {paid}")'
BACK = '        self._write(f"back {seat} {paid}")\n'
LISTED = "return sorted([*_on_sale])"
FREE = "return [seat for seat in self._paid if self._paid[seat] is None]"
TAKEN = """        if self._look_up(seat) is not None:
            raise Refused(f"seat {seat} is taken")
"""
NOT_SOLD = """        if paid is None:
            raise Refused(f"seat {seat} was not sold")
"""
NOT_THERE = """        if not seat in self._paid:
            raise Refused(f"there is no seat {seat}")
        return self._paid[seat]
"""


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-8.1.R11",
    hint="Test what the docstrings promise; how the module does it is its own affair.",
)
def test_passes_on_other_ferries(solution: Namespace) -> None:
    """All tests pass on modules that keep the same promises in another way."""
    expect_passes(
        solution,
        "ferry",
        {
            "as it is": FERRY,
            "written by somebody else": OTHER,
            "with a few lines written differently": ALIKE,
        },
    )


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-8.1.R10",
    hint="Compare your assertions with those of the old tests: none may get lost.",
)
def test_old_faults_are_noticed(solution: Namespace) -> None:
    """What the old tests notice is still noticed."""
    expect_notices(
        solution,
        "ferry",
        RIGHT,
        "has a fault that the old tests noticed",
        [
            changed(ALIKE, ("full * 3 // 4", "full")),
            changed(ALIKE, ("else 2000", "else 2100")),
            changed(ALIKE, ("else 2000", "else 1900")),
            changed(ALIKE, ("full // 2", "max(full // 2, 1100)")),
            changed(ALIKE, ("2600 if", "2700 if")),
            changed(ALIKE, (SELLS, "paid = fare(age)")),
            changed(ALIKE, (SELLS, ALL_SOLD)),
            changed(ALIKE, (SOLD, f"{SOLD}\n        paid -= 100")),
            changed(ALIKE, ('"sold {seat} {paid}"', '"sold {paid} {seat}"')),
            changed(ALIKE, ("        self._paid[seat] = None\n", "")),
            changed(ALIKE, (BACK, "")),
            changed(ALIKE, (BACK, f"{BACK}        paid -= 100\n")),
            changed(ALIKE, ("        _on_sale[sailing] = self\n", "")),
            changed(ALIKE, (LISTED, "return []")),
            changed(ALIKE, (FREE, "return list(self._paid)")),
            changed(OTHER, ("(4, 2)", "(4, 3)")),
            changed(OTHER, ("return self.taken.pop(seat)", "return self.taken[seat]")),
        ],
    )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-8.1.R7",
    hint="A fixture lives as long as its scope says; the default is one test.",
)
def test_desk_of_its_own(solution: Namespace) -> None:
    """No two tests use the same Desk."""
    expect_own_objects(solution, "ferry", FERRY, ["Desk"], breaks=BREAKS)


@criterion(
    points=1,
    kind="design",
    rule="RULES-8.1.R2",
    hint="What stands after a fixture's yield runs also when the test fails.",
)
def test_nothing_is_left(solution: Namespace) -> None:
    """No file, variable or open desk is left in the end, also when tests fail."""
    expect_nothing_left(solution, "ferry", FERRY, breaks=BREAKS)


@criterion(
    points=1,
    kind="design",
    rule="RULES-8.1.R6",
    hint="A border has two sides: test the last age before it and the first after it.",
)
def test_borders_are_noticed(solution: Namespace) -> None:
    """An age group that ends a year early or late is noticed, age 0 included."""
    expect_notices(
        solution,
        "ferry",
        RIGHT,
        "ends an age group a year early or late",
        [
            changed(ALIKE, ("if age < 0:", "if age <= 0:")),
            changed(ALIKE, ("age >= 4:", "age > 4:")),
            changed(ALIKE, ("age >= 4:", "age >= 3:")),
            changed(ALIKE, ("range(4, 16)", "range(4, 17)")),
            changed(ALIKE, ("range(4, 16)", "range(4, 15)")),
            changed(ALIKE, ("age < 65:", "age <= 65:")),
            changed(ALIKE, ("age < 65:", "age < 64:")),
            changed(OTHER, ("(16, 4)", "(17, 4)")),
        ],
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-8.1.R8",
    hint="For each refusal one test: pytest.raises(Refused) around the one call.",
)
def test_refusals_are_noticed(solution: Namespace) -> None:
    """A ferry that does not refuse what it should, or not with Refused, is noticed."""
    expect_notices(
        solution,
        "ferry",
        RIGHT,
        "does not refuse what it should, or raises something else",
        [
            changed(ALIKE, (TAKEN, "        self._look_up(seat)\n")),
            changed(ALIKE, (NOT_SOLD, "        paid = paid or 0\n")),
            changed(ALIKE, (NOT_THERE, "        return self._paid.get(seat)\n")),
            changed(ALIKE, ('raise Refused(f"there is', 'raise KeyError(f"there is')),
            changed(ALIKE, ("if self._journal.closed:", "if False:")),
            changed(ALIKE, ("if sailing in _on_sale:", "if False:")),
            changed(FERRY, ("if age < 0:", "if False:")),
            changed(OTHER, ("if seat in self.taken:", "if False:")),
        ],
    )
