"""Question 20."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, RECORDED, SMALL


class TopArrestViolations(Insight):
    slug = "top-arrest-violations"
    title = "Violations with the highest arrest rate"
    question = "Which five violations have the highest arrest rate (at least 10 stops)?"
    group = "Outcomes"
    why = "These are the stops that most often end in the gravest outcome."
    limits = (RECORDED, MARKS, SMALL, "Violations with fewer than 10 persons stopped are left out.")
    columns = {
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
    order = ("-rate", "violation")
    at_least = 10
    limit = 5
    chart = Bar(x=("violation",), y=("rate",))
    finding = Extreme(("violation",), "Stops for {name} most often end in arrest")
