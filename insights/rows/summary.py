"""What a column holds, over all rows of the filter: how many, how many missing, how many different, from where to where.

Each column is counted by one grouping in the database; from its few groups follows all that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Max

from insights.codes import UNKNOWN, Codes
from insights.filters import Facts
from ledger.models import Vehicle

Group = tuple[Any, int]  # value, persons


@dataclass(frozen=True)
class Kind:
    """A column of the facts. `unknown` is the value that stands for "not recorded"; `codes` names its code list."""

    name: str
    heading: str
    unknown: Any = None
    codes: str = ""
    number: float = 0  # what a number is divided by to be in its unit; 0: no number
    unit: str = ""


KINDS = (
    Kind("day", "Date"),
    Kind("minute", "Time", -1),
    Kind("agency", "Agency", codes="agency"),
    Kind("post", "Post", 0, "post"),
    Kind("violation", "Violation", 0, "violation"),
    Kind("gender", "Gender", 0, "gender"),
    Kind("age", "Age", -1, number=1, unit="years"),
    Kind("age_band", "Age band", 0, "age_band"),
    Kind("race", "Race", 0, "race"),
    Kind("searched", "Searched"),
    Kind("hit", "Found"),
    Kind("outcome", "Outcome", 0, "outcome"),
    Kind("arrested", "Arrested"),
    Kind("drugs", "Drug-related"),
    Kind("minutes_x10", "Duration", 0, number=10, unit="minutes"),
    Kind("duration_band", "Duration band", 0, "duration_band"),
)


@dataclass(frozen=True)
class Summary:
    """One column. `least`, `most` and `mean` of numbers, days and times; `commonest` with its number of persons."""

    heading: str
    count: int
    missing: int
    distinct: int
    least: str = ""
    most: str = ""
    mean: str = ""
    commonest: str = ""
    times: int = 0

    @property
    def part_missing(self) -> float | None:
        whole = self.count + self.missing
        return self.missing / whole if whole else None


def summaries(facts: Facts, codes: Codes) -> list[Summary]:
    """Every column, in the order of the rows."""
    found = [_summed(kind, _groups(facts, kind.name), codes) for kind in KINDS]
    return [*found[:5], of_vehicles(facts), *found[5:]]


def _groups(facts: Facts, name: str) -> list[Group]:
    return list(facts.order_by().values_list(name).annotate(Count("id")))


def _summed(kind: Kind, groups: Sequence[Group], codes: Codes) -> Summary:
    known = [(value, times) for value, times in groups if value is not None and value != kind.unknown]
    count = sum(times for _, times in known)
    missing = sum(times for _, times in groups) - count
    if not known:
        return Summary(kind.heading, 0, missing, 0)
    words = [(_word(kind, value, codes), times) for value, times in known]
    commonest, times = min(words, key=lambda one: (-one[1], one[0]))
    distinct = len({word for word, _ in words})
    found = Summary(kind.heading, count, missing, distinct, commonest=commonest, times=times)
    if kind.codes or isinstance(known[0][0], bool):
        return found
    least, most = (_word(kind, edge(value for value, _ in known), codes) for edge in (min, max))
    return replace(found, least=least, most=most, mean=_mean(kind, known))


def _mean(kind: Kind, known: Sequence[Group]) -> str:
    """Of a number, over persons; days and times have none."""
    if not kind.number:
        return ""
    total, count = sum(value * times for value, times in known), sum(times for _, times in known)
    return f"{total / count / kind.number:,.1f} {kind.unit}"


def _word(kind: Kind, value: Any, codes: Codes) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if kind.codes:
        return str(codes.labels(kind.codes).get(value, UNKNOWN))
    if kind.number:
        return f"{value / kind.number:g}"
    return f"{value // 60:02}:{value % 60:02}"


def of_vehicles(facts: Facts) -> Summary:
    """Vehicles are too many to be listed: counted, and the one with the most persons looked up."""
    known = facts.filter(vehicle__isnull=False).order_by()
    counted = known.values("vehicle").annotate(times=Count("id"))
    held = known.aggregate(count=Count("id"), distinct=Count("vehicle", distinct=True))
    missing = facts.filter(vehicle__isnull=True).count()
    most = counted.aggregate(most=Max("times"))["most"]
    if not most:
        return Summary("Vehicle", 0, missing, 0)
    first = (
        Vehicle.objects.filter(pk__in=counted.filter(times=most).values("vehicle")).order_by("number").first()
    )
    return Summary(
        "Vehicle",
        held["count"],
        missing,
        held["distinct"],
        commonest=first.number if first else "",
        times=most,
    )
