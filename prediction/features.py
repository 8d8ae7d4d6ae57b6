"""What may tell how a stop ends: one list, with the moment at which each thing is known.

Predictions use what is known before the officer decides. What is known only afterwards serves a model of its own, which is
labelled so. Race, gender and age are never an input: they are looked at in the audit, which shows what they would add.

Codes are those of the facts: 0 is unknown, -1 in `hour` and in the marks. This module loads no numerical library, since
the web process reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.choices import NIGHT_HOURS

PARTS_OF_DAY = {0: "Unknown", 1: "Night", 2: "Morning", 3: "Midday", 4: "Evening"}
PARTS_OF_WEEK = {0: "Unknown", 1: "Monday to Friday", 2: "Saturday or Sunday"}
WEEKDAYS = {
    0: "Unknown",
    **dict(
        enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), start=1)
    ),
}


class Moment(StrEnum):
    """When something is known."""

    BEFORE = "before"  # when the stop begins, or before it
    AFTER = "after"  # only when it is over: it may be a consequence of what is predicted
    NEVER = "never"  # never an input, whatever it would add


@dataclass(frozen=True)
class Column:
    """A whole number of each fact, from which features are made. `sql` is an expression over `insights_stopfact`.

    `coarse` names the feature that is counted instead where the ledger is so large that its cells would be too many.
    """

    name: str
    sql: str
    moment: Moment
    coarse: str = ""


@dataclass(frozen=True)
class Feature:
    """A column, or a coarser view of it. Features of one ladder are steps from coarse to fine: the finer tells the coarser."""

    name: str
    label: str
    column: str
    ladder: str
    moment: Moment = Moment.BEFORE


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("agency", "agency", Moment.BEFORE),
        # A post, else an area: even numbers are posts, odd ones areas, 0 is neither.
        Column(
            "spot",
            "CASE WHEN post > 0 THEN 2 * post WHEN area > 0 THEN 2 * area + 1 ELSE 0 END",
            Moment.BEFORE,
        ),
        Column("violation", "violation", Moment.BEFORE),
        Column("hour", "hour", Moment.BEFORE, "part_of_day"),
        Column("weekday", "extract(isodow FROM day)", Moment.BEFORE, "part_of_week"),
        Column("stop_type", "stop_type", Moment.BEFORE),
        Column("searched", "coalesce(searched::int, -1)", Moment.AFTER),
        Column("drugs", "coalesce(drugs::int, -1)", Moment.AFTER),
        Column("duration_band", "duration_band", Moment.AFTER),
        Column("race", "race", Moment.NEVER),
        Column("gender", "gender", Moment.NEVER),
        Column("age_band", "age_band", Moment.NEVER),
    )
}

FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("country", "Country", "agency", "place"),
        Feature("agency", "Agency", "agency", "place"),
        Feature("spot", "Post or area", "spot", "place"),
        Feature("violation", "Violation", "violation", "violation"),
        Feature("part_of_day", "Part of the day", "hour", "time"),
        Feature("hour", "Hour", "hour", "time"),
        Feature("part_of_week", "Part of the week", "weekday", "day"),
        Feature("weekday", "Day of the week", "weekday", "day"),
        Feature("stop_type", "Kind of stop", "stop_type", "stop_type"),
        Feature("searched", "Searched", "searched", "searched", Moment.AFTER),
        Feature("drugs", "Drug-related", "drugs", "drugs", Moment.AFTER),
        Feature("duration_band", "Duration", "duration_band", "duration", Moment.AFTER),
    )
}
LADDERS = {  # what people call them
    "place": "Place",
    "violation": "Violation",
    "time": "Time",
    "day": "Day of the week",
    "stop_type": "Kind of stop",
    "searched": "Searched",
    "drugs": "Drug-related",
    "duration": "Duration",
}
# Coarse features as the database counts them; `part_of_day` and `part_of_week` say the same in Python.
COARSE_SQL = {
    "part_of_day": "CASE WHEN hour < 0 THEN 0 WHEN hour >= 20 OR hour < 5 THEN 1 WHEN hour < 10 THEN 2 "
    "WHEN hour < 16 THEN 3 ELSE 4 END",
    "part_of_week": "CASE WHEN extract(isodow FROM day) < 6 THEN 1 ELSE 2 END",
}
NEVER = tuple(column.name for column in COLUMNS.values() if column.moment is Moment.NEVER)


@dataclass(frozen=True)
class Target:
    """What is predicted: a column of the facts whose 0 is unknown, and the features that may not tell it."""

    name: str
    title: str
    column: str
    without: tuple[str, ...] = ()  # columns that are the answer itself

    def features(self, after: bool) -> list[Feature]:
        """The features in reading order; with those known only after the decision, or without."""
        return [
            feature
            for feature in FEATURES.values()
            if feature.column not in (self.column, *self.without)
            and (after or feature.moment is Moment.BEFORE)
        ]

    def columns(self, after: bool) -> list[str]:
        """The columns that these features are made of, each once."""
        return list(dict.fromkeys(feature.column for feature in self.features(after)))


TARGETS: dict[str, Target] = {
    "outcome": Target("outcome", "How the stop ends", "outcome"),
    "violation": Target("violation", "What the stop is for", "violation"),
}


def part_of_day(hour: int) -> int:
    """Night as everywhere in the house (20:00 to 04:59), morning to 09:59, midday to 15:59, evening to 19:59."""
    if hour < 0:
        return 0
    if hour in NIGHT_HOURS:
        return 1
    return 2 if hour < 10 else 3 if hour < 16 else 4


def part_of_week(weekday: int) -> int:
    """1 from Monday to Friday, 2 on Saturday and Sunday."""
    return 0 if weekday <= 0 else 1 if weekday <= 5 else 2


def coarser(feature: Feature, code: int, countries: Mapping[int, int]) -> int:
    """A column's code as the feature sees it. `countries`: country of each agency."""
    if feature.name == "country":
        return countries.get(code, 0)
    if feature.name == "part_of_day":
        return part_of_day(code)
    if feature.name == "part_of_week":
        return part_of_week(code)
    return code


def spot_of(post: int = 0, area: int = 0) -> int:
    """The code of a post, else of an area, as in `COLUMNS`."""
    return 2 * post if post else 2 * area + 1 if area else 0
