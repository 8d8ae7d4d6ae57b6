"""Question 12."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import PLACES, RECORDED, SMALL


class DrugRateByCountry(Insight):
    slug = "drug-rate-by-country"
    title = "Drug-related stops by country"
    question = "Where are stops most often drug-related?"
    group = "Places"
    why = "It tells where stops and drugs meet most, per stop and not by the size of the country."
    limits = (
        RECORDED,
        PLACES,
        SMALL,
        "A drug-related stop is marked so by the officer; nothing need have been found.",
    )
    columns = {
        "country": Label("Country", "country"),
        "stops": Count("Persons stopped", "stops"),
        "drug_stops": Count("In drug-related stops", "drugs"),
        **rate_of("drugs", "Drug rate"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "drug_stops": Count("In drug-related stops", "drugs"),
        **rate_of("drugs", "Drug rate"),
    }
    order = ("-rate", "country")
    chart = Bar(x=("country",), y=("rate",))
    finding = Extreme(("country",), "Stops in {name} are most often drug-related")
