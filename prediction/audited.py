"""Our own forecasts under the audit that those of vendors get: hot spots, and crime by the hour, handed over unasked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from statistics import fmean
from typing import Any

from django.db.models import Max

from insights.audit import bodies
from insights.audit.bodies import Body, DeclaredArea, Offer, Scored, Spot
from insights.audit.residents import declared_around, with_people
from ledger.models import Agency, Area, AreaFigure, Incident
from prediction import audited_plans
from prediction.hotspots.subjects import subject_named
from prediction.models import CrimeRate, HotspotRun, ModelRun, RunState

NAME, PLANS = "our own", "our own plans"
WEEKS = 365.25 / 7  # in a year


def start() -> None:
    """Called when the app is ready."""
    bodies.register(NAME, offers)
    bodies.register(PLANS, audited_plans.offers)


def offers() -> Iterator[Offer]:
    figures = AreaFigure.objects.aggregate(last=Max("import_run"))["last"] or 0
    told = HotspotRun.objects.filter(why="").select_related("agency").order_by("agency", "subject")
    for run in told:
        slug = f"hot-spots-{run.subject}-{run.agency_id}"
        yield Offer(
            slug, f"{run.seen}/{run.made_at:%Y%m%d%H%M%S}/{figures}/tens", partial(_hotspots, run.pk, slug)
        )
    for used in ModelRun.objects.filter(state=RunState.IN_USE, crime_rates__isnull=False).distinct():
        for number in used.crime_rates.order_by("agency").values_list("agency", flat=True).distinct():
            slug = f"crime-by-the-hour-{number}"
            yield Offer(slug, f"{used.key}/{figures}", partial(_crime, used.pk, number, slug))


# Hot spots


def _hotspots(number: int, slug: str) -> Body:
    """The flagged hexagons, and how well those of earlier months foretold."""
    run = HotspotRun.objects.select_related("agency").get(pk=number)
    subject = subject_named(run.subject)
    areas = _jurisdiction(run)
    names = {area.name for area in areas}
    flagged = run.counted.filter(flagged=True).select_related("area")
    return Body(
        slug=slug,
        name=f"Hot spots of {run.agency} ({(subject.label if subject else run.subject).lower()})",
        about=(
            f"Hexagons of about 0.1 km² that this system flags: the one in a hundred with the most reported crimes from "
            f"{_day(run.first)} to {_day(run.last)}."
        ),
        ours=True,
        areas=areas,
        spots=[_spot(cell, names) for cell in flagged],
        scored=_scored(run.tests),
        notes=(
            "Each flagged hexagon is one prediction.",
            f"{_in_tens(run.unplaced)} reported crimes of these months have no place, and could not be in any hot spot.",
        ),
    )


def _in_tens(number: int) -> str:
    """The audit's note is one for all readers, from some of whom small counts are hidden."""
    return f"Some {round(number, -1):,}" if number >= 10 else "Fewer than ten" if number else "No"


def _day(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else "an unknown day"


def _spot(cell: Any, names: set[str]) -> Spot:
    """The middle of a hexagon, and the area in which most of its crimes lay."""
    longitude, latitude = _middle(cell.boundary)
    area = cell.area.name if cell.area and cell.area.name in names else ""
    return Spot(1, longitude, latitude, area, label=f"Hexagon {cell.cell}")


def _scored(tests: Iterable[dict[str, Any]]) -> list[Scored]:
    return [
        Scored(
            period=f"{date.fromisoformat(one['month']):%B %Y}",
            reports=one["of"],
            foreseen=one["n"],
            places=one["flagged"],
            land=one["flagged_km2"] / one["km2"] if one.get("km2") else None,
        )
        for one in tests
    ]


def _jurisdiction(run: HotspotRun) -> list[DeclaredArea]:
    """The agency's areas with their people; where nothing is known of those, areas that were declared for a vendor's client at
    the same place, whose people the census tells."""
    own = with_people(_areas_of(run.agency))
    cells = run.counted.values_list("boundary", flat=True)
    if any(area.people for area in own) or not cells:
        return own
    return declared_around([_middle(boundary) for boundary in cells]) or own


def _middle(boundary: dict[str, Any]) -> tuple[float, float]:
    corners = boundary["coordinates"][0][:-1]
    longitude, latitude = (round(fmean(corner[at] for corner in corners), 6) for at in (0, 1))
    return longitude, latitude


def _areas_of(agency: Agency) -> list[int]:
    """The areas that the agency's crimes name, and its others of that kind: areas without crime belong to the jurisdiction."""
    crimes: Any = Incident.objects.filter(agency=agency, area__isnull=False)
    named = set(crimes.order_by().values_list("area", flat=True).distinct())
    kinds = Area.objects.filter(pk__in=named).order_by().values_list("kind", flat=True).distinct()
    own = Area.objects.filter(agency=agency, kind__in=list(kinds)).values_list("pk", flat=True)
    return sorted(named | set(own))


# Crime by the hour


def _crime(run_id: int, agency_id: int, slug: str) -> Body:
    """What is expected in a year, by area. Areas without a rate expect next to nothing, and count as none."""
    run, agency = ModelRun.objects.get(pk=run_id), Agency.objects.get(pk=agency_id)
    expected: dict[int, float] = defaultdict(float)
    for area, rates in CrimeRate.objects.filter(run=run, agency=agency).values_list("area", "rates"):
        expected[area] += sum(rates) * WEEKS
    return Body(
        slug=slug,
        name=f"Crime by the hour of {agency}",
        about="Reported crimes that this system expects in a year, by area: the forecast by hour and group, added up.",
        ours=True,
        areas=list(_declared(expected)),
        notes=(
            f"Learned from reports of {_day(run.data_first)} to {_day(run.data_last)}. The season is left out: over a year it evens out.",
            "How right it was, hour by hour, stands on the card of the run under Prediction.",
        ),
    )


def _declared(expected: dict[int, float]) -> Iterator[DeclaredArea]:
    """Areas of the finest kind that has rates, each with its expected crimes: one crime may be in a beat and in a zone."""
    kinds = dict(Area.objects.filter(pk__in=expected).values_list("pk", "kind"))
    by_kind: dict[str, list[int]] = defaultdict(list)
    for area, kind in kinds.items():
        by_kind[kind].append(area)
    finest = max(by_kind.values(), key=len, default=[])
    names = dict(Area.objects.filter(pk__in=finest).values_list("name", "pk"))
    for one in with_people(finest):
        yield DeclaredArea(one.name, one.people, one.boundary, round(expected[names[one.name]]))
