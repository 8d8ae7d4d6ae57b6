"""What a run answers from, as CSV in words: for a log outside, where no code of ours is there to read it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from ledger.choices import OffenceGroup
from prediction.models import ModelRun
from prediction.stops.told import features_of
from prediction.stops.words import StopWords

Rows = Iterator[list[object]]
HOURS = [f"hour {hour}" for hour in range(168)]
TRUST = (
    "survey",
    "measure",
    "area",
    "ahead",
    "method",
    "is_used",
    "known_on",
    "target",
    "value",
    "low",
    "high",
)


def tables_of(run: ModelRun) -> dict[str, Rows]:
    """The rows of each table that a run serves from, by the table's name; the header is the first. None of a run without one."""
    found = {"groups": run.groups, "crime-rates": run.crime_rates, "trust-forecasts": run.trust_forecasts}
    writers = {"groups": _groups, "crime-rates": _rates, "trust-forecasts": _forecasts}
    return {name: writers[name](run) for name, rows in found.items() if rows.exists()}


def write(file: TextIO, rows: Rows) -> None:
    csv.writer(file, lineterminator="\n").writerows(rows)


def _groups(run: ModelRun) -> Rows:
    """The group in words, its persons, and the predicted share of each class."""
    words, family = StopWords(), run.of.family if run.of else ""
    yield ["group", "stops", *(words.label(family, code) for code in run.serving.get("classes", []))]
    chain = tuple(run.serving.get("chain", []))
    for group in run.groups.order_by("known", "codes").iterator():
        name = words.group(features_of(chain, group.known), group.codes)
        yield [name, group.stops, *(f"{share:.6f}" for share in group.shares)]


def _rates(run: ModelRun) -> Rows:
    """Incidents expected in each hour of the week from Monday 0:00, before the season (in `serving.json`)."""
    yield ["agency", "area", "group", "incidents", *HOURS]
    rows = run.crime_rates.select_related("agency", "area").order_by("agency__name", "area_id", "group")
    for one in rows.iterator():
        group = OffenceGroup(one.group).label
        yield [one.agency.name, one.area.name, group, one.incidents, *(f"{rate:.6g}" for rate in one.rates)]


def _forecasts(run: ModelRun) -> Rows:
    """Shares from 0 to 1, of every way; `ahead` is in quarters."""
    yield list(TRUST)
    for one in run.trust_forecasts.select_related("area").iterator():
        yield [one.area.name if name == "area" else getattr(one, name) for name in TRUST]
