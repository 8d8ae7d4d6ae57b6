"""Question 7."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, Mean, Rate
from insights.findings import LongestStops
from insights.insight import Insight
from insights.limits import RECORDED


class DurationByViolation(Insight):
    slug = "duration-by-violation"
    title = "Duration of stops by violation"
    question = "How long do stops last for each violation?"
    group = "Activity"
    why = "Long stops bind officers and weigh on the people stopped."
    limits = (
        RECORDED,
        "Bands have no minutes. Where a source gives only a band, the mean takes its middle: 7.5, 23 and 45 minutes. "
        "Recorded minutes win where they exist.",
        "Persons whose stop has no known duration count as stopped and enter neither mean nor shares.",
    )
    columns = {
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "mean_minutes": Mean("Mean minutes", "minutes_x10", "minutes_n"),
        "share_0_15": Rate("0–15 min", "d_0_15", "durations"),
        "share_16_30": Rate("16–30 min", "d_16_30", "durations"),
        "share_30_plus": Rate("30+ min", "d_30_plus", "durations"),
        "durations": Count("With a duration", "durations"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "mean_minutes": Mean("Mean minutes", "minutes_x10", "minutes_n"),
        "durations": Count("With a duration", "durations"),
    }
    order = ("-mean_minutes", "violation")
    chart = Bar(x=("violation",), y=("mean_minutes",))
    finding = LongestStops()
