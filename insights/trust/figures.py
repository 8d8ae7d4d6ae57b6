"""Survey figures as the pages read them: shares by area and period, the newest import of a figure before older ones.

Survey figures are published and not scoped by agency.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import cast

from django.db.models import Count, Max, Q, QuerySet

from insights.trust.bands import Design
from ledger.choices import AreaKind
from ledger.models import Area, ImportUndo, SurveyFigure

FORCE = 0  # stands for "no area" where areas are told by their number
# Figures a year and area that a survey's owner states as its design, by survey and kind of area.
DESIGNS: Mapping[tuple[str, str], int] = {("PAS", AreaKind.BOROUGH.value): 400}
LEAST_PERIODS = 2  # of a survey that has a trend


@dataclass(frozen=True)
class Figure:
    share: float
    base: int | None = None


@dataclass(frozen=True)
class Survey:
    """One survey at one kind of area, such as PAS by borough."""

    name: str
    kind: str
    areas: int
    periods: int
    days: Mapping[str, tuple[date, ...]] = field(default_factory=dict, compare=False)  # by measure, in order

    @property
    def slug(self) -> str:
        return f"{self.name} by {self.kind}"

    @property
    def title(self) -> str:
        return f"{self.name}, by {str(AreaKind(self.kind).label).lower()}"

    @property
    def usual_asked(self) -> int | None:
        return DESIGNS.get((self.name, self.kind))

    def figures(self) -> QuerySet[SurveyFigure]:
        """All people's figures of its areas, and of the force."""
        own = Q(area__kind=self.kind) | Q(area=None)
        return current().filter(own, survey=self.name, group="")


Shares = dict[int, dict[date, Figure]]  # by area (0: the force) and last day of the period


@dataclass(frozen=True)
class Measured:
    """One measure: shares by area and period, and the areas by number."""

    measure: str
    shares: Shares
    areas: Mapping[int, Area]

    @cached_property
    def periods(self) -> list[date]:
        return sorted({day for by_day in self.shares.values() for day in by_day})

    def at(self, area: int, day: date) -> Figure | None:
        return self.shares.get(area, {}).get(day)

    def force(self, day: date) -> Figure | None:
        return self.at(FORCE, day)

    def size(self, design: Design, area: int, day: date) -> float | None:
        """People that count towards a figure; the force's are those of all areas of the survey."""
        figure = self.at(area, day)
        if figure is None:
            return None
        return design.size(figure.base, len(self.areas) if area == FORCE else 1)


def current() -> QuerySet[SurveyFigure]:
    return cast("QuerySet[SurveyFigure]", SurveyFigure.objects.current())


def surveys() -> list[Survey]:
    """Surveys with figures of areas over several periods, the one with the most periods first."""
    return list(_listed(_state()))


def measures(survey: Survey) -> list[str]:
    """The measures that a survey has of areas, by name."""
    return sorted(survey.days)


def _state() -> tuple[int, ...]:
    """Changes with every figure that comes and every import that is undone."""
    rows = SurveyFigure.objects.aggregate(number=Count("*"), last=Max("id"))
    return rows["number"], rows["last"] or 0, ImportUndo.objects.count()


@lru_cache(maxsize=4)
def _listed(state: tuple[int, ...]) -> tuple[Survey, ...]:
    """What there is, kept while nothing changes: it is looked up on every page."""
    days: dict[tuple[str, str], dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    of_areas = current().filter(group="", area__isnull=False)
    for survey, kind, measure, day in (
        of_areas.values_list("survey", "area__kind", "measure", "period_end")
        .distinct()
        .order_by("period_end")
    ):
        days[survey, kind][measure].append(day)
    areas = of_areas.values("survey", "area__kind").annotate(areas=Count("area", distinct=True))
    found = []
    for row in areas:
        own = {name: tuple(listed) for name, listed in days[row["survey"], row["area__kind"]].items()}
        periods = len({day for listed in own.values() for day in listed})
        found.append(Survey(row["survey"], row["area__kind"], row["areas"], periods, own))
    enough = (one for one in found if one.periods >= LEAST_PERIODS)
    return tuple(sorted(enough, key=lambda one: (-one.periods, one.slug)))


def main_measure(found: Iterable[str]) -> str:
    """The measure of trust, where one is named so; else the first."""
    listed = list(found)
    return next((one for one in listed if "trust" in one.lower()), listed[0] if listed else "")


def measured(survey: Survey, measure: str) -> Measured:
    """All figures of a measure."""
    return Measured(measure, _shares(survey.figures().filter(measure=measure)), areas_of(survey))


def all_measured(survey: Survey, areas: Iterable[int] | None = None) -> dict[str, Measured]:
    """Every measure, of some areas (0 is the force) or of all."""
    figures = survey.figures()
    if areas is not None:
        wanted = set(areas)
        own = Q(area__in=wanted - {FORCE})
        figures = figures.filter(own | Q(area=None) if FORCE in wanted else own)
    by_measure: dict[str, Shares] = defaultdict(lambda: defaultdict(dict))
    rows = figures.order_by("import_run_id").values_list("measure", "area", "period_end", "share", "base")
    for measure, area, day, share, base in rows:
        by_measure[measure][area or FORCE][day] = Figure(share, base)
    places = areas_of(survey)
    return {name: Measured(name, dict(by_measure[name]), places) for name in sorted(by_measure)}


def _shares(figures: QuerySet[SurveyFigure]) -> Shares:
    shares: Shares = defaultdict(dict)
    rows = figures.order_by("import_run_id").values_list("area", "period_end", "share", "base")
    for area, day, share, base in rows:
        shares[area or FORCE][day] = Figure(share, base)
    return dict(shares)


def areas_of(survey: Survey) -> dict[int, Area]:
    """The survey's areas by number, in the order of their names."""
    wanted = survey.figures().filter(area__isnull=False).values("area")
    return {one.pk: one for one in Area.objects.filter(pk__in=wanted).defer("boundary").order_by("name")}


def a_year_before(day: date) -> date:
    """The same end of month, a year earlier."""
    last = calendar.monthrange(day.year - 1, day.month)[1]
    ends = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(day.year - 1, day.month, last if ends else min(day.day, last))


def period_label(day: date) -> str:
    """“2023 Q4” for the end of a quarter, else the day."""
    if day.month % 3 == 0 and day.day == calendar.monthrange(day.year, day.month)[1]:
        return f"{day.year} Q{day.month // 3}"
    return day.isoformat()


def has_area(survey: Survey, number: int) -> bool:
    return survey.figures().filter(area=number).exists()
