"""What looks wrong in records that are imported beside the stops: crimes, what became of them, patrols, published figures.

Which checks a kind gets follows from its columns, so that one imported later is checked without a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import DateTimeField, F, Q
from django.utils import timezone

from insights.profiles.checks import LATE, WARN, Check, by_share, none_of, of_months, of_shares, of_times
from insights.profiles.kinds import Kind

# Days that lie behind us when they are recorded; a vendor may predict for tomorrow.
PAST = ("occurred_on", "reported_on", "ended_on", "month", "period_end", "started_at")
TIMES = ("occurred_at", "started_at")
# What is counted by months where it belongs to an agency, the first that has any: reports run on, while what is reported may lie years back.
MONTHS = ("reported_on", "month", "started_at")
ORDERED = (
    ("occurred_on", "reported_on", "Reported before it happened", "were reported before they happened"),
    ("occurred_on", "ended_on", "Ended before it began", "ended before they began"),
    ("started_at", "ended_at", "Ended before it began", "ended before they began"),
    ("period_start", "period_end", "Ended before it began", "ended before they began"),
)
SOON = timedelta(days=30)


def of_imports(kind: Kind, rows: Any) -> Iterator[Check]:
    names = {column.path for column in kind.columns}
    yield from of_shares(rows, names)
    if past := [name for name in PAST if name in names]:
        yield _future(kind, rows, past)
    for first, last, name, what in ORDERED:
        if {first, last} <= names:
            yield none_of(name, rows.filter(**{f"{last}__lt": F(first)}).count(), what, WARN)
    for name in TIMES:
        if name in names:
            yield from of_times(rows, name)
    if kind.agency and (month := _counted_by(rows, names)):
        yield from of_months(rows, month, "record")
    if {"occurred_on", "reported_on", "reported_imputed"} <= names:
        yield _reported_late(rows)


def _future(kind: Kind, rows: Any, names: list[str]) -> Check:
    """Later than tomorrow, since it may be tomorrow already where the record was made."""
    after = timezone.localdate() + timedelta(days=1)

    def path(name: str) -> str:
        moment = isinstance(kind.model._meta.get_field(name), DateTimeField)
        return f"{name}__date__gt" if moment else f"{name}__gt"

    future = reduce(or_, (Q(**{path(name): after}) for name in names))
    return none_of("Dates in the future", rows.filter(future).count(), "lie in the future")


def _counted_by(rows: Any, names: set[str]) -> str:
    offered = (name for name in MONTHS if name in names)
    return next((name for name in offered if rows.filter(**{f"{name}__isnull": False}).exists()), "")


def _reported_late(rows: Any) -> Check:
    """Of what has both days; a report's day that was taken from the occurrence tells nothing."""
    known = rows.filter(occurred_on__isnull=False, reported_on__isnull=False, reported_imputed=False)
    late = known.filter(reported_on__gt=F("occurred_on") + SOON).count()
    return by_share(
        "Reported late", late, known.count(), LATE, f"were reported over {SOON.days} days after they happened"
    )
