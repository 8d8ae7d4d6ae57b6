"""Question 23."""

from __future__ import annotations

from insights.charts import Line
from insights.columns import Count, High, Label, Low, Rate
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, MIDNIGHT, RECORDED, SMALL


class RatesByHour(Insight):
    slug = "rates-by-hour"
    title = "Search and arrest rate by hour"
    question = "At what time of day do stops most often lead to a search or an arrest?"
    group = "Time"
    why = "A stop at night is another stop than one at noon. The hour shows it more finely than night and day do."
    limits = (RECORDED, MARKS, MIDNIGHT, SMALL, "Hours are local time of the agency.")
    columns = {
        "hour": Label("Hour", "hour"),
        "stops": Count("Persons stopped", "stops"),
        "searches": Count("Searches", "searches"),
        "search_rate": Rate("Search rate", "searches", "stops"),
        "arrests": Count("Arrests", "arrests"),
        "arrest_rate": Rate("Arrest rate", "arrests", "stops"),
        "search_low": Low("Search rate, low", "search_rate", "searches", "stops"),
        "search_high": High("Search rate, high", "search_rate", "searches", "stops"),
        "arrest_low": Low("Arrest rate, low", "arrest_rate", "arrests", "stops"),
        "arrest_high": High("Arrest rate, high", "arrest_rate", "arrests", "stops"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "search_rate": Rate("Search rate", "searches", "stops"),
        "search_low": Low("Search rate, low", "search_rate", "searches", "stops"),
        "search_high": High("Search rate, high", "search_rate", "searches", "stops"),
        "arrest_rate": Rate("Arrest rate", "arrests", "stops"),
        "arrest_low": Low("Arrest rate, low", "arrest_rate", "arrests", "stops"),
        "arrest_high": High("Arrest rate, high", "arrest_rate", "arrests", "stops"),
    }
    order = ("hour",)
    chart = Line(x=("hour",), y=("search_rate", "arrest_rate"), hours=True)
    finding = Extreme(("hour",), "Stops from {name} most often end in arrest", rate="arrest_rate")
