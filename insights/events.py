"""The marked events that concern a page: within its months and its places, numbered in the order of their days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from insights.charts import Declaration, name_of
from insights.filters import Filters
from insights.models import Event
from insights.periods import last_day_of
from insights.relation import Month, Months

TIMES = (("year",), ("year", "quarter"), ("year", "month"))


@dataclass(frozen=True)
class Marked:
    """An event with the number under which it is drawn and listed."""

    number: int
    event: Event

    @property
    def month(self) -> Month:
        return self.event.day.year, self.event.day.month

    @property
    def words(self) -> str:
        """“1: 5 March 2026, new search form (India)”."""
        where = f" ({self.event.where})" if self.event.where else ""
        return f"{self.number}: {self.event.day:%-d %B %Y}, {self.event.text}{where}"


def marked_events(filters: Filters, months: Months) -> list[Marked]:
    """Events within the months shown and the days of the filters; of the places looked at, and of all."""
    if months is None:
        return []
    first, last = months[0], last_day_of(months[1])
    found = _of_places(filters).filter(
        withdrawn=False, day__lte=last, day__gte=f"{first[0]}-{first[1]:02}-01"
    )
    if after := filters.values.get("date_after"):
        found = found.filter(day__gte=after)
    if before := filters.values.get("date_before"):
        found = found.filter(day__lte=before)
    return [
        Marked(number, event) for number, event in enumerate(found.select_related("agency", "country"), 1)
    ]


def _of_places(filters: Filters) -> QuerySet[Event]:
    """Without a place in the filters all; else those of the place, of what it lies in or holds, and those of all."""
    events = Event.objects.all()
    if agency := filters.values.get("agency"):
        own = Q(agency__in=agency.codes) | Q(country__agencies__in=agency.codes)
        events = events.filter(own | Q(agency=None, country=None))
    if country := filters.values.get("country"):
        inside = Q(country__in=country.codes) | Q(agency__country__in=country.codes)
        events = events.filter(inside | Q(agency=None, country=None))
    return events.distinct()


def on_axis(marked: list[Marked], keys: tuple[str, ...], drawn: Declaration) -> list[dict[str, Any]]:
    """Where on a chart's axis of time each event stands; nothing for other axes."""
    if keys not in TIMES:
        return []
    found = [{"at": name_of(_period(one), keys), "number": one.number} for one in marked]
    return [one for one in found if one["at"] in drawn["x"]]


def _period(marked: Marked) -> dict[str, int]:
    year, month = marked.month
    return {"year": year, "month": month, "quarter": (month + 2) // 3}
