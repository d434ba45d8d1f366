"""A manager with a rule, prefetched loans, and models that clean themselves."""

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.template.response import TemplateResponse

from autograder.django_app import start_app

start_app("museum")


class Room(models.Model):
    name = models.CharField(max_length=40)


class ExhibitManager(models.Manager):
    def for_user(self, user):
        qs = self.select_related("room").prefetch_related("loan_set")
        if not (user and user.is_authenticated and user.is_staff):
            qs = qs.exclude(catalogued=False)
        return qs.order_by("number")


class Exhibit(models.Model):
    number = models.CharField(max_length=10, db_index=True)
    title = models.CharField(max_length=80)
    room = models.ForeignKey(Room, on_delete=models.PROTECT)
    catalogued = models.BooleanField(default=False)
    objects = ExhibitManager()

    @property
    def away(self):
        return any(not loan.returned for loan in self.loan_set.all())


class Loan(models.Model):
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    borrower = models.CharField(max_length=40)
    lent_by = models.CharField(max_length=40)
    returned = models.BooleanField(default=False)

    def clean(self):
        from django.core.exceptions import ValidationError
        if not self.borrower.strip():
            raise ValidationError("borrower")
        if not self.returned and Loan.objects.filter(exhibit=self.exhibit, returned=False).exists():
            raise ValidationError("on loan")


templates = {
    "museum/exhibits.html": """
        <h1>{{ exhibits|length }} objects</h1>
        <ul>
        {% for exhibit in exhibits %}
          <li>{{ exhibit.number }} {{ exhibit.title }} ({{ exhibit.room.name }}), lent {{ exhibit.loan_set.count }} times</li>
        {% endfor %}
        </ul>
    """,
    "museum/exhibit.html": """
        <h1>{{ exhibit.number }} {{ exhibit.title }}</h1>
        <p>{% if exhibit.away %}on loan{% else %}{{ exhibit.room.name }}{% endif %}</p>
    """,
}


def show_exhibits(request):
    return TemplateResponse(request, "museum/exhibits.html", {
        "exhibits": Exhibit.objects.for_user(request.user).filter(title__icontains=request.GET.get("q", ""))})


def show_exhibit(request, number):
    return render(request, "museum/exhibit.html",
        {"exhibit": get_object_or_404(Exhibit.objects.for_user(request.user), number=number)})


def lend(request):
    from django.core.exceptions import ValidationError
    if not request.user.is_staff:
        return HttpResponseForbidden()
    numbers = request.POST.getlist("number")
    if not numbers:
        return HttpResponseBadRequest()
    try:
        with transaction.atomic():
            for number in numbers:
                loan = Loan(exhibit=get_object_or_404(Exhibit, number=number),
                    borrower=request.POST.get("borrower", ""), lent_by=request.user.username)
                loan.full_clean()
                loan.save()
    except ValidationError as e:
        return HttpResponseBadRequest(str(e))
    return redirect("/exhibits/")


urlpatterns = [
    path("exhibits/", show_exhibits),
    path("exhibits/<str:number>/", show_exhibit),
    path("loans/", lend),
]
