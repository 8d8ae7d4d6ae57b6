"""Question 13."""

from __future__ import annotations

from insights.charts import Grid
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, PLACES, RECORDED, SMALL


class ArrestRateByCountryAndViolation(Insight):
    slug = "arrest-rate-by-country-and-violation"
    title = "Arrest rate by country and violation"
    question = "How does the arrest rate differ by country and violation?"
    group = "Places"
    why = "The same violation may end very differently from one country to the next."
    limits = (RECORDED, MARKS, PLACES, SMALL)
    columns = {
        "country": Label("Country", "country"),
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        **rate_of("arrests", "Arrest rate"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        **rate_of("arrests", "Arrest rate"),
    }
    order = ("country", "violation")
    chart = Grid(x=("violation",), y=("rate",), series=("country",), cap_series=20)
    finding = Extreme(("country", "violation"), "The arrest rate is highest for {name}")
