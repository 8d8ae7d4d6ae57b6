"""Expected crimes of a month by area, as a map and its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from insights.maps import AreaMap, Figure, draw_map, outlines_of
from insights.wording import count
from ledger.choices import AreaKind
from ledger.models import Area
from prediction.crime.coverage import days_of
from prediction.crime.history import covered_days, recorded_by_area
from prediction.crime.hours import Abstains, covered_of, months_offered, told_of
from prediction.crime.intervals import interval
from prediction.crime.offences import CHOICES, Choice, choice_named
from prediction.crime.rates import HOURS_OF_DAY, Served, areas_with_rates
from prediction.crime.statements import rows

NAMED = (AreaKind.BEAT, AreaKind.ZONE)  # kinds whose names are short enough to stand on a map


@dataclass(frozen=True)
class MapQuestion:
    """What is asked: `hour` None for all hours of the day together."""

    agency: int
    told: Mapping[str, Any]
    kind: str
    month: date
    choice: Choice
    hour: int | None

    @property
    def year_before(self) -> date:
        return self.month.replace(year=self.month.year - 1)

    @property
    def days_before(self) -> tuple[int, int]:
        """Days of the month a year before that are covered, and all of them."""
        covered = covered_days(self.year_before, "all", covered_of(self.told))
        return len(covered), len(days_of(self.year_before))


@dataclass(frozen=True)
class AreaMonth:
    """Incidents expected in an area in the hours asked for of the month, with their 95 % interval.

    `last_year`: recorded in the same hours of the month a year before; None where no day of it is covered.
    """

    area: int
    name: str
    expected: float
    low: int
    high: int
    last_year: int | None
    url: str

    @property
    def row(self) -> str:
        """The key of its row beside the map."""
        return str(self.area)

    @property
    def expected_words(self) -> str:
        return written(self.expected)

    @property
    def interval(self) -> str:
        return f"{count(self.low)} to {count(self.high)}"

    @property
    def last_year_words(self) -> str:
        return "unknown" if self.last_year is None else count(self.last_year)


def read(run: Served, given: Mapping[str, str], own: int | None = None) -> MapQuestion:
    """A question from an address; what is left out or not offered is the first choice. Raises `Abstains` where nothing is told."""
    offered = agencies_of(run)
    asked = given.get("agency", "")
    wanted = (
        [one for one in offered if str(one) == asked] or [one for one in offered if one == own] or offered
    )
    if not wanted:
        raise Abstains(
            "No force has a forecast that is better than its base rate. The record and the model card say why."
        )
    told = told_of(run, wanted[0])
    kinds = kinds_of(told)
    months = {f"{one:%Y-%m}": one for one in months_offered(told)}
    hour = given.get("hour", "")
    return MapQuestion(
        agency=wanted[0],
        told=told,
        kind=given["kind"] if given.get("kind") in kinds else kinds[0],
        month=months.get(given.get("month", ""), next(iter(months.values()))),
        choice=choice_named(given.get("offence", "")) or CHOICES[0],
        hour=int(hour) if hour in {str(one) for one in range(HOURS_OF_DAY)} else None,
    )


def agencies_of(run: Served) -> list[int]:
    return [pk for pk, told in run.agencies.items() if told.get("gate") == "open"]


def kinds_of(told: Mapping[str, Any]) -> list[str]:
    """Kinds of areas that a forecast knows, that which it was judged on first."""
    return sorted(told["kinds"], key=lambda kind: (kind != told["finest"], kind))


def by_area(run: Served, asked: MapQuestion) -> list[AreaMonth]:
    """Every area of the kind, the most expected first. A total varies more than Poisson, as was measured; an hour does not."""
    areas = areas_with_rates(run, asked.kind, asked.agency)
    counts = dict.fromkeys(areas, 0.0) | _counts(run, asked, areas)
    spread = asked.told["spread"][asked.kind]["area"][asked.choice.name] if asked.hour is None else 0.0
    names = dict(Area.objects.filter(pk__in=areas).values_list("pk", "name"))
    address, before = _address(asked), _before(asked, areas)
    found = [
        AreaMonth(area, names[area], number, *interval(number, spread), before.get(area), f"{address}{area}")
        for area, number in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.expected, one.name))


def _before(asked: MapQuestion, areas: list[int]) -> dict[int, int]:
    """What was recorded a year before, by area; nothing where it was not."""
    groups, covered = asked.choice.groups, covered_of(asked.told)
    return (
        recorded_by_area(asked.agency, areas, asked.kind, asked.year_before, groups, asked.hour, covered)
        or {}
    )


def _counts(run: Served, asked: MapQuestion, areas: list[int]) -> dict[int, float]:
    """Incidents expected in the hours asked for."""
    passed = run.hours(asked.agency, asked.month)
    hours = tuple(
        number if asked.hour in (None, slot % HOURS_OF_DAY) else 0.0 for slot, number in enumerate(passed)
    )
    season = run.season(asked.agency, asked.month)
    summed = _summed(run.run.pk, asked.agency, tuple(areas), tuple(asked.choice.groups), hours)
    return {area: number * season for area, number in summed.items()}


@lru_cache(maxsize=128)
def _summed(
    run: int, agency: int, areas: tuple[int, ...], groups: tuple[int, ...], hours: tuple[float, ...]
) -> dict[int, float]:
    """Before the season. Summed by the database, as a week of every area is many rows; kept, as a run's rates never change."""
    params = {
        "run": run,
        "agency": agency,
        "areas": list(areas),
        "groups": list(groups),
        "hours": list(hours),
    }
    return dict(rows("crime_expected_month", params))


def _address(asked: MapQuestion) -> str:
    """The page of an area, but for its number at the end."""
    query = {"month": f"{asked.month:%Y-%m}", "offence": asked.choice.name, "area": ""}
    return f"{reverse('crime')}?{urlencode(query)}"


def written(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:,.1f}" if number >= 1 else f"{number:,.2f}"


def map_of(asked: MapQuestion, found: list[AreaMonth]) -> AreaMap | None:
    kind = AreaKind(asked.kind)
    figures = [
        Figure(
            one.area,
            one.name if kind not in NAMED else f"{kind.label} {one.name}",
            one.expected,
            f"{written(one.expected)} expected, {one.low} to {one.high}; {one.last_year_words} recorded the year before",
            one.url,
            short=one.name,
        )
        for one in found
    ]
    known = Area.objects.filter(kind=asked.kind)
    areas = known.filter(agency=asked.agency) | known.filter(pk__in=[one.area for one in found])
    return draw_map(
        "expected",
        outlines_of(areas),
        figures,
        title=f"{asked.choice.label} expected in {asked.month:%B %Y}, by {kind.label.lower()}",
        unit=f"incidents expected {hour_words(asked.hour)}",
        write=written,
        hatched_means="no incident was ever recorded",
        named=kind in NAMED,
        table="areas",
    )


def hour_words(hour: int | None) -> str:
    return "in the month" if hour is None else f"in the month between {hour}:00 and {hour}:59"


def year_before_words(asked: MapQuestion, found: list[AreaMonth]) -> str:
    """What was recorded a year before in all areas together, and on how many of its days."""
    covered, days = asked.days_before
    month = f"{asked.year_before:%B %Y}"
    if not covered:
        return f"Of {month} there is no data: what was recorded then is unknown."
    number = sum(one.last_year or 0 for one in found)
    part = "" if covered == days else f" on the {covered} of {days} days with data"
    alike = "" if asked.hour is not None else " Those that say no hour are among them, and in no forecast."
    return f"In {month}, {count(number)} were recorded in these areas{part}.{alike}"


def finding(asked: MapQuestion, found: list[AreaMonth]) -> str:
    """What the map comes to, in a sentence: how few areas hold half."""
    whole = sum(one.expected for one in found)
    if not whole:
        return "None of these offences was ever recorded here, so that none is expected."
    areas = 1 + sum(held < whole / 2 for held in accumulate(one.expected for one in found))
    first = found[0]
    return (
        f"{written(whole)} incidents are expected {hour_words(asked.hour)}. {areas} of {len(found)} areas hold half of them; the most are "
        f"expected in {first.name}: {written(first.expected)} ({first.low} to {first.high})."
    )
