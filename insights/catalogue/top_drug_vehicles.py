"""Question 1."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label
from insights.filters import Filters
from insights.findings import TopVehicle
from insights.insight import Insight
from insights.limits import RECORDED, VEHICLES
from insights.relation import Result
from insights.vehicles import most_stopped


class TopDrugVehicles(Insight):
    slug = "top-drug-vehicles"
    title = "Vehicles in drug-related stops"
    question = "Which ten vehicles were most often in drug-related stops?"
    group = "Activity"
    why = "A vehicle that keeps turning up in drug-related stops may deserve a closer look, or a correction of the record."
    limits = (
        RECORDED,
        VEHICLES,
        "A drug-related stop is marked so by the officer; nothing need have been found.",
    )
    definitions = {
        "Drug-related stops": "Different drug-related stops of the vehicle. Several persons in one stop count once."
    }
    columns = {
        "vehicle": Label("Vehicle", "vehicle"),
        "stops": Count("Drug-related stops", "stops"),
    }
    headline = {}
    order = ("-stops", "vehicle")
    limit = 10
    chart = Bar(x=("vehicle",), y=("stops",))
    finding = TopVehicle("stops", "in drug-related stops")
    vehicles = True
    counted = {"stops": {"drugs": "yes"}}

    def fetch(self, filters: Filters) -> Result:
        return most_stopped(filters.facts().filter(drugs=True), self.limit)
