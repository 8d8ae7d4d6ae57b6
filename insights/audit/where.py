"""Where predictions point, as sections of a report: flags with their evidence, and places in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from insights.audit import spots
from insights.audit.flags import SHOWN, Flag
from insights.audit.spots import Place
from insights.disparity.reports import Col, Section, Table
from insights.wording import month_name

IN_TIME = 12  # places drawn in time
MOST_MONTHS = 30  # columns of the drawing
EVIDENCE = {
    "place": Col("Place", "text"),
    "predictions": Col("Predictions"),
    "why": Col("Why it is flagged", "text"),
}


def sections(flags: Sequence[Flag], places: Sequence[Place], days: int | None) -> Iterator[Section]:
    yield from (_flag(flag) for flag in flags)
    if places:
        yield _places(places, days)
        yield from _in_time(places)


def _flag(flag: Flag) -> Section:
    text = [flag.says]
    if len(flag.rows) == SHOWN:
        text.append(f"The table has the {SHOWN} places with the most predictions.")
    table = Table(f"flag-{flag.key}", flag.title, EVIDENCE | POINT, flag.rows) if flag.rows else None
    return Section(f"To look at: {flag.title.lower()}", table, text=tuple(text))


POINT = {
    "latitude": Col("Latitude", "plain", shown=False),
    "longitude": Col("Longitude", "plain", shown=False),
}


def _places(places: Sequence[Place], days: int | None) -> Section:
    columns = {
        "place": Col("Place", "text"),
        "predictions": Col("Predictions"),
        "per_day": Col(
            "A day", "small", meaning="Predictions by the number of days from the first to the last."
        ),
        "days": Col("On so many days", meaning="Days with a prediction; only dated predictions tell them."),
        "kind": Col("Most for", "text"),
    } | POINT
    rows = [_place_row(one, days) for one in places[:SHOWN]]
    shown = columns if any(row["days"] for row in rows) else {k: c for k, c in columns.items() if k != "days"}
    shown = shown if any(row["kind"] for row in rows) else {k: c for k, c in shown.items() if k != "kind"}
    total = sum(one.predictions for one in places) or 1
    top = sum(row["predictions"] for row in rows)
    text = f"There are predictions for {len(places):,} places. The {len(rows)} most predicted have {top / total:.1%} of all predictions."
    return Section(
        "The most predicted places", Table("places", "The most predicted places", shown, rows), text=(text,)
    )


def _place_row(one: Place, days: int | None) -> dict[str, Any]:
    kind = one.kinds.most_common(1)[0][0] if one.kinds else ""
    return {
        "place": one.name,
        "predictions": one.predictions,
        "per_day": spots.per_day(one, days),
        "days": len(one.days) or None,
        "kind": kind,
        "latitude": one.latitude,
        "longitude": one.longitude,
    }


def _in_time(places: Sequence[Place]) -> Iterator[Section]:
    """Only of dated predictions."""
    if every := spots.months(places):
        yield _timeline(places, every)
        yield _leading(places)


def _timeline(places: Sequence[Place], every: list[str]) -> Section:
    """Every month in the table, the last of them drawn."""
    drawn = every[-MOST_MONTHS:]
    rows = [
        {"place": one.name} | {month: one.by_month.get(month, 0) for month in every}
        for one in places[:IN_TIME]
    ]
    columns = {"place": Col("Place", "text")} | {month: Col(_month(month)) for month in every}
    chart = {
        "type": "grid",
        "title": "Predictions by place and month",
        "x": [_month(month) for month in drawn],
        "x_title": "",
        "y_title": "Predictions",
        "y_format": "count",
        "series": [{"label": row["place"], "values": [row[month] for month in drawn]} for row in rows],
        "note": f"The last {MOST_MONTHS} months." if len(every) > len(drawn) else "",
    }
    table = Table("timeline", "Predictions by place and month", columns, rows)
    return Section("When each place was predicted", table, chart)


def _leading(places: Sequence[Place]) -> Section:
    rows = [
        {"month": _month(month), "place": name, "predictions": number, "share": number / whole}
        for month, (name, number, whole) in spots.leading_by_month(places).items()
    ]
    shown = {
        "month": Col("Month", "text"),
        "place": Col("Most predicted place", "text"),
        "predictions": Col("Predictions"),
        "share": Col("Of all in the month", "percent"),
    }
    table = Table("leading", "The most predicted place of each month", shown, rows)
    return Section("Which place was targeted most in which month", table)


def _month(text: str) -> str:
    return month_name(int(text[:4]), int(text[5:]), short=True)
