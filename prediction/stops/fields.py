"""Fields that may be left out, of a form that asks what is known of a stop."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from insights.filter_fields import LIST_LIMIT, Suggestions
from ledger.choices import DurationBand
from ledger.forms.filter_fields import MarkField, Word

NOT_KNOWN = "Not known"


class KnownField(forms.Field):
    """One label of a list, in any case, or a source's word for it; near ones are offered. Cleans to a `Word`."""

    def __init__(self, words: Sequence[Word], **options: Any) -> None:
        self.words = list(words)
        labels = [word.label for word in self.words]
        long = len(labels) > LIST_LIMIT
        choices = [("", NOT_KNOWN), *((label, label) for label in labels)]
        super().__init__(widget=Suggestions(labels) if long else forms.Select(choices=choices), **options)

    def prepare_value(self, value: Any) -> Any:
        found = self._find(str(value or ""))
        return found.label if found else value

    def to_python(self, value: Any) -> Word | None:
        if value in self.empty_values:
            return None
        if found := self._find(str(value)):
            return found
        labels = [word.label for word in self.words]
        near = get_close_matches(_plain(str(value)), [_plain(label) for label in labels], 3)
        meant = [label for label in labels if _plain(label) in near]
        offer = f"Did you mean {' or '.join(meant)}?" if meant else _offer(labels)
        raise ValidationError(f"“{str(value)[:60]}” is not known here. {offer}")

    def _find(self, text: str) -> Word | None:
        plain = _plain(text)
        by_label = (word for word in self.words if _plain(word.label) == plain)
        by_word = (word for word in self.words if plain in map(_plain, word.others))
        return next(by_label, None) or next(by_word, None)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _offer(labels: Sequence[str]) -> str:
    if not labels:
        return "There is none in the ledger yet."
    return f"Known are: {', '.join(labels)}." if len(labels) <= 20 else "Choose from the list."


class DurationField(forms.Field):
    """A band by its label, or whole minutes. Cleans to the band's code."""

    widget = forms.Select(
        choices=[("", NOT_KNOWN), *((str(one.label), str(one.label)) for one in DurationBand if one.value)]
    )

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if (band := DurationBand.from_word(text)) is not None and band:
            return int(band)
        if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 1440 and len(text) <= 4:
            return int(DurationBand.of(int(text)))
        labels = ", ".join(str(one.label) for one in DurationBand if one.value)
        raise ValidationError(
            f"“{text[:30]}” is no duration. Give {labels}, or whole minutes from 1 to 1,440."
        )

    def prepare_value(self, value: Any) -> Any:
        try:
            band = self.to_python(value)
        except ValidationError:
            return value
        return DurationBand(band).label if band else value


class UnknownMarkField(MarkField):
    widget = forms.Select(choices=[("", NOT_KNOWN), ("yes", "Yes"), ("no", "No")])
