"""Hot spots in words, for one reader: what may be seen, written as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from insights.columns import HIDDEN
from insights.wording import count, month_name, percent
from ledger.choices import AreaKind, OffenceGroup
from ledger.models import Area
from prediction.hotspots.subjects import Subject
from prediction.models import HotspotCluster, HotspotRun

LISTED = 40  # clusters and cells in the tables
ROUNDED = 10
NOWHERE = "in no area"


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
    share = "" if reader.hides(held) else f" ({percent(held / run.incidents)})"
    cells = flagged.count()
    told = (
        f"{reader.write(held)} of {reader.write(run.incidents)} {subject.noun}{share} lie in the {count(cells)} hexagons "
        f"with the most, which are {percent(cells / run.cells)} of {count(run.cells)}."
    )
    if run.unplaced:
        told += f" {reader.write(run.unplaced)} more have no place and are in none of these figures."
    return told


def tested(run: HotspotRun, reader: Reader) -> str:
    """What the back-tests come to, in a sentence."""
    known = [one for one in run.tests if one["pai"] is not None]
    if not known:
        return (
            "How well such places foretell the next month cannot be told yet: a back-test needs twelve whole months before the "
            "month that it foretells."
        )
    better = sum(one["low"] > 1 for one in known)
    hits = sum(one["n"] for one in known)
    pooled, best = (
        HIDDEN if reader.hides(hits) else percent(hits / max(1, sum(one[name] for one in known)))
        for name in ("of", "best")
    )
    beaten = sum(one["pai"] > (one["rival_pai"] or 0) for one in known)
    return (
        f"Flagged from the twelve months before, the one hexagon in a hundred held {pooled} of the crimes of the "
        f"{_months(len(known))} tested, {best} of what the best hexagons of each month held. "
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
    found = clusters_in_order(run, reader)[:LISTED]
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


def clusters_in_order(run: HotspotRun, reader: Reader) -> list[HotspotCluster]:
    """The largest first, by the count that is shown; of equal ones from west to east."""
    return sorted(
        _with_areas(run.clusters), key=lambda one: (-(reader.value(one.count) or 0), one.longitude, one.pk)
    )


def cell_rows(run: HotspotRun, reader: Reader) -> list[dict[str, Any]]:
    most = _with_areas(run.counted.filter(flagged=True).defer("boundary"))[:LISTED]
    found = sorted(most, key=lambda one: (-(reader.value(one.count) or 0), one.cell))
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
    return named(area.kind, area.name) if area is not None else NOWHERE


def named(kind: str, name: str) -> str:
    """An area by kind and name; neighbourhoods by their name alone."""
    return name if kind == AreaKind.NEIGHBOURHOOD else f"{AreaKind(kind).label} {name}"


def _with_areas(found: Any) -> Any:
    """With the names of areas, but without their boundaries, which are long."""
    return found.select_related("area").defer("area__boundary")
