"""What a page of trust is asked: survey, measure, period, and what is assumed of the number of people asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from insights.filters import FilterError
from insights.trust import figures
from insights.trust.bands import MOST_ASKED, Design
from insights.trust.figures import Survey, period_label

PAGE_KEYS = ("format", "table", "page", "per_page", "sort")
OF_TABLES = ("-page", "-sort", "-per_page")  # endings of what a table adds to the address
LEAST_ASKED, MOST_EFFECT = 10, 10.0


@dataclass(frozen=True)
class Question:
    survey: Survey
    measure: str
    period: date
    design: Design


class PageForm(forms.Form):
    """What a page is asked. Names that are no filter of the page are refused; what is empty is left out."""

    def __init__(self, data: Mapping[str, Any], usual: Mapping[str, Any]) -> None:
        super().__init__(
            {**usual, **{name: value for name, value in data.items() if value not in ("", None)}}
        )

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices
        field.error_messages["invalid_choice"] = f"There is no such {name} here. Choose from the list."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        known = {*type(self).base_fields, *PAGE_KEYS}
        for name in self.data:
            if name not in known and not name.endswith(OF_TABLES):
                self.add_error(None, f"There is no filter “{name[:40]}”.")
        return cleaned

    def checked(self) -> dict[str, Any]:
        """What was asked. Raises `FilterError` for what cannot be understood."""
        if not self.is_valid():
            raise FilterError({name: [str(one) for one in errors] for name, errors in self.errors.items()})
        return self.cleaned_data


class TrustForm(PageForm):
    """Everything is optional: what is left out is the survey with the most periods, its measure of trust, its newest period."""

    survey = forms.ChoiceField(label="Survey", required=False)
    measure = forms.ChoiceField(label="Measure", required=False)
    period = forms.ChoiceField(label="Period", required=False)
    asked = forms.IntegerField(
        label="People asked, of an area a year",
        required=False,
        min_value=LEAST_ASKED,
        max_value=MOST_ASKED,
        error_messages={"invalid": "Write a whole number, such as 400."},
    )
    effect = forms.FloatField(
        label="Design effect",
        required=False,
        min_value=1,
        max_value=MOST_EFFECT,
        error_messages={
            "invalid": "Write a number from 1 to 10; 1 is a simple random sample.",
            "min_value": "Write a number from 1 to 10; 1 is a simple random sample.",
            "max_value": "Write a number from 1 to 10; 1 is a simple random sample.",
        },
    )

    def __init__(self, data: Mapping[str, Any], surveys: list[Survey], hidden: tuple[str, ...] = ()) -> None:
        self.surveys = {one.slug: one for one in surveys}
        self.chosen = self.surveys.get(str(data.get("survey", "")), surveys[0])
        self.measures = figures.measures(self.chosen)
        asked = str(data.get("measure", ""))
        measure = asked if asked in self.measures else figures.main_measure(self.measures)
        self.periods = {period_label(day): day for day in reversed(self.chosen.days[measure])}
        usual = self.chosen.usual_asked
        shown = {
            "survey": self.chosen.slug,
            "measure": measure,
            "period": next(iter(self.periods)),
            "asked": usual,
            "effect": 1,
        }
        super().__init__(data, shown)
        self._offer(hidden)

    def _offer(self, hidden: tuple[str, ...]) -> None:
        self.offer("survey", [(slug, one.title) for slug, one in self.surveys.items()])
        self.offer("measure", [(one, one) for one in self.measures])
        self.offer("period", [(label, label) for label in self.periods])
        if [*self.surveys] == [self.data["survey"]]:
            del self.fields["survey"]
        for name in hidden:
            self.fields.pop(name, None)

    def read(self) -> Question:
        """Raises `FilterError` for what cannot be understood."""
        told = self.checked()
        design = Design(told.get("asked") or None, told.get("effect") or 1.0)
        measure = told.get("measure") or str(self.data["measure"])
        period = self.periods[told.get("period") or next(iter(self.periods))]
        return Question(self.chosen, measure, period, design)
