"""Hot spots as they are taken away: the page's figures as tables of numbers, for one reader."""

from __future__ import annotations

from datetime import date
from typing import Any

from insights.columns import HIDDEN
from insights.disparity.reports import Col, Report, Row, Section, Table
from ledger.choices import OffenceGroup
from ledger.models import Agency
from prediction.hotspots.mapping import names_of
from prediction.hotspots.subjects import Subject
from prediction.hotspots.telling import Reader, clusters_in_order, finding, tested
from prediction.models import HotspotRun

ABOUT = (
    "About places and twelve months. A hot spot is no ground to stop or search anybody, and says nothing about who is there. It shows crime "
    "that was reported, not all crime.",
    "Hexagons without crime have no row. Offences that patrols discover (drugs, weapons) and fraud are left out.",
)
ROUNDED = f"Counts are rounded to tens for you; those from 1 to 9 are hidden, {HIDDEN}."
LAND = "The universe of hexagons is the land of the agency’s areas, with or without crime, and hexagons outside in which a crime was reported."
SEEN = (
    "No boundaries of the agency’s areas are imported: the universe is the hexagons with crime alone, so that PAI is lower than over all "
    "land and compares with no other place."
)
AREA = Col("Area", "text", meaning="The area that most of the crimes name.")
CRIMES = Col("Crimes", meaning="Reported in the twelve months, with a place.")
RECENT = Col("Last 3 months", meaning="Of them, in the last three of the twelve months.")
CELLS = {
    "hexagon": Col("Hexagon", "text", meaning="H3, resolution 9, about 0.1 km²."),
    "latitude": Col("Latitude", "number", meaning="Of the middle, degrees."),
    "longitude": Col("Longitude", "number", meaning="Of the middle, degrees."),
    "area": AREA,
    "crimes": CRIMES,
    "recent": RECENT,
    "flagged": Col("Flagged", "text", meaning="Among the one hexagon in a hundred with the most crimes."),
}
CLUSTERS = {
    "area": AREA,
    "latitude": Col("Latitude", "number", meaning="Of the middle, degrees."),
    "longitude": Col("Longitude", "number", meaning="Of the middle, degrees."),
    "crimes": CRIMES,
    "recent": RECENT,
    "radius_m": Col("Nine in ten within, m", meaning="Metres from the middle; 0 is one address."),
    "most_frequent": Col("Most frequent", "text"),
    "most_frequent_crimes": Col("Crimes of the most frequent kind"),
}
TESTS = {
    "month": Col("Month foretold", "text"),
    "hits": Col("Crimes in flagged hexagons"),
    "of": Col("Of all"),
    "flagged_km2": Col("Area flagged, km²", "ratio"),
    "km2": Col("Area, km²", "ratio"),
    "pai": Col(
        "PAI", "ratio", meaning="Share of the month’s crimes in flagged hexagons ÷ their share of the area."
    ),
    "pai_low": Col("PAI, low", "ratio", meaning="Wilson’s 95% interval."),
    "pai_high": Col("PAI, high", "ratio"),
    "pei": Col("PEI", "ratio", meaning="Those crimes ÷ those in as many of the best hexagons."),
    "rival_pai": Col("PAI of the last month alone", "ratio"),
}


def report_of(run: HotspotRun, agency: Agency, subject: Subject, reader: Reader) -> Report:
    """Everything of the page. Counts are written as for the page's reader: exactly, or in tens with small ones hidden."""
    tables = [
        Table("hexagons", "Hexagons with crime, the most first", CELLS, _cells(run, reader)),
        Table("clusters", "Clusters of crimes, the largest first", CLUSTERS, _clusters(run, reader)),
        Table(
            "backtests",
            "Back-tests by month, the newest first",
            TESTS,
            [_test(one, reader) for one in run.tests],
        ),
    ]
    return Report(
        findings=(finding(run, subject, reader), tested(run, reader)),
        notes=(*ABOUT, LAND if run.universe == "land" else SEEN, *(() if reader.exact else (ROUNDED,))),
        sections=tuple(Section(table.caption, table) for table in tables),
        summary={
            "agency": agency.name,
            "offences": subject.label,
            "first_day": f"{run.first}",
            "last_day": f"{run.last}",
            "crimes": _count(run.incidents, reader),
            "crimes_without_place": _count(run.unplaced, reader),
            "hexagons_in_all": run.cells,
            "computed": run.made_at.isoformat(timespec="seconds"),
        },
    )


def _count(number: int, reader: Reader) -> int | str:
    value = reader.value(number)
    return HIDDEN if value is None else int(value)


def _cells(run: HotspotRun, reader: Reader) -> list[Row]:
    names = names_of(run)
    kept = run.counted.values_list("cell", "boundary", "area", "count", "recent", "flagged")
    return [
        {
            "hexagon": cell,
            **_middle(boundary),
            "area": names[area],
            "crimes": _count(crimes, reader),
            "recent": _count(recent, reader),
            "flagged": "yes" if flagged else "no",
        }
        for cell, boundary, area, crimes, recent, flagged in sorted(
            kept, key=lambda one: (-(reader.value(one[3]) or 0), one[0])
        )
    ]


def _middle(boundary: dict[str, Any]) -> dict[str, float]:
    """The mean of the corners; the ring is closed, so that its last point is its first."""
    corners = boundary["coordinates"][0][:-1]
    longitude, latitude = (round(sum(of) / len(corners), 6) for of in zip(*corners, strict=True))
    return {"latitude": latitude, "longitude": longitude}


def _clusters(run: HotspotRun, reader: Reader) -> list[Row]:
    names = names_of(run)
    return [
        {
            "area": names[one.area_id],
            "latitude": round(one.latitude, 6),
            "longitude": round(one.longitude, 6),
            "crimes": _count(one.count, reader),
            "recent": _count(one.recent, reader),
            "radius_m": one.radius,
            "most_frequent": str(OffenceGroup(one.group).label),
            "most_frequent_crimes": _count(one.group_count, reader),
        }
        for one in clusters_in_order(run, reader)
    ]


def _test(one: dict[str, Any], reader: Reader) -> Row:
    """Ratios hide with their count, and tell those who see tens no more than the page does: counts could be computed from them."""
    hidden = reader.hides(one["n"])

    def ratio(name: str, places: int) -> float | str | None:
        if hidden or one[name] is None:
            return HIDDEN if hidden else None
        return round(float(one[name]), 4 if reader.exact else places)

    return {
        "month": f"{date.fromisoformat(one['month']):%Y-%m}",
        "hits": _count(one["n"], reader),
        "of": _count(one["of"], reader),
        "flagged_km2": round(one["flagged_km2"], 2),
        "km2": round(one["km2"], 2),
        "pai": ratio("pai", 1),
        "pai_low": ratio("low", 1),
        "pai_high": ratio("high", 1),
        "pei": ratio("pei", 2),
        "rival_pai": ratio("rival_pai", 1),
    }
