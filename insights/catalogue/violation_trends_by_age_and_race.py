"""Question 16."""

from __future__ import annotations

from insights.charts import Grid
from insights.columns import Count, Label, Share
from insights.findings import LargestGroups
from insights.insight import Insight
from insights.limits import RACE, RECORDED


class ViolationTrendsByAgeAndRace(Insight):
    slug = "violation-trends-by-age-and-race"
    title = "Violations by age and race, over the years"
    question = "How do violations differ by age and race, and over time?"
    group = "People"
    why = "A change in what a group is stopped for may be a change in driving, or in where and whom officers look at."
    limits = (RECORDED, RACE, "Many groups are small: a share of few persons moves by chance.")
    columns = {
        "year": Label("Year", "year"),
        "age_band": Label("Age band", "age_band"),
        "race": Label("Race", "race"),
        "violation": Label("Violation", "violation"),
        "stops": Count("Persons stopped", "stops"),
        "share": Share("Share of the group", "stops", within=("year", "age_band", "race")),
    }
    order = ("year", "age_band", "race", "violation")
    chart = Grid(x=("violation",), y=("share",), series=("age_band", "race"), latest="year")
    finding = LargestGroups(("year", "age_band", "race"), "violation")
