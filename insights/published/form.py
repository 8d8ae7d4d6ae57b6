"""What the page of published rates can be asked: level, state, group, whom to compare it with, which rates are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from insights.filters import FilterError
from insights.published.reading import LEVELS, MEASURES, Place

ALL = ""
OFFERED = "“%(value)s” is not offered. Choose from: {}."
OTHERS = ("format", "table")  # what else an address may hold, beside order and pages of its tables
TABLES = ("stops", "rates", "ratios", "pairs", "profile", "averages")


@dataclass(frozen=True)
class Question:
    level: str
    state: str
    group: str
    reference: str
    measure: str

    def in_words(self) -> dict[str, str]:
        """What was asked beyond the usual, by name."""
        said = {"level": self.level, "state": self.state, "group": self.group}
        return {name: value for name, value in said.items() if value}


class PublishedForm(forms.Form):
    """Choices are what the imported tables hold. `largest` is the group compared with when none is named."""

    def __init__(self, data: QueryDict, held: Sequence[Place], largest: str) -> None:
        super().__init__(data)
        self.largest = largest
        groups, states = sorted({one.group for one in held}), sorted({one.state for one in held})
        self.fields["level"] = _choice("Level", {ALL: "Both", **LEVELS})
        self.fields["state"] = _choice("State", {ALL: "All", **{one: one for one in states}})
        self.fields["group"] = _choice("Group", {ALL: "All", **{one: one for one in groups}})
        self.fields["reference"] = _choice(
            "Compared with",
            {ALL: f"Largest: {largest}" if largest else "The largest", **{one: one for one in groups}},
        )
        self.fields["measure"] = _choice("Rates drawn", MEASURES)

    def read(self) -> Question:
        """The question. Raises `FilterError` with a sentence for each field that cannot be understood."""
        unknown = [name for name in self.data if name not in self.fields and not _of_page(name)]
        errors = {name: [str(one) for one in some] for name, some in self.errors.items()}
        if unknown:
            offered = ", ".join(self.fields)
            errors["__all__"] = [f"“{unknown[0][:40]}” is not known here. There are: {offered}."]
        if errors:
            raise FilterError(errors)
        told = self.cleaned_data
        reference = told["reference"] or self.largest
        if told["group"] and told["group"] == reference:
            raise FilterError(
                {"group": ["This is the group that others are compared with. Choose another, or all."]}
            )
        return Question(
            told["level"], told["state"], told["group"], reference, told["measure"] or next(iter(MEASURES))
        )


def _of_page(name: str) -> bool:
    return name in OTHERS or name == "per_page" or name.startswith(tuple(f"{table}-" for table in TABLES))


def _choice(label: str, words: dict[str, str]) -> forms.ChoiceField:
    offered = ", ".join(one for one in words if one)
    return forms.ChoiceField(
        label=label,
        choices=list(words.items()),
        required=False,
        error_messages={"invalid_choice": OFFERED.format(offered.replace("%", "%%"))},
    )
