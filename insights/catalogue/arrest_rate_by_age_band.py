"""Question 3."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, RECORDED, SMALL


class ArrestRateByAgeBand(Insight):
    slug = "arrest-rate-by-age-band"
    title = "Arrest rate by age band"
    question = "In which age bands do stops most often end in arrest?"
    group = "Outcomes"
    why = "If one age band is arrested more often per stop, its stops differ, or it is treated differently. Either is worth knowing."
    limits = (
        RECORDED,
        MARKS,
        SMALL,
        "It does not compare age bands by the offences for which they were stopped.",
    )
    columns = {
        "age_band": Label("Age band", "age_band"),
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        **rate_of("arrests", "Arrest rate"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        **rate_of("arrests", "Arrest rate"),
    }
    order = ("age_band",)
    chart = Bar(x=("age_band",), y=("rate",))
    finding = Extreme(("age_band",), "Stops of people aged {name} most often end in arrest")
