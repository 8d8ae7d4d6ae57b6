"""A figure month by month: the same unit as every insight, made from a headline, so that it hides what it must hide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from insights.charts import Line
from insights.columns import HIDDEN, WORDS, Column, Count, High, Label, Low, Mean, Rate, Ratio
from insights.fairness.intervals import Estimate, difference
from insights.fairness.intervals import Rate as CountedRate
from insights.filters import Filters
from insights.findings import ENOUGH, Finding
from insights.insight import Answer, Insight
from insights.limits import RECORDED
from insights.periods import last_day_of, last_whole_month, months_between
from insights.relation import Month
from insights.viewer import Viewer

MOST_MONTHS = 24  # of a sparkline
MONTH = {"year": Label("Year", "year"), "month": Label("Month", "month")}


def monthly(columns: Mapping[str, Column], within: Mapping[str, tuple[int, ...]] | None = None) -> Insight:
    """The question how some figures develop from month to month, for the persons to whom another question keeps."""
    first = next(iter(columns))
    measures = dict.fromkeys(name for column in columns.values() for name in column.measures)
    counts = {name: Count(WORDS[name].capitalize(), name) for name in measures if name in WORDS}
    parts = {
        "slug": "by-month",
        "title": f"{columns[first].label} by month",
        "question": f"How does the figure “{columns[first].label.lower()}” develop month by month?",
        "limits": (RECORDED,),
        "columns": {**MONTH, "stops": Count("Persons stopped", "stops"), **counts, **columns},
        "within": within or {},
        "order": ("year", "month"),
        "chart": Line(x=("year", "month"), y=(first,)),
        "finding": Finding(),
    }
    made: Insight = type("Monthly", (Insight,), parts)()
    return made


def leading_figure(insight: Insight) -> tuple[str, Column] | None:
    """The figure of a headline that is followed over time: its first rate, else a mean, else the number of persons.

    A ratio of two rates is not: of one month it would be nearly all chance.
    """
    if insight.vehicles:
        return None
    for kind in (Rate, Mean, Count):
        for key, column in insight.headline.items():
            if isinstance(column, kind) and not isinstance(column, (Low, Ratio)):
                return key, column
    return None


@dataclass(frozen=True)
class Point:
    """A figure in one month, with what it is made of; None where it is hidden or there is nothing to divide by."""

    month: Month
    value: float | None
    part: int | None
    whole: int | None


@dataclass(frozen=True)
class Trend:
    """A figure up to the last whole month."""

    column: Column
    points: tuple[Point, ...]
    whole: Month | None
    columns: dict[str, Column]  # of the answer's rows
    answer: Answer

    @property
    def last(self) -> Point | None:
        return self.points[-1] if self.points and self.points[-1].month == self.whole else None

    @property
    def before(self) -> Point | None:
        return self.points[-2] if self.last and len(self.points) > 1 else None

    @property
    def comparable(self) -> bool:
        """Whether both of the last two whole months show enough persons."""
        ends = (self.last, self.before)
        return all(one is not None and one.value is not None and (one.whole or 0) >= ENOUGH for one in ends)

    def change(self) -> Estimate:
        """From the month before to the last whole month: of a rate the difference with its interval (Newcombe), of a
        mean the difference, of a count the relative change of its number a day.
        """
        last, before = self.last, self.before
        if not self.comparable or last is None or before is None:
            return Estimate()
        if isinstance(self.column, Rate):
            return difference(*(CountedRate(one.part or 0, one.whole or 0) for one in (last, before)))
        if isinstance(self.column, Mean):
            return Estimate((last.value or 0) - (before.value or 0))
        return Estimate(a_day(last) / a_day(before) - 1)


def a_day(point: Point) -> float:
    return (point.value or 0) / last_day_of(point.month).day


def trend_of(insight: Insight, filters: Filters, viewer: Viewer) -> Trend | None:
    """The leading figure of an insight over time, as this viewer may see it; None when it has none."""
    figure = leading_figure(insight)
    if figure is None:
        return None
    key, column = figure
    unit = monthly(with_ends(key, column), insight.within)
    return trends_in(unit, unit.answer(filters, viewer), {key: column}, viewer.reach(filters))[key]


def with_ends(key: str, column: Column) -> dict[str, Column]:
    """A figure, and where it is a rate, the ends of its interval."""
    if not isinstance(column, Rate):
        return {key: column}
    ends = {"low": Low(f"{column.label}, low", key, column.of, column.per)}
    return {key: column, **ends, "high": High(f"{column.label}, high", key, column.of, column.per)}


def trends_in(
    unit: Insight, answer: Answer, columns: Mapping[str, Column], filters: Filters
) -> dict[str, Trend]:
    """The trends that one answer of `monthly` holds, by the keys of their figures."""
    rows = {(row["year"], row["month"]): row for row in answer.rows}
    stops = {month: _shown(row["stops"]) for month, row in rows.items()}
    whole = last_whole_month(filters, stops, answer.exact)
    months = months_between(min(rows), whole) if rows and whole and min(rows) <= whole else []
    return {
        key: Trend(
            column,
            tuple(_point(one, rows.get(one), key, column) for one in months[-MOST_MONTHS:]),
            whole,
            unit.columns,
            answer,
        )
        for key, column in columns.items()
    }


def _point(month: Month, row: Mapping[str, Any] | None, key: str, column: Column) -> Point:
    """Nobody stopped in a month: a count of 0, and no rate."""
    if row is None:
        return Point(month, 0 if isinstance(column, Count) else None, 0, 0)
    if isinstance(column, Rate):
        part, whole = row[column.of], row[column.per]
    else:
        part = whole = row[column.n] if isinstance(column, Mean) else row[key]
    return Point(month, _shown(row[key]), _shown(part), _shown(whole))


def _shown(value: Any) -> Any:
    return None if value == HIDDEN else value
