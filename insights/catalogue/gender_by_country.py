"""Question 4."""

from __future__ import annotations

from insights.charts import Doughnut
from insights.columns import Count, Label, Share
from insights.findings import CommonestInEach
from insights.insight import Insight
from insights.limits import PLACES, RECORDED


class GenderByCountry(Insight):
    slug = "gender-by-country"
    title = "Gender by country"
    question = "How do stopped drivers divide by gender in each country?"
    group = "People"
    why = "Who is stopped is the base of every comparison that follows."
    limits = (
        RECORDED,
        PLACES,
        "Without the number of drivers on the road it does not show who is stopped more than others.",
    )
    columns = {
        "country": Label("Country", "country"),
        "gender": Label("Gender", "gender"),
        "stops": Count("Persons stopped", "stops"),
        "share": Share("Share of the country", "stops", within=("country",)),
    }
    order = ("country", "gender")
    chart = Doughnut(x=("gender",), y=("share",), series=("country",))
    finding = CommonestInEach("country", "gender")
