"""Views are classes; a ModelForm with its own cleaning, and a filtered prefetch."""

from django import forms
from django.contrib.auth.mixins import UserPassesTestMixin
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import path
from django.views.generic import DetailView, FormView, ListView

from autograder.django_app import start_app

start_app("museum")


class Room(models.Model):
    name = models.CharField(max_length=40)


class Visible(models.Manager):
    def to(self, user):
        found = self.get_queryset().select_related("room")
        if user.is_staff:
            return found
        return found.filter(catalogued=True)


class Exhibit(models.Model):
    number = models.CharField(max_length=10)
    title = models.CharField(max_length=80)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="exhibits")
    catalogued = models.BooleanField(default=False)

    objects = models.Manager()
    visible = Visible()

    class Meta:
        db_table = "exhibits"
        ordering = ["number"]
        indexes = [models.Index(fields=["catalogued", "number"], name="by_number")]


class Loan(models.Model):
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="loans")
    borrower = models.CharField(max_length=40)
    lent_by = models.CharField(max_length=40)
    returned = models.BooleanField(default=False)
    lent_at = models.DateTimeField(auto_now_add=True)


class LoanForm(forms.ModelForm):
    class Meta:
        model = Loan
        fields = ["borrower"]


templates = {
    "museum/exhibit_list.html": """<h1>{{ object_list.count }} objects</h1>
        <ul>{% for exhibit in object_list %}
          <li>{{ exhibit.number }} {{ exhibit.title }} ({{ exhibit.room.name }}),
          lent {{ exhibit.loans.all|length }} times</li>{% endfor %}</ul>""",
    "museum/exhibit_detail.html": """<h1>{{ exhibit.number }} {{ exhibit.title }}</h1>
        <p>{{ where }}</p>""",
}


class ExhibitList(ListView):
    model = Exhibit

    def get_queryset(self):
        found = Exhibit.visible.to(self.request.user).prefetch_related("loans")
        if text := self.request.GET.get("q"):
            found = found.filter(title__icontains=text)
        return found

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["object_list"] = CountedOnce(context["object_list"])
        return context


class CountedOnce(list):
    count = property(len)


class ExhibitDetail(DetailView):
    slug_field = "number"
    slug_url_kwarg = "number"

    def get_queryset(self):
        return Exhibit.visible.to(self.request.user)

    def get_context_data(self, **kwargs):
        away = self.object.loans.filter(returned=False).exists()
        return super().get_context_data(where="on loan" if away else self.object.room.name)


class Lend(UserPassesTestMixin, FormView):
    form_class = LoanForm
    raise_exception = True
    success_url = "/exhibits/"

    def test_func(self):
        return self.request.user.is_staff

    @transaction.atomic
    def form_valid(self, form):
        numbers = self.request.POST.getlist("number")
        out = Loan.objects.filter(exhibit=OuterRef("pk"), returned=False)
        free = Exhibit.objects.filter(~Exists(out), number__in=numbers).select_for_update()
        if not numbers or len(free) != len(numbers):
            return HttpResponseBadRequest("not all of them can be lent")
        name = self.request.user.username
        for exhibit in free:
            Loan.objects.create(exhibit=exhibit, lent_by=name, **form.cleaned_data)
        return redirect(self.success_url)

    def form_invalid(self, form):
        return HttpResponseBadRequest(form.errors.as_json())


urlpatterns = [
    path("exhibits/", ExhibitList.as_view(), name="exhibits"),
    path("exhibits/<slug:number>/", ExhibitDetail.as_view(), name="exhibit"),
    path("loans/", Lend.as_view()),
]
