"""The arguments of a test, beside the filters that every insight has: group, action, result, place, whom to compare.

All of them stand in the address. Which there are depends on the test; what is not given has a default, and the default
reference is the largest group, whatever the groups are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict

from insights.codes import UNKNOWN, Codes, plain
from insights.disparity.tests_of_record import TestOfRecord
from insights.fairness.cells import ACTIONS, GROUPS, PLACES
from insights.filter_fields import BoundField, Word, WordField
from insights.filters import FilterForm, Filters, StopFilter
from insights.models import StopFact

RESULT_LABELS = {"hits": "Something found", "arrests": "Arrested", "drugs": "Drug-related"}
GROUND = {"no": "Left out", "yes": "Taken in"}
KINDS = {"all": "All stops", "vehicle": "Vehicle stops only"}
LABELS = {
    "benchmark": "Benchmark",
    "group": "Groups by",
    "action": "Action",
    "result": "A search counts when",
    "place": "Place",
    "compared": "Group",
    "reference": "Compared with",
    "least": "Least of each group in a place",
    "unknown_ground": "Searches without a recorded ground",
    "stops": "Stops",
    "shifts": "Shifts change at",
}
WORDS = {
    "group": GROUPS,
    "action": ACTIONS,
    "result": RESULT_LABELS,
    "place": PLACES,
    "unknown_ground": GROUND,
    "stops": KINDS,
}
OTHERS = ("table",)  # what else an address may hold
LEAST = {"rates": 30, "outcome": 50, "threshold": 50}
MOST_LEAST = 100_000


class ChosenField(forms.ChoiceField):
    """One of a few words; empty means the first."""

    def __init__(self, words: Mapping[str, str], **options: Any) -> None:
        super().__init__(choices=list(words.items()), **{**options, "required": False})
        self.usual = next(iter(words))
        self.error_messages["invalid_choice"] = (
            f"“%(value)s” is not offered. Choose from: {', '.join(words)}."
        )

    def prepare_value(self, value: Any) -> Any:
        return value or self.usual


class GroupField(WordField):
    """A group by its label; empty means the largest."""

    def __init__(self, dimension: str, codes: Codes, empty: str, **options: Any) -> None:
        super().__init__(dimension, codes, **options)
        labels = [label for label in codes.choices(dimension) if label != UNKNOWN]
        self.widget = forms.Select(choices=[("", empty), *((one, one) for one in labels)])

    def to_python(self, value: Any) -> Word | None:
        word = super().to_python(value)
        if word is not None and word.label == UNKNOWN:
            raise forms.ValidationError("Persons of unknown group are in no comparison. Choose a group.")
        return word


class LeastField(BoundField):
    """A number that has a usual value, shown while nothing else is given."""

    def __init__(self, *, usual: int, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["placeholder"] = str(usual)


class ShiftsField(forms.CharField):
    """Times of the day at which patrols change over: “06:00, 14:00, 22:00”."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False, max_length=120, **{k: v for k, v in options.items() if k != "required"}
        )
        self.widget.attrs["placeholder"] = "06:00, 14:00"

    def clean(self, value: Any) -> tuple[int, ...]:
        minutes = []
        for text in str(super().clean(value)).replace(",", " ").split():
            found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text, re.ASCII)
            if found is None:
                raise forms.ValidationError(
                    f"“{text[:20]}” is not a time of the day. Write times as 06:00, 14:00."
                )
            minutes.append(int(found[1]) * 60 + int(found[2]))
        return tuple(dict.fromkeys(minutes))


class ArgumentFilter(django_filters.Filter):
    """An argument of the test: it narrows nothing."""

    def __init__(self, label: str, field_class: Any, **extra: Any) -> None:
        super().__init__(label=label, **extra)
        self.field_class = field_class

    def filter(self, qs: Any, value: Any) -> Any:
        return qs


@dataclass(frozen=True)
class Arguments:
    """What a test is asked, cleaned. `reference` and `compared` are labels; empty leaves the choice to the figures."""

    group: str = "race"
    action: str = "searches"
    result: str = "hits"
    place: str = "agency"
    reference: str = ""
    compared: str = ""
    least: int = 1
    unknown_ground: str = "no"
    stops: str = "all"
    shifts: tuple[int, ...] = ()
    benchmark: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def group_word(self) -> str:
        return GROUPS[self.group].lower()

    @property
    def place_word(self) -> str:
        return PLACES[self.place].lower()

    def as_words(self, names: Sequence[str]) -> dict[str, Any]:
        """The arguments of a test as an address writes them."""
        written = {name: getattr(self, name) for name in names}
        if "shifts" in written:
            written["shifts"] = ", ".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in self.shifts)
        return written


class TestForm(FilterForm):
    """The form of arguments and filters."""

    __test__ = False


class TestFilter(StopFilter):
    """A test's arguments before the filters of all insights."""

    __test__ = False

    class Meta(StopFilter.Meta):
        form = TestForm

    def __init__(
        self, test: TestOfRecord, data: QueryDict, codes: Codes, benchmarks: Mapping[str, str]
    ) -> None:
        self.test = test
        self.notes: list[str] = []
        asked = self._asked(data, codes)
        super().__init__(asked, codes, vehicles=False)
        group = asked.get("group", "")
        fields: dict[str, Any] = _fields(test, codes, group if group in GROUPS else "race", benchmarks)
        for name, one in fields.items():
            one.parent, one.model, one.field_name = self, StopFact, name
        filters: Any = {**fields, **self.filters}
        self.filters = filters

    def _asked(self, data: QueryDict, codes: Codes) -> QueryDict:
        """Without what pages and tables keep in the address, and without groups of another grouping."""
        asked = data.copy()
        for name in list(asked):
            if name in OTHERS or "-" in name:
                del asked[name]
        group = asked.get("group", "")
        group = group if group in GROUPS else "race"
        for name in ("reference", "compared"):
            word = plain(asked.get(name, ""))
            if (
                word
                and word not in codes.vocabulary(group)
                and any(word in codes.vocabulary(one) for one in GROUPS)
            ):
                self.notes.append(
                    f"“{asked[name]}” is no {GROUPS[group].lower()}, so the largest group was taken."
                )
                del asked[name]
        return asked

    def read(self) -> tuple[Arguments, Filters]:
        """Arguments and filters; raises `FilterError` when one cannot be understood."""
        given = self.chosen()
        values = {name: given.values[name] for name in self.test.arguments if name in given.values}
        for name in ("reference", "compared"):
            if name in values:
                values[name] = values[name].label
        values.setdefault("least", LEAST.get(self.test.slug, 1))
        arguments = Arguments(**values, notes=tuple(self.notes))
        return arguments, given.without(*self.test.arguments)


def _fields(
    test: TestOfRecord, codes: Codes, group: str, benchmarks: Mapping[str, str]
) -> dict[str, ArgumentFilter]:
    largest = "Largest group"
    known: dict[str, ArgumentFilter] = {
        "benchmark": ArgumentFilter(LABELS["benchmark"], ChosenField, words=benchmarks or {"": "None yet"}),
        "group": ArgumentFilter(LABELS["group"], ChosenField, words=WORDS["group"]),
        "action": ArgumentFilter(LABELS["action"], ChosenField, words=WORDS["action"]),
        "result": ArgumentFilter(LABELS["result"], ChosenField, words=WORDS["result"]),
        "place": ArgumentFilter(LABELS["place"], ChosenField, words=WORDS["place"]),
        "compared": ArgumentFilter(
            LABELS["compared"], GroupField, dimension=group, codes=codes, empty="Largest but one"
        ),
        "reference": ArgumentFilter(
            LABELS["reference"], GroupField, dimension=group, codes=codes, empty=largest
        ),
        "least": ArgumentFilter(
            LABELS["least"],
            LeastField,
            least=1,
            most=MOST_LEAST,
            what="a number",
            usual=LEAST.get(test.slug, 1),
        ),
        "unknown_ground": ArgumentFilter(
            LABELS["unknown_ground"], ChosenField, words=WORDS["unknown_ground"]
        ),
        "stops": ArgumentFilter(LABELS["stops"], ChosenField, words=WORDS["stops"]),
        "shifts": ArgumentFilter(LABELS["shifts"], ShiftsField),
    }
    return {name: known[name] for name in test.arguments}
