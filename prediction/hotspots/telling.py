"""Hot spots in words, for one reader: what may be seen, written as it is shown."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from insights.columns import HIDDEN
from insights.maps import AreaMap, Figure, Outlines, Point, draw_map
from insights.maps.areas import boundaries_of, kept, state_of
from insights.wording import count, month_name, percent
from ledger.choices import AreaKind, OffenceGroup
from ledger.models import Agency, Area
from prediction.hotspots.subjects import Subject
from prediction.models import HotspotCell, HotspotCluster, HotspotRun

LISTED = 40  # clusters and cells in the tables
FRAMES = (AreaKind.ZONE, AreaKind.DISTRICT, AreaKind.BOROUGH, AreaKind.BEAT, AreaKind.NEIGHBOURHOOD)
ROUNDED = 10


@dataclass(frozen=True)
class Reader:
    """How counts are written for whoever looks: exactly, or in tens with small ones hidden."""

    exact: bool

    def hides(self, number: int) -> bool:
        return not self.exact and 0 < number < ROUNDED

    def write(self, number: int) -> str:
        if self.hides(number):
            return HIDDEN
        return count(number if self.exact else round(number, -1))

    def value(self, number: int) -> float | None:
        if self.hides(number):
            return None
        return float(number if self.exact else round(number, -1))


def finding(run: HotspotRun, subject: Subject, reader: Reader) -> str:
    """What the map comes to, in a sentence or two."""
    flagged = run.counted.filter(flagged=True)
    held = sum(flagged.values_list("count", flat=True))
    share = held / run.incidents
    cells = flagged.count()
    told = (
        f"{reader.write(held)} of {reader.write(run.incidents)} {subject.noun} ({percent(share)}) lie in the {count(cells)} hexagons "
        f"with the most, which are {percent(cells / run.cells)} of {count(run.cells)}."
    )
    if run.unplaced:
        told += f" {reader.write(run.unplaced)} more have no place and are in none of these figures."
    return told


def tested(run: HotspotRun) -> str:
    """What the back-tests come to, in a sentence."""
    known = [one for one in run.tests if one["pai"] is not None]
    if not known:
        return (
            "How well such places foretell the next month cannot be told yet: a back-test needs twelve whole months before the "
            "month that it foretells."
        )
    better = sum(one["low"] > 1 for one in known)
    pooled = sum(one["n"] for one in known) / sum(one["of"] for one in known)
    best = sum(one["n"] for one in known) / max(1, sum(one["best"] for one in known))
    beaten = sum(one["pai"] > (one["rival_pai"] or 0) for one in known)
    return (
        f"Flagged from the twelve months before, the one hexagon in a hundred held {percent(pooled)} of the crimes of the "
        f"{_months(len(known))} tested, {percent(best)} of what the best hexagons of each month held. "
        f"In {better} of {len(known)} months the whole interval lies above chance (PAI 1); in {beaten} the twelve months foretold "
        "better than the last month alone."
    )


def _months(number: int) -> str:
    return "month" if number == 1 else f"{number} months"


def test_rows(run: HotspotRun, reader: Reader) -> list[dict[str, Any]]:
    return [_test_row(one, reader) for one in run.tests]


def _test_row(one: dict[str, Any], reader: Reader) -> dict[str, Any]:
    month = date.fromisoformat(one["month"])
    hidden = reader.hides(one["n"]) or one["pai"] is None
    mark = HIDDEN if reader.hides(one["n"]) else "–"
    return {
        "month": month_name(month.year, month.month),
        "n": reader.write(one["n"]),
        "of": reader.write(one["of"]),
        "area": f"{one['flagged_km2']:.2f} of {one['km2']:,.0f} km²",
        "pai": mark if hidden else f"{one['pai']:.1f}",
        "interval": "" if hidden else f"{one['low']:.1f} to {one['high']:.1f}",
        "pei": mark if hidden or one["pei"] is None else f"{one['pei']:.2f}",
        "rival": mark if hidden or one["rival_pai"] is None else f"{one['rival_pai']:.1f}",
    }


def cluster_rows(run: HotspotRun, reader: Reader) -> list[dict[str, Any]]:
    found = _with_areas(run.clusters)[:LISTED]
    return [{"place": place, **_cluster_row(one, reader)} for place, one in enumerate(found, 1)]


def _cluster_row(one: HotspotCluster, reader: Reader) -> dict[str, Any]:
    group = OffenceGroup(one.group).label
    return {
        "area": _named(one.area),
        "count": reader.write(one.count),
        "recent": reader.write(one.recent),
        "radius": f"{one.radius:,} m" if one.radius else "one address",
        "group": f"{group} ({reader.write(one.group_count)})",
    }


def cell_rows(run: HotspotRun, reader: Reader) -> list[dict[str, Any]]:
    found = _with_areas(run.counted.filter(flagged=True))[:LISTED]
    return [
        {
            "key": one.cell,
            "area": _named(one.area),
            "count": reader.write(one.count),
            "recent": reader.write(one.recent),
        }
        for one in found
    ]


def _named(area: Area | None) -> str:
    if area is None:
        return "in no area"
    kind = area.get_kind_display()
    return area.name if area.kind == AreaKind.NEIGHBOURHOOD else f"{kind} {area.name}"


def map_of(run: HotspotRun, agency: Agency, subject: Subject, reader: Reader) -> AreaMap | None:
    """Hexagons by count on the borders of the agency's areas, the middle of each cluster as a dot."""
    cells = list(_with_areas(run.counted).defer("boundary", "area__boundary"))
    frame = _frame(agency)
    borders = {f"area-{pk}" for pk in frame.values_list("pk", flat=True)}
    clusters = list(_with_areas(run.clusters)[:LISTED])
    return draw_map(
        "hotspots",
        _outlines(run, frame),
        [_figure(one, reader) for one in cells],
        title=f"{subject.label} of twelve months, by hexagon",
        unit="crimes in twelve months",
        write=lambda value: count(int(value)),
        hatched_means="fewer than ten, hidden from you",
        borders=borders,
        points=[
            Point(
                one.longitude,
                one.latitude,
                f"Cluster of {reader.write(one.count)} crimes, {_named(one.area)}",
            )
            for one in clusters
        ],
        marks=[(1, "middle of a cluster")] if clusters else [],
        table="hexagons",
        note="Hexagons without crime are not drawn.",
    )


def _with_areas(found: Any) -> Any:
    """With the names of areas, but without their boundaries, which are long."""
    return found.select_related("area").defer("area__boundary")


def _frame(agency: Agency) -> QuerySet[Area]:
    """The coarsest areas of the agency that have boundaries, as lines to find one's way by."""
    bounded = Area.objects.filter(agency=agency, boundary__isnull=False)
    kinds = set(bounded.order_by().values_list("kind", flat=True).distinct())
    return bounded.filter(kind=next((kind for kind in FRAMES if kind in kinds), ""))


def _outlines(run: HotspotRun, frame: QuerySet[Area]) -> Outlines | None:
    def draw() -> Outlines | None:
        shapes: dict[Hashable, Any] = dict(run.counted.values_list("cell", "boundary"))
        return Outlines.drawn(shapes | {f"area-{pk}": shape for pk, shape in boundaries_of(frame).items()})

    return kept(("hotspots", run.pk, *state_of(frame)), draw)


def _figure(one: HotspotCell, reader: Reader) -> Figure:
    told = f"{reader.write(one.count)} crimes" if not reader.hides(one.count) else "fewer than ten crimes"
    return Figure(one.cell, _named(one.area), reader.value(one.count), told)
