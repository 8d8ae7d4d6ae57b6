"""Question 6."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import HIDDEN, Count, Label, Share
from insights.findings import Commonest
from insights.insight import Answer, Insight
from insights.limits import MIDNIGHT, RECORDED
from insights.relation import Months


class StopsByHour(Insight):
    slug = "stops-by-hour"
    title = "Stops by hour of the day"
    question = "At what time of day do most stops happen?"
    group = "Time"
    why = "Posts and patrols are planned by the hour."
    limits = (RECORDED, MIDNIGHT, "Hours are local time of the agency.")
    columns = {
        "hour": Label("Hour", "hour"),
        "stops": Count("Persons stopped", "stops"),
        "share": Share("Share", "stops"),
    }
    order = ("hour",)
    chart = Bar(x=("hour",), y=("stops",), hours=True)
    finding = Commonest(("hour",), "{name} is the busiest hour")

    def remarks(self, answer: Answer, months: Months = None) -> tuple[str, ...]:
        """Midnight stands out: more than one and a half times both hours beside it."""
        stops = {row["hour"]: row["stops"] for row in answer.rows if row["stops"] != HIDDEN}
        midnight, beside = stops.get(0, 0), [stops.get(23), stops.get(1)]
        if None in beside or midnight <= 1.5 * max(one or 0 for one in beside):
            return ()
        return (
            "The hour from 0:00 stands far above the hours beside it: some of its times may be days without a time.",
        )
