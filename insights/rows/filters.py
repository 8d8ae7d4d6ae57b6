"""Filters of the rows: those of every insight, and those that single out the rows behind one figure of a table."""

from __future__ import annotations

from collections.abc import Mapping

import django_filters
from django.db.models import Q

from insights.filter_fields import OneOfField, Word
from insights.filters import (
    PAGE_KEYS,
    Facts,
    FilterForm,
    MarkFilter,
    StopFilter,
    WordFilter,
    narrow,
    written_value,
)
from ledger.choices import NIGHT_HOURS, Weekday

UNKNOWN_HOUR = -1
DAY_HOURS = tuple(hour for hour in range(24) if hour not in NIGHT_HOURS)
HOURS_OF = {0: DAY_HOURS, 1: NIGHT_HOURS, UNKNOWN_HOUR: (UNKNOWN_HOUR,)}


class OneOfFilter(django_filters.Filter):
    """One of some fixed words, each with its code."""

    field_class = OneOfField

    def __init__(self, field_name: str, label: str, words: Mapping[str, int]) -> None:
        super().__init__(field_name=field_name, label=label, words=words)

    def filter(self, qs: Facts, value: Word | None) -> Facts:
        return qs if value is None else qs.filter(**{str(self.field_name): value.codes[0]})


class PeriodFilter(OneOfFilter):
    def filter(self, qs: Facts, value: Word | None) -> Facts:
        return qs if value is None else qs.filter(hour__in=HOURS_OF[value.codes[0]])


class EitherFilter(MarkFilter):
    """Searched or arrested, as far as either was recorded as yes."""

    def filter(self, qs: Facts, value: bool | None) -> Facts:
        either = Q(searched=True) | Q(arrested=True)
        # Not by exclude: where neither mark was recorded, nobody was searched or arrested as far as is known.
        neither = (Q(searched=False) | Q(searched=None)) & (Q(arrested=False) | Q(arrested=None))
        return qs if value is None else qs.filter(either if value else neither)


class TimedFilter(MarkFilter):
    """Whether a duration is known."""

    def filter(self, qs: Facts, value: bool | None) -> Facts:
        return qs if value is None else qs.filter(**{"duration_band__gt" if value else "duration_band": 0})


class RowForm(FilterForm):
    page_keys = (*PAGE_KEYS, "view", "after", "before")


class RowFilter(StopFilter):
    """In the order of the form: first those that every insight has."""

    age_band = WordFilter("age_band", "Age band")
    hour = OneOfFilter("hour", "Hour", {**{str(one): one for one in range(24)}, "Unknown": UNKNOWN_HOUR})
    period = PeriodFilter("hour", "Day or night", {"Day": 0, "Night": 1, "Unknown": UNKNOWN_HOUR})
    weekday = OneOfFilter("day__iso_week_day", "Weekday", {str(day.label): int(day.value) for day in Weekday})
    duration = WordFilter("duration_band", "Duration")
    timed = TimedFilter("duration_band", label="Duration known")
    either = EitherFilter("searched", label="Searched or arrested")
    hit = MarkFilter("hit", label="Something found")

    class Meta(StopFilter.Meta):
        form = RowForm

    def filter_queryset(self, queryset: Facts) -> Facts:
        """The facts within all filters; nobody where one of them cannot be understood."""
        if not self.form.is_valid():
            return queryset.none()
        given = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        facts = narrow(
            queryset, {name: value for name, value in given.items() if name in StopFilter.base_filters}
        )
        for name in sorted(self.further & given.keys()):
            facts = self.base_filters[name].filter(facts, given[name])
        return facts

    @property
    def further(self) -> set[str]:
        """The filters that insights do not have."""
        return set(self.base_filters) - set(StopFilter.base_filters)

    def in_words(self) -> dict[str, str | int]:
        """What is in use, in the words a filter takes."""
        given = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: written_value(value) for name, value in given.items() if value not in (None, "")}


def labels() -> dict[str, str]:
    """What each filter is called."""
    return {name: str(one.label) for name, one in RowFilter.base_filters.items()}
