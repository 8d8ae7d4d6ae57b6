"""Where the sun is reckoned from: a position for each agency, and its evenings as columns for SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from insights.fairness.sun import Position, clock_changes, evening_minutes, position_of_zone
from insights.fairness.twilight import seasons
from ledger.models import Agency

RECENT = 2000  # stops whose middle is taken for the agency's position
MIDDLE = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY latitude), percentile_cont(0.5) WITHIN GROUP (ORDER BY longitude)
    FROM (SELECT latitude, longitude FROM ledger_stop WHERE agency_id = %s
          ORDER BY stopped_on DESC, stopped_at DESC, id DESC LIMIT %s) AS recent
    WHERE latitude IS NOT NULL
"""


@dataclass(frozen=True)
class Span:
    """First and last year in which an agency has stops to look at."""

    agency: int
    first: int
    last: int


@dataclass(frozen=True)
class SunTable:
    """One line a day and agency, by column, each column an array in PostgreSQL's own writing: agency, day, sunset, dusk,
    first and last minute of the intertwilight period, season. `notes` say where the sun was reckoned from, and which
    agencies have no position. `minutes` are the earliest and the latest minute of any of the periods.
    """

    columns: tuple[str, ...]
    minutes: tuple[int, int]
    notes: list[str]


NO_EVENINGS = (
    "{agency} is left out: at the middle of its latest stops, by the clock of “{zone}”, dusk never ends before midnight. "
    "Check its time zone and the coordinates of its stops."
)
TYPES = ("smallint", "date", "smallint", "smallint", "smallint", "smallint", "text")
NAMES = ("agency", "day", "sunset", "dusk", "first", "last", "season")


def position_of(agency: Agency) -> tuple[Position | None, str]:
    """The middle of the agency's latest stops that have coordinates, else the main town of its time zone."""
    with connection.cursor() as cursor:
        cursor.execute(MIDDLE, [agency.pk, RECENT])
        latitude, longitude = cursor.fetchone()
    if latitude is not None:
        return Position(latitude, longitude), f"{agency}: the sun at the middle of its latest stops."
    town = position_of_zone(agency.time_zone)
    if town is not None:
        return (
            town,
            f"{agency}: its stops have no coordinates; the sun at the main town of {agency.time_zone}.",
        )
    return (
        None,
        f"{agency} is left out: neither its stops nor its time zone “{agency.time_zone}” tell where it is.",
    )


def sun_table(spans: Sequence[Span], season: bool) -> SunTable:
    """Evenings of every agency over its years; with `season` only of days near a change of the clock."""
    parts: list[list[Any]] = []
    notes = []
    agencies = Agency.objects.in_bulk([span.agency for span in spans])
    for span in spans:
        agency = agencies[span.agency]
        position, note = position_of(agency)
        part = None if position is None else _columns(span, position, agency.time_zone, season)
        if position is not None and part is None:
            note = NO_EVENINGS.format(agency=agency, zone=agency.time_zone)
        notes.append(note)
        parts += [] if part is None else [part]
    columns = [[value for part in parts for value in part[at]] for at in range(len(NAMES))]
    minutes = (min(columns[4], default=0), max(columns[5], default=0))
    # Written out here: ten times as quick as the driver's lists, and there are a day's values for every agency.
    return SunTable(tuple("{" + ",".join(map(str, column)) + "}" for column in columns), minutes, notes)


def _columns(span: Span, position: Position, time_zone: str, season: bool) -> list[Any] | None:
    """The values of `NAMES` for one agency, by column; None where dusk never ends before midnight."""
    first, last = date(span.first, 1, 1), date(span.last, 12, 31)
    sunset, dusk = evening_minutes(first, last, position, time_zone)
    if np.isnan(dusk).all():
        return None
    start, end = int(np.nanmin(dusk)), int(np.nanmax(dusk))
    begin = first.toordinal()
    named = seasons(clock_changes(time_zone, range(span.first, span.last + 1))) if season else {}
    names = {day.toordinal() - begin: name for day, name in named.items()}
    known = np.flatnonzero(~np.isnan(sunset) & ~np.isnan(dusk)).tolist()
    at = [one for one in known if not season or one in names]
    return [
        [span.agency] * len(at),
        [date.fromordinal(begin + one).isoformat() for one in at],
        sunset[at].astype(int).tolist(),
        dusk[at].astype(int).tolist(),
        [start] * len(at),
        [end] * len(at),
        [f'"{names.get(one, "")}"' for one in at],
    ]
