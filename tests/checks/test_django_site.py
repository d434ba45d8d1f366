"""A criterion's Django site: planted data, real requests, statements seen."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from autograder import django_app
from autograder.checks.database import Link
from autograder.checks.django_site import Site, User
from autograder.criteria import CriterionNotMet
from autograder.namespace import Namespace

Load = Callable[[str], Any]

BOOKS = """
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from autograder.django_app import start_app

start_app("library")
saved = []

class Shelf(models.Model):
    name = models.CharField(max_length=20)

class Book(models.Model):
    title = models.CharField(max_length=20)
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="books")
    owner = models.ForeignKey("auth.User", models.PROTECT, null=True)
    since = models.DateField(null=True)

@receiver(post_save)
def note(sender, **kwargs):
    saved.append(sender.__name__)

templates = {"list.html": "<ul>{% for b in books %}<li>{{ b.title }}&amp;"
             "{{ b.shelf.name }}</li>{% endfor %}</ul><script>ignored()</script>"
             " {{ user.username }}"}

def listing(request):
    books = Book.objects.all()
    if "fast" in request.GET:
        books = books.select_related("shelf")
    return render(request, "list.html", {"books": books})

def add(request):
    if not request.user.is_staff:
        raise PermissionDenied
    with transaction.atomic():
        for title in request.POST.getlist("title"):
            Book.objects.create(title=title, shelf_id=request.POST["shelf"])
    return redirect(reverse("listing"))

def mine(request):
    user = request.user
    return JsonResponse([b.title for b in user.book_set.order_by("pk")], safe=False)

def broken(request):
    raise KeyError("inside")

urlpatterns = [
    path("books/", listing, name="listing"),
    path("books/add/", add),
    path("mine/", mine),
    path("broken/", broken),
]
"""


def filled(solution: Any) -> Site:
    site = Site(solution)
    first, second = site.plant("Shelf", {"name": "A"}, {"name": "B"})
    site.plant(
        "Book",
        {"title": "Owls", "shelf_id": first},
        {"title": "Mice", "shelf_id": second, "since": "2026-01-31"},
    )
    return site


def test_a_page_is_told_as_readers_see_it(load: Load) -> None:
    site = filled(load(BOOKS))
    page = site.get("/books/", user=User("kim"))
    assert (page.status, page.words) == (200, "Owls&A Mice&B kim")
    assert page.called == "GET /books/ as kim"
    assert page.headers["Content-Type"].startswith("text/html")
    assert site.get("/nothing/").status == 404
    broken = site.get("/broken/")
    assert str(broken) == "answered 500, for the view raised KeyError: 'inside'"
    with pytest.raises(CriterionNotMet, match="Expected status 200 or 302 for all"):
        broken.expect_status(200, 302, why="for all")


def test_statements_are_counted_where_they_are_carried_out(load: Load) -> None:
    site = filled(load(BOOKS))
    assert len(site.get("/books/").statements) == 3
    assert len(site.get("/books/?fast=1").statements) == 1


def test_forms_change_what_is_stored_and_transactions_are_seen(load: Load) -> None:
    site = filled(load(BOOKS))
    form = {"title": ["Cats", "Dogs"], "shelf": "1"}
    assert site.post("/books/add/", form).status == 403
    page = site.post("/books/add/", form, user=User("vera", is_staff=True))
    assert (page.status, page.headers["Location"]) == (302, "/books/")
    assert len(page.statements) == 2
    assert str(page.sent[0]) == "BEGIN"
    titles = [title for (title,) in site.stored("Book", "title")]
    assert titles == ["Cats", "Dogs", "Mice", "Owls"]
    assert site.stored("Book", "shelf", "since")[-1] == (2, "2026-01-31")


def test_a_transaction_that_fails_leaves_nothing(load: Load) -> None:
    site = filled(load(BOOKS))
    form = {"title": ["Cats", "x"], "shelf": "99"}
    page = site.post("/books/add/", form, user=User("vera", is_staff=True))
    assert "IntegrityError: FOREIGN KEY constraint failed" in page.raised
    assert len(site.stored("Book", "title")) == 2


def test_columns_are_told_as_the_database_has_them(load: Load) -> None:
    site = Site(load(BOOKS))
    told = site.columns("Book", "title", "shelf", "since")
    assert told == {"title": "varchar(20)", "shelf": "bigint", "since": "date"}


def test_users_that_data_points_to_are_planted(load: Load) -> None:
    site = filled(load(BOOKS))
    (key,) = site.plant("auth.User", {"username": "kim"})
    site.plant("Book", {"title": "Own", "shelf_id": 1, "owner_id": key})
    assert site.get("/mine/", user=User("kim", id=key)).text == '["Own"]'


def test_two_apps_of_one_label_live_side_by_side() -> None:
    solution = Namespace(BOOKS.replace("20)", "7)"), "solution")
    original = Namespace(BOOKS, "original")
    sites = filled(solution), filled(original)
    for site in (*sites, *sites):
        assert site.get("/books/").words.startswith("Owls&A Mice&B")
        form = {"title": "Cats", "shelf": "1"}
        assert site.post("/books/add/", form, user=User("v", True)).status == 302
        assert site.get("/mine/").status == 500  # an anonymous user has no books
    assert [len(site.stored("Book", "title")) for site in sites] == [4, 4]
    for site, code, length in zip(sites, (solution, original), (7, 20), strict=True):
        site.get("/books/")
        assert code.saved.count("Book") == 4
        assert code.Book._meta.get_field("title").max_length == length
        assert code.Shelf._meta.get_field("books").related_model is code.Book


def test_the_same_code_starts_anew_again_and_again() -> None:
    for _ in range(3):
        site = filled(Namespace(BOOKS))
        assert site.get("/books/").words == "Owls&A Mice&B"
        assert len(list(apps.get_app_config("library").get_models())) == 2
    bare = Namespace(BOOKS.partition("class Book")[0] + "urlpatterns = []", "solution")
    assert Site(bare).get("/books/").status == 404
    assert not hasattr(get_user_model(), "book_set")


def test_an_app_starts_anew_though_the_judge_before_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: Link) -> None:
        raise ConnectionError("nobody is there")

    filled(Namespace(BOOKS)).get("/books/")
    monkeypatch.setattr(Link, "close", refuse)
    assert filled(Namespace(BOOKS)).get("/books/").status == 200


def test_cells_of_a_notebook_share_one_database() -> None:
    """A page runs each of them in an event loop, in a context of its own."""
    cell: dict[str, Any] = {"__name__": "cell"}
    cells = (
        BOOKS,
        "from autograder.django_app import create_tables; create_tables()",
        "Shelf.objects.create(name='A')",
        "found = Shelf.objects.get().name",
    )

    async def run() -> None:
        for code in cells:
            contextvars.Context().run(exec, code, cell)

    asyncio.run(run())
    assert cell["found"] == "A"


def test_code_without_an_app_is_told_so() -> None:
    solution = Namespace("def listing(request): ...", "solution")
    django_app._Installed.by_module.pop("solution", None)
    with pytest.raises(CriterionNotMet, match="does not call start_app"):
        Site(solution)
