"""Question 19."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, Share
from insights.findings import Commonest
from insights.insight import Insight
from insights.limits import PLACES, RACE, RECORDED


class DriverDemographicsByCountry(Insight):
    slug = "driver-demographics-by-country"
    title = "Who is stopped, by country"
    question = "Who is stopped in each country?"
    group = "People"
    why = "Age, gender and race together show whom stops meet, which no one of them shows alone."
    limits = (
        RECORDED,
        PLACES,
        RACE,
        "Without the number of residents or drivers it does not show who is stopped more than others.",
    )
    columns = {
        "country": Label("Country", "country"),
        "age_band": Label("Age band", "age_band"),
        "gender": Label("Gender", "gender"),
        "race": Label("Race", "race"),
        "stops": Count("Persons stopped", "stops"),
        "share": Share("Share of the country", "stops", within=("country",)),
    }
    order = ("country", "age_band", "gender", "race")
    chart = Bar(x=("country", "age_band", "gender", "race"), y=("stops",), cap=15)
    finding = Commonest(
        ("country", "age_band", "gender", "race"), "The largest group is {name}", "persons of its country"
    )
