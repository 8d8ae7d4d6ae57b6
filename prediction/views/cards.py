"""The parts of a model card, written out. What a run does not hold is left out: kinds differ in what they have to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from insights.charts import Declaration
from insights.columns import HIDDEN
from insights.wording import count, listed, percent
from prediction.features import FEATURES
from prediction.models import ModelRun
from prediction.stops.words import StopWords

NAMES = {
    "log_loss": "Log-loss",
    "brier": "Brier score",
    "ece": "Calibration error",
    "accuracy": "Accuracy",
    "difference": "Log-loss against the base rate",
    "deviance": "Deviance",
    "mae": "Mean error",
    "mase": "Error ÷ naive's",
    "bias": "Expected ÷ happened",
    "coverage": "Cells in interval",
    "coverage_totals": "Months in interval",
    "best_hours": "In best 6 hours",
    "error_quarter": "Mean error in points, one quarter ahead",
    "error_year": "Mean error in points, four quarters ahead",
    "random_accuracy": "Accuracy, random folds",
    "random_log_loss": "Log-loss, random folds",
    "states_accuracy": "Accuracy, states held out",
    "states_balanced": "Balanced accuracy, states held out",
    "states_log_loss": "Log-loss, states held out",
}
MEANINGS = {
    "log_loss": "Mean of −ln of the probability given to what happened. Lower is better.",
    "brier": "Mean over stops of the sum over classes of (probability − happened)², from 0 to 2. Lower is better.",
    "ece": "How far the likeliest class's probability is from the share that was right, over 15 bins. Lower is better.",
    "accuracy": "Share of stops of which the likeliest class happened. Always naming the commonest class is the first row's.",
    "deviance": "Mean of 2 (y ln(y/μ) − y + μ) over areas, months and hours of the day, for y that happened and μ expected (Poisson). Lower is better.",
    "mae": "Mean of |y − μ| over the same cells. Of rare events it prefers whoever says “none”, so nothing is chosen by it.",
    "mase": "The mean error ÷ that of naming what happened in the same month last year, else last month.",
    "bias": "Sum of what was expected ÷ sum of what happened; 1 is neither too many nor too few.",
    "coverage": "Share of cells in which what happened lies in the 95% interval (Poisson). Whole numbers make it more than 95%.",
    "coverage_totals": "Share of areas' months whose total lies in the 95% interval (negative binomial, with the spread of the months before).",
    "best_hours": "Share of what happened that fell in those six hours of the day which were ranked first, area by area. A quarter by chance.",
    "error_quarter": "Mean of |forecast − share| over areas and origins, in percentage points. Lower is better.",
    "error_year": "The same, four quarters ahead.",
    "random_accuracy": "Share of rows whose group was told, in five folds drawn at random: rows of one state stand on both sides.",
    "random_log_loss": "Mean of −ln of the probability given to the group that the row is about, in the same folds. Lower is better.",
    "states_accuracy": "Share of rows whose group was told by a model that saw no row of their state.",
    "states_balanced": "Mean over the groups of the share of their rows that were told, by a model that saw no row of their state.",
    "states_log_loss": "Mean of −ln of the probability given to the group that the row is about, by a model that saw no row of its state.",
}
SHARES = (
    "ece",
    "accuracy",
    "coverage",
    "coverage_totals",
    "best_hours",
    "random_accuracy",
    "states_accuracy",
    "states_balanced",
)
POINTS = ("error_quarter", "error_year")
LEAST_SHOWN = 10  # as everywhere in the house: counts from 1 to 9 are hidden
Estimate = Mapping[str, float | None]
Row = Mapping[str, Any]  # of a card: `said`, `happened` with `low` and `high`, `stops`


def figures(value: float | None, style: str = "score") -> str:
    if value is None:
        return "–"
    if style == "points":
        return f"{value * 100:.1f}"
    return percent(value) if style == "percent" else f"{value:.4f}".replace("-", "−")


def _style(score: str) -> str:
    return "percent" if score in SHARES else "points" if score in POINTS else "score"


def written(estimate: Estimate, style: str = "score") -> dict[str, str]:
    """A figure and its interval in words."""
    low, high = estimate["low"], estimate["high"]
    span = "" if low is None or high is None else f"{figures(low, style)} to {figures(high, style)}"
    return {"value": figures(estimate["value"], style), "span": span}


def is_small(share: float | None, whole: int, exact: bool) -> bool:
    """Whether those that a share counts, or all the others, are too few to be told to this reader."""
    part = round((share or 0) * whole)
    return not exact and (0 < part < LEAST_SHOWN or 0 < whole - part < LEAST_SHOWN)


def share_written(estimate: Estimate, whole: int, exact: bool) -> dict[str, str]:
    """A share of `whole` stops and its interval in words: to whom small counts are hidden in whole percent, or hidden."""
    if is_small(estimate["value"], whole, exact):
        return {"value": HIDDEN, "span": ""}
    return written({end: _in_percent(value, exact) for end, value in estimate.items()}, "percent")


def stops_written(number: int, exact: bool) -> str:
    """To whom small counts are hidden in tens, so that no difference of two rows tells one."""
    return count(number if exact else round(number, -1))


def split(run: ModelRun, exact: bool) -> dict[str, Any] | None:
    """What it was judged on. The period begins inside a month, which with whole months beside it would tell a few days' stops."""
    held = run.metrics.get("split")
    return held | {"stops": stops_written(held["test_stops"], exact)} if held else None


def _in_percent(share: float | None, exact: bool) -> float | None:
    return share if exact or share is None else round(share, 2)


def rivals(run: ModelRun) -> dict[str, Any] | None:
    """Every rival's scores on the later period."""
    rows = run.metrics.get("rivals")
    if not rows:
        return None
    scores = [name for name in run.metrics.get("scores", []) if name in rows[0]]
    columns = [*scores, *(["difference"] if "difference" in rows[0] else [])]
    against = run.metrics.get("against")
    names = NAMES | ({"difference": f"Deviance less that of {against}"} if against else {})
    return {
        "blocks": run.metrics.get("blocks", "days of the later period"),
        "columns": [names.get(name, name.replace("_", " ").capitalize()) for name in columns],
        "meanings": [(NAMES[name], MEANINGS[name]) for name in scores if name in MEANINGS],
        "rows": [
            {
                "name": row["rival"],
                "served": row.get("served"),
                "cells": [written(row[name], _style(name)) for name in columns],
            }
            for row in rows
        ],
    }


def calibration(run: ModelRun, code: str, words: StopWords, exact: bool) -> dict[str, Any] | None:
    """What was said of one class and what happened, as a chart and its rows; `code` as in the address, else the focal class."""
    held = run.card.get("calibration")
    if not held or run.of is None:
        return None
    chosen = code if code in held else str(run.card["focal"])
    label = words.label(run.of.family, int(chosen))
    bins = held[chosen]
    return {
        "label": label,
        "choices": [(one, words.label(run.of.family, int(one)), one == chosen) for one in held],
        "chart": _calibration_chart(bins, label, exact),
        "rows": [_said_and_happened(one, exact) | {"off": _is_off(one, exact)} for one in bins],
        "says": _calibration_says(bins, label, exact),
    }


def _said_and_happened(one: Row, exact: bool) -> dict[str, Any]:
    """The cells of a part or a month: what was said, what happened with its interval, of how many stops."""
    happened = share_written(_happened(one), one["stops"], exact)
    return {
        "said": percent(one["said"]),
        "happened": happened["value"],
        "span": happened["span"],
        "stops": stops_written(one["stops"], exact),
    }


def _happened(one: Row) -> Estimate:
    return {"value": one["happened"], "low": one["low"], "high": one["high"]}


def _is_off(one: Row, exact: bool) -> bool:
    """Whether what was said lies outside the interval of what happened; of a part that is hidden nothing is told."""
    return not is_small(one["happened"], one["stops"], exact) and not one["low"] <= one["said"] <= one["high"]


def _calibration_says(bins: Sequence[Row], label: str, exact: bool) -> str:
    shown = [one for one in bins if not is_small(one["happened"], one["stops"], exact)]
    off, stops = [one for one in shown if _is_off(one, exact)], sum(one["stops"] for one in bins)
    said, share = (sum(one[name] * one["stops"] for one in bins) / stops for name in ("said", "happened"))
    happened = share_written({"value": share, "low": None, "high": None}, stops, exact)["value"]
    told = f"Over all stops of the later period {label} was said to be {percent(said)} likely and happened in {happened}."
    if not shown:
        return told
    if not off:
        return f"{told} In each of the {len(shown)} parts what was said lies within the interval of what happened."
    return f"{told} In {len(off)} of {len(shown)} parts what was said lies outside the interval of what happened."


def _happened_drawn(rows: Sequence[Row], exact: bool) -> dict[str, Any]:
    """What happened as a line with its intervals; a hidden figure leaves a gap."""
    hidden = [is_small(one["happened"], one["stops"], exact) for one in rows]
    ends = {
        name: [
            None if hides else _in_percent(one[key], exact) for one, hides in zip(rows, hidden, strict=True)
        ]
        for name, key in (("values", "happened"), ("low", "low"), ("high", "high"))
    }
    return {
        "label": "Happened",
        **ends,
        "n": [one["stops"] if exact else round(one["stops"], -1) for one in rows],
    }


def _calibration_chart(bins: Sequence[Row], label: str, exact: bool) -> Declaration:
    said = {"label": "Said", "values": [one["said"] for one in bins]}
    return {
        "type": "line",
        "title": f"{label}: said and happened, on the later period",
        "x": [str(place) for place in range(1, len(bins) + 1)],
        "x_title": "Tenths of the stops, from least to most likely",
        "y_title": "Share of stops",
        "y_format": "percent",
        "series": [_happened_drawn(bins, exact), said],
        "note": "Where the lines lie on each other, what was said is what happened.",
    }


def months(run: ModelRun, words: StopWords, exact: bool) -> dict[str, Any] | None:
    """Month by month through the later period."""
    rows = run.card.get("months")
    if not rows or run.of is None:
        return None
    label = words.label(run.of.family, int(run.card["focal"]))
    chart: Declaration = {
        "type": "line" if len(rows) > 1 else "bar",
        "title": f"{label}: said and happened, month by month",
        "x": [one["month"] for one in rows],
        "x_title": "Month of the later period",
        "y_title": "Share of stops",
        "y_format": "percent",
        "series": [
            _happened_drawn(rows, exact),
            {"label": "Said", "values": [one["said"] for one in rows]},
        ],
        "note": "",
    }
    shown = [
        {
            "month": one["month"],
            "gain": figures(one["log_loss"] - one["base"]),
            **_said_and_happened(one, exact),
        }
        for one in rows
    ]
    return {"label": label, "chart": chart, "rows": shown}


def added(run: ModelRun) -> dict[str, Any] | None:
    """What adding race or gender to the inputs would have changed."""
    held = run.card.get("added")
    if not held:
        return None
    rows = [{"name": listed(one["added"]), **written(one)} for one in held]
    helping = [listed(one["added"]) for one in held if (one["high"] or 0) < 0]
    base = abs(run.metrics["difference"]["value"]) if run.metrics.get("difference") else 0
    if not helping:
        says = "Adding race or gender to the inputs would not have made the predictions better. They are no inputs in any case."
    else:
        most = max(abs(one["value"]) for one in held)
        part = f", where the inputs gain {base:.4f} over the base rate" if base else ""
        says = (
            f"Adding {listed(helping)} would have lowered the log-loss by up to {most:.4f}{part}. They are no inputs in any case: a "
            "stop must not be judged by who was stopped."
        )
    return {"rows": rows, "says": says}


def settings(run: ModelRun) -> list[tuple[str, str]]:
    """What was chosen, rival by rival."""
    return [
        (rival, ", ".join(f"{name} {_value(value)}" for name, value in chosen.items()) or "nothing to choose")
        for rival, chosen in run.parameters.items()
    ]


def _value(value: Any) -> str:
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return listed([f"{one:g}" for one in value], "or")
    if isinstance(value, list):
        labels = [FEATURES[one].label.lower() if one in FEATURES else str(one) for one in value]
        return ", then ".join(labels) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def inputs(run: ModelRun) -> str:
    return listed([FEATURES[one].label.lower() if one in FEATURES else one for one in run.features])
