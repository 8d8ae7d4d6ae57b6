"""From a figure to the rows behind it: the address of the raw data within the page's filters and the figure's group.

Only those who may read rows get one, and only where every row behind the figure lies in their own reach; the page that
it leads to asks again.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from insights.columns import HIDDEN, Column, Count, Label, Mean, Rate, Running, Share
from insights.insight import Answer, Insight
from insights.viewer import Viewer
from ledger.choices import AgeBand

Params = dict[str, str]
# What singles out those whom a measure counts.
MEASURED: dict[str, Params] = {
    "stops": {},
    "searches": {"searched": "yes"},
    "arrests": {"arrested": "yes"},
    "drugs": {"drugs": "yes"},
    "either": {"either": "yes"},
    "hits": {"searched": "yes", "hit": "yes"},
    "warnings": {"outcome": "Warning"},
    "citations": {"outcome": "Citation"},
    "durations": {"timed": "yes"},
    "minutes_n": {"timed": "yes"},
    "d_0_15": {"duration": "0-15 Min"},
    "d_16_30": {"duration": "16-30 Min"},
    "d_30_plus": {"duration": "30+ Min"},
}
NAMED = (
    "country",
    "agency",
    "post",
    "violation",
    "outcome",
    "race",
    "gender",
    "age_band",
    "period",
    "weekday",
    "vehicle",
)


@dataclass(frozen=True)
class Drill:
    """Addresses of the rows behind the figures of one answer. `own`: the name of the agency whose rows may be read."""

    insight: Insight
    filters: Mapping[str, str | int]
    own: str

    @classmethod
    def of(cls, insight: Insight, answer: Answer, viewer: Viewer) -> Drill | None:
        """None for those who read no rows, or none of an agency."""
        if not viewer.rows or viewer.agency is None:
            return None
        return cls(insight, answer.filters, viewer.agency.name)

    def behind(self, key: str, row: Mapping[str, Any]) -> str:
        """The address of the rows behind a cell; empty where there are none, or not all within reach."""
        column, value = self.insight.columns[key], row[key]
        measure = _counted(column)
        if not measure or not value or value == HIDDEN or measure not in MEASURED:
            return ""
        labels = {name: c.dimension for name, c in self.insight.columns.items() if isinstance(c, Label)}
        group = {dimension: row[name] for name, dimension in labels.items()}
        if isinstance(column, Running):
            until = date(group.pop(column.along), 12, 31)
            return self._address({**_named(group), **self._period(None, until)}, measure)
        return self._address({**_named(group), **self._time(group)}, measure)

    def behind_headline(self, key: str, value: Any) -> str:
        """The address of the rows behind a figure of the headline."""
        measure = _counted(self.insight.headline[key])
        return self._address({}, measure) if value and value != HIDDEN and measure in MEASURED else ""

    def _address(self, group: Params, measure: str) -> str:
        params = {name: str(value) for name, value in self.filters.items()}
        params |= {**self._kept_to(), **group, **MEASURED[measure], **self.insight.counted.get(measure, {})}
        if params.get("agency") != self.own:
            return ""
        return f"{reverse('data')}?{urlencode(params)}"

    def _kept_to(self) -> Params:
        """The age bands to which the question keeps, as bounds of the age, inside those of the filters."""
        if "age_band" not in self.insight.within:
            return {}
        bands, floors = self.insight.within["age_band"], AgeBand.floors()
        top = floors[max(bands) + 1] - 1
        return {"age_max": str(min(top, int(self.filters.get("age_max", top))))}

    def _time(self, group: Mapping[str, Any]) -> Params:
        """Hour, year, quarter and month of a group; days inside those of the filters."""
        hour: Params = {}
        if "hour" in group:
            hour = {"hour": "Unknown" if group["hour"] is None else str(group["hour"])}
        if "year" not in group:
            return hour
        first, last = _months(group)
        year = group["year"]
        end = calendar.monthrange(year, last)[1]
        return hour | self._period(date(year, first, 1), date(year, last, end))

    def _period(self, first: date | None, last: date) -> Params:
        after, before = (str(self.filters.get(name, "")) for name in ("date_after", "date_before"))
        begin = max(first.isoformat() if first else "", after)
        end = min(last.isoformat(), before or last.isoformat())
        return {"date_before": end} | ({"date_after": begin} if begin else {})


def _counted(column: Column) -> str:
    """The measure whose persons stand behind a figure; empty for ranks and changes, behind which stand several."""
    if isinstance(column, (Count, Rate, Share, Running)):
        return column.of
    return column.n if isinstance(column, Mean) else ""


def _named(group: Mapping[str, Any]) -> Params:
    return {name: str(group[name]) for name in NAMED if name in group}


def _months(group: Mapping[str, Any]) -> tuple[int, int]:
    """First and last month of a group within its year."""
    if "month" in group:
        return group["month"], group["month"]
    if "quarter" in group:
        return group["quarter"] * 3 - 2, group["quarter"] * 3
    return 1, 12
