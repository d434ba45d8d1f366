"""Functions do the work and a constraint of the database has the last word."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from autograder.django_app import start_app

start_app("museum")


class Room(models.Model):
    name = models.CharField(max_length=40)


class Exhibit(models.Model):
    number = models.CharField(max_length=10)
    title = models.CharField(max_length=80)
    room = models.ForeignKey(Room, on_delete=models.PROTECT)
    catalogued = models.BooleanField(default=False)


class Loan(models.Model):
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    borrower = models.CharField(max_length=40)
    lent_by = models.CharField(max_length=40)
    returned = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exhibit"], condition=Q(returned=False), name="once")
        ]


templates = {
    "list": """{{ rows|length }} objects <ol>{% for row in rows %}
        <li>{{ row.number }} {{ row.title }} ({{ row.room__name }}), lent {{ row.lent }} times
        {% endfor %}</ol>""",
}


def exhibits_for(user):
    rule = Q() if user.is_staff else Q(catalogued=True)
    return Exhibit.objects.filter(rule)


def note_loans(numbers, borrower, user):
    if not user.is_staff:
        raise PermissionDenied
    if not numbers or not borrower.strip():
        raise ValidationError("what, and to whom?")
    with transaction.atomic():
        for number in numbers:
            exhibit = Exhibit.objects.filter(number=number).first()
            loan = Loan(exhibit=exhibit, borrower=borrower, lent_by=user.username)
            loan.full_clean()
            loan.save()


def listing(request):
    lent = Loan.objects.filter(exhibit=OuterRef("pk")).order_by().values("exhibit")
    rows = exhibits_for(request.user).annotate(
        lent=Coalesce(Subquery(lent.annotate(n=Count("pk")).values("n")), 0)
    )
    rows = rows.filter(title__icontains=request.GET.get("q") or "").order_by("number")
    return render(request, "list", {"rows": list(rows.values("number", "title", "room__name", "lent"))})


def page(request, number):
    exhibit = exhibits_for(request.user).filter(number=number).first()
    if exhibit is None:
        return HttpResponse(status=404)
    away = Loan.objects.filter(exhibit=exhibit, returned=False).exists()
    where = "on loan" if away else exhibit.room.name
    return HttpResponse(f"<b>{exhibit.number}</b> {exhibit.title} <i>{where}</i>")


@require_POST
def lend(request):
    try:
        note_loans(request.POST.getlist("number"), request.POST.get("borrower", ""), request.user)
    except (ValidationError, IntegrityError) as error:
        return HttpResponse(str(error), status=400)
    return HttpResponseRedirect("/exhibits/")


urlpatterns = [path("exhibits/", listing), path("exhibits/<number>/", page), path("loans/", lend)]
