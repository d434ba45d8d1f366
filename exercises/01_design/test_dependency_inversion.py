"""Visible criteria: learners have this file."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import (
    Fake,
    expect,
    fresh_word,
    printed_by,
    result_of,
    same_as_original,
)
from autograder.namespace import Namespace


@criterion(
    points=2,
    kind="behaviour",
    rule="RULES-1.R3",
    hint="run still works with the real parts; now it puts them together itself.",
)
def test_run_works_as_before(solution: Namespace, original: Namespace) -> None:
    """With the real parts, run answers, pages and mails as before."""
    alert = st.tuples(
        st.sampled_from(["db", "web", "infra"]),
        st.sampled_from(["critical", "warning"]),
        st.sampled_from(["disk full", "slow"]) | st.text("abc ", max_size=6),
    )
    disk = ("db", "critical", "disk full")
    same_as_original(
        solution,
        original,
        lambda code, alerts: code.run(alerts),
        cases=[
            {"alerts": []},
            {"alerts": [disk, disk, ("web", *disk[1:]), ("db", "warning", "slow")]},
            {"alerts": [disk, ("db", "warning", disk[2]), ("db", "warning", "slow")]},
        ],
        printed=True,
        alerts=st.lists(alert, max_size=6),
    )


@criterion(
    points=1,
    kind="design",
    rule="GUIDE-1.2.5.R2",
    hint="AlertService keeps the pager it is given, and raise_alert pages with that.",
)
def test_pages_go_to_the_pager_handed_over(solution: Namespace) -> None:
    """A page goes to the pager that the service was given, and no real pager rings."""
    word = fresh_word("disk_")
    pages: list[tuple[str, str]] = []
    pager = Fake("my_pager", page=lambda team, text: pages.append((team, text)))

    def alert() -> object:
        service = solution.AlertService(
            pager=pager,
            send_mail=Fake("my_mail", when_called="send_mail", send_mail=None),
            clock=lambda: datetime(2031, 5, 6, 7, 8, tzinfo=UTC),
        )
        return service.raise_alert("db", "critical", word)

    called = (
        "AlertService(pager=my_pager, send_mail=my_mail, clock=my_clock)"
        f".raise_alert('db', 'critical', {word!r})"
    )
    printed = printed_by(
        lambda: result_of(alert, called=called, expected="the alert to be paged")
    )
    expect(
        len(pages) == 1 and pages[0][0] == "db" and pages[0][1].endswith(f" {word}"),
        called=called,
        got=f"gave my_pager these pages: {pages}",
        expected=f"one page to 'db' that ends in {word!r}",
    )
    expect(
        "PAGE" not in printed and "CONNECT" not in printed,
        called=called,
        got=f"printed {printed!r}",
        expected="nothing to reach the real pager",
    )
