"""Question 9."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, High, Label, Low, Rate, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, RECORDED, SMALL


class ViolationsLeadingToSearchOrArrest(Insight):
    slug = "violations-leading-to-search-or-arrest"
    title = "Violations that lead to a search or an arrest"
    question = "Which violations most often lead to a search or an arrest?"
    group = "Outcomes"
    why = "It shows which reasons of a stop are followed by more than a word and a ticket."
    limits = (
        RECORDED,
        MARKS,
        SMALL,
        "A search or an arrest may have had another reason than the violation recorded.",
    )
    columns = {
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "searches": Count("Searches", "searches"),
        "arrests": Count("Arrests", "arrests"),
        "either": Count("Searched or arrested", "either"),
        "search_rate": Rate("Search rate", "searches", "stops"),
        "arrest_rate": Rate("Arrest rate", "arrests", "stops"),
        **rate_of("either", "Search or arrest rate"),
        "search_low": Low("Search rate, low", "search_rate", "searches", "stops"),
        "search_high": High("Search rate, high", "search_rate", "searches", "stops"),
        "arrest_low": Low("Arrest rate, low", "arrest_rate", "arrests", "stops"),
        "arrest_high": High("Arrest rate, high", "arrest_rate", "arrests", "stops"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "either": Count("Searched or arrested", "either"),
        **rate_of("either", "Search or arrest rate"),
    }
    order = ("-rate", "violation")
    chart = Bar(x=("violation",), y=("rate",))
    finding = Extreme(("violation",), "Stops for {name} most often lead to a search or an arrest")
