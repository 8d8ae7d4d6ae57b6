"""Question 18."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, High, Label, Low, Rank, Rate
from insights.findings import BothHigh
from insights.insight import Insight
from insights.limits import MARKS, RECORDED, SMALL


class HighSearchAndArrestViolations(Insight):
    slug = "high-search-and-arrest-violations"
    title = "Violations high in searches and in arrests"
    question = "Which violations have both a high search rate and a high arrest rate?"
    group = "Outcomes"
    why = "Where both are high, searches may be finding reasons for arrest, or arrests be bringing searches with them."
    limits = (
        RECORDED,
        MARKS,
        SMALL,
        "Ranks order even differences that may be chance: look at the intervals.",
    )
    columns = {
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "search_rate": Rate("Search rate", "searches", "stops"),
        "arrest_rate": Rate("Arrest rate", "arrests", "stops"),
        "search_rank": Rank("Search rank", "search_rate"),
        "arrest_rank": Rank("Arrest rank", "arrest_rate"),
        "searches": Count("Searches", "searches"),
        "search_low": Low("Search rate, low", "search_rate", "searches", "stops"),
        "search_high": High("Search rate, high", "search_rate", "searches", "stops"),
        "arrests": Count("Arrests", "arrests"),
        "arrest_low": Low("Arrest rate, low", "arrest_rate", "arrests", "stops"),
        "arrest_high": High("Arrest rate, high", "arrest_rate", "arrests", "stops"),
    }
    order = ("search_rank", "arrest_rank", "violation")
    chart = Bar(x=("violation",), y=("search_rate", "arrest_rate"), cap=12)
    finding = BothHigh()
