"""Question 15."""

from __future__ import annotations

from calendar import month_name

from insights.charts import Line
from insights.columns import Change, Count, High, Label, Low, Rate, Running, rate_of
from insights.findings import Growth
from insights.insight import Answer, Insight
from insights.limits import MARKS, PLACES, RECORDED
from insights.relation import Months
from insights.wording import listed


class YearlyStopsAndArrests(Insight):
    slug = "yearly-stops-and-arrests"
    title = "Stops and arrests by year"
    question = "How do stops and arrests develop each year in each country?"
    group = "Time"
    why = "Whether stops go up or down, and whether arrests go with them, is the first question about any policy."
    limits = (
        RECORDED,
        MARKS,
        PLACES,
        "The first and the last year may hold part of a year only; their change is then no development.",
        "A change may come from agencies that joined or left the ledger.",
    )
    columns = {
        "country": Label("Country", "country"),
        "year": Label("Year", "year"),
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        "rate": Rate("Arrest rate", "arrests", "stops"),
        "running_stops": Running("Stops so far", "stops", "year", ("country",)),
        "running_arrests": Running("Arrests so far", "arrests", "year", ("country",)),
        "change": Change("Change of stops", "stops", "year", ("country",)),
        "low": Low("Arrest rate, low", "rate", "arrests", "stops"),
        "high": High("Arrest rate, high", "rate", "arrests", "stops"),
    }
    headline = {
        "stops": Count("Persons stopped", "stops"),
        "arrests": Count("Arrests", "arrests"),
        **rate_of("arrests", "Arrest rate"),
    }
    sql = "yearly_stops_and_arrests.sql"
    order = ("country", "year")
    chart = Line(x=("year",), y=("stops",), series=("country",), cap_series=8)
    finding = Growth()

    def remarks(self, answer: Answer, months: Months = None) -> tuple[str, ...]:
        """The years at either end that the data do not fill."""
        if months is None:
            return ()
        (first_year, first_month), (last_year, last_month) = months
        parts = [f"{first_year} begins in {month_name[first_month]}"] if first_month > 1 else []
        parts += [f"{last_year} ends in {month_name[last_month]}"] if last_month < 12 else []
        said = f"Not all years are whole in these data: {listed(parts)}."
        return (
            (f"{said} A change to or from such a year in the table is neither growth nor decline.",)
            if parts
            else ()
        )
