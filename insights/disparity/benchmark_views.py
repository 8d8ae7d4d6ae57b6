"""Benchmarks that analysts type in: the list, a form, and taking one out of use."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from insights.codes import UNKNOWN, Codes
from insights.disparity import benchmarks
from insights.disparity.benchmarks import CAUTION
from insights.fairness.cells import GROUPS
from insights.models import Benchmark
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.forms.fields import PlainText, WholeNumberField
from ledger.models import Agency

MOST_PEOPLE = 10_000_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2999


class PeopleField(PlainText):
    """A number of people, thousands apart or not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        digits = re.sub(r"(?<=\d)[ ,.\u202f\xa0](?=\d{3}(\D|$))", "", text)
        if not re.fullmatch(r"[0-9]{1,11}", digits) or not 1 <= int(digits) <= MOST_PEOPLE:
            raise forms.ValidationError(
                f"“{text[:30]}” is not a number of people. Write it as 648846 or 648,846."
            )
        return int(digits)


class BenchmarkForm(forms.Form):
    """People of each group, with source and year. Groups left empty are not in the benchmark."""

    name = PlainText(
        required=True,
        max_length=120,
        label="What is counted",
        help_text="For example: residents aged 15 and over.",
    )
    source = PlainText(
        required=True, max_length=200, help_text="Who published it, and where: “Census 2021, table TS021”."
    )
    year = WholeNumberField(required=True, least=FIRST_YEAR, most=LAST_YEAR, what="a year")
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        required=False,
        empty_label="Several, or a whole country",
        label="Of the area of",
    )

    def __init__(self, group: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.group = group
        self.labels = [label for label in Codes().choices(group) if label != UNKNOWN]
        for place, label in enumerate(self.labels):
            self.fields[f"people_{place}"] = PeopleField(label=label)

    @property
    def people_fields(self) -> list[forms.BoundField]:
        return [self[f"people_{place}"] for place in range(len(self.labels))]

    def people(self) -> dict[str, int]:
        given = {label: self.cleaned_data.get(f"people_{place}") for place, label in enumerate(self.labels)}
        return {label: number for label, number in given.items() if number}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and len(self.people()) < 2:
            raise forms.ValidationError("Give the people of two groups or more: a benchmark compares them.")
        return cleaned


@permit("insights.view_exact")
@require_safe
def list_benchmarks(request: HttpRequest) -> HttpResponse:
    """What there is to compare stops with: typed in, and imported."""
    typed = Benchmark.objects.select_related("agency", "user")
    offered = benchmarks.choices(Codes())
    imported = [{"key": key, "label": label} for key, label in offered.items() if "~" in key]
    context = {"typed": typed, "imported": imported, "groups": GROUPS, "caution": CAUTION}
    return render(request, "fairness/benchmarks.html", context)


@permit("insights.view_exact")
@require_http_methods(["GET", "HEAD", "POST"])
def add_benchmark(request: HttpRequest) -> HttpResponse:
    """Type a benchmark in."""
    asked = request.GET.get("group", "race")
    group = asked if asked in GROUPS else "race"
    form = BenchmarkForm(group, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            kept = _keep(form, request)
            record(request, AuditVerb.COLLECTION, "benchmark", kept.pk, act="typed in", year=kept.year)
        messages.success(request, f"“{kept.name}, {kept.year}” can be compared with now.")
        return redirect(f"{reverse('fairness-benchmark')}?benchmark=b{kept.pk}")
    context = {"form": form, "group": group, "groups": GROUPS, "caution": CAUTION}
    return render(request, "fairness/benchmark_form.html", context)


def _keep(form: BenchmarkForm, request: HttpRequest) -> Benchmark:
    given = {name: form.cleaned_data[name] for name in ("name", "source", "year", "agency")}
    user: Any = request.user
    return Benchmark.objects.create(group=form.group, people=form.people(), user=user, **given)


@permit("insights.view_exact")
@require_POST
def withdraw_benchmark(request: HttpRequest, number: int) -> HttpResponse:
    """Take a benchmark out of the choice. It is kept: addresses that name it go on telling what they told."""
    kept = get_object_or_404(Benchmark, pk=number)
    with transaction.atomic():
        if Benchmark.objects.filter(pk=kept.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            record(request, AuditVerb.ALTERATION, "benchmark", kept.pk, act="withdrawn")
            messages.success(request, f"“{kept.name}, {kept.year}” is withdrawn.")
        else:
            messages.info(request, "It was withdrawn already.")
    return redirect("benchmarks")
