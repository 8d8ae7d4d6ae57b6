"""Crime by the hour as it is taken away: every table of the page in numbers."""

from __future__ import annotations

from insights.disparity.reports import Col, Report, Row, Section, Table
from prediction.crime import telling
from prediction.crime.hours import Day

NOTES = (
    "A forecast of recorded crime, not of crime. About a place and a time; not about any person, and no ground for a stop or a search.",
    "Low, moderate and high are thirds of all hours of all areas of this kind of the force, for these offences and days.",
    "The suggested patrol follows from the expected mix of offences by a declared table; it was not learned.",
)
HOURS = {
    "hour": Col("Hour", "text"),
    "expected_per_day": Col(
        "Expected a day", "fraction", meaning="Incidents in that hour ÷ days of the month."
    ),
    "low": Col("Low", "fraction", meaning="95% interval of that mean, Poisson."),
    "high": Col("High", "fraction"),
    "level": Col("Level", "text"),
    "recorded_year_before": Col(
        "Recorded the year before", "fraction", meaning="A day, on covered days; empty where none is covered."
    ),
    "suggested_patrol": Col("Suggested patrol", "text"),
}
TYPES = {
    "offences": Col("Offences", "text"),
    "expected": Col("Expected in the month", "fraction"),
    "recorded": Col("Recorded", meaning="In the last twelve months with data."),
    "known_through": Col("Known through", "text"),
}
MONTHS = {
    "month": Col("Month", "text"),
    "recorded": Col("Recorded"),
    "covered_days": Col(
        "Covered days", meaning="Days of the month that the source covers, of the type asked for."
    ),
    "recorded_per_day": Col("A day", "fraction", meaning="Recorded ÷ covered days."),
}


def report_of(day: Day) -> Report:
    title = telling.title(day)
    tables = [
        Table("hours", f"{title}: incidents per day by hour", HOURS, telling.rows(day)),
        Table("types", "Incidents by group of offences", TYPES, _types(day)),
        Table("months", "Incidents month by month, the newest first", MONTHS, _months(day)),
    ]
    average = telling.average(day)
    return Report(
        findings=(telling.says(day), *([f"Recorded daily average: {average}"] if average else [])),
        notes=(*NOTES, *telling.caveats(day)),
        sections=tuple(Section(table.caption, table) for table in tables),
        summary={
            "area": day.area.name,
            "month": f"{day.month:%Y-%m}",
            "offences": day.choice.label,
            "days": telling.DAY_TYPES[day.day_type],
            "expected": round(day.total.expected, 4),
            "low": day.total.low,
            "high": day.total.high,
            "days_in_month": day.total.days,
        },
    )


def _types(day: Day) -> list[Row]:
    return [
        {
            "offences": one.label,
            "expected": None if one.expected is None else round(one.expected, 6),
            "recorded": one.recorded,
            "known_through": one.known,
        }
        for one in telling.types(day)
    ]


def _months(day: Day) -> list[Row]:
    return [
        {
            "month": f"{month:%Y-%m}",
            "recorded": number,
            "covered_days": days,
            "recorded_per_day": round(number / days, 6) if days else None,
        }
        for month, number, days in reversed(telling.recorded(day))
    ]
