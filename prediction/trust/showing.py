"""A run's forecasts of one measure as a report: every area, the back-test of every way, how often intervals held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from insights.disparity.reports import (
    Col,
    Headline,
    Report,
    Row,
    Section,
    Table,
    estimate_columns,
    rate_columns,
)
from insights.trust.compared import quoted
from insights.trust.figures import Measured, period_label
from insights.trust.overview import between_points
from insights.wording import percent, points
from prediction.models import ModelRun, TrustForecast

AHEAD = {1: "one quarter", 4: "four quarters"}
LAST = "last value"  # as in `prediction.trust.methods`, which the web process does not load
SHOWN_QUARTERS = 12  # of what was measured, before the forecast
WAYS = {
    "last value": "What was measured last.",
    "damped trend": "The last figure and the mean change of all areas over the last year, less of it with every step.",
    "ridge": "Ridge regression on the changes of the area and of all areas over a quarter, two and a year, and on its distance from all.",
}


def told_of(run: ModelRun, survey: str, measure: str) -> list[dict[str, Any]]:
    """The back-test of one measure, one entry a distance."""
    return [one for one in run.metrics["measures"] if (one["survey"], one["measure"]) == (survey, measure)]


def report(
    run: ModelRun,
    told: Sequence[Mapping[str, Any]],
    forecasts: Sequence[TrustForecast],
    found: Measured | None,
    area: int | None,
) -> Report:
    """`told`: of `told_of`; `forecasts`: of the measure, all ways; `found`: what was measured, for the chart of `area`."""
    measure = told[0]["measure"]
    sections = [Section("Back-test: how far each way was off", back_test_table(told), text=(how(told),))]
    sections.append(
        Section("Do the intervals hold?", coverage_table(told), text=tuple(holding(one) for one in told))
    )
    used = [one for one in forecasts if one.is_used]
    sections.insert(0, Section("Every area", areas_table(used, forecasts, measure)))
    if found is not None and area is not None and (chart := area_chart(found, area, used)):
        sections.insert(0, Section(chart["title"], None, chart))
    return Report(
        headlines=tuple(_headline(one) for one in told),
        findings=tuple(choice(one) for one in told),
        notes=tuple(notes(run, told)),
        sections=tuple(sections),
        summary={"survey": told[0]["survey"], "measure": measure, "run": str(run.key)}
        | {f"used_{one['ahead']}": one["used"] for one in told},
    )


def _headline(one: Mapping[str, Any]) -> Headline:
    error = one["errors"][one["used"]]["value"]
    return Headline(
        f"{AHEAD[one['ahead']].capitalize()} ahead",
        one["used"],
        f"off by {points(error)} on average in the back-test",
    )


def choice(one: Mapping[str, Any]) -> str:
    """Which way is in use at one distance, and why, with the figures it was chosen by."""
    head = f"{AHEAD[one['ahead']].capitalize()} ahead, “{one['used']}” is in use"
    if one["used"] != LAST:
        gain = one["differences"][one["used"]]
        return f"{head}: in the back-test it was nearer than the last value by {points(gain['value'])} on average ({between_points(gain['low'], gain['high'])})."
    best = min(one["differences"], key=lambda name: one["errors"][name]["value"])
    gain = one["differences"][best]
    if gain["value"] >= 0:
        return f"{head}: no other way was nearer in the back-test."
    return (
        f"{head}. “{best}” was nearer by {points(gain['value'])} on average, but on {one['origins']} origins that overlap this may be chance "
        f"({between_points(gain['low'], gain['high'])}): no winner is claimed, and the plainest way is used."
    )


def how(told: Sequence[Mapping[str, Any]]) -> str:
    one = told[0]
    return (
        f"From each of {one['origins']} quarters in the past (and {told[-1]['origins']} for four quarters ahead) every way forecast what came after, of "
        f"{one['areas']} areas, from what was known then. Errors are means of absolute differences; intervals draw whole years of origins again."
    )


def back_test_table(told: Sequence[Mapping[str, Any]]) -> Table:
    columns = {
        "ahead": Col("Quarters ahead", "count"),
        "method": Col("Way", "text"),
        **estimate_columns(
            "Off by",
            "error",
            "off",
            meaning="Mean absolute difference of forecast and figure, over areas and origins.",
        ),
        "bias": Col(
            "Too high by",
            "effect",
            meaning="Mean of forecast less figure: below nought where forecasts were too low.",
        ),
        **estimate_columns(
            "Against the last value",
            "difference",
            "effect",
            meaning="Off by, less that of the last value at the same origins. Below nought is nearer.",
        ),
        "used": Col("In use", "yes"),
    }
    rows = [_way(one, name) for one in told for name in WAYS]
    return Table("back-test", "Back-test of every way", columns, rows)


def _way(one: Mapping[str, Any], name: str) -> Row:
    error, difference = one["errors"][name], one["differences"].get(name, {})
    return {
        "ahead": one["ahead"],
        "method": name,
        "error": error["value"],
        "error_low": error["low"],
        "error_high": error["high"],
        "bias": one["biases"][name],
        "difference": difference.get("value"),
        "difference_low": difference.get("low"),
        "difference_high": difference.get("high"),
        "used": name == one["used"],
    }


def holding(one: Mapping[str, Any]) -> str:
    """How often the interval of the way in use held what came, against what it says."""
    if one["coverage"] is None:
        return f"{AHEAD[one['ahead']].capitalize()} ahead there are too few known errors to give an interval."
    said = (
        f"{AHEAD[one['ahead']].capitalize()} ahead, intervals that say {one['level']:.0%} held what came in {percent(one['coverage'])} of "
        f"{one['judged']:,} forecasts, and in {percent(one['worst'])} from the quarter where they did worst"
    )
    short = one["level"] - one["coverage"]
    return f"{said}: they were too narrow by that." if short > 0.05 else f"{said}."


def coverage_table(told: Sequence[Mapping[str, Any]]) -> Table:
    columns = {
        "ahead": Col("Quarters ahead", "count"),
        "level": Col("Says", "percent"),
        "coverage": Col(
            "Held",
            "percent",
            meaning="Share of forecasts whose outcome lay in the interval as it was given then.",
        ),
        "judged": Col("Of forecasts", "count"),
        "worst": Col("Worst quarter", "percent"),
        "half_width": Col(
            "Now ±", "measured", meaning="Half the width of the interval of a forecast made now."
        ),
    }
    rows = [{key: one[key] for key in columns} for one in told]
    return Table("coverage", "Intervals in the back-test", columns, rows)


def areas_table(used: Sequence[TrustForecast], forecasts: Sequence[TrustForecast], measure: str) -> Table:
    """One row an area: the last figure (which is what the last value forecasts) and the way in use at each distance."""
    last = {one.area_id: one.value for one in forecasts if one.method == LAST}
    by_area: dict[int, Row] = defaultdict(dict)
    targets = {one.ahead: period_label(one.target) for one in used}
    for one in used:
        row = by_area[one.area_id]
        row |= {"area": one.area.name, "number": one.area_id, "last": last.get(one.area_id)}
        row |= {f"q{one.ahead}": one.value, f"q{one.ahead}_low": one.low, f"q{one.ahead}_high": one.high}
    known = period_label(used[0].known_on) if used else ""
    columns = {"area": Col("Area", "text"), "last": Col(f"Measured, {known}", "percent")}
    for ahead, when in sorted(targets.items()):
        columns |= rate_columns(f"Forecast, {when}", f"q{ahead}")
    return Table(
        "forecasts",
        f"{quoted(measure)}: forecasts",
        columns,
        sorted(by_area.values(), key=lambda row: row["area"]),
    )


def area_chart(found: Measured, area: int, used: Sequence[TrustForecast]) -> dict[str, Any] | None:
    own = sorted((one for one in used if one.area_id == area), key=lambda one: one.ahead)
    days = [day for day in found.periods if found.at(area, day)][-SHOWN_QUARTERS:]
    if not own or not days:
        return None
    figures = [found.at(area, day) for day in days]
    shares = [one.share if one else None for one in figures]
    room = [None] * (len(days) - 1)
    forecast = {
        "label": "Forecast",
        "values": [*room, shares[-1], *(one.value for one in own)],
        "low": [*room, shares[-1], *(one.low for one in own)],
        "high": [*room, shares[-1], *(one.high for one in own)],
    }
    return {
        "type": "line",
        "title": f"{found.areas[area].name}: {quoted(found.measure)}, measured and forecast",
        "x": [*(period_label(day) for day in days), *(period_label(one.target) for one in own)],
        "x_title": "Period",
        "y_title": "Share of people asked",
        "y_format": "percent",
        "from_zero": False,
        "series": [forecast, {"label": "Measured", "values": [*shares, *([None] * len(own))]}],
        "note": "The axis of shares does not begin at nought, and that of time goes from one quarter ahead to four. The band is the interval of the forecast.",
    }


def notes(run: ModelRun, told: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        *(f"{name.capitalize()}: {meaning}" for name, meaning in WAYS.items()),
        "A way other than the last value is put in use only where the whole interval of the difference lies below nought.",
        f"Intervals are as wide as past errors of the way in use were, and follow what they missed (adaptive conformal inference); they say {told[0]['level']:.0%}. "
        "Errors of all areas in a quarter hang together, so they hold in the long run, not in every quarter.",
        "A forecast goes on from what was. It knows of no event to come, and a figure of this survey is itself unsure by some points.",
        f"Trained {run.trained_at:%-d %b %Y} from figures to {run.data_last:%-d %b %Y}.",
    ]
