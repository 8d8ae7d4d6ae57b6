"""Question 10."""

from __future__ import annotations

from insights.charts import Doughnut
from insights.columns import Count, Label, Share
from insights.findings import Commonest
from insights.insight import Insight
from insights.limits import RECORDED
from ledger.choices import AgeBand


class ViolationsUnder25(Insight):
    slug = "violations-under-25"
    title = "Violations of drivers under 25"
    question = "Which violations are commonest among drivers under 25?"
    group = "People"
    why = "Road safety work with young drivers begins with what they are stopped for."
    limits = (RECORDED, "Persons whose age was not recorded are left out, and so is everybody of 25 or more.")
    columns = {
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "share": Share("Share", "stops"),
    }
    headline = {"stops": Count("Persons under 25 stopped", "stops")}
    within = {"age_band": (AgeBand.MINOR.value, AgeBand.YOUNG.value)}
    order = ("-stops", "violation")
    chart = Doughnut(x=("violation",), y=("share",))
    finding = Commonest(("violation",), "{name} is the commonest violation under 25", "persons under 25")
