"""What is asked of crime by the hour: area, month, offences and type of day, from an address or from a program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from ledger.models import Area
from prediction.crime.history import WEEKDAYS
from prediction.crime.hours import first_month, months_offered
from prediction.crime.offences import CHOICES, Choice, choice_named
from prediction.crime.rates import Served

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
NEAR = 5  # names that are offered in place of one that is not known
LONGEST = 120  # characters of a name that are looked at


class AskedError(Exception):
    """What is wrong with a question, by field: `{"neighborhood": ["…"]}`."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Place:
    """An area that can be answered for, of one force."""

    area: Area
    agency: int


def places(run: Served, **only: Any) -> list[Place]:
    """Every area with a rate, the finest kind of each force first, then by name; `only` are conditions on areas."""
    rates = run.run.crime_rates.all()
    if only:
        rates = rates.filter(area__in=list(Area.objects.filter(**only).values_list("pk", flat=True)))
    pairs = list(rates.values_list("area_id", "agency_id").distinct())
    areas = Area.objects.defer("boundary").in_bulk({area for area, _ in pairs})
    finest = {agency: told.get("finest") for agency, told in run.agencies.items()}
    found = [Place(areas[area], agency) for area, agency in pairs]
    return sorted(
        found,
        key=lambda one: (one.agency, one.area.kind != finest.get(one.agency), one.area.kind, one.area.name),
    )


def names(run: Served) -> list[tuple[int, int, str, str]]:
    """Number, force, kind and name of every area with a rate, in the order of `places`; without a model object for each."""
    held = list(run.run.crime_rates.values_list("area_id", "agency_id").distinct())
    areas = Area.objects.filter(pk__in={area for area, _ in held}).values_list("pk", "kind", "name")
    told = {pk: (kind, name) for pk, kind, name in areas}
    finest = {agency: one.get("finest") for agency, one in run.agencies.items()}
    found = [(area, agency, *told[area]) for area, agency in held]
    return sorted(found, key=lambda one: (one[1], one[2] != finest.get(one[1]), one[2], one[3]))


def place_named(run: Served, name: Any, field: str) -> Place:
    """The area of a name, in any case. Raises `AskedError` with the known names near a misspelt one."""
    text = str(name).strip()[:LONGEST] if isinstance(name, str | int) and not isinstance(name, bool) else ""
    if not text or "\x00" in text:
        raise AskedError({field: ["Write the name of an area as text."]})
    same = places(run, name__iexact=text)
    if same:
        return same[0]
    raise AskedError({field: [_not_known(text, [name for *_, name in names(run)])]})


def _not_known(text: str, names: Iterable[str]) -> str:
    by_fold = {name.casefold(): name for name in names}
    near = get_close_matches(text.casefold(), list(by_fold), n=NEAR, cutoff=0.5)
    if not near:
        near = [name for name in by_fold if text.casefold() in name][:NEAR]
    if not near:
        return f"There is no area “{text}” with incidents, and none of a name near it."
    return f"There is no area “{text}” with incidents. Near it: {', '.join(by_fold[one] for one in near)}."


def place_of(run: Served, pk: str) -> Place | None:
    """The area of a number in an address."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 10):
        return None
    agency = run.run.crime_rates.filter(area=int(pk)).values_list("agency_id", flat=True).first()
    return Place(Area.objects.defer("boundary").get(pk=int(pk)), agency) if agency is not None else None


def month_named(told: Mapping[str, Any], value: Any, field: str) -> date:
    """A month: `2022-05`, a number from 1 to 12 or an English name, which mean the next one that is forecast."""
    text = (
        str(value).strip().lower()[:20]
        if isinstance(value, str | int) and not isinstance(value, bool)
        else ""
    )
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text, re.ASCII) and text[:4] != "0000":
        return date(int(text[:4]), int(text[5:]), 1)
    of_year = of_year_named(value, field)
    return next(month for month in months_offered(told) if month.month == of_year)


def of_year_named(value: Any, field: str) -> int:
    """A month of the year, 1 to 12: a number, an English name or its first three letters, or `2022-05`."""
    text = (
        str(value).strip().lower()[:20]
        if isinstance(value, str | int) and not isinstance(value, bool)
        else ""
    )
    text = text[5:] if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text, re.ASCII) else text
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 12:
        return int(text)
    named = [place for place, name in enumerate(MONTHS, 1) if text in (name, name[:3])]
    if named:
        return named[0]
    raise AskedError(
        {field: ["Write the month as a number from 1 to 12, as its English name, or as 2022-05."]}
    )


@dataclass(frozen=True)
class Question:
    place: Place | None
    month: date | None
    choice: Choice
    day_type: str


def read(run: Served, given: Mapping[str, str]) -> Question:
    """A question from an address. Raises `AskedError` for what is not offered; what is left out is the first choice."""
    errors: dict[str, list[str]] = {}
    place = _place(run, given.get("area", ""), errors)
    choice = choice_named(given.get("offence", "") or CHOICES[0].name)
    if choice is None:
        errors["offence"] = ["Choose a group of offences from the list."]
    day_type = given.get("days", "") or "all"
    if day_type not in WEEKDAYS:
        errors["days"] = ["Choose all days, Monday to Friday, or the week-end."]
    month = None
    told = run.agencies.get(place.agency, {}) if place else {}
    if "covered" in told:
        month = _month(told, given.get("month", ""), errors)
    if errors or choice is None:
        raise AskedError(errors)
    return Question(place, month, choice, day_type)


def _place(run: Served, text: str, errors: dict[str, list[str]]) -> Place | None:
    if not text:
        busiest = run.run.serving.get("first")
        return place_of(run, str(busiest)) if busiest else None
    place = place_of(run, text)
    if place is None:
        try:
            place = place_named(run, text, "area")
        except AskedError as error:
            errors.update(error.errors)
    return place


def _month(told: Mapping[str, Any], text: str, errors: dict[str, list[str]]) -> date | None:
    if not text:
        return first_month(told)
    try:
        return month_named(told, text, "month")
    except AskedError as error:
        errors.update(error.errors)
        return None
