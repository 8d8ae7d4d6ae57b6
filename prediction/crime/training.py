"""Learning crime by the hour: cells, settings and back-test of every agency, then the served table from all months."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from ledger.models import Agency, Incident
from prediction.crime import offences
from prediction.crime.backtest import SERVED, BackTest, back_test, spreads
from prediction.crime.card import tables_of
from prediction.crime.cells import Array, Cells, LeftOut, first_and_last, left_out, read_cells
from prediction.crime.coverage import Stretch, first_of, stretches_of
from prediction.crime.fitting import Rates, fit
from prediction.crime.land import sizes_of
from prediction.crime.rivals import AREA_HOUR, BASE, RIVALS
from prediction.crime.scores import SCORES, blocks_are_areas
from prediction.kinds import Draft, Kind, Progress
from prediction.models import ModelRun
from prediction.problems import TooLittle

LEAST_INCIDENTS = 200  # with an hour and an area: fewer tell nothing of hours
DAY_TYPES: dict[str, tuple[int, ...]] = {
    "all": (0, 1, 2, 3, 4, 5, 6),
    "weekdays": (0, 1, 2, 3, 4),
    "weekend": (5, 6),
}
THIRDS = (1 / 3, 2 / 3)
INPUTS = ["area", "group of offences", "weekday", "hour", "month of the year", "months ago"]


@dataclass
class Learned:
    """What was learned of one agency; `test` is of the kind of area that most incidents name."""

    agency: Agency
    covered: list[Stretch]
    left_out: LeftOut
    test: BackTest
    fitted: list[tuple[Cells, Rates]]
    spreads: dict[
        str, dict[str, dict[str, float]]
    ]  # α of totals by kind of area, level and choice of offences

    @property
    def incidents(self) -> int:
        return self.test.cells.incidents

    @property
    def is_open(self) -> bool:
        """Better than an area's mean with every hour alike, beyond the interval."""
        return self.test.against_base.high < 0


def train_crime(kind: Kind, seed: int, progress: Progress) -> Draft:
    """Learn the rates of every agency with enough incidents. Raises `TooLittle` where there is none."""
    agencies = list(Agency.objects.filter(pk__in=Incident.objects.values("agency")).order_by("pk"))
    steps = max(1, len(agencies)) * (len(RIVALS) + 2)
    learned, refused = [], dict[int, str]()
    for place, agency in enumerate(agencies):
        told = _Steps(progress, place * (len(RIVALS) + 2), steps, agency.name)
        found = learn(agency, seed, told)
        if isinstance(found, str):
            refused[agency.pk] = found
        else:
            learned.append(found)
    if not learned:
        raise TooLittle(
            " ".join(refused.values())
            or "There are no incidents in the ledger. Import some, then train again."
        )
    learned.sort(key=lambda one: -one.incidents)
    return draft_of(kind, seed, learned, refused)


class _Steps:
    """Counts the steps of one agency."""

    def __init__(self, progress: Progress, done: int, total: int, name: str) -> None:
        self.progress, self.done, self.total, self.name = progress, done, total, name

    def __call__(self, message: str) -> None:
        self.progress(self.done, self.total, f"{self.name}: {message}")
        self.done += 1


def learn(agency: Agency, seed: int, tell: Any) -> Learned | str:
    """Everything of one agency, or why there is too little, in a sentence."""
    tell("Counting incidents.")
    covered = stretches_of(agency.pk)
    every = [cells for cells in read_cells(agency, covered) if cells.incidents >= LEAST_INCIDENTS]
    if not every:
        return f"{agency.name} has too few incidents with a day, an hour and an area to tell hours apart: {LEAST_INCIDENTS} are needed."
    finest = max(every, key=lambda cells: (cells.kind not in ("beat", "zone"), cells.incidents))
    test = back_test(finest, seed, tell, sizes_of(finest.areas.tolist()))
    if test is None:
        return (
            f"{agency.name} has too few whole months of incidents to judge a forecast by: eight are needed."
        )
    fitted = [(cells, fit(cells, cells.months, test.settings)) for cells in every]
    spread = {cells.kind: spreads(cells, test.chosen_on, test.settings) for cells in every}
    return Learned(agency, covered, left_out(agency.pk, covered), test, fitted, spread)


def draft_of(kind: Kind, seed: int, learned: Sequence[Learned], refused: dict[int, str]) -> Draft:
    first, *others = learned
    ends = [first_and_last(one.covered) for one in learned]
    digest = hashlib.sha256("".join(cells.digest for one in learned for cells, _ in one.fitted).encode())
    return Draft(
        kind=kind.name,
        data_first=min(one for one, _ in ends),
        data_last=max(one for _, one in ends),
        data_rows=sum(one.incidents for one in learned),
        digest=digest.hexdigest(),
        features=INPUTS,
        parameters={one.agency.name: one.test.settings.as_json() for one in learned},
        seed=seed,
        metrics=metrics_of(first) | {"agencies": {one.agency.name: metrics_of(one) for one in others}},
        card={
            "tables": [
                table
                for one in learned
                for table in tables_of(one.agency.name, one.covered, one.left_out, one.test)
            ]
        },
        gate="open" if first.is_open else "closed",
        why=why(first),
        serving={
            "first": busiest(first),
            "agencies": {str(one.agency.pk): serving_of(one) for one in learned}
            | {str(pk): {"why": sentence} for pk, sentence in refused.items()},
        },
        write=lambda run: write_rates(run, learned),
    )


def why(one: Learned) -> str:
    """The verdict in a sentence: against the base rate, which knows no hours."""
    found = one.test.against_base
    figures = f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})".replace("-", "−")
    if one.is_open:
        return f"{one.agency.name}: better than each area's mean with every hour alike; the deviance differs by {figures}."
    return f"{one.agency.name}: no better than each area's mean with every hour alike; the deviance differs by {figures}."


def metrics_of(one: Learned) -> dict[str, Any]:
    """Scores of every rival on the judged months, with 95 % intervals; what they mean: `prediction.crime.scores`."""
    test = one.test
    return {
        "agency": one.agency.name,
        "areas": test.cells.kind,
        "scores": list(SCORES),
        "served": SERVED,
        "rivals": [
            {
                "rival": name,
                "served": name == SERVED,
                **{score: estimate.as_json() for score, estimate in scores.items()},
                "difference": test.difference[name].as_json(),
            }
            for name, scores in test.scores.items()
        ],
        "difference": test.difference[SERVED].as_json(),
        "against": AREA_HOUR,
        "blocks": "areas" if blocks_are_areas(len(test.cells.areas)) else "months of areas",
        "base": BASE,
        "against_base": test.against_base.as_json(),
        "gate": "open" if one.is_open else "closed",
        "coverage": test.coverage,
        "months": test.by_month,
        "judged": [_month(test.cells, month) for month in test.months],
        "chosen_on": [_month(test.cells, month) for month in test.chosen_on],
    }


def _month(cells: Cells, place: int) -> str:
    return f"{first_of(cells.origin + place):%Y-%m}"


def serving_of(one: Learned) -> dict[str, Any]:
    """What pages need beside the table of rates."""
    return {
        "name": one.agency.name,
        "time_zone": one.agency.time_zone,
        "gate": "open" if one.is_open else "closed",
        "why": why(one),
        "season": [round(float(factor), 6) for factor in one.fitted[0][1].season],
        "kinds": [cells.kind for cells, _ in one.fitted],
        "finest": one.test.cells.kind,
        "spread": one.spreads,
        "covered": [[run.first.isoformat(), run.last.isoformat()] for run in one.covered],
        "left_out": {
            "incidents": one.left_out.incidents,
            "hour": one.left_out.without_hour,
            "place": one.left_out.without_place,
        },
        "bands": {cells.kind: bands_of(rates) for cells, rates in one.fitted},
    }


def bands_of(rates: Rates) -> dict[str, dict[str, list[float]]]:
    """From which incidents per hour an hour is moderate and high, by choice of offences and type of day.

    The thirds of all hours of the day of all areas, before the season, which is the same for all.
    """
    found: dict[str, dict[str, list[float]]] = {}
    for choice in offences.CHOICES:
        places = [offences.GROUPS.index(group) for group in choice.groups]
        found[choice.name] = {
            days: [float(f"{one:.6g}") for one in np.quantile(_hours(rates, places, weekdays), THIRDS)]
            for days, weekdays in DAY_TYPES.items()
        }
    return found


def _hours(rates: Rates, groups: list[int], weekdays: tuple[int, ...]) -> Array:
    """Incidents per hour by area and hour of the day, mean over weekdays, float[N, 24]."""
    week = rates.week[groups].reshape(len(groups), 7, 24)[:, list(weekdays)].mean(axis=1)
    return np.asarray(np.einsum("ng,gh,ngh->nh", rates.base[:, groups], week, rates.tilt[:, groups]))


def busiest(one: Learned) -> int:
    """The area with most expected: shown where none was chosen."""
    cells, rates = next(each for each in one.fitted if each[0].kind == one.test.cells.kind)
    return int(cells.areas[rates.base.sum(axis=1).argmax()])


def write_rates(run: ModelRun, learned: Sequence[Learned]) -> None:
    """The served table, by COPY; groups of which an agency has no incident are left out."""
    columns = 'run_id, area_id, agency_id, "group", incidents, rates'
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY prediction_crimerate ({columns}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.set_types(["int8", "int8", "int2", "int2", "int4", "float8[]"])
        for one in learned:
            for cells, rates in one.fitted:
                _write(copy, run.pk, one.agency.pk, cells, rates)


def _write(copy: Any, run: int, agency: int, cells: Cells, rates: Rates) -> None:
    counts = cells.by_group.sum(axis=0).astype(int)
    held = np.flatnonzero(counts.sum(axis=0))
    for place, area in enumerate(cells.areas.tolist()):
        per_hour = rates.per_hour(slice(place, place + 1))[0]
        for group in held.tolist():
            row = (run, area, agency, offences.GROUPS[group], int(counts[place, group]))
            copy.write_row((*row, per_hour[group].tolist()))
