# caught by: list_costs_the_same_for_many
"""sent 3 statements, then 13"""

from typing import Any, Self

from django import forms
from django.contrib.auth.decorators import user_passes_test
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from autograder.django_app import start_app

start_app("museum")


class Room(models.Model):
    name = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.is_staff else self.filter(catalogued=True)

    def at_home(self) -> Self:
        return self.exclude(loan__returned=False)

    def with_loans(self) -> Self:
        out = models.Q(loan__returned=False)
        return self.annotate(
            times_lent=models.Count("loan"), away=models.Count("loan", filter=out)
        )


class Exhibit(models.Model):
    number = models.CharField(max_length=10)
    title = models.CharField(max_length=80)
    room = models.ForeignKey(Room, on_delete=models.PROTECT)
    catalogued = models.BooleanField(default=False)

    objects = ExhibitQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Loan(models.Model):
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    borrower = models.CharField(max_length=40)
    lent_by = models.CharField(max_length=40)
    returned = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.exhibit} to {self.borrower}"


class LoanForm(forms.Form):
    borrower = forms.CharField(max_length=40)
    number = forms.ModelMultipleChoiceField(
        Exhibit.objects.at_home(), to_field_name="number"
    )

    @transaction.atomic
    def save(self, lent_by: str) -> None:
        for exhibit in self.cleaned_data["number"]:
            borrower = self.cleaned_data["borrower"]
            Loan(exhibit=exhibit, borrower=borrower, lent_by=lent_by).save()


templates = {
    "museum/exhibits.html": """
        <h1>{{ exhibits|length }} objects</h1>
        <ul>
        {% for exhibit in exhibits %}
          <li>{{ exhibit.number }} {{ exhibit.title }} ({{ exhibit.room.name }}),
              lent {{ exhibit.times_lent }} times</li>
        {% endfor %}
        </ul>
    """,
    "museum/exhibit.html": """
        <h1>{{ exhibit.number }} {{ exhibit.title }}</h1>
        <p>{% if exhibit.away %}on loan{% else %}{{ exhibit.room }}{% endif %}</p>
    """,
}


def show_exhibits(request: HttpRequest) -> HttpResponse:
    exhibits = (
        Exhibit.objects.visible_to(request.user)
        .filter(title__icontains=request.GET.get("q", ""))
        .with_loans()
        .order_by("number")
    )
    return render(request, "museum/exhibits.html", {"exhibits": exhibits})


def show_exhibit(request: HttpRequest, number: str) -> HttpResponse:
    visible = Exhibit.objects.visible_to(request.user).with_loans()
    exhibit = get_object_or_404(visible, number=number)
    return render(request, "museum/exhibit.html", {"exhibit": exhibit})


@user_passes_test(lambda user: user.is_staff)
def lend(request: HttpRequest) -> HttpResponse:
    form = LoanForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text())
    form.save(lent_by=request.user.get_username())
    return redirect("/exhibits/")


urlpatterns = [
    path("exhibits/", show_exhibits),
    path("exhibits/<str:number>/", show_exhibit),
    path("loans/", lend),
]
