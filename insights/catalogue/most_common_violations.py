"""Question 21."""

from __future__ import annotations

from insights.charts import Doughnut
from insights.columns import Count, Label, Share
from insights.findings import Commonest
from insights.insight import Insight
from insights.limits import RECORDED


class MostCommonViolations(Insight):
    slug = "most-common-violations"
    title = "Violations by number of stops"
    question = "For which violations are people stopped most often?"
    group = "Activity"
    why = "It shows on what the time of posts and patrols goes."
    limits = (
        RECORDED,
        "One violation is recorded for a stop, even where there were several.",
        "It shows where officers look as much as how people drive.",
    )
    columns = {
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "share": Share("Share", "stops"),
    }
    order = ("-stops", "violation")
    chart = Doughnut(x=("violation",), y=("share",))
    finding = Commonest(("violation",), "{name} is the commonest violation")
