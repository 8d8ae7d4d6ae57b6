"""Question 8."""

from __future__ import annotations

from typing import Any

from insights.charts import Bar
from insights.columns import Count, Label, Ratio, rate_of
from insights.findings import NightAgainstDay
from insights.insight import Insight
from insights.limits import MARKS, RECORDED
from insights.relation import Rows
from insights.statistics import rate_ratio


class NightArrestRate(Insight):
    slug = "night-arrest-rate"
    title = "Arrest rate by night and by day"
    question = "Are night stops likelier to end in arrest?"
    group = "Time"
    why = "Night shifts are staffed for another kind of stop. The rates show whether it is another kind."
    limits = (
        RECORDED,
        MARKS,
        "Night is 20:00 to 04:59 by the clock, in every season and place; it need not be dark, nor light outside it.",
        "It does not compare the offences for which people were stopped by night and by day.",
    )
    definitions = {
        "Ratio": "Arrest rate by night ÷ arrest rate by day.",
        "Interval of the ratio": "95% interval on the logarithm of the ratio: "
        "exp(ln ratio ± 1.96 · √(1/a − 1/n + 1/b − 1/m)), a arrests of n by night, b of m by day (Katz and others, 1978). "
        "There is none where no arrest was made in one of the two.",
    }
    columns = {
        "period": Label("Period", "period"),
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        **rate_of("arrests", "Arrest rate"),
    }
    headline = {
        "ratio": Ratio("Night against day", "arrests", "stops"),
        "low": Ratio("Night against day, low", "arrests", "stops"),
        "high": Ratio("Night against day, high", "arrests", "stops"),
        "stops": Count("Persons stopped", "stops"),
    }
    sql = "night_arrest_rate.sql"
    reads = ("hour",)
    order = ("period",)
    chart = Bar(x=("period",), y=("rate",))
    finding = NightAgainstDay()

    def summarise(self, raw: Rows) -> dict[str, Any]:
        """The ratio of night to day with its interval; nothing where one of them has no arrest."""
        counted = {row["period"]: (row["arrests"], row["stops"]) for row in raw}
        ratio, low, high = rate_ratio(*counted.get("Night", (0, 0)), *counted.get("Day", (0, 0)))
        return {"ratio": ratio, "low": low, "high": high, "stops": sum(row["stops"] for row in raw)}
