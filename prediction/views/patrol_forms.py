"""Forms of patrols: what a plan is asked for, a new version of the policy, a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django import forms
from django.utils import timezone

from ledger.choices import AreaKind, OffenceGroup
from ledger.forms.fields import PlainText
from ledger.models import Agency, Area
from prediction.crime.offences import VICTIM_REPORTED
from prediction.patrol.making import Asked
from prediction.patrol.policy import HEAVIEST, Policy
from prediction.patrol.types import NO_PATROL, PATROL_TYPES
from prediction.views.long_lists import Group, LongSelectMultiple

MOST_UNITS, MOST_HOURS = 200, 24
FIRST_DAY, AHEAD = date(1990, 1, 1), timedelta(days=366)


class PlanForm(forms.Form):
    """A shift: whose, when, with how many units, where. `areas` maps each agency and kind to what a forecast is there for."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", empty_label=None)
    kind = forms.ChoiceField(label="Areas")
    day = forms.DateField(
        label="First day of the shift",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": "Write the day as 2026-11-30.",
            "required": "Say on which day the shift begins.",
        },
    )
    start = forms.IntegerField(
        label="Begins at, hour",
        min_value=0,
        max_value=23,
        initial=18,
        help_text="0 to 23, by the agency’s clock.",
    )
    hours = forms.IntegerField(label="Hours", min_value=1, max_value=MOST_HOURS, initial=8)
    units = forms.IntegerField(label="Units", min_value=1, max_value=MOST_UNITS, initial=10)
    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(),
        label="Only these areas",
        required=False,
        help_text="None chosen: all of the kind.",
        widget=LongSelectMultiple(attrs={"size": 5}),
        error_messages={"invalid_choice": "One of these areas is not there. Choose from the list."},
    )

    def __init__(self, agencies: Any, areas: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["agency"].queryset = agencies
        fields["agency"].initial = agencies.first()
        kinds = set(areas.order_by().values_list("kind", flat=True).distinct())
        fields["kind"].choices = [(kind.value, f"{kind.label}s") for kind in AreaKind if kind in kinds]
        fields["areas"].queryset = areas
        fields["areas"].choices = _grouped(areas)

    def clean_day(self) -> date:
        """Neither before there were data, nor further ahead than anything is forecast."""
        day: date = self.cleaned_data["day"]
        last = timezone.localdate() + AHEAD
        if not FIRST_DAY <= day <= last:
            raise forms.ValidationError(f"Choose a day from {FIRST_DAY:%-d %B %Y} to {last:%-d %B %Y}.")
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind, agency = found.get("kind"), found.get("agency")
        strays = [
            area
            for area in found.get("areas") or []
            if area.kind != kind or area.agency_id not in (None, getattr(agency, "pk", None))
        ]
        if kind and agency and strays:
            self.add_error(
                "areas",
                f"“{strays[0]}” is none of the {AreaKind(kind).label.lower()}s of {agency}. Choose only such.",
            )
        return found

    @property
    def asked(self) -> Asked:
        data = self.cleaned_data
        return Asked(
            agency=data["agency"],
            kind=data["kind"],
            day=data["day"],
            start=data["start"],
            hours=data["hours"],
            units=data["units"],
            areas=tuple(area.pk for area in data["areas"]),
        )


def _grouped(areas: Any) -> list[Group]:
    """Areas by kind, to choose from."""
    told = areas.order_by("kind", "name", "pk").values_list("kind", "pk", "name")
    return [
        (f"{kind.label}s", [(pk, f"{kind.label} {name}") for _, pk, name in found])
        for kind, found in ((AreaKind(kind), list(found)) for kind, found in groupby(told, itemgetter(0)))
    ]


def _plain(value: float) -> float:
    """Whole numbers as people write them: 50, not 50.0."""
    return int(value) if float(value).is_integer() else value


class PolicyForm(forms.Form):
    """A new version. Weights are of offences that victims report; kinds of patrol of all that a patrol can meet."""

    floor = forms.IntegerField(label="Visits of every area in a shift, at least", min_value=0, max_value=20)
    cap = forms.FloatField(
        label="Share of visits ÷ share of reported harm, at most",
        min_value=0.5,
        max_value=10,
        help_text="0.5 to 10.",
    )
    explore = forms.FloatField(
        label="Share of visits by lot", min_value=0, max_value=0.5, help_text="0 to 0.5: 0.1 is one in ten."
    )
    travel = forms.IntegerField(label="Minutes between two visits", min_value=0, max_value=14)
    reason = PlainText(
        label="Why", max_length=500, required=True, help_text="Whoever reads a plan later sees it."
    )

    def __init__(self, policy: Policy, data: Any = None) -> None:
        initial = {name: _plain(getattr(policy, name)) for name in ("floor", "cap", "explore", "travel")}
        super().__init__(data, initial=initial)
        self.before = policy
        for group in VICTIM_REPORTED:
            label = str(OffenceGroup(group).label)
            self.fields[f"weight_{group}"] = forms.FloatField(
                label=f"Weight of {label.lower()}",
                min_value=0,
                max_value=HEAVIEST,
                initial=_plain(policy.severity.get(group, 0.0)),
            )
            self.fields[f"type_{group}"] = forms.ChoiceField(
                label=f"Patrol for {label.lower()}",
                required=False,
                choices=[(NO_PATROL, "None"), *((kind, kind) for kind in PATROL_TYPES)],
                initial=policy.types.get(group, NO_PATROL),
            )

    @property
    def by_group(self) -> Iterator[tuple[str, Any, Any]]:
        for group in VICTIM_REPORTED:
            yield str(OffenceGroup(group).label), self[f"weight_{group}"], self[f"type_{group}"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        weights = [found.get(f"weight_{group}") for group in VICTIM_REPORTED]
        if all(weight is not None for weight in weights) and not any(weights):
            raise forms.ValidationError("Give at least one kind of offence a weight above 0.")
        return found

    @property
    def policy(self) -> Policy:
        data = self.cleaned_data
        return Policy(
            severity={group: data[f"weight_{group}"] for group in VICTIM_REPORTED},
            types={**self.before.types, **{group: data[f"type_{group}"] for group in VICTIM_REPORTED}},
            floor=data["floor"],
            cap=data["cap"],
            explore=data["explore"],
            travel=data["travel"],
        )


class VerdictForm(forms.Form):
    reason = PlainText(
        max_length=500,
        required=True,
        error_messages={"required": "Write in a sentence why you approve it or not."},
    )
    verdict = forms.ChoiceField(choices=[("approve", "Approve"), ("refuse", "Refuse")])
