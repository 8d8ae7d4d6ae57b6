"""Patrol plans under the audit that predictions get: where their visits fall, and what was reported there on their days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils.text import slugify

from insights.audit.bodies import Body, Later, Offer, Spot
from insights.audit.residents import with_people
from ledger.choices import AreaKind
from ledger.models import Agency, Area, AreaFigure, Incident
from prediction.models import PatrolPlan

COLUMNS = {AreaKind.BEAT: "beat", AreaKind.ZONE: "zone"}  # of an incident; all other kinds are its `area`


def offers() -> Iterator[Offer]:
    """One body for each agency and kind of area with plans, refused ones left out."""
    figures = AreaFigure.objects.aggregate(last=Max("import_run"))["last"] or 0
    told = (
        _plans()
        .values("agency", "kind")
        .annotate(last=Max("pk"), number=Count("pk"))
        .order_by("agency", "kind")
    )
    for one in told:
        agency, kind = one["agency"], one["kind"]
        slug = f"patrol-plans-{slugify(kind)}-{agency}"
        crimes = Incident.objects.filter(agency=agency).aggregate(last=Max("import_run"))["last"] or 0
        yield Offer(
            slug, f"{one['last']}/{one['number']}/{figures}/{crimes}", partial(_load, agency, kind, slug)
        )


def _plans() -> Any:
    return PatrolPlan.objects.exclude(verdict__approved=False)


def _load(agency_id: int, kind: str, slug: str) -> Body:
    agency, plans = Agency.objects.get(pk=agency_id), _plans().filter(agency=agency_id, kind=kind)
    days = plans.aggregate(first=Min("day"), last=Max("day"))
    column = COLUMNS.get(AreaKind(kind), "area")
    crimes: Any = Incident.objects
    named = crimes.filter(agency=agency).filter(**{f"{column}__kind": kind}).values(column)
    areas = Area.objects.filter(Q(agency=agency, kind=kind) | Q(pk__in=named)).values_list("pk", flat=True)
    spots = [spot for plan in plans.order_by("pk") for spot in _spots(plan)]
    return Body(
        slug=slug,
        name=f"Patrol plans of {agency} (by {AreaKind(kind).label.lower()})",
        about="Visits that this system’s patrol plans gave to areas. Plans that were refused are left out.",
        ours=True,
        areas=with_people(areas),
        spots=spots,
        first_day=days["first"],
        last_day=days["last"],
        later=_reports(agency, column, kind, days),
        notes=(
            "Each visit is one prediction, for its area and the days of its shift.",
            "A visit came true when any crime was reported in its area on these days: areas are large, so most may.",
        ),
    )


def _spots(plan: PatrolPlan) -> Iterator[Spot]:
    until = (plan.begins + timedelta(hours=plan.hours) - timedelta(minutes=1)).date()
    for area in plan.body["areas"]:
        if area["visits"]:
            yield Spot(area["visits"], area=area["name"], day=plan.day, until=until)


def _reports(agency: Agency, column: str, kind: str, days: dict[str, Any]) -> list[Later]:
    """Crimes of the planned days by area; none where reports do not reach these days."""
    crimes: Any = Incident.objects.current()
    told = crimes.filter(
        agency=agency,
        occurred_on__range=(days["first"], days["last"] + timedelta(days=1)),
        **{f"{column}__kind": kind},
    )
    return [Later(day, area=area) for day, area in told.values_list("occurred_on", f"{column}__name")]
