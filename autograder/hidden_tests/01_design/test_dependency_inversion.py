"""Hidden criteria of the exercise dependency_inversion."""

import ast
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    class_names,
    expect,
    expect_raises,
    expect_result,
    fresh_word,
    names_read,
    outcome_of,
    printed_by,
    result_of,
    same_as_original,
    syntax_tree,
)
from autograder.namespace import Namespace

VENDOR = "PagerClient"
SERVICE = "AlertService(pager=my_pager, send_mail=my_mail, clock=my_clock)"


class Parts:
    """Stand-ins for the three parts of an alert service, and what reached them."""

    def __init__(self, now: str, *, answers: bool = True) -> None:
        self.set_clock(now)
        self.pages: list[tuple[str, str]] = []
        self.mails: list[tuple[str, str]] = []
        self._answers = answers

    def set_clock(self, now: str) -> None:
        self.now = datetime.fromisoformat(now).replace(tzinfo=UTC)

    def page(self, team: str, text: str) -> None:
        if not self._answers:
            raise ConnectionError("no answer")
        self.pages.append((team, text))

    def arguments(self) -> dict[str, Any]:
        return {
            "pager": Fake("my_pager", page=self.page),
            "send_mail": lambda to, subject: self.mails.append((to, subject)),
            "clock": lambda: self.now,
        }


def service_with(parts: Parts, solution: Namespace) -> Any:
    return result_of(
        lambda: solution.AlertService(**parts.arguments()),
        called=SERVICE,
        expected="a service that works with these three parts",
    )


def real_effects(call: Callable[[], object]) -> list[str]:
    """The lines that the real parts print during a call."""
    kinds = ("CONNECT", "PAGE", "MAIL")
    return [line for line in printed_by(call).splitlines() if line.startswith(kinds)]


@criterion(
    points=1,
    kind="behaviour",
    rule="RULES-1.R3",
    hint="The second attempt, and the mail after it, are still the service's own job.",
)
def test_trouble_is_handled_as_before(solution: Namespace, original: Namespace) -> None:
    """A page that fails is tried twice, then mailed; an unknown severity is refused."""
    team, severity = fresh_word("team_"), fresh_word("severity_")
    fine = ("db", "critical", "disk full")
    alert = st.tuples(
        st.sampled_from(["lab", "night"]),
        st.sampled_from(["critical", "Critical", "info"]),
        st.sampled_from(["disk full", "slow"]),
    )
    same_as_original(
        solution,
        original,
        lambda code, alerts: code.run(alerts),
        cases=[
            {"alerts": [(team, "critical", "disk full"), fine]},
            {"alerts": [fine, ("db", severity, "slow"), ("web", *fine[1:])]},
            {"alerts": [("db", "", "slow")]},
        ],
        printed=True,
        alerts=st.lists(alert, min_size=1, max_size=4),
    )
    expect_raises(
        "ValueError",
        lambda: solution.run([("db", severity, "slow")]),
        called=f"run([('db', {severity!r}, 'slow')])",
        mentions=[severity],
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.1.R5",
    hint="Two ways lead to a mail: a warning, and a page that failed. Look at both.",
)
def test_mails_go_to_the_function_handed_over(solution: Namespace) -> None:
    """Each mail goes through the function that the service was given, and no other."""
    for severity, answers in (("warning", True), ("critical", False)):
        word = fresh_word("disk_")
        parts = Parts("2031-05-06", answers=answers)
        service = service_with(parts, solution)
        called = f"{SERVICE}.raise_alert('web', {severity!r}, {word!r})"
        if not answers:
            called += " with a pager that raises ConnectionError"
        sent = real_effects(
            lambda: result_of(
                lambda: service.raise_alert("web", severity, word),
                called=called,
                expected="the alert to be mailed",
            )
        )
        to, subject = parts.mails[0] if len(parts.mails) == 1 else ("", "")
        expect(
            to == "web@ops.example" and subject.endswith(f" {word}") and not sent,
            called=called,
            got=f"gave my_mail these mails: {parts.mails}; and sent for real: {sent}",
            expected=f"one mail to 'web@ops.example' for my_mail, ending in {word!r}, "
            "and nothing sent for real",
        )


@criterion(
    points=2,
    kind="design",
    rule="GUIDE-1.2.5.R2",
    hint="Ask the clock for every alert, and use its answer wherever time matters.",
)
def test_time_comes_from_the_clock_handed_over(solution: Namespace) -> None:
    """Repeats and incident numbers follow the clock that the service was given."""
    disk, swap, net, old = map(fresh_word, ("disk_", "swap_", "net_", "old_"))
    over_new_year = [
        ("2031-12-31 23:40:00", disk, "20311231-1 paged"),
        ("2031-12-31 23:54:59", disk, "repeat"),
        ("2031-12-31 23:55:00", disk, "20311231-2 paged"),
        ("2031-12-31 23:59:59", swap, "20311231-3 paged"),
        ("2032-01-01 00:00:00", net, "20320101-1 paged"),
        ("2032-01-01 00:09:59", disk, "repeat"),
        ("2032-01-01 00:10:00", disk, "20320101-2 paged"),
    ]
    in_the_past = [
        ("2019-02-28 12:00:00", old, "20190228-1 paged"),
        ("2019-02-28 12:00:00", old, "repeat"),
        ("2019-03-01 12:00:00", old, "20190301-1 paged"),
        ("2019-03-01 12:16:00", old, "20190301-2 paged"),
    ]
    for timeline in (over_new_year, in_the_past):
        parts = Parts(timeline[0][0])
        service = service_with(parts, solution)
        for now, text, answer in timeline:
            parts.set_clock(now)
            expect_result(
                lambda: service.raise_alert("db", "critical", text),
                answer,
                called=f"raise_alert('db', 'critical', {text!r}) "
                f"when the clock handed over says {now}",
            )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.2.5.R2",
    hint="What is required needs no fallback; the real pager can wait for run.",
)
def test_no_real_part_appears_by_itself(solution: Namespace) -> None:
    """No real part is made unasked, at import or for one left out; run gives them."""
    parts = Parts("2031-05-06")
    service_with(parts, solution).raise_alert("db", "critical", fresh_word())
    expect(
        parts.pages,
        called=f"{SERVICE}.raise_alert('db', 'critical', ...)",
        got="gave my_pager no page",
        expected="one page",
    )
    printed = real_effects(lambda: solution.probe(solution.source))
    expect(
        not printed,
        called="your module without calling anything",
        got=f"printed {printed}",
        expected="no connection before run is called",
    )
    _expect_three_required_parts(solution, parts.arguments())
    _expect_run_to_share_the_service(solution)


def _expect_three_required_parts(
    solution: Namespace, arguments: dict[str, Any]
) -> None:
    for missing in arguments:
        rest = {name: part for name, part in arguments.items() if name != missing}
        shown = ", ".join(f"{name}=..." for name in rest)
        expect_raises(
            "TypeError",
            lambda: solution.AlertService(**rest),
            called=f"AlertService({shown})",
        )

    def alert_without_pager() -> None:
        service = solution.AlertService(**{**arguments, "pager": None})
        service.raise_alert("db", "critical", "x")

    printed = real_effects(lambda: outcome_of(alert_without_pager))
    expect(
        not printed,
        called="AlertService(pager=None, ...).raise_alert('db', 'critical', 'x')",
        got=f"printed {printed}",
        expected="no real pager in place of the missing one",
    )


# Which of the learner's functions run during a call; the probe's own are never shared.
FUNCTIONS_RUN = """
import sys


def functions_run_by(call):
    functions = set()

    def note(frame, event, _):
        if event == "call" and frame.f_globals.get("__name__") == "solution":
            functions.add(frame.f_code)

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return functions


def shared_functions():
    alert = ("db", "critical", "x")
    with_stand_ins = functions_run_by(lambda: service.raise_alert(*alert))
    return len(with_stand_ins & functions_run_by(lambda: run([alert])))
"""


def _expect_run_to_share_the_service(solution: Namespace) -> None:
    service = service_with(Parts("2031-05-06"), solution)
    probe = solution.probe(FUNCTIONS_RUN, service=service)
    expect(
        probe.shared_functions(),
        called="run([('db', 'critical', 'x')])",
        got=f"used nothing of what {SERVICE}.raise_alert uses",
        expected="run to give AlertService the real parts and to work with that",
    )


WITHOUT_VENDOR = f"""
import solution

vars(solution).pop("{VENDOR}", None)
"""


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.2.5.R1",
    hint="Say what the service needs from a pager, not who makes it.",
)
def test_service_does_not_know_the_vendor(solution: Namespace) -> None:
    """The alert service neither names the vendor's client nor needs it to exist."""
    for name in _classes_of_the_service(solution):
        named = names_read(solution, within=[name]) | _words_in_texts(solution, name)
        expect(
            VENDOR not in named,
            called="your code",
            got=f"names {VENDOR} inside {name}",
            expected="AlertService to know only what a pager can do",
        )
    solution.probe(WITHOUT_VENDOR)
    for severity, answers in (
        ("critical", True),
        ("critical", False),
        ("warning", True),
    ):
        parts = Parts("2031-05-06", answers=answers)
        service = service_with(parts, solution)
        outcome = outcome_of(lambda: service.raise_alert("db", severity, "disk full"))
        must_page = severity == "critical" and answers
        # What becomes of a page that failed has a criterion of its own.
        survived = not outcome.raised or outcome.errors[0] == "ConnectionError"
        expect(
            survived and (parts.pages or not must_page),
            called=f"{SERVICE}.raise_alert('db', {severity!r}, 'disk full') "
            f"in a module without {VENDOR}",
            got=str(outcome),
            expected="the alert to go out all the same",
        )


def _classes_of_the_service(solution: Namespace) -> list[str]:
    """AlertService, and the classes that it derives from or uses."""
    found = ["AlertService"]
    for name in found:  # grows meanwhile
        used = names_read(solution, within=[name]) & set(class_names(solution))
        found += sorted(used - {VENDOR} - set(found))
    return found


def _words_in_texts(solution: Namespace, name: str) -> set[str]:
    """Words in the texts of a class or function: quoted annotations, look-ups."""
    nodes = [
        node
        for top in syntax_tree(solution).body
        if isinstance(top, ast.FunctionDef | ast.ClassDef) and top.name == name
        for node in ast.walk(top)
    ]
    # A docstring stands as a statement of its own; it may tell of the vendor.
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return {
        word
        for node in nodes
        if isinstance(node, ast.Constant) and id(node) not in told
        for word in re.findall(r"\w+", str(node.value))
    }


@criterion(
    points=1,
    kind="design",
    rule="RULES-1.R3",
    hint="What a service was given, and what it remembers, belongs to it alone.",
)
def test_two_services_share_nothing(solution: Namespace) -> None:
    """Two services with different parts work side by side, each with its own parts."""
    # Ten minutes apart: a shared memory shows. On two days: a shared clock shows.
    first, second = Parts("2031-05-06 23:55"), Parts("2031-05-07 00:05")
    services = [service_with(parts, solution) for parts in (first, second)]
    both = f"first = {SERVICE}; second = AlertService(pager=other_pager, ...); "
    word = fresh_word("disk_")
    for name, service, own, other in (
        ("first", services[0], first, second),
        ("second", services[1], second, first),
    ):
        others = len(other.pages), len(other.mails)
        called = f"{both}{name}.raise_alert('db', 'critical', {word!r})"
        expect_result(
            lambda: service.raise_alert("db", "critical", word),
            f"{own.now:%Y%m%d}-1 paged",
            called=called,
        )
        called += f"; {name}.raise_alert('web', 'warning', {word!r})"
        outcome_of(lambda: service.raise_alert("web", "warning", word))
        expect(
            (len(other.pages), len(other.mails)) == others,
            called=called,
            got="paged or mailed through the parts of the other service",
            expected=f"only the parts of {name} to be used",
        )
