"""Question 5."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label, rate_of
from insights.findings import Extreme
from insights.insight import Insight
from insights.limits import MARKS, RACE, RECORDED, SMALL


class SearchRateByRaceAndGender(Insight):
    slug = "search-rate-by-race-and-gender"
    title = "Search rate by race and gender"
    question = "Which race and gender is searched most often, per stop?"
    group = "Searches"
    why = "A search is the deepest intrusion in an ordinary stop. Rates per stop show on whom it falls."
    limits = (RECORDED, MARKS, RACE, SMALL)
    columns = {
        "race": Label("Race", "race"),
        "gender": Label("Gender", "gender"),
        "stops": Count("Persons stopped", "stops"),
        "searches": Count("Searches", "searches"),
        **rate_of("searches", "Search rate"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "searches": Count("Searches", "searches"),
        **rate_of("searches", "Search rate"),
    }
    order = ("-rate", "race", "gender")
    chart = Bar(x=("race",), y=("rate",), series=("gender",))
    finding = Extreme(("race", "gender"), "Most often searched, per stop, are people recorded as {name}")
