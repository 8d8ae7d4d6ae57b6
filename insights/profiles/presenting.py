"""A profile's columns as the page shows them: shares, ranges, and a small histogram as shapes."""

from __future__ import annotations

from typing import Any

from insights.models import ProfileRun
from insights.wording import percent

HEIGHT, WIDTH = 28.0, 120.0
MOST_WORDS = 3
TYPES = {"moment": "date and time", "nested": "nested values"}


def columns_of(run: ProfileRun, changes: dict[str, str]) -> list[dict[str, Any]]:
    """Every column of a profile with what the page says of it."""
    return [
        {
            "label": column["label"],
            "type": TYPES.get(column["type"], column["type"]),
            "known": column["known"],
            "missing": column["missing"],
            "share": percent(column["missing"] / run.rows) if run.rows else "",
            "distinct": column["distinct"],
            "range": _range(column),
            "common": _common(column),
            "bars": bars(column["bins"] or _as_bins(column)),
            "says": _said(column),
            "change": changes.get(column["name"], ""),
        }
        for column in run.columns
    ]


def _range(column: dict[str, Any]) -> str:
    if column["low"] is None:
        return ""
    low, high = (_short(column["type"], column[end]) for end in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _short(kind: str, value: Any) -> str:
    if kind == "number":  # six digits, and never as a power of ten
        return (f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:,.6g}").replace("-", "−")
    return str(value)[: {"time": 5, "moment": 16}.get(kind)]


def _common(column: dict[str, Any]) -> str:
    """The commonest values with their share of those known."""
    if column["type"] in ("number",) or not column["top"] or not column["known"]:
        return ""
    said = [f"{value} {count / column['known']:.0%}" for value, count in column["top"][:MOST_WORDS]]
    return ", ".join(said)


def _as_bins(column: dict[str, Any]) -> list[list[Any]]:
    return column["top"] if column["type"] in ("code", "yes/no", "text", "list") else []


def bars(bins: list[list[Any]]) -> list[dict[str, str]]:
    """Rectangles of a histogram, as attributes of SVG: the policy allows no styles."""
    most = max((count for _, count in bins), default=0)
    if not most:
        return []
    step = WIDTH / len(bins)
    return [
        {
            "x": f"{step * place:.2f}",
            "y": f"{HEIGHT - HEIGHT * count / most:.2f}",
            "width": f"{max(step - 1, step * 0.8):.2f}",
            "height": f"{HEIGHT * count / most:.2f}",
        }
        for place, (_, count) in enumerate(bins)
    ]


def _said(column: dict[str, Any]) -> str:
    """The histogram in words, for those who do not see it."""
    bins = column["bins"] or _as_bins(column)
    if not bins:
        return ""
    most = max(bins, key=lambda one: one[1])
    return f"{column['label']}: {len(bins)} bars, the highest at {most[0]} with {most[1]:,}"


def first_words(run: ProfileRun) -> str:
    """Rows and period in a line."""
    said = f"{run.rows:,} rows"
    if run.first_day and run.last_day:
        said += f", {run.first_day:%-d %b %Y} to {run.last_day:%-d %b %Y}"
    return said
