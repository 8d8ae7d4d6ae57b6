"""The ledger at a glance: figures followed over time, several in one answer, for lists of insights and for the front page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from insights.changes import change_in_words, month_and_figure
from insights.codes import Codes
from insights.columns import Column, Count, Rate
from insights.filters import Filters
from insights.insight import Insight
from insights.spark import Spark
from insights.statistics import wilson
from insights.trend import Trend, leading_figure, monthly, trends_in
from insights.viewer import Viewer
from insights.wording import interval

# What the front page follows: the measure's word in an exploration, and its figure.
GLANCE: dict[str, Column] = {
    "stops": Count("Persons stopped", "stops"),
    "search": Rate("Search rate", "searches", "stops"),
    "hit": Rate("Hit rate", "hits", "searches"),
    "arrest": Rate("Arrest rate", "arrests", "stops"),
}


@dataclass(frozen=True)
class Card:
    """A figure of the last whole month, with its interval, its change and the months before it."""

    name: str
    value: str
    between: str
    change: str
    spark: Spark | None
    url: str


def cards(viewer: Viewer, codes: Codes) -> list[Card]:
    """The front page's figures, as this viewer may see them; none while no month is whole."""
    found = _followed(GLANCE, viewer, codes)
    return [_card(measure, trend) for measure, trend in found.items() if trend.points]


def sparks(insights: Iterable[Insight], viewer: Viewer, codes: Codes) -> dict[str, Spark]:
    """The small line of each insight's leading figure, by slug. Those that keep to some persons have none here."""
    leading = {one.slug: figure for one in insights if not one.within and (figure := leading_figure(one))}
    figures = {_key(column): column for _, column in leading.values()}
    if not figures:
        return {}
    drawn = {key: Spark.of(trend) for key, trend in _followed(figures, viewer, codes).items()}
    found = {slug: drawn[_key(column)] for slug, (_, column) in leading.items()}
    return {slug: spark for slug, spark in found.items() if spark}


def _followed(figures: dict[str, Column], viewer: Viewer, codes: Codes) -> dict[str, Trend]:
    """One answer holds them all."""
    unit, filters = monthly(figures), Filters({}, codes)
    return trends_in(unit, unit.answer(filters, viewer), figures, filters)


def _key(column: Column) -> str:
    return "_".join((type(column).__name__.lower(), *column.measures))


def _card(measure: str, trend: Trend) -> Card:
    month, value = month_and_figure(trend) or ("by month", "")
    return Card(
        f"{trend.column.label}, {month}",
        value or "not shown",
        _between(trend),
        change_in_words(trend),
        Spark.of(trend),
        f"{reverse('explore')}?measure={measure}&step=month",
    )


def _between(trend: Trend) -> str:
    """The interval of the last whole month's rate."""
    last = trend.last
    if not isinstance(trend.column, Rate) or last is None or last.value is None:
        return ""
    if last.part is None or not last.whole:
        return ""
    return f"95% interval {interval(*wilson(last.part, last.whole))}"
