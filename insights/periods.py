"""Which month is the last whole one: an unfinished month would look like a fall."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from statistics import fmean

from django.db.models import Max
from django.utils import timezone

from insights.filters import Filters
from insights.relation import Month, months_of

# From whom small counts are hidden, the last day of an agency is hidden too: a last month well below those before it is
# then taken for unfinished.
THIN, BEFORE = 0.8, 3


def month_before(month: Month, steps: int = 1) -> Month:
    years, rest = divmod(month[0] * 12 + month[1] - 1 - steps, 12)
    return years, rest + 1


def last_day_of(month: Month) -> date:
    return date(*month, calendar.monthrange(*month)[1])


def months_between(first: Month, last: Month) -> list[Month]:
    """Every month from the first to the last."""
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    return [month_before(last, steps) for steps in reversed(range(count))]


def last_whole_month(filters: Filters, stops: Mapping[Month, int | None], exact: bool) -> Month | None:
    """The last month that lies wholly inside the data and the filters; None when there is none.

    `stops` are the persons stopped in each month as the reader sees them, None where hidden. With exact figures the end
    of the data is that of the agencies looked at; else it is the ledger's, and a thin last month is left out.
    """
    scoped = filters.only("agency", "country")
    end = _end_of_data(scoped if exact else filters.only())
    if end is None or not stops:
        return None
    if scoped.values and not exact and _is_thin(stops, end):
        end = month_before(end)
    return _inside(end, filters)


def _end_of_data(filters: Filters) -> Month | None:
    """The last month that is over and has stops up to its last day; else the one before."""
    months = months_of(filters)
    if months is None:
        return None
    last = months[1]
    end = last_day_of(last)
    facts = filters.facts().filter(day__range=(end.replace(day=1), end))
    seen = facts.aggregate(last=Max("day"))["last"]
    return last if seen == end and end < timezone.localdate() else month_before(last)


def _is_thin(stops: Mapping[Month, int | None], month: Month) -> bool:
    """Whether a month has clearly fewer persons than those before it, as far as they are shown."""
    earlier = [stops.get(month_before(month, step)) for step in range(1, BEFORE + 1)]
    known = [count for count in earlier if count is not None]
    return bool(known) and (stops.get(month, 0) or 0) < THIN * fmean(known)


def _inside(month: Month, filters: Filters) -> Month | None:
    """A month, or the last one before it, that days of the filters do not cut."""
    last, first = filters.values.get("date_before"), filters.values.get("date_after")
    if last is not None and last < last_day_of(month):
        whole = (last.year, last.month)
        month = whole if last == last_day_of(whole) else month_before(whole)
    return None if first is not None and first > date(*month, 1) else month
