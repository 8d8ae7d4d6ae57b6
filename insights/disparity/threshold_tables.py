"""Tables and charts of the threshold test."""

from __future__ import annotations

from typing import Any

from insights.disparity.arguments import RESULT_LABELS, Arguments
from insights.disparity.reports import (
    Col,
    Row,
    Section,
    Table,
    bars,
    estimate_cells,
    estimate_columns,
    scatter,
)
from insights.fairness.intervals import Estimate
from insights.fairness.threshold import ThresholdTest

Fits = dict[float, ThresholdTest | None]


def sections_of(main: ThresholdTest, fits: Fits, arguments: Arguments, reference: str) -> tuple[Section, ...]:
    thresholds = _threshold_table(main, reference)
    chart = bars("Threshold: chance of carrying at which a search begins", thresholds, "group", "threshold")
    places = _place_table(main, arguments)
    return (
        Section("Thresholds", thresholds, chart),
        Section(f"By {arguments.place_word}", places, _place_chart(main, reference)),
        Section("Posterior check", _check_table(main), text=(CHECK,)),
        Section("Sensitivity to the priors", _sensitivity_table(fits), text=(SENSITIVITY,)),
    )


CHECK = (
    "For every draw of the posterior, searches and hits are drawn anew; of the cells counted, about 95 in 100 should lie "
    "inside the middle 95% of what is drawn."
)
SENSITIVITY = "The same test with priors half as wide and one and a half times as wide."


def _threshold_table(main: ThresholdTest, reference: str) -> Table:
    columns = {
        "group": Col("Group", "text"),
        "searches": Col("Searches"),
        "hits": Col("Hits"),
        **estimate_columns("Threshold", "threshold", "percent", meaning="Mean over places, weighted by all stops of the place; credible interval."),
        **estimate_columns(f"Less that of {reference}", "gap", "points"),
        "below": Col("Probability that it is lower", "percent"),
        "flagged": Col("Beyond doubt", "yes", meaning="At 5%, two-sided, shared among the groups compared."),
    }  # fmt: skip
    gaps = {gap.group: gap for gap in main.gaps}
    rows: list[Row] = []
    for group, found in main.thresholds.items():
        own = [cell for cell in main.cells if cell.group == group]
        gap = gaps.get(group)
        rows.append(
            {
                "group": group,
                "searches": sum(cell.searches for cell in own),
                "hits": sum(cell.hits for cell in own),
                **estimate_cells(found, "threshold"),
                **estimate_cells(gap.difference if gap else Estimate(), "gap"),
                "below": gap.below if gap else None,
                "flagged": gap.flagged if gap else None,
            }
        )
    return Table("thresholds", "Threshold of each group", columns, rows)


def _place_table(main: ThresholdTest, arguments: Arguments) -> Table:
    columns = {
        "place": Col(arguments.place_word.capitalize(), "text"),
        "group": Col("Group", "text"),
        "stops": Col("Persons stopped"),
        "searches": Col("Searches"),
        "hits": Col(RESULT_LABELS[arguments.result]),
        **estimate_columns("Threshold", "threshold", "percent"),
    }
    rows: list[Row] = [
        {
            "place": str(cell.place),
            "group": cell.group,
            "stops": cell.stops,
            "searches": cell.searches,
            "hits": cell.hits,
            **estimate_cells(cell.threshold, "threshold"),
        }
        for cell in main.cells
    ]
    return Table("places", f"Thresholds by {arguments.place_word}", columns, rows)


def _place_chart(main: ThresholdTest, reference: str) -> dict[str, Any]:
    base = {cell.place: cell for cell in main.cells if cell.group == reference}
    points: dict[str, list[dict[str, Any]]] = {}
    for cell in main.cells:
        if cell.group != reference:
            there = base[cell.place]
            point = {
                "x": there.threshold.value,
                "y": cell.threshold.value,
                "n": cell.stops + there.stops,
                "label": str(cell.place),
            }
            points.setdefault(str(cell.group), []).append(point)
    return scatter(
        "Thresholds: each point is a place",
        points,
        x_title=f"Threshold of {reference}",
        y_title="Threshold of the group",
        note="On the dashed line both are equal; below it the group is searched on less evidence.",
    )


def _check_table(main: ThresholdTest) -> Table:
    columns = {
        "rate": Col("Rate", "text"),
        "inside": Col("Cells inside their 95% interval", "percent"),
        "error": Col("Root mean square of observed less expected", "small"),
    }
    check = main.check
    rows: list[Row] = [
        {"rate": "Search rate", "inside": check.search_inside, "error": check.search_error},
        {"rate": "Hit rate", "inside": check.hit_inside, "error": check.hit_error},
    ]
    return Table("check", "Posterior predictive check", columns, rows)


def _sensitivity_table(fits: Fits) -> Table:
    columns = {
        "scale": Col("Scale of priors", "ratio"),
        "group": Col("Group", "text"),
        **estimate_columns("Less the reference's threshold", "gap", "points"),
        "below": Col("Probability that it is lower", "percent"),
        "flagged": Col("Beyond doubt", "yes"),
        "rhat": Col("R-hat", "plain"),
    }
    rows: list[Row] = [
        {
            "scale": scale,
            "group": gap.group,
            **estimate_cells(gap.difference, "gap"),
            "below": gap.below,
            "flagged": gap.flagged,
            "rhat": found.rhat,
        }
        for scale, found in fits.items()
        if found is not None
        for gap in found.gaps
    ]
    return Table("sensitivity", "The gap under narrower and wider priors", columns, rows)
