"""Question 22."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label
from insights.filters import Filters
from insights.findings import TopVehicle
from insights.insight import Insight
from insights.limits import RECORDED, VEHICLES
from insights.relation import Result
from insights.vehicles import frequent, most_stopped


class MostStoppedVehicles(Insight):
    slug = "most-stopped-vehicles"
    title = "Vehicles stopped most often"
    question = "Which ten vehicles were stopped most often?"
    group = "Activity"
    why = "Whoever is stopped again and again should be stopped for reasons that can be named."
    limits = (RECORDED, VEHICLES)
    definitions = {
        "Stops": "Different stops of the vehicle within the filters. Several persons in one stop count once."
    }
    columns = {
        "vehicle": Label("Vehicle", "vehicle"),
        "stops": Count("Stops", "stops"),
    }
    headline = {}
    order = ("-stops", "vehicle")
    limit = 10
    chart = Bar(x=("vehicle",), y=("stops",))
    finding = TopVehicle("stops", "stopped")
    vehicles = True

    def fetch(self, filters: Filters) -> Result:
        return most_stopped(frequent(filters.facts(), self.limit), self.limit)
