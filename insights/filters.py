"""The filters of every insight: the same set for pages, commands and JSON. All of their state fits in an address."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractIsoWeekDay

from insights.codes import Codes
from insights.filter_fields import BoundField, FilterPlateField, MarkField, PeriodDayField, Word, WordField
from insights.models import StopFact
from ledger.choices import AgeBand
from ledger.forms.filter_fields import same_bounds
from ledger.models import Vehicle

Facts = QuerySet[StopFact]
PAGE_KEYS = ("page", "per_page", "sort", "format", "all")  # what else an insight's address may hold
PAIRS = (("date_after", "date_before", "day"), ("age_min", "age_max", "age"))
OLDEST, LAST_HOUR = 120, 23


class FilterError(Exception):
    """A filter that cannot be understood: sentences by filter; the empty name is for the whole."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = {key: list(sentences) for key, sentences in errors.items()}
        super().__init__(
            " ".join(f"{key}: {one}" if key else one for key, all_ in self.errors.items() for one in all_)
        )


class FilterForm(forms.Form):
    """Checks what no single field can: unknown or repeated names, bounds that leave nothing between them."""

    page_keys: ClassVar[tuple[str, ...]] = PAGE_KEYS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.data:
            given = self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data[name]]
            if name == "vehicle" and name not in self.fields and any(given):
                self.add_error(
                    None, "Vehicle numbers are for those who may read stops. Leave the filter “vehicle” out."
                )
            elif name not in self.fields and name not in self.page_keys and any(given):
                self.add_error(
                    None, f"There is no filter “{name[:40]}”. The filters are: {', '.join(self.fields)}."
                )
            elif name in self.fields and len(set(given)) > 1:
                self.add_error(name, "Is given more than once with different values. Give one.")
        for name, complaint in same_bounds(cleaned, PAIRS):
            self.add_error(name, complaint)
        return cleaned


class WordFilter(django_filters.Filter):
    """One code column, by label or source's word."""

    field_class = WordField

    def __init__(self, dimension: str, label: str) -> None:
        super().__init__(field_name=dimension, label=label, dimension=dimension)
        self.lookup = f"{dimension}__in"

    def filter(self, qs: Facts, value: Word | None) -> Facts:
        return qs if value is None else qs.filter(**{self.lookup: value.codes})


class MarkFilter(django_filters.Filter):
    field_class = MarkField

    def filter(self, qs: Facts, value: bool | None) -> Facts:
        return qs if value is None else qs.filter(**{str(self.field_name): value})


class DayFilter(django_filters.Filter):
    field_class = PeriodDayField


class AgeFilter(django_filters.Filter):
    """A bound of the age; both are looked at together, see `in_ages`."""

    field_class = BoundField

    def filter(self, qs: Facts, value: int | None) -> Facts:
        return qs


class HourFilter(django_filters.Filter):
    """A bound of the hour; both are looked at together, see `in_hours`."""

    field_class = BoundField

    def filter(self, qs: Facts, value: int | None) -> Facts:
        return qs


class VehicleFilter(django_filters.Filter):
    field_class = FilterPlateField

    def filter(self, qs: Facts, value: str | None) -> Facts:
        return qs if not value else qs.filter(vehicle__in=Vehicle.objects.filter(number=value).values("pk"))


class StopFilter(django_filters.FilterSet):
    """Filters over the facts, in the order of the form."""

    country = WordFilter("country", "Country")
    agency = WordFilter("agency", "Agency")
    violation = WordFilter("violation", "Violation")
    outcome = WordFilter("outcome", "Outcome")
    date_after = DayFilter("day", "gte", label="From day")
    date_before = DayFilter("day", "lte", label="To day")
    post = WordFilter("post", "Post")
    race = WordFilter("race", "Race")
    gender = WordFilter("gender", "Gender")
    age_min = AgeFilter("age", "gte", label="Age from", least=0, most=OLDEST, what="an age")
    age_max = AgeFilter("age", "lte", label="Age to", least=0, most=OLDEST, what="an age")
    hour_min = HourFilter("hour", label="Hour from", least=0, most=LAST_HOUR, what="an hour of the day")
    hour_max = HourFilter("hour", label="Hour to", least=0, most=LAST_HOUR, what="an hour of the day")
    searched = MarkFilter("searched", label="Searched")
    arrested = MarkFilter("arrested", label="Arrested")
    drugs = MarkFilter("drugs", label="Drug-related")
    vehicle = VehicleFilter("vehicle", label="Vehicle number")

    class Meta:
        model = StopFact
        fields: list[str] = []
        form = FilterForm

    def __init__(self, data: Any, codes: Codes, vehicles: bool = True, queryset: Facts | None = None) -> None:
        super().__init__(data, queryset=StopFact.objects.all() if queryset is None else queryset)
        self.codes = codes
        if not vehicles:
            del self.filters["vehicle"]
        for one in self.filters.values():
            if isinstance(one, WordFilter):
                one.extra["codes"] = codes

    def filter_queryset(self, queryset: Facts) -> Facts:
        return narrow(queryset, self.form.cleaned_data)

    def chosen(self) -> Filters:
        """The filters in use; raises `FilterError` when one cannot be understood."""
        if not self.is_valid():
            errors = {key: [str(one) for one in sentences] for key, sentences in self.form.errors.items()}
            raise FilterError(
                {"" if key == "__all__" else key: sentences for key, sentences in errors.items()}
            )
        given = {key: value for key, value in self.form.cleaned_data.items() if value not in (None, "")}
        return Filters(given, self.codes)


NAMES: tuple[str, ...] = tuple(StopFilter.base_filters)


def narrow(facts: Facts, values: Mapping[str, Any]) -> Facts:
    """The facts within cleaned filter values."""
    for name, value in values.items():
        facts = StopFilter.base_filters[name].filter(facts, value)
    facts = in_ages(facts, values.get("age_min"), values.get("age_max"))
    return in_hours(facts, values.get("hour_min"), values.get("hour_max"))


def with_weekday(facts: Facts) -> Facts:
    """The facts with the day of the week, 1 for Monday; it costs nothing where it is not asked for."""
    return facts.annotate(weekday=ExtractIsoWeekDay("day"))


def in_ages(facts: Facts, youngest: int | None, oldest: int | None) -> Facts:
    """Recorded ages within the bounds; where only a band was recorded, bands that lie wholly within them.

    Of whom neither is known, nobody is within bounds.
    """
    if youngest is None and oldest is None:
        return facts
    least, most = youngest if youngest is not None else 0, oldest if oldest is not None else OLDEST
    return facts.filter(Q(age__range=(least, most)) | Q(age=-1, age_band__in=bands_within(least, most)))


def bands_within(youngest: int, oldest: int) -> list[int]:
    """Age bands that lie wholly within two ages, both included. No age is below 1."""
    floors = AgeBand.floors()
    tops = {code: floors.get(code + 1, OLDEST + 1) - 1 for code in floors}
    return [code for code, floor in floors.items() if youngest <= max(floor, 1) and tops[code] <= oldest]


def in_hours(facts: Facts, first: int | None, last: int | None) -> Facts:
    """Hours from `first` to `last`, both included; past midnight when the first is the later one."""
    if first is None and last is None:
        return facts
    first, last = first if first is not None else 0, last if last is not None else LAST_HOUR
    if first <= last:
        return facts.filter(hour__range=(first, last))
    return facts.filter(hour__gte=0).exclude(hour__gt=last, hour__lt=first)


@dataclass(frozen=True)
class Filters:
    """Filters in use, cleaned, by name; and what was done to them that the reader must know."""

    values: Mapping[str, Any]
    codes: Codes
    notes: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, str], codes: Codes | None = None) -> Filters:
        """From labels or words by name, as a script gives them."""
        return StopFilter(data, codes or Codes()).chosen()

    def facts(self) -> Facts:
        return narrow(StopFact.objects.all(), self.values)

    def without(self, *names: str) -> Filters:
        return replace(self, values={name: value for name, value in self.values.items() if name not in names})

    def only(self, *names: str) -> Filters:
        return self.without(*(name for name in self.values if name not in names))

    def put(self, note: str = "", **values: Any) -> Filters:
        """The same with some values set, and a note why."""
        return replace(self, values={**self.values, **values}, notes=self.notes + ((note,) if note else ()))

    def is_agency(self, agency_id: int) -> bool:
        """Whether only this agency is looked at."""
        word = self.values.get("agency")
        return isinstance(word, Word) and word.codes == (agency_id,)

    def as_words(self) -> dict[str, str | int]:
        """What is in use, in the words a filter takes."""
        return {name: written_value(self.values[name]) for name in NAMES if name in self.values}

    def widened(self) -> Filters:
        """Days widened to whole months and ages to whole bands, for those from whom small counts are hidden."""
        return self._in_whole_months()._in_whole_bands()

    def _in_whole_months(self) -> Filters:
        changed: dict[str, Any] = {}
        if first := self.values.get("date_after"):
            changed["date_after"] = first.replace(day=1)
        if last := self.values.get("date_before"):
            changed["date_before"] = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        if not self._changes(changed):
            return self
        return self.put("Days inside a month were widened to the whole month.", **changed)

    def _in_whole_bands(self) -> Filters:
        changed: dict[str, Any] = {}
        floors = AgeBand.floors()
        if (youngest := self.values.get("age_min")) is not None:
            changed["age_min"] = floors[AgeBand.of(youngest)]
        if (oldest := self.values.get("age_max")) is not None:
            changed["age_max"] = floors.get(AgeBand.of(oldest) + 1, OLDEST + 1) - 1
        if not self._changes(changed):
            return self
        return self.put("Ages inside an age band were widened to the whole band.", **changed)

    def _changes(self, values: Mapping[str, Any]) -> bool:
        return any(self.values.get(name) != value for name, value in values.items())


def written_value(value: Any) -> str | int:
    """A cleaned value in the word that its filter takes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Word):
        return value.label
    return value if isinstance(value, int) else str(value)
