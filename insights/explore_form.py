"""What the page of explorations asks: a measure, groupings, a step, and the filters of every insight, all in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from insights.explore import GROUPINGS, MEASURES, Choice
from insights.filters import Facts, Filters, StopFilter

CHOICES = ("measure", "by", "by2", "step")
GROUP_LABELS = [(name, list(labels.values())[-1]) for name, labels in GROUPINGS.items()]
STEP_LABELS = [("year", "Year by year"), ("quarter", "Quarter by quarter"), ("month", "Month by month")]


class OfferedField(forms.ChoiceField):
    """One of a few words; says which there are."""

    def __init__(self, *, offered: list[tuple[str, str]], empty: str = "", **options: Any) -> None:
        self.offered = [name for name, _ in offered]
        super().__init__(choices=[*([("", empty)] if empty else []), *offered], **options)

    def validate(self, value: Any) -> None:
        if value and value not in self.offered:
            offer = ", ".join(self.offered)
            raise forms.ValidationError(f"“{str(value)[:40]}” is not offered. Choose from: {offer}.")


class Chosen(django_filters.Filter):
    """Part of the question, not a filter: it narrows nothing."""

    field_class = OfferedField

    def __init__(self, label: str, choices: list[tuple[str, str]], empty: str = "") -> None:
        super().__init__(label=label, offered=choices, empty=empty)

    def filter(self, qs: Facts, value: str) -> Facts:
        return qs


class ExploreFilter(StopFilter):
    """The filters with the reader's question before them."""

    measure = Chosen("What", [(name, one.label) for name, one in MEASURES.items()])
    by = Chosen("By", GROUP_LABELS, "All together")
    by2 = Chosen("And by", GROUP_LABELS, "Nothing else")
    step = Chosen("Over time", STEP_LABELS, "No")

    def __init__(self, data: Any, **options: Any) -> None:
        """Without a choice of rows the months are chosen, and the form says so."""
        given = data.copy()
        if not any(given.get(name) for name in ("by", "by2", "step")):
            given["step"] = "month"
        super().__init__(given, **options)
        self.form.order_fields(CHOICES)

    def chosen(self) -> Filters:
        """The filters alone; what was chosen is in `choice`."""
        return super().chosen().without(*CHOICES)

    @property
    def choice(self) -> Choice:
        """The reader's question. Raises `FilterError` when its parts do not go together."""
        super().chosen()
        values = self.form.cleaned_data
        return Choice.of(values["measure"] or "stops", values["by"], values["by2"], values["step"])
