"""Fields of the filters of insights that lists do not have: one word of a code list, a day that months can be made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from insights.codes import Codes, plain
from ledger.forms.filter_fields import BoundField, FilterDayField, FilterPlateField, MarkField, Word

__all__ = ["BoundField", "FilterPlateField", "MarkField", "OneOfField", "PeriodDayField", "Word", "WordField"]

LIST_LIMIT = 50  # above it a typed field with suggestions is quicker than a select
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


class Suggestions(forms.TextInput):
    """A text input with a list of suggestions that the browser offers."""

    template_name = "insights/suggestions.html"

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__({"autocomplete": "off"})
        self.choices = choices

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["choices"] = self.choices
        widget["attrs"]["list"] = f"{widget['attrs'].get('id', name)}_list"
        return context


class WordField(forms.Field):
    """A label of a code list, or a source's word for it, in any case. Cleans to one `Word`.

    One only: sums over freely chosen sets of groups would give small counts away by subtraction.
    """

    def __init__(self, dimension: str, codes: Codes, **options: Any) -> None:
        self.dimension, self.codes = dimension, codes
        labels = codes.choices(dimension)
        long = len(labels) > LIST_LIMIT
        widget = (
            Suggestions(labels)
            if long
            else forms.Select(choices=[("", "Any"), *((one, one) for one in labels)])
        )
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """The form shows the label, whichever word was given."""
        found = self.codes.vocabulary(self.dimension).get(plain(str(value or "")))
        return found[0] if found else value

    def to_python(self, value: Any) -> Word | None:
        if value in self.empty_values:
            return None
        found = self.codes.vocabulary(self.dimension).get(plain(str(value)))
        if found is None:
            raise forms.ValidationError(self._complaint(str(value)))
        return Word(*found)

    def _complaint(self, value: str) -> str:
        labels = self.codes.choices(self.dimension)
        offer = f"Choose from: {', '.join(labels)}." if len(labels) <= 20 else "Choose from the list."
        return f"“{value[:60]}” is not known here. {offer}"


class OneOfField(forms.Field):
    """One of some fixed words, in any case. Cleans to a `Word` with one code."""

    def __init__(self, words: Mapping[str, int], **options: Any) -> None:
        self.words = {plain(label): Word(label, (code,)) for label, code in words.items()}
        empty = [] if options.get("required") else [("", "Any")]
        super().__init__(widget=forms.Select(choices=[*empty, *((one, one) for one in words)]), **options)

    def prepare_value(self, value: Any) -> Any:
        found = self.words.get(plain(str(value or "")))
        return found.label if found else value

    def to_python(self, value: Any) -> Word | None:
        if value in self.empty_values:
            return None
        found = self.words.get(plain(str(value)))
        if found is None:
            offer = ", ".join(word.label for word in self.words.values())
            raise forms.ValidationError(f"“{str(value)[:60]}” is not known here. Choose from: {offer}.")
        return found


class PeriodDayField(FilterDayField):
    """A day of the centuries in which there may be stops."""

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError("The day is outside the years 1900 to 2999. Write it as 20/11/2026.")
        return day
