"""The map of hot spots: drawn once for a look and each way of writing counts, then kept in memory."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

from django.db.models import QuerySet

from insights.maps import AreaMap, Figure, Outlines, Point, draw_map
from insights.maps.areas import boundaries_of, kept, state_of
from insights.wording import count
from ledger.choices import AreaKind
from ledger.models import Agency, Area
from prediction.hotspots.subjects import Subject
from prediction.hotspots.telling import LISTED, NOWHERE, Reader, clusters_in_order, named
from prediction.models import HotspotRun

FRAMES = (AreaKind.ZONE, AreaKind.DISTRICT, AreaKind.BOROUGH, AreaKind.BEAT, AreaKind.NEIGHBOURHOOD)
Names = dict[int | None, str]  # of areas, by number


def map_of(
    run: HotspotRun, agency: Agency, subject: Subject, reader: Reader, listed: Collection[str]
) -> AreaMap | None:
    """Hexagons by count on the borders of the agency's areas, the middle of each cluster as a dot. `listed`: those in the table."""
    frame, names = _frame(agency), names_of(run)
    state = (run.pk, reader.exact, *names.items(), *state_of(frame))
    return kept(("map of hot spots", *state), lambda: _drawn(run, subject, reader, listed, frame, names))


def names_of(run: HotspotRun) -> Names:
    """Names of the areas that the map tells; they may be changed by hand."""
    numbers = run.counted.order_by().values("area").union(run.clusters.order_by().values("area"))
    areas = Area.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", "kind", "name")
    return {None: NOWHERE} | {pk: named(kind, name) for pk, kind, name in areas}


def _drawn(
    run: HotspotRun,
    subject: Subject,
    reader: Reader,
    listed: Collection[str],
    frame: QuerySet[Area],
    names: Names,
) -> AreaMap | None:
    clusters = clusters_in_order(run, reader)[:LISTED]
    # By their keys: the order of the counts would stand in the drawing, of hidden ones too.
    cells = run.counted.order_by("cell").values_list("cell", "count", "area")
    return draw_map(
        "hotspots",
        _outlines(run, frame),
        [
            Figure(cell, names[area], reader.value(number), _told(number, reader))
            for cell, number, area in cells
        ],
        title=f"{subject.label} of twelve months, by hexagon",
        unit="crimes in twelve months",
        write=lambda value: count(int(value)),
        hatched_means="fewer than ten, hidden from you",
        borders={f"area-{pk}" for pk in frame.values_list("pk", flat=True)},
        points=[
            Point(
                one.longitude,
                one.latitude,
                f"Cluster of {reader.write(one.count)} crimes, {names[one.area_id]}",
            )
            for one in clusters
        ],
        marks=[(1, "middle of a cluster")] if clusters else [],
        table="hexagons",
        listed=listed,
        note="Hexagons without crime are not drawn.",
    )


def _told(number: int, reader: Reader) -> str:
    return "fewer than ten crimes" if reader.hides(number) else f"{reader.write(number)} crimes"


def _frame(agency: Agency) -> QuerySet[Area]:
    """The coarsest areas of the agency that have boundaries, as lines to find one's way by."""
    bounded = Area.objects.filter(agency=agency, boundary__isnull=False)
    kinds = set(bounded.order_by().values_list("kind", flat=True).distinct())
    return bounded.filter(kind=next((kind for kind in FRAMES if kind in kinds), ""))


def _outlines(run: HotspotRun, frame: QuerySet[Area]) -> Outlines | None:
    """Shared by the maps of all readers."""

    def draw() -> Outlines | None:
        shapes: dict[Hashable, Any] = dict(run.counted.values_list("cell", "boundary"))
        return Outlines.drawn(shapes | {f"area-{pk}": shape for pk, shape in boundaries_of(frame).items()})

    return kept(("hot spots", run.pk, *state_of(frame)), draw)
