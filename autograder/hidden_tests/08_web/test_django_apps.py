"""Hidden criteria of django_apps."""

from typing import Any
from urllib.parse import quote

from autograder import criterion
from autograder.checks import expect, fresh_word
from autograder.checks.django_site import Site, User
from autograder.namespace import Namespace

STAFF = User("vera", is_staff=True)
FIELDS = {
    "Room": ("name",),
    "Exhibit": ("number", "title", "room", "catalogued"),
    "Loan": ("exhibit", "borrower", "lent_by", "returned"),
}


def _site(solution: Namespace, *exhibits: dict[str, Any]) -> tuple[Site, list[Any]]:
    """A site with one room and these exhibits, catalogued unless they say otherwise."""
    site = Site(solution)
    (room,) = site.plant("Room", {"name": "Hall"})
    usual = {"title": "Owl", "room_id": room, "catalogued": True}
    return site, site.plant("Exhibit", *(usual | exhibit for exhibit in exhibits))


@criterion(
    points=1,
    kind="behaviour",
    rule="PATTERNS-6.2.R9",
    hint="What is stored already must fit into the models as they are now.",
)
def test_same_columns_as_before(solution: Namespace, original: Namespace) -> None:
    """The fields keep their columns; a new object is not catalogued, nor returned."""

    def columns(code: Namespace) -> dict[str, object]:
        site = Site(code)
        (room,) = site.plant("Room", {"name": "Hall"})
        (new,) = site.plant("Exhibit", {"number": "A", "title": "B", "room_id": room})
        site.plant("Loan", {"exhibit_id": new, "borrower": "Bern", "lent_by": "vera"})
        found: dict[str, object] = {
            f"{model}.{field}": kind
            for model, fields in FIELDS.items()
            for field, kind in site.columns(model, *fields).items()
        }
        found["a new Exhibit's catalogued"] = site.stored("Exhibit", "catalogued")[0][0]
        found["a new Loan's returned"] = site.stored("Loan", "returned")[0][0]
        return found

    found, wanted = columns(solution), columns(original)
    for name, told in wanted.items():
        expect(
            found[name] == told,
            called="your models, and looked at the tables that Django makes of them",
            got=f"showed {name} as {found[name]!r}",
            expected=f"{told!r}",
        )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-6.2.R11",
    hint="Who may see what is one rule; every page must ask it.",
)
def test_only_catalogued_objects_are_seen(solution: Namespace) -> None:
    """What is not catalogued is on no visitor's page and in no count; staff see it."""
    secret = fresh_word("secret")
    site, _ = _site(
        solution,
        {"number": "A1"},
        {"number": "B2", "title": f"Owl {secret}", "catalogued": False},
    )
    for user in (None, User("kim")):
        for path in ("/exhibits/", "/exhibits/?q=owl", f"/exhibits/?q={secret}"):
            page = site.get(path, user=user)
            count = 0 if secret in path else 1
            expect(
                page.status == 200
                and page.words.startswith(f"{count} objects")
                and secret not in page.text,
                called=f"{page.called}, where 1 of 2 objects is catalogued",
                got=str(page),
                expected=f"{count} objects and not a word of the other one",
            )
        site.get("/exhibits/A1/", user=user).expect_status(200)
        site.get("/exhibits/B2/", user=user).expect_status(
            404, why="for an object that is not catalogued"
        )
    for path, wanted in (("/exhibits/", "2 objects"), ("/exhibits/B2/", "B2 Owl")):
        page = site.get(path, user=STAFF)
        expect(
            page.words.startswith(wanted) and secret in page.text,
            called=page.called,
            got=str(page),
            expected=f"{wanted} {secret}, for staff see all",
        )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-6.2.R1",
    hint="A lookup binds what was typed; a string that is put together does not.",
)
def test_search_takes_text_for_text(solution: Namespace) -> None:
    """What is searched for reaches the database as a bound value, never as SQL."""
    word = fresh_word()
    site, _ = _site(
        solution,
        {"number": "A1", "title": f"{word}'s bowl"},
        {"number": "B2", "title": "Owl", "catalogued": False},
        {"number": "C3", "title": "Comb"},
    )
    for text, count in (
        (f"{word}'s", 1),
        (f"{word}' or '1'='1", 0),
        (f"{word}') or 1=1 --", 0),
        (f"{word}%' or title like '%", 0),
        (f'{word}" or ""="', 0),
        (f"{word}\\", 0),
        (f"{word}%s", 0),
    ):
        page = site.get(f"/exhibits/?q={quote(text)}")
        expect(
            page.status == 200 and page.words.startswith(f"{count} objects"),
            called=f"{page.called}, which is {text!r}",
            got=str(page),
            expected=f"a page with {count} objects",
        )
        within = [text for text in page.statements if word in text]
        expect(
            not within,
            called=page.called,
            got=f"sent the statement {within[:1]}",
            expected="the text to be bound, not written into the statement",
        )


@criterion(
    points=1,
    kind="design",
    rule="PATTERNS-6.2.R15",
    hint="The session knows who is there; a form only claims it.",
)
def test_only_staff_lend_in_their_own_name(solution: Namespace) -> None:
    """Visitors and other users lend nothing; staff do, in the name of the session."""
    site, _ = _site(solution, {"number": "A1"})
    form = {"number": "A1", "borrower": "Bern", "lent_by": "vera"}
    for user in (None, User("kim")):
        page = site.post("/loans/", form, user=user)
        stored = site.stored("Loan", "lent_by")
        expect(
            not stored and page.status in (302, 401, 403),
            called=page.called,
            got=f"answered {page.status} and noted {len(stored)} loans",
            expected="status 302, 401 or 403, and no loan",
        )
    name = fresh_word("user_")
    page = site.post("/loans/", form, user=User(name, is_staff=True))
    stored = site.stored("Loan", "lent_by")
    expect(
        stored == [(name,)],
        called=page.called,
        got=f"noted loans by {stored!r}",
        expected=f"one loan by {name!r}, who is logged in",
    )


@criterion(
    points=2,
    kind="design",
    rule="PATTERNS-6.2.R1",
    hint="Ask a form before you store anything, and store it in one transaction.",
)
def test_all_loans_or_none(solution: Namespace) -> None:
    """A form that is refused, or that fails midway, leaves no loan behind."""
    exhibits = [{"number": number} for number in ("A1", "B2", "C3")]
    for numbers, borrower, refused in (
        (["A1", "C3"], "Bern", (400,)),
        (["A1", "Z9"], "Bern", (400, 404)),
        ([], "Bern", (400,)),
        (["A1"], None, (400,)),
        (["A1"], "", (400,)),
        (["A1"], "   ", (400,)),
        (["A1"], "x" * 41, (400,)),
        (["A1", "A1"], "Bern", (302, 400)),
    ):
        site, keys = _site(solution, *exhibits)
        site.plant("Loan", {"exhibit_id": keys[2], "borrower": "Zug"})
        form = {"number": numbers} | (
            {} if borrower is None else {"borrower": borrower}
        )
        page = site.post("/loans/", form, user=STAFF)
        new = [row for row in site.stored("Loan", "exhibit") if row[0] != keys[2]]
        most = 1 if page.status == 302 else 0
        expect(
            page.status in refused and len(new) <= most,
            called=f"{page.called}, while C3 is on loan",
            got=f"answered {page.status} and noted {len(new)} loans",
            expected=f"status {' or '.join(map(str, refused))}, and "
            + ("no object lent twice" if 302 in refused else "no loan"),
        )
    site, keys = _site(solution, *exhibits)
    ((table,),) = site.database.execute(
        "select name from sqlite_master where type = 'table' and name like '%loan%'"
    )
    site.database.execute(
        f"create trigger fails before insert on {table} when new.exhibit_id = {keys[1]}"
        " begin select raise(abort, 'the disk is full'); end"
    )
    page = site.post(
        "/loans/", {"number": ["A1", "B2"], "borrower": "Bern"}, user=STAFF
    )
    stored = site.stored("Loan", "exhibit")
    expect(
        not stored,
        called=f"{page.called}, and the database fails at the second loan",
        got=f"left {len(stored)} loan behind",
        expected="no loan, for the two belong together",
    )
