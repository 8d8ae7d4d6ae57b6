"""Question 2."""

from __future__ import annotations

from insights.charts import Bar
from insights.columns import Count, Label
from insights.filters import Filters
from insights.findings import TopVehicle
from insights.insight import Insight
from insights.limits import RECORDED, VEHICLES
from insights.relation import Result
from insights.vehicles import most_stopped, stops_of


class MostSearchedVehicles(Insight):
    slug = "most-searched-vehicles"
    title = "Vehicles searched most often"
    question = "Which ten vehicles were searched most often?"
    group = "Searches"
    why = "Being searched again and again weighs on people. It should be seen, and have its reasons."
    limits = (RECORDED, VEHICLES)
    definitions = {
        "Stops": "Different stops of the vehicle within the filters.",
        "Stops with a search": "Those of them in which somebody is recorded as searched. Several persons in one stop count once.",
    }
    columns = {
        "vehicle": Label("Vehicle", "vehicle"),
        "stops": Count("Stops", "stops"),
        "searches": Count("Stops with a search", "searches"),
    }
    headline = {}
    order = ("-searches", "vehicle")
    limit = 10
    chart = Bar(x=("vehicle",), y=("stops", "searches"))
    finding = TopVehicle("searches", "searched")
    vehicles = True

    def fetch(self, filters: Filters) -> Result:
        """The ten are found among the searches first; only theirs are then looked for among all stops."""
        found = most_stopped(filters.facts().filter(searched=True), self.limit)
        all_stops = stops_of(filters.facts(), [row["id"] for row in found.rows])
        rows = [
            row | {"searches": row["stops"], "stops": all_stops.get(row["id"], row["stops"])}
            for row in found.rows
        ]
        return Result(rows, found.sql)
