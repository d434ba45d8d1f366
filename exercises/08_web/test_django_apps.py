"""Visible criteria of django_apps: learners have this file."""

from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from autograder import criterion
from autograder.checks import expect, fresh_word, same_as_original
from autograder.checks.django_site import Page, Site, User
from autograder.namespace import Namespace

STAFF = User("vera", is_staff=True)
COLLECTION: tuple[tuple[str, str, list[bool]], ...] = (
    ("K12", "Bronze Owl", [True]),
    ("A3", "Clay bowl", []),
    ("B07", "Ivory comb", [True]),
    ("M6", "Milk jug", [True, False]),
    ("Q5", "Clock", []),
    ("Z1", "owls & mice", [True, True, True]),
)
SEARCHES = st.lists(
    st.sampled_from(["o", "OWL", "comb", "s %26 m", "clay b"]),
    min_size=1,
    max_size=3,
    unique=True,
)


def _fill(site: Site) -> None:
    rooms = site.plant("Room", {"name": "Hall"}, {"name": "Cellar 2"})
    keys = site.plant(
        "Exhibit",
        *(
            {"number": n, "title": t, "room_id": rooms[i % 2], "catalogued": True}
            for i, (n, t, _) in enumerate(COLLECTION)
        ),
    )
    site.plant(
        "Loan",
        *(
            {"exhibit_id": key, "borrower": "Bern", "returned": returned}
            for key, (_, _, loans) in zip(keys, COLLECTION, strict=True)
            for returned in loans
        ),
    )


def _told(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {"status": page.status}
    if page.status < 300:
        return {**told, "words": page.words}
    return {**told, "location": page.headers.get("Location")}


def _visited(code: Namespace) -> SimpleNamespace:
    """The same code, told by what some requests lead to."""

    def get(*paths: str) -> object:
        site = Site(code)
        _fill(site)
        return {path: _told(site.get(path)) for path in paths}

    def lend(numbers: list[str], borrower: str) -> object:
        site = Site(code)
        _fill(site)
        form = {"number": numbers, "borrower": borrower, "lent_by": "vera"}
        told = _told(site.post("/loans/", form, user=STAFF))
        fields = ("exhibit", "borrower", "lent_by", "returned")
        return {**told, "loans": sorted(site.stored("Loan", *fields))}

    return SimpleNamespace(get=get, lend=lend)


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-6.2.R1",
    hint="For objects that are catalogued, pages and loans stay as they are.",
)
def test_same_pages_as_before(solution: Namespace, original: Namespace) -> None:
    """For catalogued objects the pages say the same, and loans are noted."""
    same_as_original(
        _visited(solution),
        _visited(original),
        lambda code, action: getattr(code, action[0])(*action[1:]),
        cases=[
            {
                "action": [
                    "get",
                    "/exhibits/",
                    "/exhibits/?q=zebra",
                    "/exhibits/K12/",
                    "/exhibits/M6/",
                    "/exhibits/A4/",
                ]
            },
            {"action": ["lend", ["A3"], "Basel"]},
            {"action": ["lend", ["B07", "Q5"], "x" * 40]},
        ],
        examples=3,
        action=SEARCHES.map(
            lambda texts: ["get", *(f"/exhibits/?q={t}" for t in texts)]
        ),
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-6.2.R12",
    hint="A dot in a template may be a statement; ask for what the page needs at once.",
)
def test_list_costs_the_same_for_many(solution: Namespace) -> None:
    """The list takes as many statements for many objects as for few, at most three."""
    spent = {}
    for count in (2, 12):
        site = Site(solution)
        word = fresh_word()
        rooms = site.plant("Room", *({"name": f"{word}{n}"} for n in range(count)))
        exhibits = site.plant(
            "Exhibit",
            *(
                {"number": f"N{n:02}", "title": word, "room_id": r, "catalogued": True}
                for n, r in enumerate(rooms)
            ),
        )
        site.plant("Loan", *({"exhibit_id": e, "returned": True} for e in exhibits))
        page = site.get("/exhibits/")
        last = f"{word}{count - 1}"
        expect(
            last in page.words,
            called=page.called,
            got=str(page),
            expected=f"a list with the object that is in the room {last!r}",
        )
        spent[count] = len(page.statements)
    few, many = spent.values()
    expect(
        0 < few == many <= 3,
        called="GET /exhibits/ with 2 objects, then with 12",
        got=f"sent {few} statements, then {many}",
        expected="the same number of statements, at most 3",
    )
