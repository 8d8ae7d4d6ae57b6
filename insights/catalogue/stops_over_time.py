"""Question 17."""

from __future__ import annotations

from insights.charts import Grid
from insights.columns import Count, Label
from insights.findings import BusiestMonth
from insights.insight import Insight
from insights.limits import MIDNIGHT, RECORDED


class StopsOverTime(Insight):
    slug = "stops-over-time"
    title = "Stops by year, month and hour"
    question = "How many stops in each year, month and hour?"
    group = "Time"
    why = "It is the rhythm of the work: seasons, busy hours, gaps in the record."
    limits = (RECORDED, MIDNIGHT, "The first and the last month may hold part of a month only.")
    columns = {
        "year": Label("Year", "year"),
        "month": Label("Month", "month"),
        "hour": Label("Hour", "hour"),
        "stops": Count("Persons stopped", "stops"),
    }
    order = ("year", "month", "hour")
    chart = Grid(x=("hour",), y=("stops",), series=("year", "month"), hours=True, cap_series=24, last=True)
    finding = BusiestMonth()
