"""Every area of a body: predictions beside race and income as charts of points, and the table of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from insights.audit.counting import BASES, Counted
from insights.audit.figures import Figures
from insights.audit.method import BUCKETS, LEAST, MEDIAN, MOST, AreaCount
from insights.audit.people import BY_KEY, GROUPS, HOUSEHOLDS, PEOPLE
from insights.disparity.reports import Col, Section, Table

MOST_POINTS = 600  # of a scatter chart: more cannot be told apart, and the page must open at once


def sections(figures: Figures, counted: Counted) -> Iterator[Section]:
    areas = sorted(counted.areas, key=lambda area: (-area.predictions, area.name))
    races = [group.key for group in GROUPS if group.whole == PEOPLE and group.key in figures["groups"]]
    incomes = [group.key for group in GROUPS if group.whole == HOUSEHOLDS and group.key in figures["groups"]]
    if races and figures["told"]:
        yield Section(
            "Predictions and race",
            chart=_scatter("Predictions and the share of each group, area by area", areas, races),
        )
    if incomes and figures["told"]:
        yield Section(
            "Predictions and income",
            chart=_scatter("Predictions and household income, area by area", areas, incomes),
        )
    yield Section("Area by area", _area_table(figures, areas), text=(BASES[counted.basis],))


def _area_table(figures: Figures, areas: Sequence[AreaCount]) -> Table:
    buckets = {
        area: BUCKETS[name] for name in (MEDIAN, LEAST, MOST) for area in figures["buckets"][name]["names"]
    }
    columns = {
        "area": Col("Area", "text"),
        "predictions": Col("Predictions"),
        "bucket": Col("Targeted", "text"),
        "people": Col("People"),
    }
    columns |= {key: Col(BY_KEY[key].label, "percent") for key in figures["groups"]}
    rows: list[dict[str, Any]] = [
        {
            "area": area.name,
            "predictions": area.predictions,
            "bucket": buckets.get(area.name, "") if figures["told"] else "",
            "people": round(area.population) if "people" in area.people else None,
        }
        | {key: area.share(key) for key in figures["groups"]}
        for area in areas
    ]
    return Table("areas", "Predictions and people by area", columns, rows)


def _scatter(title: str, areas: Sequence[AreaCount], keys: Sequence[str]) -> Figures:
    """Share across, predictions up; of many areas every n-th by predictions is drawn."""
    step = -(-len(areas) * len(keys) // MOST_POINTS)
    drawn = areas[::step] if step > 1 else areas
    series = [
        {
            "label": BY_KEY[key].label,
            "points": [
                {"x": round(share, 4), "y": area.predictions, "n": round(area.population), "label": area.name}
                for area in drawn
                if (share := area.share(key)) is not None
            ],
        }
        for key in keys
    ]
    note = f"The chart shows every {step}th area by predictions; the table has all." if step > 1 else ""
    return {
        "type": "scatter",
        "title": title,
        "x": [],
        "x_title": "Share of the group in the area",
        "y_title": "Predictions",
        "x_format": "percent",
        "y_format": "count",
        "plain": True,
        "series": series,
        "note": note,
    }
