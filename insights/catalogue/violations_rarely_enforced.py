"""Question 11."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, RECORDED, SMALL


class ViolationsRarelyEnforced(Insight):
    slug = "violations-rarely-enforced"
    title = "Violations that rarely lead to a search or an arrest"
    question = "Which violations rarely lead to a search or an arrest?"
    group = "Outcomes"
    why = "Where little follows from a stop, other means may serve as well."
    limits = (
        RECORDED,
        MARKS,
        SMALL,
        "A citation or a warning is enforcement too; this table does not count it.",
    )
    columns = {
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "either": Count("Searched or arrested", "either"),
        **rate_of("either", "Search or arrest rate"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "either": Count("Searched or arrested", "either"),
        **rate_of("either", "Search or arrest rate"),
    }
    order = ("rate", "violation")
    chart = Bar(x=("violation",), y=("rate",))
    finding = Extreme(
        ("violation",), "Stops for {name} most rarely lead to a search or an arrest", lowest=True
    )
