"""Looking for drift: the last whole month beside the twelve before it, and the runs in use beside stops that came since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from ledger.choices import Outcome
from ledger.models import Agency
from prediction import runs
from prediction.drift.measures import LEAST, ORDER, Measure, calibration, missing, shift, worst
from prediction.features import COLUMNS, FEATURES, TARGETS, coarser
from prediction.kinds import KINDS
from prediction.models import DriftReport, DriftState, ModelRun
from prediction.problems import TooLittle
from prediction.stops.groups import mask_of
from prediction.stops.words import StopWords

REFERENCE_MONTHS = 12
LAST_DAYS = 2  # a month whose newest stop is at most so many days before its end is whole
LABELS = {
    "agency": "Agency",
    "spot": "Post or area",
    "violation": "Violation",
    "hour": "Hour",
    "weekday": "Day of the week",
    "stop_type": "Kind of stop",
    "searched": "Searched",
    "drugs": "Drug-related",
    "duration_band": "Duration",
}
Follow = Callable[[int, int, str], None]


def look(follow: Follow = lambda done, total, message: None) -> DriftReport:
    """Look, and keep what was found. Raises `TooLittle` where there is no month to look at."""
    month = last_whole_month()
    reference = (first_of(month, -REFERENCE_MONTHS), month - timedelta(days=1))
    last = first_of(month, 1) - timedelta(days=1)
    steps, found = len(LABELS) + len(TARGETS) + len(KINDS), list[Measure]()
    for name, label in LABELS.items():
        follow(len(found) // 2, steps, f"Comparing: {label.lower()}.")
        found += of_column(name, label, reference, (month, last))
    for target in TARGETS.values():
        counts = [known(_counts(target.column, *span), 0) for span in (reference, (month, last))]
        found.append(shift("base rate", target.name, f"{target.title}, shares", *counts))
    for place, kind in enumerate(KINDS):
        follow(len(LABELS) + len(TARGETS) + place, steps, f"Checking: {kind.title.lower()}.")
        if (run := runs.in_use(kind.name)) is not None and run.serving and kind.family in TARGETS:
            found += of_run(run, kind.family)
    if not any(one.reference for one in found):
        raise TooLittle("There are no stops before the last whole month to compare it with.")
    return keep(month, reference, found)


def last_whole_month() -> date:
    """The first day of the month that the newest stop ends, or else of the month before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(day) FROM insights_stopfact")
        newest: date | None = cursor.fetchone()[0]
    if newest is None:
        raise TooLittle("There are no stops yet.")
    month = newest.replace(day=1)
    end = first_of(month, 1) - timedelta(days=1)
    return month if (end - newest).days <= LAST_DAYS else first_of(month, -1)


def first_of(month: date, step: int) -> date:
    """The first day of the month so many months on."""
    count = month.year * 12 + month.month - 1 + step
    return date(count // 12, count % 12 + 1, 1)


def of_column(name: str, label: str, reference: tuple[date, date], month: tuple[date, date]) -> list[Measure]:
    """Change of the known values, and of the share that is missing."""
    unknown = -1 if name in ("hour", "searched", "drugs") else 0
    before, now = (_counts(COLUMNS[name].sql, *span) for span in (reference, month))
    lacking = [(counts.get(unknown, 0), sum(counts.values())) for counts in (before, now)]
    return [
        shift("psi", name, label, known(before, unknown), known(now, unknown)),
        missing(name, label, *lacking),
    ]


def known(counts: dict[int, int], unknown: int) -> dict[int, int]:
    return {value: count for value, count in counts.items() if value != unknown}


def _counts(sql: str, first: date, last: date) -> dict[int, int]:
    """Persons by value, from the first to the last day."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ({sql})::int, count(*) FROM insights_stopfact WHERE day BETWEEN %s AND %s GROUP BY 1",
            [first, last],
        )
        return dict(cursor.fetchall())


def of_run(run: ModelRun, family: str) -> list[Measure]:
    """What the run says of stops that came after those it was learned from, beside what they came to."""
    chain, classes = run.serving["chain"], run.serving["classes"]
    focal = (
        int(Outcome.ARREST)
        if family == "outcome" and int(Outcome.ARREST) in classes
        else run.card.get("focal", classes[0])
    )
    rows = _new_stops(run, family, chain)
    persons = sum(row[-1] for row in rows)
    if persons < LEAST:
        return []
    said_of, place, countries = (
        _table(run),
        classes.index(focal),
        dict(Agency.objects.values_list("pk", "country_id")),
    )
    said, happened = 0.0, 0
    for *values, end, count in rows:
        codes = [coarser(FEATURES[name], value, countries) for name, value in zip(chain, values, strict=True)]
        said += count * _finest(said_of, chain, codes)[place]
        happened += count * (end == focal)
    label = f"{run.title}: {StopWords().label(family, focal)}"
    return [calibration(run.kind, label, said / persons, happened, persons)]


def _new_stops(run: ModelRun, family: str, chain: list[str]) -> list[Any]:
    """Values of the chain's columns, the end, and persons, of stops after the run's last day."""
    columns = [f"({COLUMNS[FEATURES[name].column].sql})::int" for name in chain]
    keys = [*columns, TARGETS[family].column]
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(keys)}, count(*) FROM insights_stopfact "
            f"WHERE day > %s AND {TARGETS[family].column} <> 0 GROUP BY {places}",
            [run.data_last],
        )
        return list(cursor.fetchall())


def _table(run: ModelRun) -> dict[tuple[int, tuple[int, ...]], list[float]]:
    """The groups along the whole chain, whose features are all known."""
    chain = run.serving["chain"]
    wanted = [mask_of(chain, chain[:length]) for length in range(len(chain) + 1)]
    held = run.groups.filter(known__in=wanted).values_list("known", "codes", "shares")
    return {(mask, tuple(codes)): shares for mask, codes, shares in held}


def _finest(table: dict[Any, list[float]], chain: list[str], codes: list[int]) -> list[float]:
    for length in range(len(chain), 0, -1):
        if (found := table.get((mask_of(chain, chain[:length]), tuple(codes[:length])))) is not None:
            return found
    return table[0, ()]


@transaction.atomic
def keep(month: date, reference: tuple[date, date], found: list[Measure]) -> DriftReport:
    """Keep a look. A measure that was not as before in the last one either keeps the month since when that is so.

    What somebody took note of stays noted while nothing else drifts.
    """
    before = DriftReport.objects.first()
    since = {one["name"]: one["since"] for one in before.measures if one["since"]} if before else {}
    dated = [
        one if one.state == DriftState.OK else replace(one, since=since.get(one.name) or f"{month:%Y-%m}")
        for one in found
    ]
    dated.sort(key=lambda one: (ORDER[DriftState(one.state)], -one.value))
    report = DriftReport(
        month=month,
        reference_first=reference[0],
        reference_last=reference[1],
        state=worst(dated),
        measures=[one.as_json() for one in dated],
    )
    noted = {one["name"] for one in before.changed()} if before and before.noted_at else set()
    drifting = {one.name for one in dated if one.state == DriftState.DRIFT}
    if before and before.noted_at and drifting <= noted:
        report.noted_by_id, report.noted_at = before.noted_by_id, before.noted_at
    report.save()
    return report


def newest() -> DriftReport | None:
    return DriftReport.objects.select_related("noted_by").first()


def to_be_noted() -> DriftReport | None:
    """The newest look, where it found drift of which nobody has taken note: a notice for those who can act."""
    found = newest()
    return found if found and found.state == DriftState.DRIFT and found.noted_at is None else None
