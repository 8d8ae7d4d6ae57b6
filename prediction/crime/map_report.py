"""The map of expected crime as it is taken away: its table in numbers, with what was asked."""

from __future__ import annotations

from insights.disparity.reports import Col, Report, Row, Section, Table
from ledger.choices import AreaKind
from prediction.crime.mapping import AreaMonth, MapQuestion, finding, hour_words, year_before_words
from prediction.crime.rates import Served

NOTES = (
    "A forecast of recorded crime, not of crime. About a place and a time; not about any person, and no ground for a stop or a search.",
    "Numbers are of areas, not of people: a large or busy area has more of everything.",
)
COLUMNS = {
    "area": Col("Area", "text"),
    "expected": Col("Expected", "ratio", meaning="Incidents of the month in the hours asked for."),
    "low": Col("Low", meaning="Lower end of the 95% interval of that count."),
    "high": Col("High", meaning="Upper end of the 95% interval of that count."),
    "recorded_year_before": Col(
        "Recorded the year before",
        meaning="In the same hours of the month a year before, on covered days; empty where none is covered.",
    ),
}


def report_of(run: Served, asked: MapQuestion, found: list[AreaMonth]) -> Report:
    caption = f"Expected incidents by area {hour_words(asked.hour)}, the most first"
    return Report(
        findings=(finding(asked, found), year_before_words(asked, found)),
        notes=NOTES,
        sections=(Section(caption, Table("areas", caption, COLUMNS, [_row(one) for one in found])),),
        summary={
            "agency": run.agencies[asked.agency].get("name", ""),
            "areas": AreaKind(asked.kind).label,
            "month": f"{asked.month:%Y-%m}",
            "offences": asked.choice.label,
            "hour": "all" if asked.hour is None else f"{asked.hour}:00 to {asked.hour}:59",
            "year_before": f"{asked.year_before:%Y-%m}",
            "covered_days_year_before": asked.days_before[0],
            "areas_in_all": len(found),
            "learned_until": f"{run.run.data_last}",
            "run": f"{run.run.key}",
        },
    )


def _row(one: AreaMonth) -> Row:
    return {
        "area": one.name,
        "expected": round(one.expected, 4),
        "low": one.low,
        "high": one.high,
        "recorded_year_before": one.last_year,
    }
