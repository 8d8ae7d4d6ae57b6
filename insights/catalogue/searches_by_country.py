"""Question 14."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, PLACES, RECORDED, SMALL


class SearchesByCountry(Insight):
    slug = "searches-by-country"
    title = "Searches by country"
    question = "Where are most searches made?"
    group = "Places"
    why = "The number shows where the work is, the rate where a stop most often turns into a search."
    limits = (RECORDED, MARKS, PLACES, SMALL)
    columns = {
        "country": Label("Country", "country"),
        "stops": Count("Persons stopped", "stops"),
        "searches": Count("Searches", "searches"),
        **rate_of("searches", "Search rate"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "searches": Count("Searches", "searches"),
        **rate_of("searches", "Search rate"),
    }
    order = ("-searches", "country")
    chart = Bar(x=("country",), y=("rate",))
    finding = Extreme(("country",), "Per stop, people are searched most often in {name}")
