"""Filters of the list of stops. Their names are those of every filter in the product; all of them fit in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q
from django.http import QueryDict

from ledger.choices import AgeBand, Flag, Gender, Outcome
from ledger.forms.filter_fields import (
    BoundField,
    FilterDayField,
    FilterPlateField,
    MarkField,
    Word,
    WordsField,
    same_bounds,
    words_in,
    words_of,
)
from ledger.models import Agency, ImportRun, Officer, Person, Post, Race, Stop, Violation
from ledger.querysets import StopQuerySet

PAGE_KEYS = ("page", "per_page", "sort", "columns", "format", "show")  # what else the address may hold
NO_IMPORT = {"invalid_choice": "There is no such import with stops to review. Choose one from the list."}
PAIRS = (("date_after", "date_before", "day"), ("age_min", "age_max", "age"))


class FilterForm(forms.Form):
    """Says so when the address names a filter that does not exist, or bounds with nothing between them."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.data:
            if name not in self.fields and name not in PAGE_KEYS and self.data.get(name):
                self.add_error(
                    None, f"There is no filter “{name[:40]}”. The filters are: {', '.join(self.fields)}."
                )
        for name, complaint in same_bounds(cleaned, PAIRS):
            self.add_error(name, complaint)
        return cleaned


class One(django_filters.Filter):
    """A filter that only declares its field: they are applied together, by `narrowed`."""

    def __init__(self, field_class: type[forms.Field], label: str, **extra: Any) -> None:
        self.field_class = field_class
        super().__init__(label=label, **extra)


def hour(label: str) -> One:
    return One(BoundField, label, least=0, most=23, what="an hour of the day")


def age(label: str) -> One:
    return One(BoundField, label, least=0, most=120, what="an age")


class StopFilter(django_filters.FilterSet):
    """In the order of the form. Facts about persons must all hold for one and the same person of the stop."""

    vehicle = One(FilterPlateField, "Vehicle")
    date_after = One(FilterDayField, "From day")
    date_before = One(FilterDayField, "To day")
    post = One(WordsField, "Post")
    violation = One(WordsField, "Violation")
    outcome = One(WordsField, "Outcome", words=words_of(Outcome))
    officer = One(WordsField, "Officer")
    race = One(WordsField, "Race")
    gender = One(WordsField, "Gender", words=words_of(Gender))
    age_min = age("Age from")
    age_max = age("Age to")
    hour_min = hour("Hour from")
    hour_max = hour("Hour to")
    searched = One(MarkField, "Searched")
    arrested = One(MarkField, "Arrested")
    drugs = One(MarkField, "Drug-related")
    agency = One(WordsField, "Agency")
    country = One(WordsField, "Country")

    class Meta:
        model = Stop
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: QueryDict, queryset: StopQuerySet, *, agency_id: int | None) -> None:
        super().__init__(data, queryset=queryset)
        for name, words in offered_words(agency_id).items():
            self.filters[name].extra["words"] = words

    def filter_queryset(self, queryset: Any) -> Any:
        """Nothing is shown for filters that cannot be understood: a wrong list would pass for the right one."""
        return narrowed(queryset, self.form.cleaned_data) if self.form.is_valid() else queryset.none()


def offered_words(agency_id: int | None) -> dict[str, list[Word]]:
    """The words on offer: the own agency's posts and officers, or everybody's for those with a wider reach."""
    own = Q() if agency_id is None else Q(agency=agency_id)
    agencies = Agency.objects.filter(Q() if agency_id is None else Q(pk=agency_id)).select_related("country")
    return {
        "post": words_in(Post.objects.filter(own).values_list("pk", "name")),
        "officer": words_in(Officer.objects.filter(own).values_list("pk", "number")),
        "violation": words_in(Violation.objects.values_list("pk", "label", "words")),
        "race": words_in(Race.objects.values_list("pk", "label", "words")),
        "agency": words_in((agency.pk, agency.name) for agency in agencies)[:-1],
        "country": words_in((agency.country_id, agency.country.name) for agency in agencies)[:-1],
    }


def narrowed(stops: Any, chosen: dict[str, Any]) -> Any:
    """The stops within cleaned filters."""
    for name, field in (
        ("post", "post"),
        ("violation", "violation"),
        ("officer", "officer"),
        ("agency", "agency"),
    ):
        stops = stops.filter(_among(field, chosen.get(name)))
    stops = stops.filter(_among("agency__country", chosen.get("country")))
    if chosen.get("vehicle"):
        stops = stops.of_vehicle(chosen["vehicle"])
    if chosen.get("date_after"):
        stops = stops.filter(stopped_on__gte=chosen["date_after"])
    if chosen.get("date_before"):
        stops = stops.filter(stopped_on__lte=chosen["date_before"])
    if chosen.get("drugs") is not None:
        stops = stops.filter(drugs_related=chosen["drugs"])
    stops = stops.filter(_in_hours(chosen.get("hour_min"), chosen.get("hour_max")))
    person = _of_person(chosen)
    return stops.filter(Exists(Person.objects.filter(person, stop=OuterRef("pk")))) if person else stops


def _codes(words: list[Word] | None) -> list[int]:
    return [code for word in words or [] for code in word.codes]


def _among(field: str, words: list[Word] | None) -> Q:
    """One of the chosen codes; zero stands for none recorded."""
    codes = _codes(words)
    if not codes:
        return Q()
    return Q(**{f"{field}__in": codes}) | (Q(**{f"{field}__isnull": True}) if 0 in codes else Q())


def _of_person(chosen: dict[str, Any]) -> Q:
    person = _among("race", chosen.get("race"))
    for name in ("outcome", "gender"):
        codes = _codes(chosen.get(name))
        person &= Q(**{f"{name}__in": codes}) if codes else Q()
    for name in ("searched", "arrested"):
        if chosen.get(name) is not None:
            person &= Q(**{name: chosen[name]})
    return person & _in_ages(chosen.get("age_min"), chosen.get("age_max"))


def _in_ages(least: int | None, most: int | None) -> Q:
    """Within the bounds, or in a recorded age band that is wholly within them."""
    ages = Q()
    if least is not None:
        ages &= Q(age__gte=least) | Q(age=None, age_band__in=AgeBand.wholly_from(least))
    if most is not None:
        ages &= Q(age__lte=most) | Q(age=None, age_band__in=AgeBand.wholly_up_to(most))
    return ages


def _in_hours(first: int | None, last: int | None) -> Q:
    """Hours from the first to the last, both included; past midnight when the first is the later one."""
    if first is None and last is None:
        return Q()
    first, last = first or 0, 23 if last is None else last
    if first <= last:
        return Q(stopped_at__hour__range=(first, last))
    return Q(stopped_at__hour__gte=first) | Q(stopped_at__hour__lte=last)


class ReviewFilter(django_filters.FilterSet):
    """Filters of the review queue."""

    rule = One(
        WordsField,
        "Reason",
        words=[Word(str(flag.label), (flag.value,), (flag.name.lower(),)) for flag in Flag],
    )
    post = One(WordsField, "Post")
    older_than = One(BoundField, "Older than (days)", least=0, most=3650, what="a number of days")
    import_run = One(
        forms.ModelChoiceField, "Import", to_field_name="key", empty_label="Any", error_messages=NO_IMPORT
    )

    class Meta:
        model = Stop
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: QueryDict, queryset: StopQuerySet, *, agency_id: int | None) -> None:
        super().__init__(data, queryset=queryset)
        self.filters["post"].extra["words"] = offered_words(agency_id)["post"]
        runs = ImportRun.objects.filter(pk__in=queryset.order_by().values("import_run"))
        self.filters["import_run"].extra["queryset"] = runs

    def filter_queryset(self, queryset: Any) -> Any:
        return waiting(queryset, self.form.cleaned_data) if self.form.is_valid() else queryset.none()


def waiting(stops: Any, chosen: dict[str, Any]) -> Any:
    """The waiting stops within cleaned filters."""
    rules = _codes(chosen.get("rule"))
    if rules:
        stops = stops.annotate(these=F("flags").bitand(sum(rules))).filter(these__gt=0)
    stops = stops.filter(_among("post", chosen.get("post")))
    if chosen.get("older_than") is not None:
        stops = stops.recorded_before_days(chosen["older_than"])
    if chosen.get("import_run"):
        stops = stops.filter(import_run=chosen["import_run"])
    return stops
