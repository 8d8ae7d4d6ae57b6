"""Crime by the hour in sentences and rows, the same for the page and its downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from insights.charts import Declaration
from insights.wording import count, listed, percent
from ledger.choices import OffenceGroup
from prediction.crime.hours import Day, Hour
from prediction.crime.offences import KNOWN, Known
from prediction.crime.rates import Served

COLUMNS = ("hour", "expected_per_day", "low", "high", "level", "recorded_year_before", "suggested_patrol")
DAY_TYPES = {"all": "All days", "weekdays": "Monday to Friday", "weekend": "Saturday and Sunday"}
THROUGH = {Known.VICTIM: "victims", Known.POLICE: "police", Known.EITHER: "either"}
TREND_MONTHS = 36
STALE = 3  # months between the newest incident and the month that is forecast, from which the page warns


def figure(value: float) -> str:
    """A count that may be small: three figures that tell, `1.24`, `0.0312`."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return "0" if value == 0 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def title(day: Day) -> str:
    days = "" if day.day_type == "all" else f", {DAY_TYPES[day.day_type]}"
    return f"{day.area.name}, {day.month:%B %Y}{days}: {day.choice.label.lower()}"


def says(day: Day) -> str:
    """What is expected, when, and what was recorded a year before; computed from the figures."""
    total, top = day.total, sorted(day.hours, key=lambda one: -one.expected)[:6]
    on = "" if day.day_type == "all" else f" on {total.days} days ({DAY_TYPES[day.day_type]})"
    first = (
        f"In {day.month:%B %Y}, {figure(total.expected)} incidents are expected in {day.area.name}{on} "
        f"(95% interval {count(total.low)} to {count(total.high)}), {figure(total.a_day)} a day."
    )
    share = sum(one.expected for one in top) / sum(one.expected for one in day.hours)
    hours = listed([one.clock for one in sorted(top, key=lambda one: one.hour)])
    second = (
        f"The six busiest hours ({hours}) hold {percent(share)} of them; six hours by chance would hold 25%."
    )
    return f"{first} {second} {_year_before(day)}"


def _year_before(day: Day) -> str:
    days = day.history.days(day.year_before, day.day_type)
    if not days:
        return f"Of {day.year_before:%B %Y} there is no data."
    number = day.history.total(day.year_before, day.choice.groups, day.day_type)
    part = "" if days == _all_days(day) else f" on the {days} days with data"
    return f"In {day.year_before:%B %Y}, {count(number)} were recorded{part}."


def _all_days(day: Day) -> int:
    from prediction.crime.coverage import days_of
    from prediction.crime.history import WEEKDAYS

    return sum(one.weekday() in WEEKDAYS[day.day_type] for one in days_of(day.year_before))


def rows(day: Day) -> list[dict[str, Any]]:
    """A row for each hour, in figures."""
    return [
        dict(zip(COLUMNS, values, strict=True))
        for values in (
            (
                one.clock,
                round(one.expected, 6),
                round(one.low, 6),
                round(one.high, 6),
                one.level,
                None if one.last_year is None else round(one.last_year, 6),
                one.patrol,
            )
            for one in day.hours
        )
    ]


def written(one: Hour) -> dict[str, str]:
    """An hour as the page's table has it."""
    return {
        "clock": one.clock,
        "expected": figure(one.expected),
        "span": f"{figure(one.low)} to {figure(one.high)}",
        "level": one.level,
        "last_year": "–" if one.last_year is None else figure(one.last_year),
        "patrol": one.patrol or "–",
    }


@dataclass(frozen=True)
class OfType:
    """A group of offences: incidents expected in the month (None: nothing is), and recorded in the last twelve months with data."""

    label: str
    expected: float | None
    recorded: int
    known: str
    discovered: bool


def types(day: Day) -> list[OfType]:
    """Groups of offences, the most expected first, and how they come to be known."""
    recorded = day.history.by_group(day.history.months[-12:])
    groups = sorted({*day.by_group, *recorded}, key=lambda one: (-day.by_group.get(one, 0.0), one))
    return [
        OfType(
            label=str(OffenceGroup(one).label),
            expected=day.by_group.get(one),
            recorded=recorded[one],
            known=THROUGH[KNOWN[OffenceGroup(one)]],
            discovered=KNOWN[OffenceGroup(one)] is not Known.VICTIM,
        )
        for one in groups
        if one in day.choice.groups
    ]


def by_type(day: Day) -> list[dict[str, Any]]:
    """The same as the page's table has it."""
    return [
        {
            "label": one.label,
            "expected": "–" if one.expected is None else figure(one.expected),
            "recorded": count(one.recorded),
            "known": one.known,
        }
        for one in types(day)
    ]


def recorded(day: Day) -> list[tuple[date, int, int]]:
    """Month, incidents and covered days, of the last months with data."""
    return [
        (
            month,
            day.history.total(month, day.choice.groups, day.day_type),
            day.history.days(month, day.day_type),
        )
        for month in day.history.months[-TREND_MONTHS:]
    ]


def trend(day: Day) -> tuple[Declaration, list[dict[str, str]]]:
    """Incidents a day month by month, and what is expected of the month that was asked for."""
    months = recorded(day)
    table = [
        {
            "month": f"{month:%B %Y}",
            "recorded": count(number),
            "days": count(days),
            "a_day": figure(number / days) if days else "–",
        }
        for month, number, days in reversed(months)
    ]
    return _trend_chart(day, months), table


def _trend_chart(day: Day, months: Sequence[tuple[date, int, int]]) -> Declaration:
    total = day.total
    names = [f"{month:%b %Y}" for month, _, _ in months] + [f"{day.month:%b %Y}, expected"]
    values = [number / days if days else None for _, number, days in months]
    return {
        "type": "bar" if len(months) < 3 else "line",
        "title": "Incidents per day, month by month",
        "x": names,
        "x_title": "Month",
        "y_title": "Incidents per covered day",
        "y_format": "count",
        "series": [
            {
                "label": "Recorded",
                "values": [*values, None],
                "n": [*[number for _, number, _ in months], None],
            },
            {
                "label": "Expected",
                "values": [*[None] * len(months), total.a_day],
                "low": [*[None] * len(months), total.low / total.days],
                "high": [*[None] * len(months), total.high / total.days],
            },
        ],
        "note": "Months without data are left out; they are not months without crime.",
    }


def average(day: Day) -> str:
    """Daily average over all calendar days of this month of the year, in all years with data."""
    found = day.history.average_daily(day.month.month, day.choice.groups, day.day_type)
    if found is None:
        return ""
    mean, total, days = found
    return f"{figure(mean)} a day: {count(total)} incidents on {count(days)} days of all {day.month:%B} months with data, days without any included."


def caveats(day: Day) -> list[str]:
    """What the figures leave out, computed."""
    left = day.told["left_out"]
    column = day.area.kind if day.area.kind in left["place"] else "area"
    without = f"{count(left['incidents'])} incidents of covered days, {count(left['hour'])} say no hour and {count(left['place'][column])} no {day.area.get_kind_display().lower()}"
    found = [f"Of the force's {without}; these are in no forecast."]
    discovered = [one.label for one in types(day) if one.discovered]
    if discovered:
        found.append(
            f"{listed(discovered)}: found by police at least in part, so they tell where police were as much as what happened."
        )
    last = date.fromisoformat(day.told["covered"][-1][1])
    months = (day.month.year - last.year) * 12 + day.month.month - last.month
    if months > STALE:
        found.append(
            f"The newest incidents are of {last.day} {last:%B %Y}, {months} months before. The back-test looked one month ahead: so far "
            "ahead the forecast is less sure than its interval says."
        )
    return found


def judged(run: Served, agency: int) -> dict[str, str]:
    """The run's verdict and back-test of a force, in words."""
    metrics = run.run.metrics
    name = run.agencies[agency]["name"]
    own = metrics if metrics["agency"] == name else metrics["agencies"][name]
    ours = next(row for row in own["rivals"] if row["served"])
    months = own["judged"]
    return {
        "why": run.agencies[agency]["why"],
        "rival": _against(own),
        "months": f"{months[0]} to {months[-1]}",
        "best": percent(ours["best_hours"]["value"]),
        "coverage": percent(own["coverage"]["area"]),
    }


def _against(own: dict[str, Any]) -> str:
    found = own["difference"]
    span = f"{found['low']:+.4f} to {found['high']:+.4f}"
    told = f"{found['value']:+.4f} ({span})".replace("-", "−")
    if found["high"] < 0:
        return f"Better than the {own['against']}, which is harder to beat: the deviance differs by {told}."
    return f"Not to be told from the {own['against']} beyond doubt: the deviance differs by {told}."
