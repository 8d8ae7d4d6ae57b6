"""Fields of the list's filters. They take labels or a source's words, and say plainly what they cannot take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ledger.choices import Words
from ledger.forms.fields import DayField, PlateField, WholeNumberField

YES, NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class Word:
    """A label on offer, the codes it stands for, and other words for it."""

    label: str
    codes: tuple[int, ...]
    others: tuple[str, ...] = ()


def words_of(choices: type[Words]) -> list[Word]:
    """Labels of fixed choices with the words of sources, Unknown last."""
    others = choices.source_words()
    members = sorted(choices, key=lambda member: member.value == 0)
    return [
        Word(str(one.label), (one.value,), tuple(word for word, code in others.items() if code == one.value))
        for one in members
    ]


def words_in(rows: Iterable[tuple[Any, ...]]) -> list[Word]:
    """Labels of rows (key, label, words) with the keys they stand for: posts of two agencies may share a name."""
    found: dict[str, Word] = {}
    for key, label, *others in rows:
        before = found.get(label, Word(label, ()))
        words = tuple(others[0]) if others else ()
        found[label] = Word(label, (*before.codes, key), (*before.others, *words))
    return [*found.values(), Word("Unknown", (0,))] if "Unknown" not in found else list(found.values())


class WordsField(forms.Field):
    """Some labels of a list, in any case, or a source's words for them. Cleans to a list of `Word`."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, words: Sequence[Word] = (), **options: Any) -> None:
        self.words = list(words)
        super().__init__(**options)
        self.widget.choices = [(word.label, word.label) for word in self.words]

    def find(self, text: str) -> Word | None:
        """The word that is meant. A label goes before another's word."""
        plain = " ".join(text.lower().split())
        for word in self.words:
            if word.label.lower() == plain:
                return word
        return next((word for word in self.words if plain in {other.lower() for other in word.others}), None)

    def prepare_value(self, value: Any) -> Any:
        """The boxes show the label, whichever word was given."""
        given = value if isinstance(value, list) else [value] if value else []
        found = [(self.find(str(text)), text) for text in given]
        return [word.label if word else text for word, text in found]

    def to_python(self, value: Any) -> list[Word]:
        chosen: dict[str, Word] = {}
        for text in value or []:
            if not text:
                continue
            word = self.find(str(text))
            if word is None:
                raise ValidationError(self._complaint(str(text)))
            chosen[word.label] = word
        return list(chosen.values())

    def _complaint(self, text: str) -> str:
        labels = [word.label for word in self.words]
        offer = f"Choose from: {', '.join(labels)}." if len(labels) <= 20 else "Choose from the list."
        return f"“{text[:60]}” is not known here. {offer}"


class MarkField(forms.Field):
    """Yes or no, as recorded. A mark that was not recorded is neither."""

    widget = forms.Select(choices=[("", "Any"), ("yes", "Yes"), ("no", "No")])

    def prepare_value(self, value: Any) -> Any:
        text = str(value or "").strip().lower()
        return "yes" if text in YES else "no" if text in NO else ""

    def to_python(self, value: Any) -> bool | None:
        text = str(value or "").strip().lower()
        if text and text not in YES + NO:
            raise ValidationError(f"“{text[:60]}” is neither yes nor no. Choose one of the two.")
        return text in YES if text else None


class FilterDayField(DayField):
    """A day in a filter: as in forms; in an address also as 2026-11-20."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.today = date.today()
        self.widget.attrs["placeholder"] = "20/11/2026"

    def prepare_value(self, value: Any) -> Any:
        try:
            return super().prepare_value(self.to_python(value))
        except ValidationError:
            return value


class FilterPlateField(PlateField):
    widget = forms.TextInput(
        attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false", "data-search": ""}
    )


class BoundField(WholeNumberField):
    """A whole number in a filter."""


def same_bounds(data: Mapping[str, Any], pairs: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """Complaints about bounds that leave nothing between them: (field, sentence)."""
    return [
        (last, f"The last {what} is before the first. Exchange them.")
        for first, last, what in pairs
        if data.get(first) is not None and data.get(last) is not None and data[first] > data[last]
    ]
