"""Looking for hot spots of an agency, and keeping what is found in the place of the look before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import transaction

from ledger.models import Agency, Area
from prediction.hotspots import hexagons, reading
from prediction.hotspots.backtests import back_test, most_flagged
from prediction.hotspots.clusters import Cluster, find_clusters
from prediction.hotspots.reading import Known, Located
from prediction.hotspots.subjects import Subject
from prediction.models import HotspotCell, HotspotCluster, HotspotRun

YEAR, RECENT = 12, 3  # months
MOST_TESTS = 8  # months of the back-test
FEWEST = 100  # crimes in twelve months, below which there is nothing to tell
KINDS = ("beat", "area", "zone")  # columns of an incident that name an area, the finest first


@dataclass
class Found:
    """What one look found. `why` says what could not be told."""

    fields: dict[str, Any] = field(default_factory=dict)
    cells: list[HotspotCell] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    why: str = ""


def look(agency: Agency, subject: Subject) -> HotspotRun:
    """Find the hot spots of a subject and keep them."""
    seen = reading.seen(agency.pk)
    known = reading.known(agency.pk, subject.groups)
    why = _too_little(known)
    found = Found(why=why) if why else _find(agency, subject, known)
    return _keep(agency, subject, seen, found)


def _too_little(known: Known) -> str:
    """Why nothing can be told, in a sentence; empty when something can."""
    if len(known.months) < YEAR:
        return (
            f"Hot spots need {YEAR} whole months of reported crimes in a row. There are {len(known.months)} at the end of the "
            "data. Import earlier or later months."
        )
    placed = sum(known.counts.get(month, (0, 0))[0] for month in known.months[-YEAR:])
    if placed < FEWEST:
        return (
            f"In the last {YEAR} whole months {placed} of these crimes have a place. Below {FEWEST} any pattern may be chance, so "
            "none is shown."
        )
    return ""


def _find(agency: Agency, subject: Subject, known: Known) -> Found:
    last, first = known.months[-1], known.months[-YEAR]
    earliest = max(known.months[0], last - YEAR - MOST_TESTS + 1)
    crimes = reading.located(agency.pk, earliest, last)
    crimes = crimes.only(np.isin(crimes.group, subject.groups))
    cells = hexagons.cells_of(crimes.latitude, crimes.longitude)
    land, universe = land_of(agency), "land"
    if not land:
        universe = "seen"
    this_year = crimes.month >= first
    counted = Counter(cells[this_year].tolist())
    clusters, scattered, looked_at = find_clusters(crimes.only(this_year), last - RECENT + 1)
    fields = {
        "first": reading.first_day(first),
        "last": reading.last_day(last),
        "incidents": int(this_year.sum()),
        "unplaced": sum(known.counts.get(month, (0, 0))[1] for month in range(first, last + 1)),
        "cells": len(land | counted.keys()),
        "universe": universe,
        "scattered": scattered,
        "clustered_of": looked_at,
        "tests": tests_of(crimes, cells, known, land),
    }
    return Found(fields, _cells(crimes.only(this_year), cells[this_year], counted, land, last), clusters)


def land_of(agency: Agency) -> frozenset[str]:
    """The cells of the agency's areas, of the finest kind that its crimes name and whose boundaries are there."""
    for place in KINDS:
        areas = Area.objects.filter(agency=agency, boundary__isnull=False, kind__in=_kinds(agency, place))
        boundaries = [boundary for boundary in areas.values_list("boundary", flat=True) if boundary]
        if boundaries:
            return hexagons.covering(boundaries)
    return frozenset()


def _kinds(agency: Agency, place: str) -> list[str]:
    """Kinds of the areas that a column of the agency's crimes names."""
    named = agency.incidents.filter(**{f"{place}__isnull": False}).order_by().values(f"{place}_id")[:1]
    return list(
        Area.objects.filter(pk__in=list(named.values_list(f"{place}_id", flat=True))).values_list(
            "kind", flat=True
        )
    )


def tests_of(crimes: Located, cells: Any, known: Known, land: frozenset[str]) -> list[dict[str, Any]]:
    """The back-tests of the last months that have twelve before them, the newest first."""
    by_month = {month: Counter(cells[crimes.month == month].tolist()) for month in known.months}
    tested = [month for month in known.months if month - YEAR in known.months][-MOST_TESTS:]
    found = [back_test(by_month, month, land, hexagons.square_kilometres) for month in reversed(tested)]
    return [{**one, "month": reading.first_day(one["month"]).isoformat()} for one in found]


def _cells(
    crimes: Located, cells: Any, counted: Counter[str], land: frozenset[str], last: int
) -> list[HotspotCell]:
    recent = Counter(cells[crimes.month > last - RECENT].tolist())
    flagged = set(most_flagged(counted, land | counted.keys()))
    known_areas = set(Area.objects.values_list("pk", flat=True))
    order = np.argsort(cells, kind="stable")
    names, starts = np.unique(cells[order], return_index=True)
    found = []
    for name, members in zip(names.tolist(), np.split(order, starts[1:]), strict=True):
        area = reading.most_common(crimes.area[members])
        found.append(
            HotspotCell(
                cell=name,
                boundary=hexagons.outline(name),
                area_id=area if area in known_areas else None,
                count=counted[name],
                recent=recent[name],
                flagged=name in flagged,
            )
        )
    return found


@transaction.atomic
def _keep(agency: Agency, subject: Subject, seen: str, found: Found) -> HotspotRun:
    HotspotRun.objects.filter(agency=agency, subject=subject.name).delete()
    run = HotspotRun.objects.create(
        agency=agency, subject=subject.name, seen=seen, why=found.why, **found.fields
    )
    for cell in found.cells:
        cell.run = run
    HotspotCell.objects.bulk_create(found.cells, batch_size=1000)
    HotspotCluster.objects.bulk_create(
        [
            HotspotCluster(
                run=run,
                longitude=one.longitude,
                latitude=one.latitude,
                count=one.count,
                recent=one.recent,
                radius=one.radius,
                group=one.group,
                group_count=one.group_count,
                area_id=one.area or None,
            )
            for one in found.clusters
        ]
    )
    return run


def agencies_with_crimes() -> list[Agency]:
    """Those of whom a crime in force was ever imported."""
    return [one for one in Agency.objects.all() if one.incidents.exists()]


def is_due(agency: Agency) -> bool:
    """Whether crimes came or went since the last look."""
    newest = HotspotRun.objects.filter(agency=agency).first()
    return newest is None or newest.seen != reading.seen(agency.pk)
